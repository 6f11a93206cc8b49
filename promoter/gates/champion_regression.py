"""Compares a version with what the stage serves now, paired by row, and refuses a loss beyond a margin.

## Checks
For each measure: candidate minus champion, on the same rows, is not worse than the margin, over all rows and in
each slice of a slice rule. Recall and specificity of binary models are compared on the rows of their class.

## Why
A better average may be bought with a worse service to somebody. Two point values cannot tell a loss from noise;
a paired test on the same rows can, with far fewer rows than two separate intervals.

## Parameters
`comparisons` (`measure`, `margin`), `alpha`, `correction`, `slices` (`by`, `comparisons`, `min_n`, `small_slices`),
`without_champion`.

## Decision rule
With differences turned so that higher is better, each is tested one-sided against -margin from its interval:
standard error = half width on that side / z. Not inferior where p(loss > margin) <= alpha: satisfied. Inferior where
the opposite p, after `correction` over all comparisons of the policy, is <= alpha: not satisfied. Else undecided,
with about how many rows more would decide at power 0.8. Not inferior needs no correction, since every comparison
must hold (Berger 1982); a failure does, since one chance loss among many would be enough.

## Undecidable when
The champion has no predictions on the same evidence, the measure or its interval does not exist, n is below min_n,
or the interval straddles the margin. Row ids that differ end in an error, never in an inner join.
Where the stage serves nothing the gate does not apply: a first version cannot regress. `without_champion:
inconclusive` asks for a decision instead.

## Example
```yaml
schema: promoter.policy/1
id: no-regression
title: The version is not worse than what the stage serves
category: performance
owner: model-validation
rationale: Users of the stage must not lose what they have.
gate: champion_regression
parameters:
  comparisons:
    - {measure: roc_auc, margin: 0.02}
    - {measure: log_loss, margin: 0.01}
  slices:
    - by: [race]
      comparisons: [{measure: recall, margin: 0.05}]
      min_n: 80
  correction: holm
applies_to:
  kinds: [promotion]
severity: high
enforcement: block
on_inconclusive: {action: ask, role: model-validation}
remediation: "{measure} of {slice} changed by {value}, {bound} is allowed; compare the two versions' errors there."
```

## Sources
DeLong et al. 1988; McNemar 1947; Piaggio et al. 2012 (CONSORT, non-inferiority); Holm 1979; Berger 1982
(Multiparameter hypothesis testing and acceptance sampling). ICH E9, 3.3.2 (one-sided 0.025).
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Literal

from pydantic import Field

from promoter.document.strict import Strict
from promoter.errors import Location
from promoter.gates.contract.candidate import Candidate, Context, Release, table_of
from promoter.gates.contract.finding import Finding
from promoter.gates.contract.gate import Gate, Parameters
from promoter.gates.contract.margin import MarginCase, hold_margins
from promoter.gates.contract.missing import missing_evidence, too_few_rows
from promoter.gates.contract.slices import SmallSlices, in_slices, satisfied_by_small, unassessed
from promoter.measure.measurement import Measurement
from promoter.measure.request import Measured, Measurements, PairedQuality, Request
from promoter.measure.statistics.margin_test import Correction
from promoter.measure.statistics.noninferiority import Direction
from promoter.policy.policy import Category
from promoter.registry.evidence import Evidence, EvidenceKind
from promoter.registry.model import Task

Measure = Literal["roc_auc", "accuracy", "recall", "specificity", "log_loss", "brier", "rmse", "mae", "squared_error"]

_LABELS = {"recall": ("1", "true"), "specificity": ("0", "false")}
"""A binary model's recall is its accuracy on the rows with these labels; so is its specificity."""

_LOWER_IS_BETTER = frozenset({"log_loss", "brier", "rmse", "mae", "squared_error"})


class Comparison(Strict):
    """A measure that must not get worse by more than a margin."""

    measure: Measure = Field(description="What is compared, candidate minus champion.")
    margin: float = Field(description="Loss that is acceptable, 0 or more, in the measure's unit.", ge=0)

    @property
    def direction(self) -> Direction:
        """Which way of the measure is good."""
        return Direction.LOWER_IS_BETTER if self.measure in _LOWER_IS_BETTER else Direction.HIGHER_IS_BETTER


