"""Intervals for the noncentrality of a chi-squared statistic: how far from its null a divergence is."""

from scipy import optimize, special


def noncentral_interval(statistic: float, *, freedom: int, level: float) -> tuple[float, float]:
    """Return the noncentralities at which a chi-squared statistic is the upper and the lower tail's quantile.

    An end at which no noncentrality fits is 0. Source: Steiger and Fouladi 1997.
    """
    tail = (1.0 - level) / 2.0
    return (
        _noncentrality(statistic, freedom=freedom, below=1.0 - tail),
        _noncentrality(statistic, freedom=freedom, below=tail),
    )


def _noncentrality(statistic: float, *, freedom: int, below: float) -> float:
    def excess(noncentrality: float) -> float:
        return float(special.chndtr(statistic, freedom, noncentrality)) - below

    if excess(0.0) <= 0.0:
        return 0.0
    upper = statistic + 50.0
    while excess(upper) > 0.0:
        upper *= 2.0
    return float(optimize.brentq(excess, 0.0, upper, xtol=1e-12, rtol=1e-12))
