"""Wasserstein-1 distance of two columns, and forms of it that one planted row cannot blind."""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from promoter.errors import Undecidable
from promoter.measure.measurement import Interval
from promoter.measure.statistics.arrays import Floats
from promoter.measure.statistics.drift_segments import Segments, Side, clip_ends, present_ascending, segments
from promoter.measure.statistics.estimate import Estimate
from promoter.measure.statistics.exact import exact_sum
from promoter.measure.statistics.folded import folded_excess
from promoter.measure.statistics.intervals import DEFAULT_LEVEL, two_sided_z


def wasserstein(reference: npt.ArrayLike, current: npt.ArrayLike) -> float:
    """Return the integral of |F(x) - G(x)| dx, in the column's unit, NaN left out, as scipy's wasserstein_distance.

    One far row moves it without bound; for a verdict take `wasserstein_scaled` or `wasserstein_clipped`.
    Raises Undecidable where a side has no values or an infinity. Source: Vallender 1974.
    """
    return wasserstein_on(segments(present_ascending(reference), present_ascending(current)))


def wasserstein_estimate(reference: npt.ArrayLike, current: npt.ArrayLike, *, level: float = DEFAULT_LEVEL) -> Estimate:
    """Return `wasserstein` with the interval of `wasserstein_clipped`, without its clip and its scale.

    It holds for columns with a variance; far rows that few samples hold are in none of it.
    None where the squares of the values are larger than the largest number. Errors as `wasserstein`.
    """
    return wasserstein_estimate_on(segments(present_ascending(reference), present_ascending(current)), level=level)


def wasserstein_estimate_on(found: Segments, *, level: float = DEFAULT_LEVEL) -> Estimate:
    """Return `wasserstein_estimate` of two columns on their segments."""
    value, n = wasserstein_on(found), found.first.values.size + found.second.values.size
    stretch = _stretch(found, 0, found.cuts.size - 1)
    with np.errstate(over="ignore", invalid="ignore"):
        half_width = two_sided_z(level) * _standard_error(stretch)
    if not math.isfinite(half_width):
        return Estimate(value, None, n)
    return Estimate(value, _around(value, half_width, _noise(stretch), level=level), n)


def wasserstein_on(found: Segments) -> float:
    """Return `wasserstein` of two columns on their segments."""
    for side, name in ((found.first, "reference"), (found.second, "current")):
        infinite = int(np.isinf(side.values).sum())
        if infinite:
            raise Undecidable(f"the {name} is infinite in {infinite} of {side.values.size} rows, so it has no distance")
    return exact_sum(np.abs(_stretch(found, 0, found.cuts.size - 1).areas))


