"""Intervals for a noncentrality: how far from its null a chi-squared or F statistic says that the truth is.

An end is the noncentrality at which the statistic is the quantile of the other tail, and 0 where none fits.
Source: Steiger and Fouladi 1997; Smithson 2003, chapters 4 and 5.
"""

from collections.abc import Callable

from scipy import optimize, special


def noncentral_interval(statistic: float, *, freedom: int, level: float) -> tuple[float, float]:
    """Return the interval of the noncentrality of a chi-squared statistic."""
    return _ends(lambda noncentrality: float(special.chndtr(statistic, freedom, noncentrality)), statistic, level=level)


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
