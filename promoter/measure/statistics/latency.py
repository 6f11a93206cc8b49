"""Latency percentiles with intervals that assume no distribution, and their ratio to the champion's."""

import math

import numpy as np
import numpy.typing as npt

from promoter.errors import Undecidable
from promoter.measure.measurement import Interval
from promoter.measure.statistics.arrays import Floats, finite_floats
from promoter.measure.statistics.estimate import Estimate
from promoter.measure.statistics.intervals import DEFAULT_LEVEL
from promoter.measure.statistics.order import quantile_interval


def latency_percentile(latencies: npt.ArrayLike, *, share: float, level: float = DEFAULT_LEVEL) -> Estimate:
    """Return the smallest latency that at least `share` of the requests do not exceed (p95: share 0.95).

    That is order statistic ceil(n share), always a request that happened. The interval lies between order statistics
    (`quantile_interval`), and is None where n is too small for both ends: p99 at 95 % needs 368 requests (p95 72, p50
    6).
    Raises Undecidable on no rows, NaN, infinities and latencies that are not positive.
    """
    ascending = _positive_sorted(latencies, side="latency")
    interval = quantile_interval(ascending, share=share, level=level)
    return Estimate(_order_statistic(ascending, share=share), interval, ascending.size)


def latency_ratio(
    champion: npt.ArrayLike, candidate: npt.ArrayLike, *, share: float, level: float = DEFAULT_LEVEL
) -> Estimate:
    """Return the candidate's percentile over the champion's, from two independent samples of the same machine.

    Below 1 the candidate is faster. The interval joins the two order-statistic intervals on the log scale by
    square-and-add, and is None where either is. Errors as `latency_percentile`. Source: Zou and Donner 2008 (MOVER).
    """
    old = latency_percentile(champion, share=share, level=level)
    new = latency_percentile(candidate, share=share, level=level)
    value, rows = new.value / old.value, new.n + old.n
    if old.interval is None or new.interval is None:
        return Estimate(value, None, rows)
    down = math.hypot(math.log(new.value / new.interval.lower), math.log(old.interval.upper / old.value))
    up = math.hypot(math.log(new.interval.upper / new.value), math.log(old.value / old.interval.lower))
    interval = Interval(value * math.exp(-down), value * math.exp(up), level, "order-statistic, nyblom, mover")
    return Estimate(value, interval, rows)


def _order_statistic(ascending: Floats, *, share: float) -> float:
    """Return X_(ceil(n share)), guarding the product's last bit: 0.95 x 20 is 19, not 19.000000000000004."""
    rank = math.ceil(round(ascending.size * share, 9))
    return float(ascending[max(rank, 1) - 1])


def _positive_sorted(latencies: npt.ArrayLike, *, side: str) -> Floats:
    values = finite_floats(latencies, name=side)
    bad = int((values <= 0).sum())
    if bad:
        raise Undecidable(f"{side} is zero or negative in {bad} of {values.size} requests; the clock was not monotonic")
    return np.sort(values)
