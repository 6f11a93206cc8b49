"""How well a score orders positives before negatives: ROC AUC, average precision, KS."""

import math

import numpy as np

from promoter.errors import Undecidable
from promoter.measure.measurement import Interval
from promoter.measure.statistics.arrays import Counts, Floats
from promoter.measure.statistics.equal_mass import equal_mass
from promoter.measure.statistics.estimate import Estimate
from promoter.measure.statistics.greatest_gap import CELLS, excess_of_greatest
from promoter.measure.statistics.intervals import (
    DEFAULT_LEVEL,
    area_interval,
    logit_normal,
    newcombe_difference,
    wilson_fractional,
)
from promoter.measure.statistics.sufficient import ScoreBlock, ScoreCounts


def roc_auc(counts: ScoreCounts, *, level: float = DEFAULT_LEVEL) -> Estimate:
    """Return P(positive scores above negative) + P(tie) / 2, with DeLong's variance on the logit scale.

    Where that variance is 0 (perfect order, constant score) or a class has one row, the interval is Wilson's with the
    greatest variance an AUC can have, auc (1 - auc) / min(n_pos, n_neg). Raises Undecidable for one class only.
    Sources: DeLong et al. 1988; Pepe 2003 section 5.2 for the logit; Birnbaum and Klose 1957 for the bound.
    """
    counts.require_both_classes()
    n_pos, n_neg = counts.n_positive, counts.n_negative
    wins = sum(int((block.positives * _twice_below(block)).sum()) for block in counts.blocks())
    area = wins / (2 * n_pos * n_neg)
    variance = _delong_variance(counts, area) if min(n_pos, n_neg) > 1 else 0.0
    return Estimate(area, area_interval(area, variance, least=min(n_pos, n_neg), level=level), counts.n)


def average_precision(counts: ScoreCounts, *, level: float = DEFAULT_LEVEL) -> Estimate:
    """Return the sum over falling thresholds of (recall step) x precision, scikit-learn's definition.

    The interval is the infinitesimal jackknife (each row's weight as a variable) on the logit scale. At 1 it is
    Wilson's on the positives. Raises Undecidable without positives.
    Sources: Jaeckel 1972 (infinitesimal jackknife); Boyd, Eng and Page 2013 for the logit scale.
    """
    if counts.n_positive == 0:
        raise Undecidable(f"no positives in {counts.n} rows: precision over recall does not exist")
    n_pos = counts.n_positive
    value = math.fsum(float((block.positives * _precision(block, counts)).sum()) for block in counts.blocks()) / n_pos
    if value >= 1.0:
        return Estimate(1.0, wilson_fractional(1.0, n_pos, level=level, method="wilson"), counts.n)
    variance = _jackknife_variance(counts, value)
    if variance == 0.0:
        interval = wilson_fractional(value, n_pos, level=level, method="wilson")
    else:
        interval = logit_normal(value, math.sqrt(variance), level=level, method="jackknife-logit")
    return Estimate(value, interval, counts.n)


def ks(counts: ScoreCounts, *, level: float = DEFAULT_LEVEL) -> Estimate:
    """Return the greatest TPR - FPR over all thresholds, at least 0: a model that orders backwards is not praised.

    The value is exact and, being a maximum, a little too high. The interval is Newcombe's at the threshold that was
    found (Raghavachari 1973: its spread is that of the maximum), shifted down by that excess (`excess_of_greatest`, on
    cells of equal mass), and widened to hold the value. Raises Undecidable for one class only.
    """
    counts.require_both_classes()
    n_pos, n_neg = counts.n_positive, counts.n_negative
    tp, fp = _greatest_separation(counts)
    value = (tp * n_neg - fp * n_pos) / (n_pos * n_neg)
    here = newcombe_difference(tp, n_pos, fp, n_neg, level=level)
    cells = equal_mass(counts, parts=CELLS)
    of_positives, of_negatives = (np.cumsum(side[::-1]) for side in (cells.positives, cells.negatives))
    excess = excess_of_greatest(of_positives, of_negatives, is_signed=True)
    lower, upper = max(here.lower - excess, 0.0), max(here.upper - excess, value)
    return Estimate(value, Interval(min(lower, value), upper, level, "newcombe-10-debiased"), counts.n)


def _twice_below(block: ScoreBlock) -> Counts:
    """Return twice the negatives below each score, its own by half."""
    return 2 * (np.cumsum(block.negatives) + block.negatives_before) - block.negatives


def _delong_variance(counts: ScoreCounts, area: float) -> float:
    """Return the variance of the area: that of the placements of each class (divisor n - 1) over its rows."""
    n_pos, n_neg = counts.n_positive, counts.n_negative
    of_positives, of_negatives = [], []
    for block in counts.blocks():
        below = _twice_below(block) / (2.0 * n_neg) - area
        of_positives.append(float((block.positives * np.square(below)).sum()))
        above = n_pos - block.positives_before - np.cumsum(block.positives) + block.positives / 2.0
        of_negatives.append(float((block.negatives * np.square(above / n_pos - area)).sum()))
    return math.fsum(of_positives) / (n_pos - 1) / n_pos + math.fsum(of_negatives) / (n_neg - 1) / n_neg


def _true_above(block: ScoreBlock, counts: ScoreCounts) -> Counts:
    """Return the positives at or above each score."""
    return counts.n_positive - block.positives_before - np.cumsum(block.positives) + block.positives


def _false_above(block: ScoreBlock, counts: ScoreCounts) -> Counts:
    """Return the negatives at or above each score."""
    return counts.n_negative - block.negatives_before - np.cumsum(block.negatives) + block.negatives


def _precision(block: ScoreBlock, counts: ScoreCounts) -> Floats:
    above = _true_above(block, counts)
    return np.asarray(above / (above + _false_above(block, counts)), dtype=np.float64)


def _jackknife_variance(counts: ScoreCounts, value: float) -> float:
    """Return the variance of the average precision.

    A positive moves it by its precision and by what it gives to positives at lower thresholds; every row dilutes those.
    """
    squares, gained, diluted = [], 0.0, 0.0
    for block in counts.blocks():
        above = _true_above(block, counts)
        all_above = above + _false_above(block, counts)
        precision, share = above / all_above, block.positives / all_above
        gain = np.cumsum(share) + gained
        dilution = np.cumsum(share * precision) + diluted
        gained, diluted = float(gain[-1]), float(dilution[-1])
        of_positives = precision - value + gain - dilution
        squares.append(float((block.positives * np.square(of_positives)).sum()))
        squares.append(float((block.negatives * np.square(dilution)).sum()))
    return math.fsum(squares) / counts.n_positive**2


def _greatest_separation(counts: ScoreCounts) -> tuple[int, int]:
    """Return true and false positives at the highest threshold with the greatest TPR - FPR."""
    best, found = None, (0, 0)
    for block in counts.blocks():
        true_above, false_above = _true_above(block, counts), _false_above(block, counts)
        gaps = (true_above * counts.n_negative - false_above * counts.n_positive)[::-1]
        at = int(np.argmax(gaps))
        if best is None or int(gaps[at]) >= best:
            best, found = int(gaps[at]), (int(true_above[::-1][at]), int(false_above[::-1][at]))
    return found
