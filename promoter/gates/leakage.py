"""Holds the evaluation apart from the training, and the label apart from the features.

## Checks
Ids of the features-reference evidence (training rows) that stand in a predictions file; rows that are the same in
all features on both sides; ids that repeat in a predictions file; each feature's strength for the label.

## Why
A model is tested on rows that it has not seen, or it is not tested. A feature that knows the label (a date of
default, a field filled in after the decision) makes a model that is brilliant here and useless in production.

## Parameters
`bounds` (`measure`, `at_least` or `at_most`, `decide_on`), `exempt` (`feature`, `reason`), `min_n`, `correction`.

## Decision rule
id_overlap is the share of the distinct evaluation ids that were trained on, shared_ids their number; ids are compared
as text without ".0" and without space around them. row_overlap is the share of evaluation rows that equal a training
row in all features (numbers to float32), whatever their ids; row_overlap_excess leaves out row_coincidence, the share
of training rows that equal another one, which is what chance gives columns of few values. label_strength, in [0, 1],
is the strongest of rank order, quantile bins, categories and missing or not. repeated_ids are rows beyond the first
of their id. Equality with a bound passes; a failure on an interval must fail after `correction` too. A constant
feature tells nothing and passes.

## Undecidable when
Ids are missing, no features-current evidence covers the data set of a predictions file, no table has both features
and label, or fewer than min_n rows. The evidence holds a sample of the training rows: what it leaves out is not seen.

## Example
```yaml
schema: promoter.policy/1
id: no-leakage
title: The evaluation rows were not trained on, and no feature knows the label
category: data
owner: model-validation
rationale: A number measured on training rows promises nothing.
gate: leakage
parameters:
  bounds:
    - {measure: id_overlap, at_most: 0}
    - {measure: repeated_ids, at_most: 0}
    - {measure: row_overlap_excess, at_most: 0.02}
    - {measure: label_strength, at_most: 0.9}
severity: critical
enforcement: block
near_miss: {absolute: 0.05}
remediation: "{measure} of {slice} is {value}, {bound} is allowed; split by person and time, and evaluate again."
```

## Sources
Kaufman et al. 2012 (leakage in data mining). Kapoor and Narayanan 2023 (leakage and the reproducibility crisis).
NIST AI RMF 1.0, MEASURE 2.3. EU AI Act, Article 10(3).
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Literal

from pydantic import Field

from promoter.errors import Location
from promoter.gates.contract.candidate import Candidate, Context, Release, table_of
from promoter.gates.contract.correction import Held, correct_failures
from promoter.gates.contract.features import ExemptFeature, feature_columns, left_out_features
from promoter.gates.contract.finding import Finding, hold
from promoter.gates.contract.gate import Gate, Parameters
from promoter.gates.contract.label_strength import label_strength
from promoter.gates.contract.missing import advise, missing_evidence
from promoter.gates.contract.strength import hold_strength
from promoter.measure.request import Measured, Measurements, Request
from promoter.measure.requests_data import Association, Overlap
from promoter.measure.statistics.margin_test import Correction
from promoter.policy.bound import MeasureBound
from promoter.policy.policy import Category
from promoter.registry.evidence import EvidenceKind
from promoter.registry.model import Task

_TRAINING, _FEATURES, _PREDICTIONS = (
    EvidenceKind.FEATURES_REFERENCE,
    EvidenceKind.FEATURES_CURRENT,
    EvidenceKind.PREDICTIONS,
)
_FAILED = "take the rows of the training out of the evaluation, split by person and time, and evaluate again"
_UNDECIDED = "add rows until the interval clears the bound, and name columns that hold what is compared"
_OF_IDS = frozenset({"id_overlap", "shared_ids", "repeated_ids"})
_OF_ROWS = frozenset({"row_overlap", "row_overlap_excess"})


class LeakageBound(MeasureBound):
    """A bound on what evaluation and training, or feature and label, have in common."""

    measure: Literal[
        "id_overlap", "shared_ids", "repeated_ids", "row_overlap", "row_overlap_excess", "label_strength"
    ] = Field(description="Shares and strengths are fractions in [0, 1], the others counts; see the decision rule.")


class LeakageParameters(Parameters):
    """Bounds on leakage, and features that may know the label."""

    bounds: tuple[LeakageBound, ...] = Field(description="Bounds, each on what its measure looks at.", min_length=1)
    exempt: tuple[ExemptFeature, ...] = Field(
        default=(), description="Features that may tell the label, each with its reason; none by default."
    )
    min_n: int = Field(
        default=100,
        ge=1,
        description="Rows below which no strength is decided, 1 or more; below 100 chance alone is strong.",
    )
    correction: Correction = Field(
        default="holm", description="Correction of failures on intervals over all features; holm by default."
    )

    def bounds_of(self, measures_: frozenset[str]) -> tuple[LeakageBound, ...]:
        """Return the bounds on any of these measures."""
        return tuple(bound for bound in self.bounds if bound.measure in measures_)


def _overlaps(parameters: LeakageParameters, release: Release) -> Iterator[tuple[int, Overlap | None, str]]:
    """Yield the place of each file held against the training rows, its request, and why there is none."""
    training = release.evidence_of(_TRAINING)
    if not training:
        return
    predictions = release.evidence_of(_PREDICTIONS)
    if parameters.bounds_of(_OF_IDS):
        for index, evidence in predictions:
            yield index, Overlap(reference=table_of(training[0][1]), current=table_of(evidence)), "ids"
    if parameters.bounds_of(_OF_ROWS):
        names = tuple(name for name, _ in feature_columns(release))
        for index, evidence in predictions:
            covers = next((own for _, own in release.evidence_of(_FEATURES) if own.dataset == evidence.dataset), None)
            if covers is None:
                yield index, None, f"no {_FEATURES} evidence covers the data set of {evidence.id}"
            else:
                tables = replace(table_of(training[0][1]), id=None), replace(table_of(covers), id=None)
                yield index, Overlap(reference=tables[0], current=tables[1], columns=names), "rows"


def _label_table(parameters: LeakageParameters, release: Release) -> tuple[int, Association | None] | None:
    """Return the place of the training rows and the request for each feature's strength; None where not bounded."""
    if not parameters.bounds_of(frozenset({"label_strength"})):
        return None
    for index, evidence in release.evidence_of(_TRAINING):
        return index, label_strength(release, evidence, exempt=parameters.exempt)
    return None


