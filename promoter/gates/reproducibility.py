"""Holds the committed predictions against what the artifact itself says of the same rows.

## Checks
Every predictions file is scored again: the rows of the features-current evidence of the same data set go through the
artifact, in a process of its own, and the results are compared with the committed scores, row by row.

## Why
Every other number rests on the predictions. A file that was made by another model, an older one, or by hand would make
all of them true of nothing that is deployed.

## Parameters
`bounds` (`measure`, `at_least` or `at_most`, `decide_on`), `tolerance`, `other_formats`.

## Decision rule
The score of a binary model, the class scores of a multi-class one and the value of a regression are compared with the
artifact's output, features in the signature's order or by name. max_absolute_difference is the largest difference of
all rows; differing_rows the share of rows that differ by more than `tolerance`; decision_changes the share of rows
that the threshold decides otherwise. Equality with a bound passes.

## Undecidable when
No features-current evidence covers the data set of a predictions file, the artifact is in a format that is not run
(only ONNX is), or decision_changes is bounded and the version declares no threshold. A runtime that is not installed, a
model that does not load or take the features, ids that do not pair and numbers that are missing end in an error, which
never passes.

## Example
```yaml
schema: promoter.policy/1
id: predictions-are-the-artifacts
title: The committed predictions are the artifact's own
category: integrity
owner: platform
rationale: Numbers about another model say nothing of this one.
gate: reproducibility
parameters:
  bounds:
    - {measure: differing_rows, at_most: 0}
    - {measure: decision_changes, at_most: 0}
  tolerance: 1.0e-5
severity: critical
enforcement: block
remediation: "{measure} is {value}, {bound} is allowed; score the evaluation rows with this artifact and commit that."
```

## Sources
ONNX IR specification. IEEE 754-2019 (float32 has 24 bits: differences near 1e-7 of a probability are rounding).
SR 11-7, section V (replication of results).
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Literal

from pydantic import Field

from promoter.errors import Location
from promoter.gates.contract.candidate import Candidate, Context, Release, table_of
from promoter.gates.contract.features import kind_of
from promoter.gates.contract.finding import Finding, hold
from promoter.gates.contract.gate import Gate, Parameters
from promoter.gates.contract.missing import advise, missing_evidence
from promoter.gates.contract.pairing import threshold_of
from promoter.measure.measurement import Measurement
from promoter.measure.request import Measured, Measurements, Request
from promoter.measure.requests_data import Reproduction
from promoter.policy.bound import MeasureBound
from promoter.policy.policy import Category
from promoter.registry.evidence import Evidence, EvidenceKind
from promoter.registry.model import Task


class ReproductionBound(MeasureBound):
    """A bound on how far committed predictions lie from the artifact's own."""

    measure: Literal["max_absolute_difference", "differing_rows", "decision_changes"] = Field(
        description="A difference in the output's unit, or a share of rows in [0, 1]."
    )


class ReproducibilityParameters(Parameters):
    """How far the committed predictions may lie from the artifact's own."""

    bounds: tuple[ReproductionBound, ...] = Field(description="Bounds on differences and shares.", min_length=1)
    tolerance: float = Field(
        default=1e-5,
        ge=0,
        description="Difference of an output beyond which a row differs, in the output's unit, 0 or more; 1e-5 is a"
        " hundred times float32's rounding of a probability.",
    )
    other_formats: Literal["inconclusive", "not_applicable"] = Field(
        default="inconclusive",
        description="What an artifact that cannot be run here means; inconclusive by default: nobody has checked it.",
    )


def not_applicable(parameters: ReproducibilityParameters, candidate: Candidate) -> str | None:
    """Return why the artifact cannot be run, where the policy allows that."""
    format_ = candidate.release.manifest.artifact.format
    if format_ != "onnx" and parameters.other_formats == "not_applicable":
        return f"the artifact is {format_}, and only ONNX is run"
    return None


