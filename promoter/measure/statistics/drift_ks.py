"""The two-sample Kolmogorov-Smirnov statistic: exact from sorted columns, certified from histograms.

Missing values take no part; their rate is a number of its own (drift_categorical.missing_rate_difference).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import gcd

import numpy as np
import numpy.typing as npt
from scipy import stats

from promoter.errors import Undecidable
from promoter.measure.measurement import Interval
from promoter.measure.statistics.arrays import Counts, Floats
from promoter.measure.statistics.drift_bins import shares
from promoter.measure.statistics.estimate import Estimate
from promoter.measure.statistics.intervals import DEFAULT_LEVEL

EXACT_P_MOST_ROWS = 2_000
"""The larger side up to which the exact p is computed: 40 ms a column. scipy's "auto" goes to 10,000, at a second."""


@dataclass(frozen=True, slots=True)
class KsBounds:
    """The statistic lies in [lower, upper] for certain; only the bins `to_refine` can hold more than `lower`."""

    lower: float
    upper: float
    to_refine: tuple[int, ...]


def ks(reference: npt.ArrayLike, current: npt.ArrayLike, *, level: float = DEFAULT_LEVEL) -> Estimate:
    """Return D = sup |F(x) - G(x)| over two columns, NaN left out, infinities ordered as numbers.

    The interval is conservative: both empirical distributions lie within sqrt(ln(4 / (1 - level)) / 2n) of theirs.
    Raises Undecidable where a side has no values. Source: Smirnov 1939; Massart 1990 (the constant of the band).
    """
    first, second = _sorted_values(reference, side="reference"), _sorted_values(current, side="current")
    places = np.concatenate([first, second])
    below_first = np.searchsorted(first, places, side="right") / first.size
    below_second = np.searchsorted(second, places, side="right") / second.size
    value = float(np.abs(below_first - below_second).max())
    band = np.log(4.0 / (1.0 - level)) / 2.0
    half_width = float(np.sqrt(band / first.size) + np.sqrt(band / second.size))
    interval = Interval(max(0.0, value - half_width), min(1.0, value + half_width), level, "DKW-Massart")
    return Estimate(value, interval, first.size + second.size)


def ks_p(statistic: float, *, n: int, m: int) -> float:
    """Return P(D >= statistic) for n and m rows of one continuous distribution; exact up to 2,000 rows a side.

    Ties make it conservative. Beyond, the one-sample law at the effective size nm / (n + m), as scipy's asymptotic.
    """
    if max(n, m) <= EXACT_P_MOST_ROWS:
        return ks_p_exact(statistic, n=n, m=m)
    return ks_p_asymptotic(statistic, n=n, m=m)


def ks_p_asymptotic(statistic: float, *, n: int, m: int) -> float:
    """Return the survival function of the one-sample statistic at round(nm / (n + m)) rows."""
    effective = round(n * m / (n + m))
    if effective < 1:
        raise Undecidable("a Kolmogorov-Smirnov test needs a row on each side")
    return float(np.clip(stats.kstwo.sf(statistic, effective), 0.0, 1.0))


def ks_p_exact(statistic: float, *, n: int, m: int) -> float:
    """Return the probability that a random lattice path from (0, 0) to (n, m) meets |i/n - j/m| >= statistic.

    The path is walked diagonal by diagonal and mass that meets the bound is taken out and summed, so small p keep
    their relative precision. O((n + m) min(n, m)). Source: Hodges 1958, section 3.
    """
    if min(n, m) < 1:
        raise Undecidable("a Kolmogorov-Smirnov test needs a row on each side")
    n, m = min(n, m), max(n, m)
    common = gcd(n, m)
    step_i, step_j = m // common, n // common
    bound = round(statistic * step_i * n)
    if bound <= 0:
        return 1.0
    i = np.arange(n + 1)
    inside = np.zeros(n + 1)
    inside[0] = 1.0
    met = 0.0
    for taken in range(1, n + m + 1):
        left = n + m - taken + 1
        right = inside * (n - i) / left
        inside *= np.clip(m - (taken - 1 - i), 0, None) / left
        inside[1:] += right[:-1]
        outside = np.abs(i * step_i - (taken - i) * step_j) >= bound
        met += float(inside[outside].sum())
        inside[outside] = 0.0
    return min(met, 1.0)


def ks_bounds(reference_counts: npt.ArrayLike, current_counts: npt.ArrayLike) -> KsBounds:
    """Return a certified interval of D from counts over the same ascending bins, missing values left out.

    At a cut point F - G is known. Inside a bin that starts at d and holds shares p and q it stays within
    [d - q, d + p], so a bin whose bound does not exceed the best cut point cannot hold D and needs no second look.
    Raises Undecidable where a side has no rows.
    """
    start, p, q = _walk(reference_counts, current_counts)
    lower = float(np.abs(start + p - q).max())
    most = np.where((p > 0) & (q > 0), np.maximum(start + p, q - start), 0.0)
    to_refine = np.flatnonzero(most > lower)
    return KsBounds(lower, float(min(1.0, max(lower, most.max()))), tuple(to_refine.tolist()))


def refine_ks(
    reference_counts: npt.ArrayLike,
    current_counts: npt.ArrayLike,
    *,
    values: Mapping[int, tuple[Floats, Floats]],
) -> float:
    """Return the exact D, given all values of reference and current in every bin that `ks_bounds` names.

    Raises ValueError where a named bin is absent or holds another number of values than counted.
    """
    bounds = ks_bounds(reference_counts, current_counts)
    start, p, q = _walk(reference_counts, current_counts)
    n, m = np.asarray(reference_counts).sum(), np.asarray(current_counts).sum()
    best = bounds.lower
    for position in bounds.to_refine:
        if position not in values:
            raise ValueError(f"bin {position} can hold the statistic and its values are not given")
        first, second = (np.sort(side) for side in values[position])
        if (first.size, second.size) != (round(p[position] * n), round(q[position] * m)):
            raise ValueError(f"bin {position} holds another number of values than was counted")
        places = np.concatenate([first, second])
        above = np.searchsorted(first, places, side="right") / n
        below = np.searchsorted(second, places, side="right") / m
        best = max(best, float(np.abs(start[position] + above - below).max()))
    return best


def _walk(reference_counts: npt.ArrayLike, current_counts: npt.ArrayLike) -> tuple[Floats, Floats, Floats]:
    """Return F - G at the start of each bin, and the two shares of each bin."""
    p = shares(reference_counts, side="reference")
    q = shares(current_counts, side="current")
    if p.size != q.size:
        raise ValueError(f"the reference has {p.size} bins, the current {q.size}")
    above = np.cumsum(_integers(reference_counts)) / _integers(reference_counts).sum()
    below = np.cumsum(_integers(current_counts)) / _integers(current_counts).sum()
    return np.concatenate([[0.0], (above - below)[:-1]]), p, q


def _integers(counts: npt.ArrayLike) -> Counts:
    return np.asarray(counts, dtype=np.int64)


def _sorted_values(values: npt.ArrayLike, *, side: str) -> Floats:
    array = np.asarray(values, dtype=np.float64).ravel()
    present = np.sort(array[~np.isnan(array)])
    if present.size == 0:
        raise Undecidable(f"the {side} has no values")
    return present
