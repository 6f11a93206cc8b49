"""Holds whether a binary model's scores are the probabilities that they claim to be, over all rows and in groups.

## Checks
Each bound on a calibration measure holds over all rows of every predictions file, and each bound of `groups` holds
in every group that its attributes make.

## Why
A score that is used as a probability (a price, a provision, a threshold set by cost) does harm when it is off, however
well it ranks. A model can be calibrated on average and be off in opposite directions for two groups.

## Parameters
`bounds` (`measure`, `at_least` or `at_most`, `decide_on`), `bins`, `min_n`, `groups` (`by`, `bounds`, `min_n`,
`small_groups`), `correction`.

## Decision rule
ece is the mean over equal-mass bins of |share of positives - mean score|; it is biased upwards, since noise alone
makes gaps. ece_debiased leaves out what noise adds, and is the one to bound. calibration_intercept and
calibration_slope are those of the logistic regression of the label on the logit of the score (perfect: 0 and 1);
bound each from both sides. spiegelhalter_p is the chance of a misfit at least this large if the scores were right.
decide_on point: the value decides, equality passes. decide_on interval: the whole interval must be inside; a failure
is wholly outside, and fails after `correction` over all groups and bounds of the policy too.

## Undecidable when
A score is no probability, one class is missing, a slope does not exist (one distinct score, classes that do not
overlap, scores of exactly 0 or 1), fewer than min_n rows, or the interval straddles the bound.

## Example
```yaml
schema: promoter.policy/1
id: scores-are-probabilities
title: The score is the probability that it claims to be
category: performance
owner: model-validation
rationale: Underwriters read the score as a probability.
gate: calibration
parameters:
  bounds:
    - {measure: ece_debiased, at_most: 0.04}
    - {measure: calibration_slope, at_least: 0.8, decide_on: interval}
    - {measure: calibration_slope, at_most: 1.25, decide_on: interval}
  groups:
    bounds: [{measure: ece_debiased, at_most: 0.1}]
    min_n: 100
applies_to:
  tasks: [binary]
severity: medium
enforcement: block
near_miss: {relative: 0.1}
on_inconclusive: {action: ask, role: model-validation}
remediation: "{measure} of {slice} is {value}, the bound is {bound}; recalibrate on rows that were not trained on."
```

## Sources
Guo et al. 2017; Nixon et al. 2019 (equal mass); Kumar, Liang and Ma 2019 (bias of the ECE). Cox 1958; Van Calster
et al. 2019 (intercept and slope). Spiegelhalter 1986. Kleinberg et al. 2017 (calibration within groups).
"""

from collections.abc import Iterator, Sequence
from typing import Literal

from pydantic import Field

from promoter.document.strict import Strict
from promoter.errors import Location
from promoter.gates.contract.candidate import Candidate, Context, Release, table_of
from promoter.gates.contract.correction import Held, correct_failures
from promoter.gates.contract.finding import Finding
from promoter.gates.contract.gate import Gate, Parameters
from promoter.gates.contract.missing import advise, missing_evidence
from promoter.gates.contract.slices import SmallSlices
from promoter.gates.contract.slicing import Slicing, bound_in_slices, over_all
from promoter.measure.request import Calibration, Measured, Measurements, Request
from promoter.measure.statistics.margin_test import Correction
from promoter.policy.bound import MeasureBound
from promoter.policy.policy import Category
from promoter.registry.evidence import Evidence, EvidenceKind
from promoter.registry.model import Task

_FAILED = "recalibrate the scores on rows that the model was not trained on, and register a new version"
_UNDECIDED = "add rows of both classes until the measure exists and its interval clears the bound"


class CalibrationBound(MeasureBound):
    """A bound on a measure of calibration."""

    measure: Literal[
        "ece",
        "ece_debiased",
        "mce",
        "calibration_intercept",
        "calibration_slope",
        "spiegelhalter_z",
        "spiegelhalter_p",
        "brier_reliability",
    ] = Field(description="Measure; errors are fractions in [0, 1], the intercept is in log odds.")