class SliceComparisons(Strict):
    """Comparisons in each slice that some columns make."""

    by: tuple[str, ...] = Field(description="Columns of the predictions file; their combinations.", min_length=1)
    comparisons: tuple[Comparison, ...] = Field(description="Comparisons in each slice.", min_length=1)
    min_n: int = Field(
        default=50, ge=1, description="Rows below which a slice is not assessed; paired tests are rough below 50."
    )
    small_slices: SmallSlices = Field(
        default="report",
        description="What a slice below min_n means: report shows it and goes on, inconclusive leaves the policy"
        " undecided; report by default, since rare groups would else stop every version.",
    )


class ChampionRegressionParameters(Parameters):
    """Which losses are acceptable, how sure one must be, and what a stage without champion means."""

    comparisons: tuple[Comparison, ...] = Field(description="Comparisons over all rows.", min_length=1)
    alpha: float = Field(
        default=0.025,
        gt=0,
        lt=0.5,
        description="One-sided chance of an error, in (0, 0.5); 0.025 agrees with the 95 % interval that is shown.",
    )
    correction: Correction = Field(
        default="holm",
        description="Correction of failures over all comparisons of the policy; holm by default: valid under any"
        " dependence and never weaker than bonferroni.",
    )
    min_n: int = Field(default=50, ge=1, description="Rows below which nothing is decided; tests are rough below 50.")
    slices: tuple[SliceComparisons, ...] = Field(default=(), description="Comparisons per slice; none by default.")
    without_champion: Literal["not_applicable", "inconclusive"] = Field(
        default="not_applicable",
        description="What a stage that serves nothing means; not_applicable by default: no first version can regress.",
    )


def not_applicable(parameters: ChampionRegressionParameters, candidate: Candidate) -> str | None:
    """Return why there is nothing to compare with, unless the policy asks for a decision."""
    if candidate.champion is None and parameters.without_champion == "not_applicable":
        return f"stage {candidate.stage or 'of a registration'} serves nothing yet: a first version cannot regress"
    return None


def _pairs(candidate: Candidate) -> Iterator[tuple[int, Evidence, Evidence | None]]:
    """Yield each predictions file with the champion's of the same id, or its only one."""
    theirs = candidate.champion.evidence_of(EvidenceKind.PREDICTIONS) if candidate.champion else ()
    only = theirs[0][1] if len(theirs) == 1 else None
    for index, evidence in candidate.release.evidence_of(EvidenceKind.PREDICTIONS):
        yield index, evidence, next((other for _, other in theirs if other.id == evidence.id), only)


def _request(
    parameters: ChampionRegressionParameters, candidate: Candidate, mine: Evidence, theirs: Evidence
) -> PairedQuality:
    return PairedQuality(
        candidate=table_of(mine),
        champion=table_of(theirs),
        task=candidate.release.model.task.value,
        threshold=_threshold(candidate.release),
        champion_threshold=_threshold(candidate.champion),
        slices=tuple(dict.fromkeys(_columns(parameters, candidate, mine))),
    )


def _columns(
    parameters: ChampionRegressionParameters, candidate: Candidate, mine: Evidence
) -> Iterator[tuple[str, ...]]:
    """Yield the columns of each slice rule, and with the label where a rate of one class is compared."""
    rules = [((), parameters.comparisons), *((rule.by, rule.comparisons) for rule in parameters.slices)]
    label, is_binary = mine.columns.label, candidate.release.model.task is Task.BINARY
    for by, comparisons in rules:
        if by:
            yield by
        if label is not None and is_binary and any(entry.measure in _LABELS for entry in comparisons):
            yield (*by, label)


def _threshold(release: Release | None) -> float | None:
    return release.manifest.decision.threshold if release and release.manifest.decision else None


