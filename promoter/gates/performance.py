"""Holds the quality of a version's predictions against absolute bounds.

## Checks
Each bound holds over all rows of every predictions file of the manifest, and each bound of a slice rule holds in
every slice that its columns make. The numbers are recomputed from the evidence.

## Why
A model that is worse than its users were promised does harm whatever the champion is. An average can hide a group
for which the model does not work, so slices carry bounds of their own.

## Parameters
`bounds` (`measure`, `at_least` or `at_most`, `decide_on`), `min_n`, `slices` (`by`, `bounds`, `min_n`,
`small_slices`).

## Decision rule
A bound that decides on the point passes where value >= at_least, or value <= at_most; equality passes. A bound that
decides on the interval passes where the whole interval is inside, fails where it is wholly outside, else it is
undecided. No correction for the number of slices is made: each slice has its own promise.

## Undecidable when
The measure has no value (one class only, no score, no threshold), was not made for this task, has no interval that
the bound asks for, or rests on fewer than min_n rows.

## Example
```yaml
schema: promoter.policy/1
id: credit-discrimination
title: The model separates good from bad applications
category: performance
owner: model-validation
rationale: Below this, the score carries too little information to decide on a person.
gate: performance
parameters:
  bounds:
    - {measure: roc_auc, at_least: 0.72, decide_on: interval}
    - {measure: brier, at_most: 0.11}
  slices:
    - by: [sex]
      bounds: [{measure: recall, at_least: 0.80}]
      min_n: 100
severity: high
enforcement: block
near_miss: {relative: 0.02}
remediation: "{measure} of {slice} is {value}, the bound is {bound}; look at the features that the slice lacks."
```

## Sources
Mitchell et al. 2019, Model Cards for Model Reporting (disaggregated evaluation). NIST AI RMF 1.0, MEASURE 2.5.
"""

from collections.abc import Iterator, Sequence

from pydantic import Field

from promoter.document.strict import Strict
from promoter.gates.contract.candidate import Candidate, Context, Release, table_of
from promoter.gates.contract.correction import Held
from promoter.gates.contract.finding import Finding
from promoter.gates.contract.gate import Gate, Parameters
from promoter.gates.contract.missing import advise, missing_evidence
from promoter.gates.contract.slices import SmallSlices
from promoter.gates.contract.slicing import Slicing, bound_in_slices, over_all
from promoter.measure.request import Measurements, Quality, Request
from promoter.policy.bound import MeasureBound
from promoter.policy.policy import Category
from promoter.registry.evidence import Evidence, EvidenceKind
from promoter.registry.model import Task

_FAILED = "look at the rows that the model gets wrong here, and retrain before another try"
_UNDECIDED = "add labelled rows until the measure exists and its interval clears the bound"


class SliceRule(Strict):
    """Bounds that must hold in each slice that some columns make."""

    by: tuple[str, ...] = Field(description="Columns of the predictions file; their combinations.", min_length=1)
    bounds: tuple[MeasureBound, ...] = Field(description="Bounds of each slice, units as measured.", min_length=1)
    min_n: int = Field(
        default=100,
        ge=1,
        description="Rows below which a slice is not assessed, 1 or more; at 100 a rate's 95 % interval is about"
        " 0.2 wide.",
    )
    small_slices: SmallSlices = Field(
        default="report",
        description="What a slice below min_n means: report shows it and goes on, inconclusive leaves the policy"
        " undecided; report by default, since rare groups would else stop every version.",
    )


class PerformanceParameters(Parameters):
    """Absolute bounds over all rows, and per slice."""

    bounds: tuple[MeasureBound, ...] = Field(
        description="Bounds over all rows, each in its measure's unit (fractions in [0, 1] for rates).", min_length=1
    )
    min_n: int = Field(
        default=100,
        ge=1,
        description="Rows below which nothing is decided, 1 or more; at 100 a rate's 95 % interval is about 0.2 wide.",
    )
    slices: tuple[SliceRule, ...] = Field(default=(), description="Bounds per slice; none by default.")


def _request(parameters: PerformanceParameters, release: Release, evidence: Evidence) -> Quality:
    decision = release.manifest.decision
    return Quality(
        table=table_of(evidence),
        task=release.model.task.value,
        threshold=decision.threshold if decision else None,
        slices=tuple(dict.fromkeys(rule.by for rule in parameters.slices)),
    )


def measures(parameters: PerformanceParameters, candidate: Candidate) -> Sequence[Request]:
    """Return one quality request a predictions file."""
    release = candidate.release
    predictions = release.evidence_of(EvidenceKind.PREDICTIONS)
    return tuple(_request(parameters, release, evidence) for _, evidence in predictions)


def judge(parameters: PerformanceParameters, measurements: Measurements, context: Context) -> Sequence[Finding]:
    """Return one finding a bound over all rows, and one a bound and slice."""
    release = context.candidate.release
    held: list[Held] = []
    for index, evidence in release.evidence_of(EvidenceKind.PREDICTIONS):
        measured = measurements[_request(parameters, release, evidence)]
        location = release.locate("evidence", index, "uri")
        for bound, slicing in _rules(parameters):
            held += bound_in_slices(bound, slicing, measured, at=location, near_miss=context.near_miss)
    findings = [advise(finding, failed=_FAILED, undecided=_UNDECIDED) for finding, _ in held]
    return findings or [missing_evidence(release, EvidenceKind.PREDICTIONS, purpose="performance")]


def _rules(parameters: PerformanceParameters) -> Iterator[tuple[MeasureBound, Slicing]]:
    """Yield each bound with the slices that it is held in, all rows first."""
    for bound in parameters.bounds:
        yield bound, over_all(parameters.min_n)
    for rule in parameters.slices:
        for bound in rule.bounds:
            yield bound, Slicing(by=rule.by, min_n=rule.min_n, small_slices=rule.small_slices)


GATE = Gate(
    name="performance",
    category=Category.PERFORMANCE,
    parameters=PerformanceParameters,
    measures=measures,
    judge=judge,
    tasks=frozenset({Task.BINARY, Task.MULTICLASS, Task.REGRESSION}),
)
