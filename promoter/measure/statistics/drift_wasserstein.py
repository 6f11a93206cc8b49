"""Wasserstein-1 distance of two columns, and forms of it that one planted row cannot blind."""

import numpy as np
import numpy.typing as npt

from promoter.errors import Undecidable
from promoter.measure.measurement import Interval
from promoter.measure.statistics.arrays import Floats
from promoter.measure.statistics.drift_bins import shares
from promoter.measure.statistics.estimate import Estimate
from promoter.measure.statistics.exact import exact_sum
from promoter.measure.statistics.intervals import DEFAULT_LEVEL, two_sided_z

CLIP_TAIL = 0.001
"""Share of the reference at each end beyond which the clipped distance moves values to the quantile."""


def wasserstein(reference: npt.ArrayLike, current: npt.ArrayLike) -> float:
    """Return the integral of |F(x) - G(x)| dx, in the column's unit, NaN left out, as scipy's wasserstein_distance.

    One far row moves it without bound; for a verdict take `wasserstein_scaled` or `wasserstein_clipped`.
    Raises Undecidable where a side has no values or an infinity. Source: Vallender 1974.
    """
    return _distance(_finite_sorted(reference, side="reference"), _finite_sorted(current, side="current"))


def wasserstein_bounds(
    cuts: npt.ArrayLike, reference_counts: npt.ArrayLike, current_counts: npt.ArrayLike
) -> tuple[float, float]:
    """Return a certified (lower, upper) of the distance from counts in closed bins, in the column's unit.

    cuts (B + 1,) ascending and finite, from the least to the greatest value of both sides, counts (B,). In a bin that
    F - G enters at d and in which the sides hold shares p and q, |F - G| lies within [d - q, d + p]; its width weighs
    it. Raises Undecidable where a side has no rows, ValueError where the shapes do not go together.
    """
    edges = np.asarray(cuts, dtype=np.float64)
    p, q = shares(reference_counts, side="reference"), shares(current_counts, side="current")
    if not (p.size == q.size == edges.size - 1 and np.isfinite(edges).all() and (np.diff(edges) > 0).all()):
        raise ValueError(f"{edges.size} ascending cuts close {edges.size - 1} bins, got {p.size} and {q.size} counts")
    start = np.concatenate([[0.0], np.cumsum(p - q)[:-1]])
    lowest, highest, widths = start - q, start + p, np.diff(edges)
    least = np.maximum(0.0, np.maximum(lowest, -highest))
    return exact_sum(least * widths), exact_sum(np.maximum(-lowest, highest) * widths)


def interquartile_range(reference: npt.ArrayLike) -> float:
    """Return the reference's third quartile minus its first (linear interpolation, numpy's default).

    Raises Undecidable where it is 0: half of the reference is one value, which gives no scale.
    """
    values = _finite_sorted(reference, side="reference")
    first, third = np.quantile(values, [0.25, 0.75])
    if third == first:
        raise Undecidable(
            "the reference's interquartile range is 0, so a distance has no scale; compare shares instead"
        )
    return float(third - first)


def wasserstein_scaled(reference: npt.ArrayLike, current: npt.ArrayLike) -> float:
    """Return the distance over the reference's interquartile range, a pure number.

    The usual scale, the standard deviation, is what one sentinel of 1e6 on each side inflates until a shift of a
    whole standard deviation reads as 0.0001. Raises Undecidable as its parts do.
    """
    return wasserstein(reference, current) / interquartile_range(reference)


def wasserstein_clipped(reference: npt.ArrayLike, current: npt.ArrayLike, *, level: float = DEFAULT_LEVEL) -> Estimate:
    """Return the scaled distance after both sides are clipped to the reference's quantiles 0.001 and 0.999.

    A row beyond counts as one at the quantile, so a single row moves the value by at most the clipped range over n.
    The interval is normal: the distance is the difference of the means of the Kantorovich potential phi,
    phi' = -sign(F - G), so its variance is var(phi(X))/n + var(phi(Y))/m with the scale taken as fixed. Its lower end
    is lowered by the distance's mean without drift, so it is conservative there. Infinities are clipped like any value.
    Raises Undecidable where a side has no values or the interquartile range is 0. Source: del Barrio et al. 1999.
    """
    first, second = _present_sorted(reference, side="reference"), _present_sorted(current, side="current")
    lower, upper = _order_quantile(first, CLIP_TAIL), _order_quantile(first, 1.0 - CLIP_TAIL)
    if not (np.isfinite(lower) and np.isfinite(upper)):
        raise Undecidable("more than a thousandth of the reference is infinite at one end")
    first, second = np.clip(first, lower, upper), np.clip(second, lower, upper)
    scale = interquartile_range(first)
    value = _distance(first, second) / scale
    half_width = two_sided_z(level) * _standard_error(first, second)
    lowest = max(0.0, value - (half_width + _mean_without_drift(first, second)) / scale)
    interval = Interval(lowest, value + half_width / scale, level, "kantorovich-normal")
    return Estimate(value, interval, first.size + second.size)


def _distance(first: Floats, second: Floats) -> float:
    grid, gap = _gap(first, second)
    return exact_sum(np.abs(gap) * np.diff(grid))


def _gap(first: Floats, second: Floats) -> tuple[Floats, Floats]:
    """Return the sorted pooled values and F - G between each two neighbours."""
    grid = np.sort(np.concatenate([first, second]), kind="stable")
    above = np.searchsorted(first, grid[:-1], side="right") / first.size
    below = np.searchsorted(second, grid[:-1], side="right") / second.size
    return grid, above - below


def _standard_error(first: Floats, second: Floats) -> float:
    grid, gap = _gap(first, second)
    potential = np.concatenate([[0.0], np.cumsum(-np.sign(gap) * np.diff(grid))])
    spread = (np.var(np.interp(side, grid, potential)) / side.size for side in (first, second))
    return float(np.sqrt(sum(spread)))


def _mean_without_drift(first: Floats, second: Floats) -> float:
    """Return sqrt(2 / pi) sqrt(1/n + 1/m) times the integral of sqrt(H (1 - H)), H the pooled distribution."""
    grid = np.sort(np.concatenate([first, second]), kind="stable")
    below = np.arange(1, grid.size) / grid.size
    integral = float((np.sqrt(below * (1.0 - below)) * np.diff(grid)).sum())
    return float(np.sqrt(2.0 / np.pi * (1.0 / first.size + 1.0 / second.size))) * integral


def _order_quantile(ascending: Floats, share: float) -> float:
    return float(ascending[min(max(int(np.ceil(share * ascending.size)) - 1, 0), ascending.size - 1)])


def _present_sorted(values: npt.ArrayLike, *, side: str) -> Floats:
    array = np.asarray(values, dtype=np.float64).ravel()
    present = np.sort(array[~np.isnan(array)])
    if present.size == 0:
        raise Undecidable(f"the {side} has no values")
    return present


def _finite_sorted(values: npt.ArrayLike, *, side: str) -> Floats:
    present = _present_sorted(values, side=side)
    infinite = int(np.isinf(present).sum())
    if infinite:
        raise Undecidable(f"the {side} is infinite in {infinite} of {present.size} rows, so it has no distance")
    return present
