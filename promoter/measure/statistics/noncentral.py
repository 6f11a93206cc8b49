"""Intervals for a noncentrality: how far from its null a chi-squared or F statistic says that the truth is.

An end is the noncentrality at which the statistic is the quantile of the other tail, and 0 where none fits.
It is found by Chandrupatla's method (1997): scipy.optimize takes longer to import than all ends of a report to find.
Source: Steiger and Fouladi 1997; Smithson 2003, chapters 4 and 5.
"""

from collections.abc import Callable

from promoter.measure.statistics import special

_RELATIVE_ERROR = 1e-12
_SMALLEST = 1e-300


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
    return _root(lambda noncentrality: distribution(noncentrality) - below, 0.0, upper)


def _root(function: Callable[[float], float], lower: float, upper: float) -> float:
    """Return where a function changes its sign, to 12 digits; it has other signs at the two ends."""
    near, far, past = upper, lower, upper
    at_near, at_far, at_past = function(near), function(far), 0.0
    share = 0.5
    while True:
        middle = near + share * (far - near)
        at_middle = function(middle)
        if (at_middle > 0.0) == (at_near > 0.0):
            past, at_past = near, at_near
        else:
            past, far, at_past, at_far = far, near, at_far, at_near
        near, at_near = middle, at_middle
        best = near if abs(at_near) < abs(at_far) else far
        least_share = (_RELATIVE_ERROR * abs(best) + _SMALLEST) / abs(far - near)
        if least_share > 0.5 or at_near == 0.0:
            return best if at_near else near
        share = min(max(_next_share((near, far, past), (at_near, at_far, at_past)), least_share), 1.0 - least_share)


def _next_share(places: tuple[float, float, float], values: tuple[float, float, float]) -> float:
    """Return how far to go from the first place to the second: by the inverse parabola where safe, else half."""
    (a, b, c), (fa, fb, fc) = places, values
    xi, phi = (a - b) / (c - b), (fa - fb) / (fc - fb)
    if not (phi * phi < xi and (1.0 - phi) ** 2 < 1.0 - xi):
        return 0.5
    return fa / (fb - fa) * fc / (fb - fc) + (c - a) / (b - a) * fa / (fc - fa) * fb / (fc - fb)
