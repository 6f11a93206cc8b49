"""Holds how differently a binary model treats groups of people against bounds.

## Checks
For each sensitive attribute, and on request for each pair of them: the selection-rate ratio of the worst pair of
groups is large enough, and differences of rates are small enough. Groups too small to assess are listed. Over all
rows, whatever their groups, the inequality of who is wrongly favoured and who wrongly refused is small enough.

## Why
A model that was given no race and no sex can still treat people by them, through features that stand for them.
Group rates show the result, whatever the features are called.

## Parameters
`bounds` (`measure`, `at_least` or `at_most`, `decide_on`), `attributes`, `intersections`, `min_group_n`,
`small_groups`, `level`, `correction`, `without_attributes`.

## Decision rule
Rates come from exact counts at the manifest's threshold. selection_rate_ratio = lowest / highest selection rate of
the assessed groups; a difference = highest - lowest. decide_on point: the value decides, equality passes. decide_on
interval: the worst pair's interval (Katz log, Newcombe 10) must be inside. `correction: bonferroni` widens it for
the number of pairs from which the worst was picked. generalized_entropy (alpha 2) and theil are of the benefit
prediction - label + 1 of every row, 0 where all benefit alike, with delta-method intervals.

## Undecidable when
Fewer than two groups have min_group_n rows and a rate (a group without positives has no true positive rate, never
0), the counts of one group cannot be made (the others are not compared without it), nobody is selected, or the
interval straddles the bound. A model that declares no attribute fails unless the policy says otherwise: silence about
people is not fairness.

## Example
```yaml
schema: promoter.policy/1
id: four-fifths
title: No group is selected at less than four fifths of another's rate
category: fairness
owner: compliance
rationale: A lower ratio is evidence of adverse impact.
gate: fairness
parameters:
  bounds:
    - {measure: selection_rate_ratio, at_least: 0.8}
    - {measure: tpr_difference, at_most: 0.1, decide_on: interval}
  intersections: true
  min_group_n: 50
severity: critical
enforcement: block
near_miss: {absolute: 0.02}
remediation: "{measure} of {slice} is {value}, the bound is {bound}; look for features that stand for the attribute."
```

## Sources
29 CFR 1607.4(D) (four-fifths rule). 12 CFR 1002 (Regulation B). Hardt et al. 2016 (equalized odds). Chouldechova
2017 (predictive parity). Speicher et al. 2018 (generalised entropy). Katz et al. 1978 and Newcombe 1998 (intervals).
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import combinations
from typing import Literal

from pydantic import Field

from promoter.errors import Location, Undecidable
from promoter.gates.contract.candidate import Candidate, Context, Release, table_of
from promoter.gates.contract.finding import Finding, hold
from promoter.gates.contract.gate import Gate, Parameters
from promoter.gates.contract.groups import cells_of, counts_of, inequality, not_assessed, rate_in_words
from promoter.gates.contract.missing import advise, missing_evidence
from promoter.measure.families.disparity import MEASURES
from promoter.measure.measurement import Measurement
from promoter.measure.request import GroupRates, Measured, Measurements, Request
from promoter.measure.statistics.groups import NotAssessed
from promoter.measure.statistics.multiplicity import bonferroni_level
from promoter.measure.statistics.sufficient import GroupCounts
from promoter.policy.bound import MeasureBound
from promoter.policy.policy import Category
from promoter.registry.evidence import Evidence, EvidenceKind
from promoter.registry.model import Task

_STATISTICS = dict(MEASURES)
_INEQUALITIES = frozenset({"generalized_entropy", "theil"})


class FairnessBound(MeasureBound):
    """A bound on a disparity between groups, a fraction in [0, 1], or on an inequality over all rows, 0 or more."""

    measure: Literal[
        "selection_rate_ratio",
        "selection_rate_difference",
        "tpr_difference",
        "fpr_difference",
        "equalized_odds_difference",
        "predictive_parity_difference",
        "generalized_entropy",
        "theil",
    ] = Field(
        description="Disparity between groups, a ratio bounded by at_least, a difference by at_most; or inequality over"
        " all rows, bounded by at_most."
    )


class FairnessParameters(Parameters):
    """Bounds on disparities, and which groups are compared."""

    bounds: tuple[FairnessBound, ...] = Field(description="Bounds, fractions in [0, 1] or pure numbers.", min_length=1)
    attributes: tuple[str, ...] = Field(
        default=(), description="Columns of the predictions file; by default the model's sensitive attributes."
    )
    intersections: bool = Field(
        default=False,
        description="Whether each pair of attributes is compared too; not by default, since its groups are small.",
    )
    min_group_n: int = Field(
        default=50,
        ge=1,
        description="Rows below which a group is not assessed, 1 or more; at 50 a rate's 95 % interval is 0.28 wide.",
    )
    small_groups: Literal["report", "inconclusive"] = Field(
        default="report",
        description="What a group that is not assessed means: report shows it and goes on, inconclusive leaves the"
        " policy undecided; report by default, since rare groups would else stop every version.",
    )
    level: float = Field(default=0.95, gt=0, lt=1, description="Coverage of the intervals, in (0, 1).")
    correction: Literal["bonferroni", "none"] = Field(
        default="none",
        description="Widening of the interval for the choice of the worst pair; none by default, as is usual.",
    )
    without_attributes: Literal["fail", "not_applicable"] = Field(
        default="fail",
        description="What a model that declares no sensitive attribute means; fail by default: leaving them out must"
        " not be a way around the policy.",
    )


def not_applicable(parameters: FairnessParameters, candidate: Candidate) -> str | None:
    """Return why there are no groups to compare, where the policy allows that."""
    if parameters.without_attributes == "not_applicable" and not _attributes(parameters, candidate.release):
        return "the model declares no sensitive attribute"
    return None


def _attributes(parameters: FairnessParameters, release: Release) -> tuple[str, ...]:
    return parameters.attributes or tuple(attribute.name for attribute in release.model.sensitive_attributes)


def _groupings(parameters: FairnessParameters, release: Release) -> tuple[tuple[str, ...], ...]:
    """Return each attribute alone, then each pair where the policy asks for intersections."""
    names = _attributes(parameters, release)
    pairs = tuple(combinations(names, 2)) if parameters.intersections else ()
    return (*((name,) for name in names), *pairs)


def _request(parameters: FairnessParameters, release: Release, evidence: Evidence) -> GroupRates:
    decision = release.manifest.decision
    return GroupRates(
        table=table_of(evidence),
        threshold=decision.threshold if decision else None,
        attributes=_groupings(parameters, release),
    )


def measures(parameters: FairnessParameters, candidate: Candidate) -> Sequence[Request]:
    """Return one request for group counts a predictions file; none where no attribute is known."""
    release = candidate.release
    if not _attributes(parameters, release):
        return ()
    predictions = release.evidence_of(EvidenceKind.PREDICTIONS)
    return tuple(_request(parameters, release, evidence) for _, evidence in predictions)


def judge(parameters: FairnessParameters, measurements: Measurements, context: Context) -> Sequence[Finding]:
    """Return one finding a bound and grouping, and one a group that is not assessed."""
    release = context.candidate.release
    if not _attributes(parameters, release):
        return [_undeclared(release)]
    findings: list[Finding] = []
    for index, evidence in release.evidence_of(EvidenceKind.PREDICTIONS):
        measured = measurements[_request(parameters, release, evidence)]
        location = release.locate("evidence", index, "uri")
        groupings = _groupings(parameters, release)
        for grouping in groupings:
            findings += _grouping(grouping, measured, parameters, location, context)
        findings += _inequalities(groupings[0], measured, parameters, location, context)
    return findings or [missing_evidence(release, EvidenceKind.PREDICTIONS, purpose="fairness")]


def _undeclared(release: Release) -> Finding:
    return Finding(
        satisfied=False,
        measure="sensitive_attributes",
        message="the model declares no sensitive attribute, so no group can be compared",
        location=release.locate("model"),
        hint="declare sensitive_attributes in model.yaml, and keep their columns in the predictions file",
    )


def _grouping(
    grouping: tuple[str, ...],
    measured: Measured,
    parameters: FairnessParameters,
    location: Location,
    context: Context,
) -> Iterator[Finding]:
    try:
        groups = counts_of(measured, grouping)
    except Undecidable as undecidable:
        n = max((value.n for value in cells_of(measured, grouping)), default=0)
        yield from (_undecided(bound, grouping, n, undecidable.reason, location) for bound in _of_groups(parameters))
        return
    left_out: dict[tuple[str, ...], NotAssessed] = {}
    for bound in _of_groups(parameters):
        yield _disparity(bound, grouping, groups, parameters, left_out, location, context)
    for group in groups:
        if group.n < parameters.min_group_n:
            few = f"{group.n} rows, fewer than {parameters.min_group_n}"
            left_out[group.group] = NotAssessed(group.group, group.n, few)
    means = True if parameters.small_groups == "report" else None
    yield from (not_assessed(left_out[key], grouping, satisfied=means, location=location) for key in sorted(left_out))


def _of_groups(parameters: FairnessParameters) -> tuple[FairnessBound, ...]:
    return tuple(bound for bound in parameters.bounds if bound.measure in _STATISTICS)


def _inequalities(
    grouping: tuple[str, ...],
    measured: Measured,
    parameters: FairnessParameters,
    location: Location,
    context: Context,
) -> Iterator[Finding]:
    """Yield a finding a bound on all rows, which the groups of any one attribute hold once each."""
    for bound in parameters.bounds:
        if bound.measure in _INEQUALITIES:
            found = inequality(bound.measure, grouping, measured, level=parameters.level)
            finding = hold(found, bound, location=location, near_miss=context.near_miss)
            yield advise(
                finding,
                failed="compare the rows that are wrongly selected with those wrongly refused, and move the threshold",
                undecided="mend or add labelled rows until every row has a label and a decision",
            )


def _undecided(bound: FairnessBound, grouping: tuple[str, ...], n: int, reason: str, location: Location) -> Finding:
    about = (("attribute", " x ".join(grouping)),)
    none = Measurement(measure=bound.measure, slice=about, n=n, unit="fraction", undecidable=reason)
    return _advised(hold(none, bound, location=location, near_miss=None))


def _disparity(
    bound: FairnessBound,
    grouping: tuple[str, ...],
    groups: Sequence[GroupCounts],
    parameters: FairnessParameters,
    left_out: dict[tuple[str, ...], NotAssessed],
    location: Location,
    context: Context,
) -> Finding:
    """Return the finding of one bound for one grouping; adds the groups that it leaves out to `left_out`."""
    statistic, min_n = _STATISTICS[bound.measure], parameters.min_group_n
    try:
        found = statistic(groups, min_n=min_n, level=parameters.level)
        if parameters.correction == "bonferroni":
            level = bonferroni_level(parameters.level, comparisons=found.pairs)
            found = statistic(groups, min_n=min_n, level=level)
    except Undecidable as undecidable:
        n = sum(group.n for group in groups)
        return _undecided(bound, grouping, n, undecidable.reason, location)
    left_out.update({entry.group: entry for entry in found.not_assessed})
    estimate = found.estimate
    value = Measurement(
        measure=bound.measure,
        slice=(("attribute", " x ".join(grouping)),),
        value=estimate.value,
        n=estimate.n,
        unit="fraction",
        interval=estimate.interval,
    )
    finding = hold(value, bound, location=location, near_miss=context.near_miss)
    picked = f"worst of {found.pairs} pairs, correction {parameters.correction}"
    message = f"{finding.message}: {rate_in_words(found.lowest)}, {rate_in_words(found.highest)} ({picked})"
    return _advised(replace(finding, message=message))


def _advised(finding: Finding) -> Finding:
    return advise(
        finding,
        failed="look for features that stand for the attribute, and compare the rows of the two groups named",
        undecided="mend or add labelled rows of the groups that cannot be assessed",
    )


GATE = Gate(
    name="fairness",
    category=Category.FAIRNESS,
    parameters=FairnessParameters,
    measures=measures,
    judge=judge,
    tasks=frozenset({Task.BINARY}),
    not_applicable=not_applicable,
)
