"""Intervals for a noncentrality: how far from its null a chi-squared or F statistic says that the truth is.

An end is the noncentrality at which the statistic is the quantile of the other tail, and 0 where none fits.
Source: Steiger and Fouladi 1997; Smithson 2003, chapters 4 and 5.
"""

from collections.abc import Callable

from scipy import optimize, special


def noncentral_interval(statistic: float, *, freedom: float, level: float) -> tuple[float, float]:
    """Return the interval of the noncentrality of a chi-squared statistic."""
    return _ends(lambda noncentrality: float(special.chndtr(statistic, freedom, noncentrality)), statistic, level=level)


def stretched_roots(statistic: float, *, freedom: float, error: float, level: float) -> tuple[float, float]:
    """Return the interval of the root of a noncentrality where sqrt(statistic) has another standard error than 1.

    The noncentral law, in which that error is 1, is right near the null. The distance of its ends from the middle,
    sqrt(statistic - freedom), is stretched by the error; an end at 0 stays there.
    """
    middle = max(0.0, statistic - freedom) ** 0.5
    lower, upper = (end**0.5 for end in noncentral_interval(statistic, freedom=freedom, level=level))
    start = max(0.0, middle + error * (lower - middle)) if lower > 0.0 else 0.0
    return start, max(start, middle + error * (upper - middle))


def noncentral_f_interval(statistic: float, *, freedom: tuple[int, int], level: float) -> tuple[float, float]:
    """Return the interval of the noncentrality of an F statistic with (numerator, denominator) degrees of freedom."""
    return _ends(
        lambda noncentrality: float(special.ncfdtr(*freedom, noncentrality, statistic)),
        statistic * freedom[0],
        level=level,
    )


def _ends(distribution: Callable[[float], float], start: float, *, level: float) -> tuple[float, float]:
    tail = (1.0 - level) / 2.0
    return _solve(distribution, start, below=1.0 - tail), _solve(distribution, start, below=tail)


def _solve(distribution: Callable[[float], float], start: float, *, below: float) -> float:
    if distribution(0.0) <= below:
        return 0.0
    upper = start + 50.0
    while distribution(upper) > below:
        upper *= 2.0
    return float(optimize.brentq(lambda noncentrality: distribution(noncentrality) - below, 0.0, upper, rtol=1e-12))