class GroupRule(Strict):
    """Bounds that must hold in each group of rows."""

    by: tuple[str, ...] = Field(
        default=(),
        description="Columns of the predictions file, each for itself; by default the model's sensitive attributes.",
    )
    bounds: tuple[CalibrationBound, ...] = Field(description="Bounds in each group.", min_length=1)
    min_n: int = Field(
        default=200, ge=1, description="Rows below which a group is not assessed; at 200 ten bins hold 20 rows each."
    )
    small_groups: SmallSlices = Field(
        default="report",
        description="What a group below min_n means: report shows it and goes on, inconclusive leaves the policy"
        " undecided; report by default, since rare groups would else stop every version.",
    )


class CalibrationParameters(Parameters):
    """Bounds on calibration over all rows, and in groups."""

    bounds: tuple[CalibrationBound, ...] = Field(description="Bounds over all rows.", min_length=1)
    bins: int = Field(
        default=10, ge=2, le=100, description="Bins of equal mass of the errors, 2 to 100; 10 is the field's habit."
    )
    min_n: int = Field(
        default=200, ge=1, description="Rows below which nothing is decided; at 200 ten bins hold 20 rows each."
    )
    groups: GroupRule | None = Field(default=None, description="Bounds in groups; none by default.")
    correction: Correction = Field(
        default="holm",
        description="Correction of failures on intervals over all bounds and groups; holm by default: valid under any"
        " dependence and never weaker than bonferroni.",
    )


def _groupings(parameters: CalibrationParameters, release: Release) -> tuple[tuple[str, ...], ...]:
    if parameters.groups is None:
        return ()
    declared = tuple(attribute.name for attribute in release.model.sensitive_attributes)
    return tuple((name,) for name in parameters.groups.by or declared)


def _request(parameters: CalibrationParameters, release: Release, evidence: Evidence) -> Calibration:
    return Calibration(table=table_of(evidence), bins=parameters.bins, slices=_groupings(parameters, release))


def measures(parameters: CalibrationParameters, candidate: Candidate) -> Sequence[Request]:
    """Return one calibration request a predictions file."""
    release = candidate.release
    predictions = release.evidence_of(EvidenceKind.PREDICTIONS)
    return tuple(_request(parameters, release, evidence) for _, evidence in predictions)


def judge(parameters: CalibrationParameters, measurements: Measurements, context: Context) -> Sequence[Finding]:
    """Return one finding a bound over all rows, and one a bound and group."""
    release = context.candidate.release
    held: list[Held] = []
    for index, evidence in release.evidence_of(EvidenceKind.PREDICTIONS):
        measured = measurements[_request(parameters, release, evidence)]
        location = release.locate("evidence", index, "uri")
        for bound in parameters.bounds:
            everyone = over_all(parameters.min_n)
            held += bound_in_slices(bound, everyone, measured, at=location, near_miss=context.near_miss)
        held += _in_groups(parameters, measured, location, context)
    findings = correct_failures(held, correction=parameters.correction)
    advised = [advise(finding, failed=_FAILED, undecided=_UNDECIDED) for finding in findings]
    return advised or [missing_evidence(release, EvidenceKind.PREDICTIONS, purpose="calibration")]


def _in_groups(
    parameters: CalibrationParameters, measured: Measured, location: Location, context: Context
) -> Iterator[Held]:
    rule, release = parameters.groups, context.candidate.release
    if rule is None:
        return
    groupings = _groupings(parameters, release)
    if not groupings:
        yield _no_groups(release), None
    for by in groupings:
        slicing = Slicing(by=by, min_n=rule.min_n, small_slices=rule.small_groups)
        for bound in rule.bounds:
            yield from bound_in_slices(bound, slicing, measured, at=location, near_miss=context.near_miss)


def _no_groups(release: Release) -> Finding:
    return Finding(
        satisfied=False,
        measure="sensitive_attributes",
        message="the policy asks for calibration in groups, and the model declares no sensitive attribute",
        location=release.locate("model"),
        hint="declare sensitive_attributes in model.yaml, or let the policy's owner name the columns in groups.by",
    )


GATE = Gate(
    name="calibration",
    category=Category.PERFORMANCE,
    parameters=CalibrationParameters,
    measures=measures,
    judge=judge,
    tasks=frozenset({Task.BINARY}),
)
