"""Confidence intervals for proportions, their differences and ratios, and means.

Every interval is two-sided. `level` is its nominal coverage. A proportion is given as (successes, n).
"""

import math
from functools import lru_cache

from promoter.errors import Undecidable
from promoter.measure.measurement import Interval
from promoter.measure.statistics import special

DEFAULT_LEVEL = 0.95
"""Coverage of an interval for which nobody asked for another."""


@lru_cache(maxsize=64)
def two_sided_z(level: float) -> float:
    """Return the normal quantile at 1/2 + level/2. Raises ValueError for a level outside of (0, 1)."""
    if not 0.0 < level < 1.0:
        raise ValueError(f"level is a coverage in (0, 1), got {level}")
    return float(special.ndtri(0.5 + level / 2.0))


def wilson(successes: int, n: int, *, level: float = DEFAULT_LEVEL) -> Interval:
    """Return Wilson's score interval of a proportion. Raises Undecidable where n is 0.

    (p + z^2/2n -+ z sqrt(p(1-p)/n + z^2/4n^2)) / (1 + z^2/n). Its coverage averaged over all true rates is its level;
    at a single rate it can be lower. Source: Wilson 1927; Newcombe 1998 (single proportion), method 3; Agresti and
    Coull 1998 for the mean coverage.
    """
    _require_proportion(successes, n)
    lower, upper = _wilson_bounds(successes, n, two_sided_z(level))
    return Interval(lower, upper, level, "wilson")


def clopper_pearson(successes: int, n: int, *, level: float = DEFAULT_LEVEL) -> Interval:
    """Return the exact (conservative) binomial interval: quantiles of beta(x, n-x+1) and beta(x+1, n-x).

    For rates of harm, where a promise that is never broken is worth a wider interval: averaged over all true rates it
    covers 97.7 % at 20 rows and 95.9 % at 300, `wilson` 95.3 and 95.0 %.
    Raises Undecidable where n is 0. Source: Clopper and Pearson 1934; Newcombe 1998, method 5.
    """
    _require_proportion(successes, n)
    tail = (1.0 - level) / 2.0
    lower = 0.0 if successes == 0 else float(special.betaincinv(successes, n - successes + 1, tail))
    upper = 1.0 if successes == n else float(special.betaincinv(successes + 1, n - successes, 1.0 - tail))
    return Interval(lower, upper, level, "clopper-pearson")


def newcombe_difference(
    successes_a: int, n_a: int, successes_b: int, n_b: int, *, level: float = DEFAULT_LEVEL
) -> Interval:
    """Return the interval of proportion a minus proportion b, independent samples.

    Square-and-add of the two Wilson intervals. Raises Undecidable where an n is 0.
    Source: Newcombe 1998 (independent proportions), method 10.
    """
    first = wilson(successes_a, n_a, level=level)
    second = wilson(successes_b, n_b, level=level)
    p_a, p_b = successes_a / n_a, successes_b / n_b
    difference = p_a - p_b
    down = math.hypot(p_a - first.lower, second.upper - p_b)
    up = math.hypot(first.upper - p_a, p_b - second.lower)
    return Interval(max(difference - down, -1.0), min(difference + up, 1.0), level, "newcombe-10")


def mean_of_proportions(
    successes_a: int, n_a: int, successes_b: int, n_b: int, *, level: float = DEFAULT_LEVEL
) -> Interval:
    """Return the interval of (proportion a + proportion b) / 2, independent samples.

    Variance estimates recovered from the two Wilson intervals. Source: Zou and Donner 2008 (MOVER).
    """
    first = wilson(successes_a, n_a, level=level)
    second = wilson(successes_b, n_b, level=level)
    p_a, p_b = successes_a / n_a, successes_b / n_b
    centre = (p_a + p_b) / 2.0
    down = math.hypot(p_a - first.lower, p_b - second.lower) / 2.0
    up = math.hypot(first.upper - p_a, second.upper - p_b) / 2.0
    return Interval(max(centre - down, 0.0), min(centre + up, 1.0), level, "mover-wilson")


