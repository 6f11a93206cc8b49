"""Distribution-free intervals for quantiles, from order statistics."""

import numpy as np

from promoter.errors import Undecidable
from promoter.measure.measurement import Interval
from promoter.measure.statistics import special
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


def fewest_rows(*, share: float, level: float = DEFAULT_LEVEL) -> int:
    """Return the rows from which `quantile_ranks` has a pair: p99 at 95 % 368, p95 72, the median 6.

    They are those at which neither all rows nor none lie below the quantile with more than (1 - level) / 2.
    """
    further = max(share, 1.0 - share)
    rows = int(np.floor(np.log((1.0 - level) / 2.0) / np.log(further)))
    while quantile_ranks(rows, share=share, level=level) is None:
        rows += 1
    return rows


def quantile_interval(ascending: Floats, *, share: float, level: float = DEFAULT_LEVEL) -> Interval | None:
    """Return the interval of a quantile from sorted values; None where n is too small for one.

    Whole ranks cover more than their level, at p99 of 500 rows by 3 %. An end lies between the last rank whose
    coverage reaches the level and the next, by Nyblom's weight, which covers the level closely for continuous values
    of any distribution, and more where values are tied. Source: Nyblom 1992; Hettmansperger and Sheather 1986 for
    the median.
    """
    if not 0.0 < share < 1.0:
        raise ValueError(f"share lies in (0, 1), got {share}")
    if ascending.size == 0:
        raise Undecidable("a quantile of no rows does not exist")
    ranks = quantile_ranks(ascending.size, share=share, level=level)
    if ranks is None:
        return None
    lower = _interpolated(ascending, ranks[0], share=share, level=level)
    upper = -_interpolated(-ascending[::-1], ascending.size + 1 - ranks[1], share=1.0 - share, level=level)
    return Interval(lower, upper, level, "order-statistic, nyblom")


def median_interval(ascending: Floats, *, level: float = DEFAULT_LEVEL) -> Interval | None:
    """Return the interval of the median from sorted values; None below 6 rows at 95 %."""
    return quantile_interval(ascending, share=0.5, level=level)


def _interpolated(ascending: Floats, rank: int, *, share: float, level: float) -> float:
    """Return the lower end: X_(r) + w (X_(r+1) - X_(r)), 1 / w = 1 + r (1-p) (b - c') / ((n-r) p (c - b)).

    b is the level of one side, c and c' the chances that X_(r) and X_(r+1) lie at or below the quantile.
    """
    n = ascending.size
    here, there = float(ascending[rank - 1]), float(ascending[min(rank, n - 1)])
    side = 0.5 + level / 2.0
    reached, missed = (1.0 - float(special.bdtr(k, n, share)) for k in (rank - 1, rank))
    if rank == n or there == here or reached <= side:
        return here
    odds = rank * (1.0 - share) * (side - missed) / ((n - rank) * share * (reached - side))
    return here + (there - here) / (1.0 + odds)
