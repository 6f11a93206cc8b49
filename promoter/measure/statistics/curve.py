"""How well a score orders positives before negatives: ROC AUC, average precision, KS."""

import math

import numpy as np

from promoter.errors import Undecidable
from promoter.measure.measurement import Interval
from promoter.measure.statistics.arrays import Counts, Floats
from promoter.measure.statistics.estimate import Estimate
from promoter.measure.statistics.exact import exact_sum
from promoter.measure.statistics.intervals import (
    DEFAULT_LEVEL,
    logit_normal,
    newcombe_difference,
    wilson_fractional,
)
from promoter.measure.statistics.sufficient import ScoreCounts

_CELLS = 256
_REPLICATES = 200


def roc_auc(counts: ScoreCounts, *, level: float = DEFAULT_LEVEL) -> Estimate:
    """Return P(positive scores above negative) + P(tie) / 2, with DeLong's variance on the logit scale.

    Where that variance is 0 (perfect order, constant score) or a class has one row, the interval is Wilson's with the
    greatest variance an AUC can have, auc (1 - auc) / min(n_pos, n_neg). Raises Undecidable for one class only.
    Sources: DeLong et al. 1988; Pepe 2003 section 5.2 for the logit; Birnbaum and Klose 1957 for the bound.
    """
    counts.require_both_classes()
    n_pos, n_neg = counts.n_positive, counts.n_negative
    pairs_below = 2 * (np.cumsum(counts.negatives) - counts.negatives) + counts.negatives
    area = int(np.dot(counts.positives, pairs_below)) / (2 * n_pos * n_neg)
    variance = 0.0
    if min(n_pos, n_neg) > 1:
        of_positives = pairs_below / (2.0 * n_neg)
        positives_above = n_pos - np.cumsum(counts.positives) + counts.positives / 2.0
        of_negatives = positives_above / n_pos
        variance = _placement_variance(of_positives, counts.positives, area) / n_pos
        variance += _placement_variance(of_negatives, counts.negatives, area) / n_neg
    if variance > 0.0 and 0.0 < area < 1.0:
        interval = logit_normal(area, math.sqrt(variance), level=level, method="delong-logit")
    else:
        interval = wilson_fractional(area, min(n_pos, n_neg), level=level, method="wilson-birnbaum-klose")
    return Estimate(area, interval, counts.n)


def average_precision(counts: ScoreCounts, *, level: float = DEFAULT_LEVEL) -> Estimate:
    """Return the sum over falling thresholds of (recall step) x precision, scikit-learn's definition.

    The interval is the infinitesimal jackknife (each row's weight as a variable) on the logit scale. At 1 it is
    Wilson's on the positives. Raises Undecidable without positives.
    Sources: Jaeckel 1972 (infinitesimal jackknife); Boyd, Eng and Page 2013 for the logit scale.
    """
    if counts.n_positive == 0:
        raise Undecidable(f"no positives in {counts.n} rows: precision over recall does not exist")
    n_pos = counts.n_positive
    positives, negatives = counts.positives[::-1], counts.negatives[::-1]
    true_above, all_above = np.cumsum(positives), np.cumsum(positives + negatives)
    precision = true_above / all_above
    value = exact_sum(positives * precision) / n_pos
    if value >= 1.0:
        return Estimate(1.0, wilson_fractional(1.0, n_pos, level=level, method="wilson"), counts.n)
    dilution = _tail_sums(positives * precision / all_above)
    gain = _tail_sums(positives / all_above)
    of_positives = (precision - value + gain - dilution) / n_pos
    of_negatives = -dilution / n_pos
    variance = exact_sum(positives * of_positives**2) + exact_sum(negatives * of_negatives**2)
    if variance == 0.0:
        interval = wilson_fractional(value, n_pos, level=level, method="wilson")
    else:
        interval = logit_normal(value, math.sqrt(variance), level=level, method="jackknife-logit")
    return Estimate(value, interval, counts.n)


def ks(counts: ScoreCounts, *, level: float = DEFAULT_LEVEL, seed: int = 0) -> Estimate:
    """Return the greatest TPR - FPR over all thresholds, at least 0: a model that orders backwards is not praised.

    The value is exact and, being a maximum, a little too high. The interval is Newcombe's at the threshold that was
    found (Raghavachari 1973: its spread is that of the maximum), shifted down by the bootstrap's estimate of that
    excess (200 seeded multinomial draws on 256 cells of equal mass), and widened to hold the value.
    Raises Undecidable for one class only.
    """
    counts.require_both_classes()
    n_pos, n_neg = counts.n_positive, counts.n_negative
    true_above = np.cumsum(counts.positives[::-1])
    false_above = np.cumsum(counts.negatives[::-1])
    at = int(np.argmax(true_above * n_neg - false_above * n_pos))
    tp, fp = int(true_above[at]), int(false_above[at])
    value = (tp * n_neg - fp * n_pos) / (n_pos * n_neg)
    here = newcombe_difference(tp, n_pos, fp, n_neg, level=level)
    excess = _excess_of_maximum(counts, seed=seed)
    lower, upper = max(here.lower - excess, 0.0), max(here.upper - excess, value)
    return Estimate(value, Interval(min(lower, value), upper, level, "newcombe-10-debiased"), counts.n)


def _placement_variance(placements: Floats, weights: Counts, mean: float) -> float:
    """Return the sample variance (divisor n - 1) of placements that occur `weights` times."""
    return exact_sum(weights * (placements - mean) ** 2) / (int(weights.sum()) - 1)


def _tail_sums(values: Floats) -> Floats:
    """Return at each position the sum from there to the end."""
    return np.cumsum(values[::-1])[::-1]


def _excess_of_maximum(counts: ScoreCounts, *, seed: int) -> float:
    """Return how much higher the statistic of resampled cells lies than that of the cells, at least 0."""
    totals = counts.totals
    before = np.cumsum(totals) - totals
    cell_of = (_CELLS * (2 * before + totals)) // (2 * counts.n)
    starts = np.flatnonzero(np.diff(cell_of, prepend=-1))
    positives = np.add.reduceat(counts.positives, starts)[::-1]
    negatives = np.add.reduceat(counts.negatives, starts)[::-1]
    generator = np.random.Generator(np.random.PCG64(seed))
    gaps = _shares_above(positives, generator) - _shares_above(negatives, generator)
    plain = np.cumsum(positives) / positives.sum() - np.cumsum(negatives) / negatives.sum()
    return max(0.0, float(gaps.max(axis=1).mean()) - float(plain.max()))


def _shares_above(cells: Counts, generator: np.random.Generator) -> Floats:
    """Return (replicates, cells): resampled cumulative shares."""
    rows = int(cells.sum())
    drawn = generator.multinomial(rows, cells / rows, size=_REPLICATES)
    return np.cumsum(drawn, axis=1) / rows