def interquartile_range(reference: npt.ArrayLike) -> float:
    """Return the reference's third quartile minus its first (linear interpolation, numpy's default).

    Raises Undecidable where it is 0: half of the reference is one value, which gives no scale.
    """
    return _interquartile_range(present_ascending(reference))


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
    phi' = -sign(F - G), so its variance is var(phi(X))/n + var(phi(Y))/m, and to it comes that of the scale, as if the
    two were independent. Noise makes
    |F - G| too large where it is small: the lower end leaves that excess out, and is 0 unless the distance exceeds its
    mean without drift by z errors. The upper end keeps it: with the excess goes some of the spread (simulated).
    Infinities are clipped like any value.
    Raises Undecidable where a side has no values or the interquartile range is 0. Source: del Barrio et al. 1999.
    """
    return wasserstein_clipped_on(segments(present_ascending(reference), present_ascending(current)), level=level)


def wasserstein_clipped_on(found: Segments, *, level: float = DEFAULT_LEVEL) -> Estimate:
    """Return `wasserstein_clipped` of two columns on their segments.

    Above 4,096 rows a side the noise in |F - G| is integrated by Simpson's rule on the segments: the lower end keeps
    three digits. Value and upper end are those of all values.
    """
    lower, upper = clip_ends(found.first.values)
    if not (math.isfinite(lower) and math.isfinite(upper)):
        raise Undecidable("more than a thousandth of the reference is infinite at one end")
    scale = _interquartile_range(found.first.values)
    stretch = _stretch(found, *np.searchsorted(found.cuts, [lower, upper]).tolist())
    value = exact_sum(np.abs(stretch.areas)) / scale
    with np.errstate(over="ignore", invalid="ignore"):
        distance_error = _standard_error(stretch)
    half_width = two_sided_z(level) * math.hypot(distance_error, value * _scale_error(found.first.values)) / scale
    if not math.isfinite(half_width):
        raise Undecidable("the squares of the values are larger than the largest number")
    noise, noise_without_drift = _noise(stretch)
    interval = _around(value, half_width, (noise / scale, noise_without_drift / scale), level=level)
    return Estimate(value, interval, found.first.values.size + found.second.values.size)


def _around(value: float, half_width: float, noises: tuple[float, float], *, level: float) -> Interval:
    """Return the interval of a distance whose noise is known, and what it would be without drift."""
    noise, noise_without_drift = noises
    lowest = max(0.0, value - noise - half_width) if value > noise_without_drift + half_width else 0.0
    return Interval(lowest, value + half_width, level, "kantorovich-normal-debiased")


@dataclass(frozen=True, slots=True, eq=False)
class _OnStretch:
    """A side on a stretch of k segments, values beyond counted at its ends: at (k + 1,), the others (k,)."""

    at: Floats
    between: Floats
    sums: Floats
    square_sums: Floats

    @property
    def n(self) -> float:
        """Rows."""
        return float(self.at.sum() + self.between.sum())

    @property
    def through(self) -> Floats:
        """Rows up to and at each cut but the last, (k,)."""
        return np.cumsum(self.at)[:-1] + np.cumsum(self.between) - self.between


@dataclass(frozen=True, slots=True, eq=False)
class _Stretch:
    """Segments between two cuts: cuts (k + 1,) less the origin, and the integral of F - G on each, (k,)."""

    cuts: Floats
    first: _OnStretch
    second: _OnStretch
    areas: Floats


def _stretch(found: Segments, start: int, stop: int) -> _Stretch:
    """Return the segments from one cut to another, both finite.

    On a segment from a to b the integral of F is F(a) (b - a) plus the mean over all rows of (b - x) for values inside.
    F - G is taken as a whole number over n m: where both are near 1, a far cut would enlarge their rounding.
    """
    cuts = found.cuts[start : stop + 1] - found.origin
    first, second = (_on_stretch(side, start, stop) for side in (found.first, found.second))
    n, m = first.n, second.n
    gaps = (first.through * m - second.through * n) / (n * m)
    inside = (cuts[1:] * first.between - first.sums) / n - (cuts[1:] * second.between - second.sums) / m
    return _Stretch(cuts, first, second, gaps * np.diff(cuts) + inside)


def _on_stretch(side: Side, start: int, stop: int) -> _OnStretch:
    at = (side.through - side.before)[start : stop + 1].astype(np.float64)
    at[0] = side.through[start]
    at[-1] = side.values.size - side.before[stop]
    inside = slice(start, stop)
    return _OnStretch(at, side.between[inside].astype(np.float64), side.sums[inside], side.square_sums[inside])


def _standard_error(stretch: _Stretch) -> float:
    """Return sqrt(var(phi(X))/n + var(phi(Y))/m); phi is linear on each segment, with the slope -sign(F - G)."""
    slopes = -np.sign(stretch.areas)
    potential = np.concatenate([[0.0], np.cumsum(slopes * np.diff(stretch.cuts))])
    offsets = potential[:-1] - slopes * stretch.cuts[:-1]
    total = 0.0
    for side in (stretch.first, stretch.second):
        inside = offsets * side.between + slopes * side.sums
        mean = float((side.at * potential).sum() + inside.sum()) / side.n
        squares = offsets**2 * side.between + 2.0 * offsets * slopes * side.sums + slopes**2 * side.square_sums
        variance = float((side.at * potential**2).sum() + squares.sum()) / side.n - mean * mean
        total += max(variance, 0.0) / side.n
    return math.sqrt(total)


def _noise(stretch: _Stretch) -> tuple[float, float]:
    """Return the integrals of the excess of |F - G| by its noise, and of what it would be if F were G.

    The noise at x has variance (1/n + 1/m) H (1 - H), H the pooled distribution, and without drift a mean of
    sqrt(2 / pi) errors. Each integral is by Simpson's rule from the start, middle and end of the segments.
    """
    n, m = stretch.first.n, stretch.second.n
    first = stretch.first.through, stretch.first.through + stretch.first.between
    second = stretch.second.through, stretch.second.through + stretch.second.between
    places = ((first[0], second[0], 1.0), (sum(first) / 2.0, sum(second) / 2.0, 4.0), (first[1], second[1], 1.0))
    widths = np.diff(stretch.cuts) / 6.0
    noise = without_drift = 0.0
    for of_first, of_second, weight in places:
        pooled = (of_first + of_second) / (n + m)
        errors = np.sqrt(pooled * (1.0 - pooled) * (1.0 / n + 1.0 / m))
        excess = folded_excess(np.abs(of_first / n - of_second / m), errors)
        noise += weight * float((excess * widths).sum())
        without_drift += weight * math.sqrt(2.0 / math.pi) * float((errors * widths).sum())
    return noise, without_drift


def _interquartile_range(ascending: Floats) -> float:
    first, third = (_quantile(ascending, share) for share in (0.25, 0.75))
    if not math.isfinite(third - first):
        raise Undecidable(
            "the reference's interquartile range is beyond the largest number, so a distance has no scale"
        )
    if third == first:
        raise Undecidable(
            "the reference's interquartile range is 0, so a distance has no scale; compare shares instead"
        )
    return third - first


def _scale_error(ascending: Floats) -> float:
    """Return the standard error of the interquartile range, each quartile's from the ranks one error around it.

    Ranks n p -+ sqrt(n p (1 - p)) span two errors; the quartiles' correlation is 1/3. Source: David and Nagaraja 2003,
    section 10.2 (joint law of two sample quantiles).
    """
    n = ascending.size
    reach = math.sqrt(0.1875 / n)
    first, third = (
        (_quantile(ascending, min(1.0, share + reach)) - _quantile(ascending, max(0.0, share - reach))) / 2.0
        for share in (0.25, 0.75)
    )
    return math.hypot(first - third / 3.0, third * math.sqrt(8.0) / 3.0)


def _quantile(ascending: Floats, share: float) -> float:
    place = share * (ascending.size - 1)
    below = math.floor(place)
    start, end = float(ascending[below]), float(ascending[min(below + 1, ascending.size - 1)])
    return start + (end - start) * (place - below)