def _tables(release: Release) -> Iterator[tuple[int, Evidence, Evidence | None]]:
    """Yield each predictions file and its place, with the features of the same data set, or None."""
    features = release.evidence_of(EvidenceKind.FEATURES_CURRENT)
    for index, predictions in release.evidence_of(EvidenceKind.PREDICTIONS):
        yield index, predictions, next((own for _, own in features if own.dataset == predictions.dataset), None)


def _request(
    parameters: ReproducibilityParameters, release: Release, predictions: Evidence, features: Evidence
) -> Reproduction:
    signature = release.manifest.signature
    parts = table_of(predictions)
    order = {name: place for place, name in enumerate(signature.prediction.classes)}
    scores = sorted(parts.class_scores, key=lambda pair: order.get(pair[0], len(order)))
    is_text = {entry.name: kind_of(entry) == "categorical" and entry.dtype == "string" for entry in signature.features}
    return Reproduction(
        artifact=release.manifest.artifact.digest,
        features=table_of(features),
        predictions=replace(parts, class_scores=tuple(scores)),
        inputs=tuple((name, "categorical" if text else "numeric") for name, text in is_text.items()),
        task=release.model.task.value,
        tolerance=parameters.tolerance,
        threshold=threshold_of(release),
    )


def _requests(
    parameters: ReproducibilityParameters, release: Release
) -> Iterator[tuple[int, Evidence, Reproduction | None]]:
    is_run = release.manifest.artifact.format == "onnx"
    for index, predictions, features in _tables(release):
        request = _request(parameters, release, predictions, features) if is_run and features is not None else None
        yield index, predictions, request


def measures(parameters: ReproducibilityParameters, candidate: Candidate) -> Sequence[Request]:
    """Return one reproduction request a predictions file whose features are known."""
    requests = (request for _, _, request in _requests(parameters, candidate.release))
    return tuple(request for request in requests if request is not None)


def judge(parameters: ReproducibilityParameters, measurements: Measurements, context: Context) -> Sequence[Finding]:
    """Return one finding a predictions file and bound."""
    release = context.candidate.release
    findings: list[Finding] = []
    for index, predictions, request in _requests(parameters, release):
        location = release.locate("evidence", index, "uri")
        if request is None:
            findings.append(_not_run(release, predictions, location))
            continue
        findings += [_held(bound, measurements[request], location, context) for bound in parameters.bounds]
    return findings or [missing_evidence(release, EvidenceKind.PREDICTIONS, purpose="reproducibility")]


def _not_run(release: Release, predictions: Evidence, location: Location) -> Finding:
    format_ = release.manifest.artifact.format
    if format_ != "onnx":
        problem, hint = f"the artifact is {format_}, and only ONNX is run", "export it as ONNX as well"
    else:
        problem = f"no features-current evidence covers the data set of {predictions.id}"
        hint = "add the features of the evaluated rows, under the same ids and the same data set"
    message = f"{predictions.id} was not scored again: {problem}"
    return Finding(satisfied=None, measure="differing_rows", message=message, location=location, hint=hint)


def _held(bound: ReproductionBound, measured: Measured, location: Location, context: Context) -> Finding:
    found = measured.find(bound.measure)
    if found is None:
        reason = "the version declares no threshold, or its outputs are no decision"
        found = Measurement(measure=bound.measure, n=0, undecidable=reason)
    finding = hold(found, bound, location=location, near_miss=context.near_miss)
    first = measured.facts.get("first_rows") or ()
    if finding.satisfied is False and first:
        finding = replace(finding, message=f"{finding.message}; first in rows {', '.join(map(str, first))}")
    return advise(
        finding,
        failed="score the same rows with the artifact that the manifest names, and commit those predictions",
        undecided="declare decision.threshold, or map the artifact's outputs to the predictions' columns",
    )


GATE = Gate(
    name="reproducibility",
    category=Category.INTEGRITY,
    parameters=ReproducibilityParameters,
    measures=measures,
    judge=judge,
    tasks=frozenset({Task.BINARY, Task.MULTICLASS, Task.REGRESSION}),
    not_applicable=not_applicable,
)
