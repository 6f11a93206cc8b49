"""Holds the artifact to formats that carry data alone, built so that every reader sees the same.

## Checks
The bytes are of an allowed format. An ONNX model uses operators of allowed domains only, and names no external file
outside of the version's folder: it lies beside the model there, never in a store, where nothing pins it. A safetensors
header is within its limit, and its tensors fill the file without holes or overlaps. An archive holds only members of
allowed kinds, none of them unreadable, encrypted, doubled, or leading out of it. No file is a second file at the same
time. A modelscan report, where given or required, looked at the artifact, skipped nothing, met no error and found
nothing above its budget.

## Why
A pickle is a program. A scanner of programs has misses (modelscan found 22 of 60 known bypasses, modelscan#313), so the
format decides, and a scan is evidence beside it.

## Parameters
`formats`, `operator_domains`, `max_header_bytes`, `archive_members`, `scan`, `scan_budget` (`critical`, `high`,
`medium`, `low`, `unknown`).

## Decision rule
Exact comparisons; equality with a limit passes. One fault fails. A modelscan report pins no digest, so it is bound by
the artifact's file name alone.

## Undecidable when
The format cannot be recognised from the bytes. A report that is cut off or another tool's ends in an error; an artifact
that cannot be read to its end is a fault, never clean.

## Example
```yaml
schema: promoter.policy/1
id: artifact-carries-data-only
title: The artifact cannot run code when it is loaded
category: security
owner: platform
rationale: Whoever loads a model would run what its author put into it.
gate: artifact_safety
parameters:
  formats: [onnx, safetensors]
  operator_domains: [ai.onnx, ai.onnx.ml]
  scan: where_given
severity: critical
enforcement: block
remediation: Export the model as ONNX with standard operators, or its weights as safetensors.
```

## Sources
safetensors, README "Format". ONNX IR, external data. PKWARE APPNOTE 6.3.10. CVE-2022-25882, CVE-2025-1889. EU AI Act,
Article 15(5). OWASP ML06:2023 (supply chain).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import PurePosixPath
from typing import Any, Literal

from pydantic import Field

from promoter.document.strict import Strict
from promoter.errors import Location
from promoter.gates.contract.candidate import Candidate, Context, Release
from promoter.gates.contract.finding import Finding, hold
from promoter.gates.contract.gate import Gate, Parameters
from promoter.gates.contract.missing import missing_evidence
from promoter.measure.measurement import Measurement
from promoter.measure.reports.request import ArtifactStructure, ModelScanReport
from promoter.measure.request import ArtifactFacts, Measured, Measurements, Request
from promoter.policy.bound import Bound
from promoter.policy.policy import Category
from promoter.registry.evidence import EvidenceKind

_MOST_NAMED = 5


class ScanBudget(Strict):
    """Most issues of each severity that a scan may show; 0 by default, so that every exception is written down."""

    critical: int = Field(default=0, ge=0, description="Issues that modelscan calls CRITICAL.")
    high: int = Field(default=0, ge=0, description="Issues that modelscan calls HIGH.")
    medium: int = Field(default=0, ge=0, description="Issues that modelscan calls MEDIUM.")
    low: int = Field(default=0, ge=0, description="Issues that modelscan calls LOW.")
    unknown: int = Field(default=0, ge=0, description="Issues with another word, or none.")


class ArtifactSafetyParameters(Parameters):
    """What an artifact may be made of."""

    formats: tuple[str, ...] = Field(
        default=(), description="Formats allowed, by the bytes; empty by default: the registry's artifact_formats."
    )
    operator_domains: tuple[str, ...] = Field(
        default=("ai.onnx", "ai.onnx.ml"),
        description="Domains of ONNX operators; the two standard ones by default: others load libraries of their own.",
    )
    max_header_bytes: int = Field(
        default=100_000_000,
        ge=2,
        le=100_000_000,
        description="Largest safetensors header in bytes, 2 to 100,000,000; the format's own limit by default.",
    )
    archive_members: tuple[str, ...] = Field(
        default=(),
        description="Kinds of members that an archive may hold, by first bytes, else by ending; none by default: an"
        " archive is refused.",
    )
    scan: Literal["required", "where_given"] = Field(
        default="where_given",
        description="Whether a modelscan report must be there; where_given by default: it adds little to data formats.",
    )
    scan_budget: ScanBudget = Field(default=ScanBudget(), description="Most issues a severity; none by default.")


def measures(parameters: ArtifactSafetyParameters, candidate: Candidate) -> Sequence[Request]:
    """Return the requests for the artifact's facts and structure, and one a scan."""
    release = candidate.release
    content = release.manifest.artifact.digest
    scans = (ModelScanReport(content=evidence.digest) for _, evidence in _scans(release))
    return (ArtifactFacts(content=content), ArtifactStructure(content=content), *scans)