def katz_ratio(successes_a: int, n_a: int, successes_b: int, n_b: int, *, level: float = DEFAULT_LEVEL) -> Interval:
    """Return the interval of proportion a over proportion b: exp(log ratio -+ z sqrt(1/x - 1/n + 1/y - 1/m)).

    Where x is zero or both proportions are one, half a success and half a failure is added to each side, and
    where x is zero the lower end is zero. Raises Undecidable where an n or y is 0.
    Source: Katz et al. 1978; Walter 1975 for the halves.
    """
    _require_proportion(successes_a, n_a)
    _require_proportion(successes_b, n_b)
    if successes_b == 0:
        raise Undecidable(f"a ratio to 0 of {n_b} does not exist")
    x, y = float(successes_a), float(successes_b)
    n, m = float(n_a), float(n_b)
    method = "katz-log"
    if successes_a == 0 or (successes_a == n_a and successes_b == n_b):
        x, y, n, m = x + 0.5, y + 0.5, n + 1.0, m + 1.0
        method = "katz-log-half"
    centre = math.log((x / n) / (y / m))
    half_width = two_sided_z(level) * math.sqrt(1.0 / x - 1.0 / n + 1.0 / y - 1.0 / m)
    lower = 0.0 if successes_a == 0 else math.exp(centre - half_width)
    return Interval(lower, math.exp(centre + half_width), level, method)


def student_mean(mean: float, standard_error: float, n: int, *, level: float = DEFAULT_LEVEL) -> Interval:
    """Return mean -+ t(n - 1) standard errors. Raises Undecidable where n is below 2."""
    if n < 2:
        raise Undecidable(f"the spread of {n} rows does not exist; an interval needs 2")
    half_width = float(special.stdtrit(n - 1, 0.5 + level / 2.0)) * standard_error
    return Interval(mean - half_width, mean + half_width, level, "student-t")


def logit_normal(value: float, standard_error: float, *, level: float, method: str) -> Interval:
    """Return expit(logit(v) -+ z se / (v (1 - v))): the delta method on the logit scale, inside of (0, 1).

    Raises ValueError unless the value lies strictly between 0 and 1.
    """
    if not 0.0 < value < 1.0:
        raise ValueError(f"the logit of {value} does not exist")
    half_width = two_sided_z(level) * standard_error / (value * (1.0 - value))
    centre = float(special.logit(value))
    return Interval(float(special.expit(centre - half_width)), float(special.expit(centre + half_width)), level, method)


def area_interval(area: float, variance: float, *, least: int, level: float = DEFAULT_LEVEL) -> Interval:
    """Return the interval of an AUC from its variance: on the logit scale, or where that fails by a bound.

    `least` counts the rows of the smaller class: an AUC's variance is at most area (1 - area) / least.
    """
    if variance > 0.0 and 0.0 < area < 1.0:
        return logit_normal(area, math.sqrt(variance), level=level, method="delong-logit")
    return wilson_fractional(area, least, level=level, method="wilson-birnbaum-klose")


def wilson_fractional(value: float, effective_n: float, *, level: float, method: str) -> Interval:
    """Return Wilson's interval for a fraction whose variance is at most value (1 - value) / effective_n."""
    lower, upper = _wilson_bounds(value * effective_n, effective_n, two_sided_z(level))
    return Interval(lower, upper, level, method)


def _wilson_bounds(successes: float, n: float, z: float) -> tuple[float, float]:
    rate = successes / n
    centre = successes + z * z / 2.0
    spread = z * math.sqrt(n) * math.sqrt(rate * (1.0 - rate) + z * z / (4.0 * n))
    lower = 0.0 if successes == 0 else max(0.0, (centre - spread) / (n + z * z))
    upper = 1.0 if successes == n else min(1.0, (centre + spread) / (n + z * z))
    return min(lower, rate), max(upper, rate)


def _require_proportion(successes: int, n: int) -> None:
    if n <= 0:
        raise Undecidable("a proportion of no rows does not exist")
    if not 0 <= successes <= n:
        raise ValueError(f"{successes} successes in {n} rows is not a proportion")