def measures(parameters: ChampionRegressionParameters, candidate: Candidate) -> Sequence[Request]:
    """Return one paired request a predictions file that the champion has too."""
    pairs = _pairs(candidate)
    return tuple(_request(parameters, candidate, mine, theirs) for _, mine, theirs in pairs if theirs is not None)


def judge(parameters: ChampionRegressionParameters, measurements: Measurements, context: Context) -> Sequence[Finding]:
    """Return one finding a comparison, over all rows and per slice."""
    candidate = context.candidate
    release = candidate.release
    if candidate.champion is None:
        return [_no_champion(release)]
    entries: list[Finding | MarginCase] = []
    for index, mine, theirs in _pairs(candidate):
        location = release.locate("evidence", index, "uri")
        if theirs is None:
            entries.append(_unpaired(mine, candidate.champion, location))
        else:
            measured = measurements[_request(parameters, candidate, mine, theirs)]
            entries += _cases(parameters, measured, location, label=mine.columns.label)
    if not entries:
        return [missing_evidence(release, EvidenceKind.PREDICTIONS, purpose="a comparison with the champion")]
    return hold_margins(entries, alpha=parameters.alpha, correction=parameters.correction, near_miss=context.near_miss)


def _no_champion(release: Release) -> Finding:
    return Finding(
        satisfied=None,
        measure="champion",
        message="the stage serves nothing, so there is no champion to compare with",
        location=release.locate("version"),
        hint="the role that the policy names decides on the first version",
    )


def _unpaired(evidence: Evidence, champion: Release, location: Location) -> Finding:
    return Finding(
        satisfied=None,
        measure="champion",
        message=f"champion {champion.version} has no predictions for the rows of evidence {evidence.id}",
        location=location,
        hint=f"score the same rows with {champion.version} and register them with a version of it",
    )


def _cases(
    parameters: ChampionRegressionParameters, measured: Measured, location: Location, *, label: str | None
) -> Iterator[Finding | MarginCase]:
    """Yield each comparison as a case to be tested, or as the finding that it cannot be."""
    for comparison in parameters.comparisons:
        found = _differences(comparison, measured, by=(), label=label)
        yield from _ruled(comparison, found, measured, location, by=(), min_n=parameters.min_n, small=None)
    for rule in parameters.slices:
        small = satisfied_by_small(rule.small_slices)
        for comparison in rule.comparisons:
            found = _differences(comparison, measured, by=rule.by, label=label)
            yield from _ruled(comparison, found, measured, location, by=rule.by, min_n=rule.min_n, small=small)


def _differences(
    comparison: Comparison, measured: Measured, *, by: tuple[str, ...], label: str | None
) -> list[Measurement]:
    """Return the differences of a comparison per slice; those of one class are accuracies on its rows."""
    name = f"{comparison.measure}_difference"
    labels = _LABELS.get(comparison.measure)
    if labels is None:
        return in_slices(measured, name, by=by)
    if label is None:
        return []
    of_classes = in_slices(measured, "accuracy_difference", by=(*by, label))
    return [
        replace(found, measure=name, slice=tuple(pair for pair in found.slice if pair[0] != label))
        for found in of_classes
        if dict(found.slice)[label] in labels
    ]


def _ruled(
    comparison: Comparison,
    found: Sequence[Measurement],
    measured: Measured,
    location: Location,
    *,
    by: tuple[str, ...],
    min_n: int,
    small: bool | None,
) -> Iterator[Finding | MarginCase]:
    name = f"{comparison.measure}_difference"
    yield from unassessed(name, found, by=by, min_n=min_n, measured=measured, location=location)
    for value in found:
        case = MarginCase(found=value, margin=comparison.margin, direction=comparison.direction, location=location)
        if value.n >= min_n:
            yield case
        else:
            yield too_few_rows(value, min_n=min_n, bound=case.bound, satisfied=small, location=location)


GATE = Gate(
    name="champion_regression",
    category=Category.PERFORMANCE,
    parameters=ChampionRegressionParameters,
    measures=measures,
    judge=judge,
    tasks=frozenset({Task.BINARY, Task.MULTICLASS, Task.REGRESSION}),
    not_applicable=not_applicable,
)
