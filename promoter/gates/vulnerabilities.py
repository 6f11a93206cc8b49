"""Holds what scanners found in the deployment image against a budget for each severity.

## Checks
Each scan names the deployment image's digest, is young enough, rests on a database that is, and could look at every
package. Over all scans together, each severity has at most its budget of vulnerabilities.

## Why
A clean report of another image, or of last year, is the commonest way in which a known hole reaches production.

## Parameters
`budget` (`critical`, `high`, `medium`, `low`, `unknown`), `binding`, `max_scan_age_days`, `max_database_age_days`,
`max_unaudited`, `accepted` (`id`, `package`, `until`, `reason`), `vex_states`, `without_deployment`.

## Decision rule
Reports are merged: one vulnerability of one package counts once, under its worst severity; a count passes where it is
at most its budget. An accepted risk is not counted up to and including its last day. A VEX analysis takes one out only
where the policy lists its state, it names the package, and not_affected is justified; a VEX is no scan, so its image
and age are not compared, and it does not stand alone. What a scanner says that it suppressed or ignored counts. Ages
pass at equality; a scan from the future (more than 5 minutes) fails.

## Undecidable when
A report names no image (pip-audit), no moment, or no database date (all but Grype), and the policy asks for it. A
report that is cut off, of another format, of a failed run, or an SBOM that nobody scanned ends in an error.

## Example
```yaml
schema: promoter.policy/1
id: image-vulnerabilities
title: The deployment image has no known serious vulnerability
category: security
owner: platform
rationale: A hole that is published is a hole that is used.
gate: vulnerabilities
parameters:
  budget: {critical: 0, high: 0, medium: 10, low: 50}
  max_scan_age_days: 7
  accepted:
    - {id: CVE-2024-0001, package: libexample, until: "2026-12-31", reason: Not reachable.}
  vex_states: [not_affected, false_positive]
severity: critical
enforcement: block
near_miss: {absolute: 2}
remediation: "{value} vulnerabilities of {slice}, {bound} are allowed; rebuild the image on a newer base."
```

## Sources
OASIS SARIF 2.1.0. ECMA-424 (CycloneDX and VEX, JSON or XML). NIST SP 800-218, RV.1. EU AI Act, Article 15(5). CVSS 3.1.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Literal

from pydantic import Field

from promoter.document.strict import Strict
from promoter.errors import Location
from promoter.gates.contract.candidate import Candidate, Context, Release
from promoter.gates.contract.finding import Finding, hold
from promoter.gates.contract.gate import Gate, Parameters
from promoter.gates.contract.missing import missing_evidence
from promoter.gates.contract.risk import AcceptedRisk, Found, VexState, find_acceptance, merge_vulnerabilities
from promoter.measure.measurement import Measurement
from promoter.measure.reports.request import VulnerabilityReport
from promoter.measure.request import Measurements, Request
from promoter.policy.bound import Bound
from promoter.policy.policy import Category
from promoter.registry.evidence import Evidence, EvidenceKind

_DAY_SECONDS = 86_400.0
_CLOCK_DAYS = 5 / 1440
_MOST_NAMED = 5


class Budget(Strict):
    """Most vulnerabilities of each severity; 0 by default, so that every exception is written down."""

    critical: int = Field(default=0, ge=0, description="CVSS 9.0 and more.")
    high: int = Field(default=0, ge=0, description="CVSS 7.0 to 8.9.")
    medium: int = Field(default=0, ge=0, description="CVSS 4.0 to 6.9.")
    low: int = Field(default=0, ge=0, description="CVSS below 4.0.")
    unknown: int = Field(default=0, ge=0, description="Those that no scanner rates, such as all of pip-audit's.")


class VulnerabilitiesParameters(Parameters):
    """What may be found, in what, and how long ago."""

    budget: Budget = Field(default=Budget(), description="Most vulnerabilities a severity; none by default.")
    binding: Literal["image", "none"] = Field(
        default="image",
        description="image: each report names the deployment image's digest, the default since a scan of another image"
        " says nothing; none: not compared, for reports that name no image.",
    )
    max_scan_age_days: float | None = Field(
        default=7.0, gt=0, description="Oldest scan in days; 7 by default: databases change daily. null: not compared."
    )
    max_database_age_days: float | None = Field(
        default=None, gt=0, description="Oldest database in days; null by default, since Grype alone states it."
    )
    max_unaudited: int = Field(
        default=0,
        ge=0,
        description="Most packages that a scanner could not look up; 0 by default: unseen is not clean.",
    )
    accepted: tuple[AcceptedRisk, ...] = Field(default=(), description="Risks that are borne until a day.")
    vex_states: tuple[VexState, ...] = Field(
        default=(), description="VEX states that take a vulnerability out; none by default: the author wrote the VEX."
    )
    without_deployment: Literal["fail", "not_applicable"] = Field(
        default="fail", description="What a manifest without a deployment means; fail by default."
    )


def not_applicable(parameters: VulnerabilitiesParameters, candidate: Candidate) -> str | None:
    """Return the reason where nothing would be deployed and the policy lets that be."""
    if parameters.without_deployment == "not_applicable" and candidate.release.manifest.deployment is None:
        return "the manifest names no deployment, so there is no image"
    return None


def _request(evidence: Evidence) -> VulnerabilityReport:
    return VulnerabilityReport(content=evidence.digest, format=evidence.format.value)


def measures(parameters: VulnerabilitiesParameters, candidate: Candidate) -> Sequence[Request]:
    """Return one request a report."""
    entries = candidate.release.evidence_of(EvidenceKind.VULNERABILITIES)
    return tuple(_request(evidence) for _, evidence in entries)


def judge(parameters: VulnerabilitiesParameters, measurements: Measurements, context: Context) -> Sequence[Finding]:
    """Return the findings of each report, then one a severity over all of them, and one a risk left out."""
    release = context.candidate.release
    entries = release.evidence_of(EvidenceKind.VULNERABILITIES)
    if not entries:
        return [missing_evidence(release, EvidenceKind.VULNERABILITIES, purpose="vulnerabilities")]
    findings: list[Finding] = []
    reports = [measurements[_request(evidence)].facts for _, evidence in entries]
    for (index, evidence), facts in zip(entries, reports, strict=True):
        if not facts["is_vex"]:
            location = release.locate("evidence", index, "uri")
            findings += _of_report(evidence.id, facts, parameters, location, context)
    if all(facts["is_vex"] for facts in reports):
        findings.append(missing_evidence(release, EvidenceKind.VULNERABILITIES, purpose="vulnerabilities beside a VEX"))
    findings += _counted(merge_vulnerabilities(reports), parameters, release.locate("evidence", entries[0][0]), context)
    return findings


def _of_report(
    name: str, facts: Mapping[str, Any], parameters: VulnerabilitiesParameters, location: Location, context: Context
) -> Iterator[Finding]:
    if parameters.binding == "image":
        yield _subject(name, facts["subjects"], location, context.candidate.release)
    ages = (
        ("scan_age_days", facts["scanned_at"], parameters.max_scan_age_days, "scan the image again"),
        ("database_age_days", facts["database_at"], parameters.max_database_age_days, "update the scanner's database"),
    )
    for measure, moment, limit, hint in ages:
        if limit is not None:
            yield _age(measure, name, moment, limit, hint, location, context)
    unaudited = facts["unaudited"]
    value = Measurement(
        measure="unaudited", n=len(unaudited), value=float(len(unaudited)), unit="package", slice=(("report", name),)
    )
    bound = Bound(at_most=parameters.max_unaudited)
    finding = hold(value, bound, location=location, near_miss=context.near_miss)
    if not finding.satisfied:
        message = f"{finding.message}: {'; '.join(unaudited[:_MOST_NAMED])}"
        finding = replace(finding, message=message, hint="scan where the packages can be looked up")
    yield finding


def _subject(name: str, subjects: Sequence[str], location: Location, release: Release) -> Finding:
    deployment = release.manifest.deployment
    satisfied: bool | None
    if deployment is None:
        satisfied, message = False, "the manifest names no deployment image that a scan could be about"
        hint = "add deployment with image and image_digest to the manifest"
    elif not subjects:
        satisfied, message = None, f"report {name} does not say which image it is about"
        hint = f"scan {deployment.image}@{deployment.image_digest} by its digest, with a report that names it"
    else:
        satisfied = deployment.image_digest in subjects
        found = "the deployment image" if satisfied else f"not of {deployment.image_digest}: it names {subjects[0]}"
        message = f"report {name} is {'of ' if satisfied else ''}{found}"
        hint = f"scan {deployment.image}@{deployment.image_digest}, and attach that report"
    return Finding(
        satisfied=satisfied,
        measure="subject",
        slice=(("report", name),),
        message=message,
        location=location,
        hint=None if satisfied else hint,
    )


def _age(
    measure: str, name: str, moment: str | None, limit: float, hint: str, location: Location, context: Context
) -> Finding:
    slice_ = (("report", name),)
    if moment is None:
        reason = f"report {name} does not state it"
        value = Measurement(measure=measure, n=1, unit="days", slice=slice_, undecidable=reason)
        return replace(hold(value, Bound(at_most=limit), location=location, near_miss=None), hint=hint)
    age = (context.at.astimezone(UTC) - datetime.fromisoformat(moment)).total_seconds() / _DAY_SECONDS
    value = Measurement(measure=measure, n=1, value=age, unit="days", slice=slice_)
    finding = hold(value, Bound(at_most=limit), location=location, near_miss=context.near_miss)
    if age < -_CLOCK_DAYS:
        return replace(finding, satisfied=False, message=f"{measure} of {name}: {moment} lies in the future", hint=hint)
    return finding if finding.satisfied else replace(finding, hint=hint)


def _counted(
    merged: Sequence[Found], parameters: VulnerabilitiesParameters, location: Location, context: Context
) -> Iterator[Finding]:
    """Yield one finding a severity, and one a vulnerability that is not counted, with its reason."""
    counted: dict[str, list[str]] = {severity: [] for severity in Budget.model_fields}
    left_out: list[Finding] = []
    for found in merged:
        why, expired = _excuse(found, parameters, context)
        if why is None:
            counted[found.severity].append(found.name + expired)
            continue
        left_out.append(
            Finding(
                satisfied=True,
                measure="accepted",
                slice=(("vulnerability", found.name),),
                message=f"{found.name} ({found.severity}) is not counted: {why}",
                location=location,
            )
        )
    for severity, names in counted.items():
        value = Measurement(
            measure="vulnerabilities",
            n=len(merged),
            value=float(len(names)),
            unit="vulnerability",
            slice=(("severity", severity),),
        )
        bound = Bound(at_most=getattr(parameters.budget, severity))
        finding = hold(value, bound, location=location, near_miss=context.near_miss)
        if not finding.satisfied:
            more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
            message = f"{finding.message}: {', '.join(names[:_MOST_NAMED])}{more}"
            hint = "update the package or the base image, or have the risk accepted in the policy with a last day"
            finding = replace(finding, message=message, hint=hint)
        yield finding
    yield from left_out


def _excuse(found: Found, parameters: VulnerabilitiesParameters, context: Context) -> tuple[str | None, str]:
    """Return why a vulnerability is not counted, or None; and what to add to its name where an acceptance ended."""
    risk, holds = find_acceptance(found, parameters.accepted, context.at.astimezone(UTC).date())
    if risk is not None and holds:
        return f"accepted until {risk.until}: {risk.reason}", ""
    for state, why in found.states:
        if state in parameters.vex_states:
            return f"VEX says {state}: {why or 'no reason given'}", ""
    return None, f" (acceptance ended {risk.until})" if risk is not None else ""


GATE = Gate(
    name="vulnerabilities",
    category=Category.SECURITY,
    parameters=VulnerabilitiesParameters,
    measures=measures,
    judge=judge,
    not_applicable=not_applicable,
)