def _scans(release: Release) -> tuple[tuple[int, Any], ...]:
    return release.evidence_of(EvidenceKind.ARTIFACT_SCAN)


def judge(parameters: ArtifactSafetyParameters, measurements: Measurements, context: Context) -> Sequence[Finding]:
    """Return a finding each for format and structure, one a fault, and those of every scan."""
    release = context.candidate.release
    content = release.manifest.artifact.digest
    facts = measurements[ArtifactFacts(content=content)].facts
    structure = measurements[ArtifactStructure(content=content)].facts
    findings = [_format(facts, parameters, context), *_structure(structure, release)]
    findings += _domains(facts, parameters, release)
    findings += _external(facts, release)
    findings += _header(structure, parameters, context)
    findings += _members(structure, parameters, release)
    scans = _scans(release)
    for index, evidence in scans:
        measured = measurements[ModelScanReport(content=evidence.digest)]
        findings += _scan(evidence.id, measured, parameters, release.locate("evidence", index, "uri"), context)
    if not scans and parameters.scan == "required":
        findings.append(missing_evidence(release, EvidenceKind.ARTIFACT_SCAN, purpose="artifact_safety"))
    return findings


def _format(facts: Mapping[str, Any], parameters: ArtifactSafetyParameters, context: Context) -> Finding:
    allowed, found = parameters.formats or context.settings.artifact_formats, facts.get("format")
    satisfied = None if found is None else found in allowed
    words = "of a format that the bytes do not tell" if found is None else found
    hint = f"export the model as {' or '.join(allowed)}; formats that run code on load are never opened"
    return Finding(
        satisfied=satisfied,
        measure="format",
        message=f"the artifact is {words}; allowed: {', '.join(allowed)}",
        location=context.candidate.release.locate("artifact", "format"),
        hint=None if satisfied else hint,
    )


def _structure(structure: Mapping[str, Any], release: Release) -> Iterator[Finding]:
    location = release.locate("artifact", "uri")
    faults = structure["faults"]
    if not faults:
        yield Finding(satisfied=True, measure="structure", message="the container has no fault", location=location)
    for fault in faults[:_MOST_NAMED]:
        more = f" ({len(faults) - _MOST_NAMED} more)" if len(faults) > _MOST_NAMED and fault is faults[0] else ""
        yield Finding(
            satisfied=False,
            measure="structure",
            message=f"{fault}{more}",
            location=location,
            hint="export the artifact again with the format's own library, and scan who made this one",
        )


def _domains(facts: Mapping[str, Any], parameters: ArtifactSafetyParameters, release: Release) -> Iterator[Finding]:
    location = release.locate("artifact", "uri")
    for domain in facts.get("operator_domains") or ():
        satisfied = domain in parameters.operator_domains
        yield Finding(
            satisfied=satisfied,
            measure="operator_domain",
            slice=(("domain", domain),),
            message=f"operators of domain {domain} are {'allowed' if satisfied else 'not among the allowed'}"
            f": {', '.join(parameters.operator_domains)}",
            location=location,
            hint=None
            if satisfied
            else "export with standard operators; a custom one is code that the runtime must load",
        )