def measures(parameters: LeakageParameters, candidate: Candidate) -> Sequence[Request]:
    """Return an overlap request a predictions file, and one for the strength of the features."""
    overlaps = [request for _, request, _ in _overlaps(parameters, candidate.release) if request is not None]
    label = _label_table(parameters, candidate.release)
    return (*dict.fromkeys(overlaps), label[1]) if label and label[1] else tuple(dict.fromkeys(overlaps))


def judge(parameters: LeakageParameters, measurements: Measurements, context: Context) -> Sequence[Finding]:
    """Return a finding a file and bound, and one a feature and bound."""
    release = context.candidate.release
    kinds = (_TRAINING, _PREDICTIONS)
    findings = [missing_evidence(release, kind, purpose="leakage") for kind in kinds if not release.evidence_of(kind)]
    held: list[Held] = []
    for index, request, what in _overlaps(parameters, release):
        location = release.locate("evidence", index, "uri")
        if request is None:
            findings.append(_not_compared("row_overlap", what, location))
        else:
            bounds = parameters.bounds_of(_OF_IDS if what == "ids" else _OF_ROWS)
            held += _of_file(bounds, measurements[request], location, context)
    label = _label_table(parameters, release)
    if label is not None:
        location = release.locate("evidence", label[0], "uri")
        findings += left_out_features(release, exempt=parameters.exempt, what="strength for the label")
        if label[1] is None:
            findings.append(_not_compared("label_strength", "no column of it is named as the label", location))
        else:
            held += _of_features(parameters, label[1], measurements[label[1]], context)
    return findings + correct_failures(held, correction=parameters.correction)


def _not_compared(measure: str, reason: str, location: Location) -> Finding:
    hint = "add the features of the evaluated rows, and name the label column in the evidence's columns"
    return Finding(
        satisfied=None, measure=measure, message=f"{measure} was not measured: {reason}", location=location, hint=hint
    )


def _of_file(
    bounds: Sequence[LeakageBound], measured: Measured, location: Location, context: Context
) -> Iterator[Held]:
    examples = measured.facts.get("shared_ids") or ()
    for bound in bounds:
        found = measured.find(bound.measure)
        if found is None:
            yield _not_compared(bound.measure, "one of the files names no id column", location), None
            continue
        finding = hold(found, bound, location=location, near_miss=context.near_miss)
        if finding.satisfied is False and bound.measure in ("id_overlap", "shared_ids"):
            shown = ", ".join(str(example)[:40] for example in examples[:3])
            finding = replace(finding, message=f"{finding.message}; such as id {shown}")
        coincidence = measured.find("row_coincidence")
        if coincidence is not None and coincidence.value is not None:
            among = f"{coincidence.value:.3g} of the training rows equal another one"
            finding = replace(finding, message=f"{finding.message}; {among}")
        yield advise(finding, failed=_FAILED, undecided=_UNDECIDED), bound


def _of_features(
    parameters: LeakageParameters, request: Association, measured: Measured, context: Context
) -> Iterator[Held]:
    release = context.candidate.release
    names = [feature.name for feature in release.manifest.signature.features]
    constant, views = set(measured.facts.get("constant", ())), measured.facts.get("views", {})
    for bound in parameters.bounds_of(frozenset({"label_strength"})):
        for name, _ in request.columns:
            where = (("feature", name),)
            location = release.locate("signature", "features", names.index(name))
            found = measured.find("strength", (*where, ("target", request.target)))
            if name in constant:
                message = f"feature {name} is constant in the training rows and tells nothing of the label"
                yield (
                    Finding(satisfied=True, measure="label_strength", slice=where, message=message, location=location),
                    None,
                )
            elif found is None:
                yield _not_compared("label_strength", f"feature {name} has no number", location), None
            else:
                yield hold_strength(
                    replace(found, measure="label_strength", slice=where),
                    bound,
                    min_n=parameters.min_n,
                    view=views.get(name),
                    at=location,
                    near_miss=context.near_miss,
                )


GATE = Gate(
    name="leakage",
    category=Category.DATA,
    parameters=LeakageParameters,
    measures=measures,
    judge=judge,
    tasks=frozenset({Task.BINARY, Task.MULTICLASS, Task.REGRESSION, Task.RANKING}),
)
