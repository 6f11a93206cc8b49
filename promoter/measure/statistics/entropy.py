"""Inequality of benefit over individuals: generalised entropy and Theil's index.

A row's benefit is prediction - label + 1: 2 for a false positive, 1 for a right answer, 0 for a false negative.
"""

import math

import numpy as np

from promoter.errors import Undecidable
from promoter.measure.measurement import Interval
from promoter.measure.statistics.arrays import Floats
from promoter.measure.statistics.estimate import Estimate
from promoter.measure.statistics.intervals import DEFAULT_LEVEL, two_sided_z
from promoter.measure.statistics.sufficient import Confusion

_BENEFITS = np.array([0.0, 1.0, 2.0])


def generalized_entropy(counts: Confusion, *, alpha: float = 2.0, level: float = DEFAULT_LEVEL) -> Estimate:
    """Return mean((b / mean b)^alpha - 1) / (alpha (alpha - 1)); Theil's index mean(b/m ln b/m) for alpha 1.

    The interval is the delta method over the three benefits, cut off at 0; none where all benefits are equal.
    Raises Undecidable without rows, where no row has any benefit, and for alpha <= 0 where a benefit is 0.
    Sources: Speicher et al. 2018; AIF360's definition and default alpha. Alpha 0 is the mean log deviation.
    """
    shares = np.array([counts.fn, counts.tp + counts.tn, counts.fp], dtype=np.float64) / max(1, counts.n)
    average = float((shares * _BENEFITS).sum())
    if counts.n == 0 or average == 0.0:
        raise Undecidable(f"no benefit in {counts.n} rows: its inequality does not exist")
    if alpha <= 0.0 and counts.fn:
        raise Undecidable(f"{counts.fn} rows have no benefit: entropy of alpha {alpha:g} does not exist")
    present = shares > 0.0
    value, influence = _index(_BENEFITS[present], shares[present], average, alpha)
    spread = math.sqrt(float((shares[present] * influence**2).sum()) / counts.n)
    if spread == 0.0:
        return Estimate(value, None, counts.n)
    half_width = two_sided_z(level) * spread
    interval = Interval(max(0.0, value - half_width), value + half_width, level, "delta")
    return Estimate(value, interval, counts.n)


def theil(counts: Confusion, *, level: float = DEFAULT_LEVEL) -> Estimate:
    """Return the generalised entropy of alpha 1: mean(b/m ln b/m), where 0 ln 0 = 0."""
    return generalized_entropy(counts, alpha=1.0, level=level)


def _index(benefits: Floats, shares: Floats, average: float, alpha: float) -> tuple[float, Floats]:
    """Return the index and each benefit's influence on it (mean 0 over the shares)."""
    deviation = (benefits - average) / average
    if alpha == 0.0:
        logs = np.log(benefits)
        mean_log = float((shares * logs).sum())
        return math.log(average) - mean_log, deviation - (logs - mean_log)
    if alpha == 1.0:
        logs = benefits * np.log(np.where(benefits > 0.0, benefits, 1.0)) / average
        mean_log = float((shares * logs).sum())
        return mean_log - math.log(average), (logs - mean_log) - (mean_log + 1.0) * deviation
    powers = (benefits / average) ** alpha
    mean_power = float((shares * powers).sum())
    factor = 1.0 / (alpha * (alpha - 1.0))
    return factor * (mean_power - 1.0), factor * (powers - mean_power - alpha * mean_power * deviation)
