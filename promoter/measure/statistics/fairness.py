"""Group fairness as ratios and differences of rates, worst pair of groups, with intervals.

Definitions are fairlearn's (`between_groups`) where every group is assessed. The interval is that of the worst pair
alone; for a level that holds over the choice of the pair, ask again with
`bonferroni_level(level, comparisons=disparity.pairs)`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from promoter.errors import Undecidable
from promoter.measure.statistics.estimate import Estimate
from promoter.measure.statistics.groups import (
    Extremes,
    GroupRate,
    NotAssessed,
    Proportion,
    extreme_groups,
)
from promoter.measure.statistics.intervals import DEFAULT_LEVEL, katz_ratio, newcombe_difference
from promoter.measure.statistics.sufficient import GroupCounts


@dataclass(frozen=True, slots=True)
class Disparity:
    """How far apart the two extreme groups lie; `pairs` is how many pairs there were to pick from."""

    estimate: Estimate
    lowest: GroupRate
    highest: GroupRate
    pairs: int
    not_assessed: tuple[NotAssessed, ...]


def selection_rate_ratio(groups: Sequence[GroupCounts], *, min_n: int = 1, level: float = DEFAULT_LEVEL) -> Disparity:
    """Return the lowest selection rate over the highest (demographic parity ratio), with Katz's log interval.

    Raises Undecidable for fewer than two assessed groups, and where no group is ever selected.
    Source: 29 CFR 1607.4(D) (four-fifths rule) for the measure.
    """
    extremes = extreme_groups(groups, _selected, min_n=min_n)
    low, high = extremes.lowest, extremes.highest
    if high.successes == 0:
        raise Undecidable("no assessed group is ever selected: the ratio of selection rates does not exist")
    interval = katz_ratio(low.successes, low.n, high.successes, high.n, level=level)
    return _disparity(extremes, Estimate(low.value / high.value, interval, extremes.n))


def selection_rate_difference(
    groups: Sequence[GroupCounts], *, min_n: int = 1, level: float = DEFAULT_LEVEL
) -> Disparity:
    """Return the highest selection rate minus the lowest (demographic parity difference).

    Raises Undecidable for fewer than two assessed groups, as do all differences here.
    """
    return _difference(groups, _selected, of="rows", min_n=min_n, level=level)


def tpr_difference(groups: Sequence[GroupCounts], *, min_n: int = 1, level: float = DEFAULT_LEVEL) -> Disparity:
    """Return the highest true positive rate minus the lowest (equal opportunity; Hardt et al. 2016)."""
    return _difference(groups, _caught, of="positives", min_n=min_n, level=level)


def fpr_difference(groups: Sequence[GroupCounts], *, min_n: int = 1, level: float = DEFAULT_LEVEL) -> Disparity:
    """Return the highest false positive rate minus the lowest."""
    return _difference(groups, _falsely_called, of="negatives", min_n=min_n, level=level)


def predictive_parity_difference(
    groups: Sequence[GroupCounts], *, min_n: int = 1, level: float = DEFAULT_LEVEL
) -> Disparity:
    """Return the highest precision minus the lowest (predictive parity; Chouldechova 2017)."""
    return _difference(groups, _right_calls, of="predicted positives", min_n=min_n, level=level)


def equalized_odds_difference(
    groups: Sequence[GroupCounts], *, min_n: int = 1, level: float = DEFAULT_LEVEL
) -> Disparity:
    """Return the larger of the TPR and the FPR difference, TPR's where equal (Hardt et al. 2016).

    `pairs` counts the pairs of both. `not_assessed` holds the groups that either leaves out.
    Raises Undecidable where either does not exist.
    """
    tpr = tpr_difference(groups, min_n=min_n, level=level)
    fpr = fpr_difference(groups, min_n=min_n, level=level)
    worse = tpr if tpr.estimate.value >= fpr.estimate.value else fpr
    left_out = {entry.group: entry for entry in (*fpr.not_assessed, *tpr.not_assessed)}
    return Disparity(
        worse.estimate,
        worse.lowest,
        worse.highest,
        tpr.pairs + fpr.pairs,
        tuple(left_out[group] for group in sorted(left_out)),
    )


def _difference(
    groups: Sequence[GroupCounts], proportion: Proportion, *, of: str, min_n: int, level: float
) -> Disparity:
    extremes = extreme_groups(groups, proportion, min_n=min_n, of=of)
    low, high = extremes.lowest, extremes.highest
    interval = newcombe_difference(high.successes, high.n, low.successes, low.n, level=level)
    return _disparity(extremes, Estimate(high.value - low.value, interval, extremes.n))


def _disparity(extremes: Extremes, estimate: Estimate) -> Disparity:
    return Disparity(estimate, extremes.lowest, extremes.highest, extremes.pairs, extremes.not_assessed)


def _selected(counts: GroupCounts) -> tuple[int, int]:
    return counts.tp + counts.fp, counts.n


def _caught(counts: GroupCounts) -> tuple[int, int]:
    return counts.tp, counts.tp + counts.fn


def _falsely_called(counts: GroupCounts) -> tuple[int, int]:
    return counts.fp, counts.fp + counts.tn


def _right_calls(counts: GroupCounts) -> tuple[int, int]:
    return counts.tp, counts.tp + counts.fp
