"""Distribution-free intervals for quantiles, from order statistics."""

import numpy as np
from scipy import special

from promoter.errors import Undecidable
from promoter.measure.measurement import Interval
from promoter.measure.statistics.arrays import Floats
from promoter.measure.statistics.intervals import DEFAULT_LEVEL


def quantile_ranks(n: int, *, share: float, level: float = DEFAULT_LEVEL) -> tuple[int, int] | None:
    """Return ranks r < s, counted from 1, such that P(X_(r) <= quantile < X_(s)) >= level for any distribution.

    The coverage is P(r <= K <= s - 1) with K binomial(n, share); each tail holds at most (1 - level) / 2. None where
    no such pair exists: n is too small for a two-sided statement. Source: David and Nagaraja 2003, section 7.1.
    """
    tail = (1.0 - level) / 2.0
    below = special.bdtr(np.arange(n + 1), n, share)
    lower = int(np.searchsorted(below, tail, side="right"))
    upper = int(np.searchsorted(below, 1.0 - tail, side="left")) + 1
    return (lower, upper) if lower >= 1 and upper <= n else None


def quantile_interval(ascending: Floats, *, share: float, level: float = DEFAULT_LEVEL) -> Interval | None:
    """Return the order-statistic interval of a quantile from sorted values; None where n is too small for one."""
    if not 0.0 < share < 1.0:
        raise ValueError(f"share lies in (0, 1), got {share}")
    if ascending.size == 0:
        raise Undecidable("a quantile of no rows does not exist")
    ranks = quantile_ranks(ascending.size, share=share, level=level)
    if ranks is None:
        return None
    return Interval(float(ascending[ranks[0] - 1]), float(ascending[ranks[1] - 1]), level, "order-statistic")


def median_interval(ascending: Floats, *, level: float = DEFAULT_LEVEL) -> Interval | None:
    """Return the interval of the median from sorted values; None below 6 rows at 95 %."""
    return quantile_interval(ascending, share=0.5, level=level)
