"""Holds tables and artifact against the signature, and the signature against the champion's.

## Checks
Every feature of the signature is a column of each features table, with its type, without missing values unless it is
nullable, within its range and categories; the artifact's inputs take the features; a caller of the champion can call
this version.

## Why
A signature is the contract with whoever calls the model. A column that is a text in production and was a number in
training makes confident nonsense, not an error.

## Parameters
`evidence`, `extra_columns`, `artifact`, `breaking_changes`.

## Decision rule
Exact; equality with a range's end passes. A whole-number column may feed a float feature, nothing else is converted.
A feature is renamed where its origin is the same under another name. Features removed, renamed, retyped, newly
required or narrowed are breaking; `major_version` accepts them where the version's first number is larger.

## Undecidable when
A column has more categories than are listed (200), has no finite number, or the artifact's inputs cannot be read.

## Example
```yaml
schema: promoter.policy/1
id: signature-holds
title: Tables and artifact agree with the signature
category: data
owner: platform
rationale: A caller that follows the signature must be served.
gate: schema
parameters:
  evidence: [features-reference, features-current]
  breaking_changes: major_version
severity: high
enforcement: block
remediation: Correct the signature, or export tables and artifact again from the same feature code.
```

## Sources
ONNX IR specification (graph inputs). Semantic Versioning 2.0.0, rule 8. EU AI Act, Article 10(3).
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

from pydantic import Field

from promoter.gates.contract.candidate import Candidate, Context, Release, table_of
from promoter.gates.contract.compatibility import breaking_changes
from promoter.gates.contract.finding import Finding
from promoter.gates.contract.gate import Gate, Parameters
from promoter.gates.contract.missing import missing_evidence
from promoter.measure.request import ArtifactFacts, Measured, Measurements, Request, TableProfile
from promoter.policy.policy import Category
from promoter.registry.evidence import Evidence, EvidenceKind
from promoter.registry.signature import DType, Feature

_READ_AS = {DType.FLOAT: ("float", "int"), DType.INT: ("int",), DType.BOOL: ("bool",), DType.STRING: ("string",)}


class SchemaParameters(Parameters):
    """Which tables are held against the signature, and what a breaking change means."""

    evidence: tuple[Literal["features-reference", "features-current"], ...] = Field(
        default=("features-reference", "features-current"),
        min_length=1,
        description="Kinds of evidence held against the signature; both by default: training and now.",
    )
    extra_columns: Literal["allow", "refuse"] = Field(
        default="allow", description="Columns that are no feature; allowed by default: ids and times stand there."
    )
    artifact: Literal["check", "ignore"] = Field(
        default="check",
        description="Whether an ONNX artifact's inputs are held against the signature; they are by default.",
    )
    breaking_changes: Literal["refuse", "major_version", "allow"] = Field(
        default="major_version",
        description="What breaks callers of the champion: major_version, the default, accepts it under a new first"
        " number, as callers expect of semantic versions.",
    )


def _profiles(parameters: SchemaParameters, release: Release) -> Iterator[tuple[int, Evidence, TableProfile]]:
    for kind in parameters.evidence:
        for index, evidence in release.evidence_of(EvidenceKind(kind)):
            yield index, evidence, TableProfile(table=table_of(evidence))


def _artifact(parameters: SchemaParameters, release: Release) -> ArtifactFacts | None:
    is_checked = parameters.artifact == "check" and release.manifest.artifact.format == "onnx"
    return ArtifactFacts(content=release.manifest.artifact.digest) if is_checked else None


def measures(parameters: SchemaParameters, candidate: Candidate) -> Sequence[Request]:
    """Return one profile a features table, and the facts of an ONNX artifact."""
    profiles = [profile for _, _, profile in _profiles(parameters, candidate.release)]
    artifact = _artifact(parameters, candidate.release)
    return (*dict.fromkeys(profiles), artifact) if artifact else tuple(dict.fromkeys(profiles))


def judge(parameters: SchemaParameters, measurements: Measurements, context: Context) -> Sequence[Finding]:
    """Return a finding a table and feature, and those of artifact and champion."""
    release, champion = context.candidate.release, context.candidate.champion
    kinds = [EvidenceKind(kind) for kind in parameters.evidence]
    findings = [missing_evidence(release, kind, purpose="schema") for kind in kinds if not release.evidence_of(kind)]
    for index, evidence, profile in _profiles(parameters, release):
        findings += _table(parameters, release, index, evidence, measurements[profile])
    request = _artifact(parameters, release)
    if request is not None:
        findings.append(_inputs(release, measurements[request]))
    if champion is not None and champion.version != release.version and parameters.breaking_changes != "allow":
        findings += breaking_changes(release, champion, allows_major=parameters.breaking_changes == "major_version")
    return findings


def _table(
    parameters: SchemaParameters, release: Release, index: int, evidence: Evidence, measured: Measured
) -> Iterator[Finding]:
    columns = measured.facts.get("columns", {})
    for position, feature in enumerate(release.manifest.signature.features):
        location = release.locate("signature", "features", position)
        problem = _misfit(feature, columns.get(feature.name), measured)
        yield Finding(
            satisfied=problem is None if problem != _UNKNOWN else None,
            measure="column",
            slice=(("column", feature.name),),
            message=f"column {feature.name} of {evidence.id} {problem or f'has type {feature.dtype}, as signed'}",
            location=location,
            hint=problem and "correct the signature, or export the table again from the same feature code",
        )
    used = {feature.name for feature in release.manifest.signature.features}
    used |= {name for name in (evidence.columns.id, evidence.columns.timestamp, evidence.columns.label) if name}
    extra = sorted(set(columns) - used)
    if extra and parameters.extra_columns == "refuse":
        yield Finding(
            satisfied=False,
            measure="extra_columns",
            message=f"{evidence.id} has columns that no feature names: {', '.join(extra)}",
            location=release.locate("evidence", index, "uri"),
            hint="drop them from the table, or declare them in the signature",
        )


_UNKNOWN = "could not be compared: its missing values, range or categories were not measured"


def _misfit(feature: Feature, dtype: str | None, measured: Measured) -> str | None:
    """Return how a column departs from its feature, `_UNKNOWN` where that cannot be told, or None."""
    if dtype is None:
        return "is missing"
    if dtype not in _READ_AS.get(feature.dtype, (feature.dtype.value,)):
        return f"has type {dtype}, the signature says {feature.dtype}"
    where = (("column", feature.name),)
    missing = measured.find("missing", where)
    if not feature.nullable and (missing is None or missing.value is None):
        return _UNKNOWN
    if not feature.nullable and missing is not None and missing.value:
        return f"misses {missing.value:.0f} of {missing.n} values, the signature says that none may be missing"
    return _out_of_range(feature, measured) or _unknown_categories(feature, measured)


def _out_of_range(feature: Feature, measured: Measured) -> str | None:
    where = (("column", feature.name),)
    for name, limit, is_outside in (
        ("minimum", feature.minimum, float.__lt__),
        ("maximum", feature.maximum, float.__gt__),
    ):
        if limit is None:
            continue
        found = measured.find(name, where)
        if found is None or found.value is None:
            return _UNKNOWN
        if is_outside(float(found.value), float(limit)):
            return f"has {name} {found.value:g}, the signature says {limit:g}"
    return None


def _unknown_categories(feature: Feature, measured: Measured) -> str | None:
    if not feature.categories:
        return None
    found = measured.facts.get("categories", {}).get(feature.name)
    if found is None:
        return _UNKNOWN
    unknown = sorted(set(found) - set(feature.categories))
    shown = ", ".join(unknown[:5]) + (", ..." if len(unknown) > 5 else "")
    return f"has categories that the signature does not list: {shown}" if unknown else None


def _inputs(release: Release, measured: Measured) -> Finding:
    """Return whether the artifact takes the features: one input each by name, or one tensor of their number."""
    names = {feature.name for feature in release.manifest.signature.features}
    location = release.locate("signature", "features")
    satisfied, message = _fit(measured.facts.get("inputs") or (), names)
    hint = None if satisfied else "export the artifact with the signature's features as inputs, in their order"
    return Finding(satisfied=satisfied, measure="artifact_inputs", message=message, location=location, hint=hint)


def _fit(inputs: Sequence[Mapping[str, Any]], names: set[str]) -> tuple[bool | None, str]:
    """Return whether the inputs take the features, and how or why not; None where that cannot be told."""
    if not inputs:
        return None, "the artifact's inputs could not be read"
    found = {entry["name"] for entry in inputs}
    if found == names:
        return True, f"the artifact takes the {len(names)} features by name"
    shape = inputs[0].get("shape") or ()
    if len(inputs) > 1 or not shape:
        return False, f"the artifact's inputs and the signature's features differ in {', '.join(sorted(found ^ names))}"
    width = shape[-1]
    if not isinstance(width, int) or width <= 0:
        return None, f"the artifact's one input {inputs[0]['name']} has no fixed width"
    wide = f"the artifact's input {inputs[0]['name']} is {width} wide"
    return width == len(names), f"{wide}, the signature has {len(names)} features"


GATE = Gate(
    name="schema",
    category=Category.DATA,
    parameters=SchemaParameters,
    measures=measures,
    judge=judge,
)
