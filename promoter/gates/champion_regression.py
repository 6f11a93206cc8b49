"""Compares a version with what the stage serves now, paired by row, and refuses a loss beyond a margin.

## Checks
For each measure: candidate minus champion, on the same rows, is not worse than the margin, over all rows and in
each slice of a slice rule. Recall and specificity of binary models are compared on the rows of their class. Of
rankings, NDCG and MRR are compared query by query, and n counts the queries that have a relevant document. Log loss
and Brier score of several classes are of the class scores, the latter summed over the classes, in [0, 2].

## Why
A better average may be bought with a worse service to somebody. Two point values cannot tell a loss from noise;
a paired test on the same rows can, with far fewer rows than two separate intervals.

## Parameters
`comparisons` (`measure`, `margin`), `alpha`, `correction`, `min_n`, `slices` (`by`, `comparisons`, `min_n`,
`small_slices`), `without_champion`.

## Decision rule
With differences turned so that higher is better, each is tested one-sided against -margin from its interval:
standard error = half width on that side / z. Not inferior where p(loss > margin) <= alpha: satisfied. Inferior where
the opposite p, after `correction` over all comparisons of the policy, is <= alpha: not satisfied. Else undecided,
with about how many rows more would decide at power 0.8. Not inferior needs no correction, since every comparison
must hold (Berger 1982); a failure does, since one chance loss among many would be enough.

## Undecidable when
The champion has no predictions on the same evidence, the measure or its interval does not exist, n is below min_n,
or the interval straddles the margin. Row ids that differ end in an error, never in an inner join; so do labels.
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
from typing import Literal

from pydantic import Field

from promoter.document.strict import Strict
from promoter.errors import Location
from promoter.gates.contract.candidate import Candidate, Context, table_of
from promoter.gates.contract.finding import Finding
from promoter.gates.contract.gate import Gate, Parameters
from promoter.gates.contract.margin import MarginCase, hold_margins
from promoter.gates.contract.missing import missing_evidence
from promoter.gates.contract.pairing import paired_predictions, threshold_of, unpaired, why_no_champion
from promoter.gates.contract.slices import SmallSlices
from promoter.gates.contract.slicing import Slicing, margin_in_slices, over_all
from promoter.measure.request import Measured, Measurements, PairedQuality, Request
from promoter.measure.requests_data import PairedRates
from promoter.measure.statistics.margin_test import Correction
from promoter.measure.statistics.noninferiority import Direction
from promoter.policy.policy import Category
from promoter.registry.evidence import Evidence, EvidenceKind
from promoter.registry.model import Task

Measure = Literal[
    "roc_auc",
    "accuracy",
    "recall",
    "specificity",
    "log_loss",
    "brier",
    "rmse",
    "mae",
    "squared_error",
    "ndcg",
    "ndcg_at_5",
    "ndcg_at_10",
    "mrr",
]

_OF_A_CLASS = frozenset({"recall", "specificity"})
"""Rates of a binary model's decisions, which are compared on the rows of their class."""

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
    return why_no_champion(candidate) if parameters.without_champion == "not_applicable" else None


def _quality(
    parameters: ChampionRegressionParameters, candidate: Candidate, mine: Evidence, theirs: Evidence
) -> PairedQuality:
    rules = (slicing.by for comparison, slicing in _rules(parameters) if comparison.measure not in _OF_A_CLASS)
    return PairedQuality(
        candidate=table_of(mine),
        champion=table_of(theirs),
        task=candidate.release.model.task.value,
        threshold=threshold_of(candidate.release),
        champion_threshold=threshold_of(candidate.champion),
        slices=tuple(dict.fromkeys(by for by in rules if by)),
    )


def _rates(
    parameters: ChampionRegressionParameters, candidate: Candidate, mine: Evidence, theirs: Evidence
) -> PairedRates | None:
    """Return the request for rates of one class; None where no rule compares one, or the model's task has none."""
    rules = [slicing.by for comparison, slicing in _rules(parameters) if comparison.measure in _OF_A_CLASS]
    if not rules or candidate.release.model.task is not Task.BINARY:
        return None
    return PairedRates(
        candidate=table_of(mine),
        champion=table_of(theirs),
        threshold=threshold_of(candidate.release),
        champion_threshold=threshold_of(candidate.champion),
        slices=tuple(dict.fromkeys(by for by in rules if by)),
    )


def measures(parameters: ChampionRegressionParameters, candidate: Candidate) -> Sequence[Request]:
    """Return for each predictions file that the champion has too a paired request, and one for rates of a class."""
    requests: list[Request] = []
    for _, mine, theirs in paired_predictions(candidate):
        if theirs is not None:
            rates = _rates(parameters, candidate, mine, theirs)
            requests += [_quality(parameters, candidate, mine, theirs), *([rates] if rates else [])]
    return tuple(requests)


def judge(parameters: ChampionRegressionParameters, measurements: Measurements, context: Context) -> Sequence[Finding]:
    """Return one finding a comparison, over all rows and per slice."""
    candidate = context.candidate
    release = candidate.release
    entries: list[Finding | MarginCase] = []
    for index, mine, theirs in paired_predictions(candidate):
        location = release.locate("evidence", index, "uri")
        if theirs is None:
            entries.append(unpaired(mine, candidate.champion, location))
            continue
        quality = measurements[_quality(parameters, candidate, mine, theirs)]
        asked = _rates(parameters, candidate, mine, theirs)
        rates = measurements[asked] if asked else quality
        entries += _cases(parameters, quality, rates, location)
    if not entries:
        return [missing_evidence(release, EvidenceKind.PREDICTIONS, purpose="a comparison with the champion")]
    return hold_margins(entries, alpha=parameters.alpha, correction=parameters.correction, near_miss=context.near_miss)


def _cases(
    parameters: ChampionRegressionParameters, quality: Measured, rates: Measured, location: Location
) -> Iterator[Finding | MarginCase]:
    """Yield each comparison as a case to be tested, or as the finding that it cannot be."""
    for comparison, slicing in _rules(parameters):
        measured = rates if comparison.measure in _OF_A_CLASS else quality
        better = comparison.direction
        yield from margin_in_slices(
            comparison.measure, slicing, measured, margin=comparison.margin, direction=better, at=location
        )


def _rules(parameters: ChampionRegressionParameters) -> Iterator[tuple[Comparison, Slicing]]:
    """Yield each comparison with the slices that it is made in, all rows first."""
    for comparison in parameters.comparisons:
        yield comparison, over_all(parameters.min_n)
    for rule in parameters.slices:
        for comparison in rule.comparisons:
            yield comparison, Slicing(by=rule.by, min_n=rule.min_n, small_slices=rule.small_slices)


GATE = Gate(
    name="champion_regression",
    category=Category.PERFORMANCE,
    parameters=ChampionRegressionParameters,
    measures=measures,
    judge=judge,
    tasks=frozenset({Task.BINARY, Task.MULTICLASS, Task.REGRESSION, Task.RANKING}),
    not_applicable=not_applicable,
)
