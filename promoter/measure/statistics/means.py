"""Means of per-row quantities with their t interval, and smooth statistics with that of their influence."""

import numpy as np
import numpy.typing as npt

from promoter.measure.measurement import Interval
from promoter.measure.statistics.arrays import Floats, finite_floats
from promoter.measure.statistics.estimate import Estimate
from promoter.measure.statistics.exact import exact_mean, exact_sum
from promoter.measure.statistics.intervals import DEFAULT_LEVEL, student_mean, two_sided_z


def mean_estimate(values: npt.ArrayLike, *, name: str, level: float = DEFAULT_LEVEL) -> Estimate:
    """Return the mean with Student's interval; a single row has a mean and no interval.

    Raises Undecidable on no rows, text, NaN and infinities.
    """
    rows = finite_floats(values, name=name)
    mean = exact_mean(rows)
    if rows.size < 2:
        return Estimate(mean, None, rows.size)
    return Estimate(mean, student_mean(mean, standard_error(rows), rows.size, level=level), rows.size)


def standard_error(values: Floats) -> float:
    """Return the standard error of the mean of at least two rows: sqrt(sum (x - mean)^2 / (n (n - 1)))."""
    centred = values - exact_mean(values)
    return float(np.sqrt(exact_sum(centred * centred) / (values.size * (values.size - 1))))


def influence_estimate(
    value: float,
    influences: Floats,
    *,
    level: float = DEFAULT_LEVEL,
    lower: float = -np.inf,
    upper: float = np.inf,
) -> Estimate:
    """Return a smooth statistic with the normal interval of its influence function, cut at its range's ends.

    `influences` (n,) are the per-row values of the influence function. Source: van der Vaart 1998, section 20.1.
    """
    if influences.size < 2:
        return Estimate(value, None, influences.size)
    half_width = two_sided_z(level) * standard_error(influences)
    ends = Interval(max(lower, value - half_width), min(upper, value + half_width), level, "delta")
    return Estimate(value, ends, influences.size)
