"""The two-sample Kolmogorov-Smirnov statistic and its p, both of any number of rows.

Missing values take no part; their rate is a number of its own (drift_categorical.missing_rate_difference).
"""

from math import gcd, sqrt

import numpy as np
import numpy.typing as npt

from promoter.errors import Undecidable
from promoter.measure.measurement import Interval
from promoter.measure.statistics import special
from promoter.measure.statistics.drift_segments import Segments, present_ascending, segments
from promoter.measure.statistics.estimate import Estimate
from promoter.measure.statistics.greatest_gap import excess_of_greatest
from promoter.measure.statistics.intervals import DEFAULT_LEVEL, newcombe_difference

EXACT_P_MOST_ROWS = 2_000
"""The larger side up to which the exact p is computed: 40 ms a column. scipy's "auto" goes to 10,000, at a second."""


EXACT_LAW_MOST_ROWS = 10_000
"""Effective rows up to which the one-sample law is exact: 8 ms a column, and linear in the rows."""


def ks(reference: npt.ArrayLike, current: npt.ArrayLike, *, level: float = DEFAULT_LEVEL) -> Estimate:
    """Return D = sup |F(x) - G(x)| over two columns, NaN left out, infinities ordered as numbers.

    The interval is Newcombe's at the place that was found, since the maximum spreads as the difference there does
    (Raghavachari 1973), less what a maximum is too high (`excess_of_greatest`), and widened to hold the value. Its
    lower end is 0 unless Kolmogorov's limit rejects equality at the level. Raises Undecidable where a side has no
    values. Source: Smirnov 1939 for the statistic.
    """
    return ks_on(segments(present_ascending(reference), present_ascending(current)), level=level)


def ks_on(found: Segments, *, level: float = DEFAULT_LEVEL) -> Estimate:
    """Return `ks` of two columns on their segments."""
    n, m = found.first.values.size, found.second.values.size
    value = found.greatest_gap
    first, second = found.first.through, found.second.through
    gaps = first * m - second * n
    at = int(np.argmax(np.abs(gaps)))
    higher, lower = (int(first[at]), n), (int(second[at]), m)
    if gaps[at] < 0:
        higher, lower = lower, higher
    here = newcombe_difference(*higher, *lower, level=level)
    excess = excess_of_greatest(first, second, is_signed=False)
    is_moved = float(special.kolmogorov(value * sqrt(n * m / (n + m)))) < 1.0 - level
    start = max(0.0, min(here.lower - excess, value)) if is_moved else 0.0
    return Estimate(value, Interval(start, max(here.upper - excess, value), level, "newcombe-10-debiased"), n + m)


def ks_p(statistic: float, *, n: int, m: int) -> float:
    """Return P(D >= statistic) for n and m rows of one continuous distribution; exact up to 2,000 rows a side.

    Ties make it conservative. Beyond, the one-sample law at the effective size nm / (n + m), as scipy's asymptotic.
    """
    if max(n, m) <= EXACT_P_MOST_ROWS:
        return ks_p_exact(statistic, n=n, m=m)
    return ks_p_asymptotic(statistic, n=n, m=m)


def ks_p_asymptotic(statistic: float, *, n: int, m: int) -> float:
    """Return the survival function of the one-sample statistic at e = round(nm / (n + m)) rows.

    Exact up to e = 10,000. Beyond, Kolmogorov's limit at x + 1 / (6 sqrt(e)) + (x - 1) / 4e, x = statistic sqrt(e),
    which is within a thousandth of the exact p wherever that is at least 1e-5. Source: Vrbik 2018, section 4.
    """
    effective = round(n * m / (n + m))
    if effective < 1:
        raise Undecidable("a Kolmogorov-Smirnov test needs a row on each side")
    if effective > EXACT_LAW_MOST_ROWS:
        x = statistic * sqrt(effective)
        return float(special.kolmogorov(x + 1.0 / (6.0 * sqrt(effective)) + (x - 1.0) / (4.0 * effective)))
    # scipy.stats takes 0.3 s to import, more than all else that a small check needs.
    from scipy.stats import kstwo

    return float(np.clip(kstwo.sf(statistic, effective), 0.0, 1.0))


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