def _external(facts: Mapping[str, Any], release: Release) -> Iterator[Finding]:
    """Yield whether each external file lies in the version's folder, where a runtime looks: beside the artifact."""
    artifact = release.manifest.artifact.uri
    for path in facts.get("external_data") or ():
        parts = PurePosixPath(path)
        escapes = parts.is_absolute() or ".." in parts.parts or "\\" in path or ":" in path or "://" in artifact
        satisfied = not escapes and str(PurePosixPath(artifact).parent / parts) in release.files
        where = "leads out of" if escapes else "lies in" if satisfied else "is not in"
        yield Finding(
            satisfied=satisfied,
            measure="external_data",
            message=f"external data {path!r} {where} the version's folder",
            location=release.locate("artifact", "uri"),
            hint=None if satisfied else "save the model with its weights inside of the one file",
        )


def _header(structure: Mapping[str, Any], parameters: ArtifactSafetyParameters, context: Context) -> Iterator[Finding]:
    if structure["header_bytes"] is not None:
        size = Measurement(measure="header_bytes", n=1, value=float(structure["header_bytes"]), unit="byte")
        bound = Bound(at_most=parameters.max_header_bytes)
        location = context.candidate.release.locate("artifact", "uri")
        finding = hold(size, bound, location=location, near_miss=context.near_miss)
        yield finding if finding.satisfied else replace(finding, hint="drop the metadata from the header")


def _members(structure: Mapping[str, Any], parameters: ArtifactSafetyParameters, release: Release) -> Iterator[Finding]:
    location = release.locate("artifact", "uri")
    members = structure["members"]
    if members is None:
        return
    refused = [member for member in members if member["kind"] not in (*parameters.archive_members, "folder")]
    named = "".join(f", {member['name']} ({member['kind'] or 'unreadable'})" for member in refused[:_MOST_NAMED])
    yield Finding(
        satisfied=not refused,
        measure="archive_members",
        n=len(members),
        value=float(len(refused)),
        message=f"{len(refused)} of {len(members)} members are of kinds that are not allowed{named}",
        location=location,
        hint="ship the model as one file of an allowed format" if refused else None,
    )


def _scan(
    name: str, measured: Measured, parameters: ArtifactSafetyParameters, location: Location, context: Context
) -> Iterator[Finding]:
    """Yield whether a scan saw the artifact, what it could not read, and its issues by severity."""
    facts, slice_ = measured.facts, (("report", name),)
    artifact = PurePosixPath(context.candidate.release.manifest.artifact.uri).name
    is_seen = any(PurePosixPath(path.partition(":")[0]).name == artifact for path in facts["scanned"])
    unread = [f"{entry['file']} ({entry['reason']})" for entry in facts["skipped"]] + list(facts["errors"])
    checks = (
        ("scanned", is_seen, f"{artifact} {'was' if is_seen else 'was not'} scanned", f"scan {artifact} itself"),
        (
            "unread",
            not unread,
            f"the scan could not read {'; '.join(unread[:_MOST_NAMED])}" if unread else "the scan skipped nothing",
            "a scan that skips the artifact is no evidence: use a format that needs none, and leave the report out",
        ),
    )
    for measure, satisfied, message, hint in checks:
        yield Finding(
            satisfied=satisfied,
            measure=measure,
            slice=slice_,
            message=f"report {name}: {message}",
            location=location,
            hint=None if satisfied else hint,
        )
    for severity in ScanBudget.model_fields:
        found = measured.find("issues", (("severity", severity),))
        if found is not None:
            bound = Bound(at_most=getattr(parameters.scan_budget, severity))
            finding = hold(found, bound, location=location, near_miss=context.near_miss)
            described = [entry["description"] for entry in facts["issues"] if entry["severity"] == severity]
            message = f"{finding.message}: {'; '.join(described[:_MOST_NAMED])}" if described else finding.message
            remedy = None if finding.satisfied else "do not load the file; ask its author how the code came into it"
            yield replace(finding, message=message, hint=remedy)


GATE = Gate(
    name="artifact_safety",
    category=Category.SECURITY,
    parameters=ArtifactSafetyParameters,
    measures=measures,
    judge=judge,
)
