"""F - G, the difference of two empirical distributions, on segments on which it does not change its sign.

1. Cut the line at every 256th value of each sorted side, and where distances are clipped. At a cut F - G is known.
2. Between two cuts, where F - G starts at d and the sides hold shares p and q, it stays within [d - q, d + p].
3. Where that holds 0, or reaches beyond the greatest |F - G| of all cuts, every 32nd value becomes a cut, and so on
   until every value there is one.

What is left has one sign a segment, so distances follow from sums of values over segments, and the greatest
difference stands at a cut: the numbers are those of all values, at a tenth of the cost of merging the sides.
"""

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from promoter.errors import Undecidable
from promoter.measure.statistics.arrays import BLOCK_ROWS, Bits, Counts, Floats

STRIDE = 256
"""Values between two first cuts."""

_STEPS = (32, 4, 1)
"""Values between two cuts where the first cuts decide nothing; the last step is every value."""

_CUT_AT_ALL = 4_096
"""Rows of a side up to which every value is a cut."""

CLIP_TAIL = 0.001
"""Share of the first side at each end beyond which a clipped distance moves values to the quantile."""


@dataclass(frozen=True, slots=True, eq=False)
class Side:
    """A sorted column and where the cuts (k,) fall in it: values before each, and values up to and at each.

    `sums` and `square_sums`, (k - 1,), are of (x - origin) and its square over the values strictly between two cuts;
    they are added up in the order of the values, whatever the order of the rows was.
    """

    values: Floats
    before: Counts
    through: Counts
    sums: Floats
    square_sums: Floats

    @property
    def between(self) -> Counts:
        """Values strictly between each two cuts, (k - 1,)."""
        return self.before[1:] - self.through[:-1]


@dataclass(frozen=True, slots=True, eq=False)
class Segments:
    """Cuts (k,), strictly ascending, from the least to the greatest value of both sides, and the sides on them.

    `origin` is a value among them from which the sides' sums are taken, so that a column far from 0 keeps its digits.
    """

    cuts: Floats
    origin: float
    first: Side
    second: Side

    @property
    def greatest_gap(self) -> float:
        """The greatest |F - G| over all values."""
        n, m = self.first.values.size, self.second.values.size
        return int(np.abs(self.first.through * m - self.second.through * n).max()) / (n * m)


def present_ascending(values: npt.ArrayLike) -> Floats:
    """Return the values (n,) in ascending order, NaN left out."""
    return without_missing(np.sort(np.asarray(values, dtype=np.float64).ravel()))


def without_missing(ascending: Floats) -> Floats:
    """Return the values (n,) of a column in ascending order, NaN last, without NaN."""
    return ascending[: int(np.searchsorted(ascending, np.nan))]


def clip_ends(ascending: Floats) -> tuple[float, float]:
    """Return the order statistics at the shares CLIP_TAIL and 1 - CLIP_TAIL."""
    ranks = (max(int(np.ceil(share * ascending.size)) - 1, 0) for share in (CLIP_TAIL, 1.0 - CLIP_TAIL))
    lower, upper = (float(ascending[min(rank, ascending.size - 1)]) for rank in ranks)
    return lower, upper


def segments(first: Floats, second: Floats, *, stride: int | None = None) -> Segments:
    """Return the segments of two ascending columns, NaN left out, infinities ordered as numbers.

    Raises Undecidable where a side has no values.
    """
    for values, name in ((first, "reference"), (second, "current")):
        if values.size == 0:
            raise Undecidable(f"the {name} has no values")
    cuts = _distinct(_every(first, stride), _every(second, stride), np.asarray(clip_ends(first)))  # 1
    places = [_places(side, cuts) for side in (first, second)]
    for step in _STEPS:  # 3
        unsettled = _unsettled(*places, sizes=(first.size, second.size))
        if not unsettled.any():
            break
        inner = [_between(side, *own, unsettled)[::step] for side, own in zip((first, second), places, strict=True)]
        added = _distinct(*inner)
        at = np.searchsorted(cuts, added)
        cuts = np.insert(cuts, at, added)
        places = [_merged(own, _places(side, added), at) for side, own in zip((first, second), places, strict=True)]
    middle = float(first[first.size // 2])
    origin = middle if math.isfinite(middle) else 0.0
    sides = (_side(side, *own, origin=origin) for side, own in zip((first, second), places, strict=True))
    return Segments(cuts, origin, *sides)


def _every(values: Floats, stride: int | None) -> Floats:
    """Return every value of a short side, else one in `stride` and the last."""
    step = stride or (1 if values.size <= _CUT_AT_ALL else STRIDE)
    return np.append(values[::step], values[-1])


def _distinct(*parts: Floats) -> Floats:
    pooled = np.concatenate(parts)
    pooled.sort()
    is_first = np.append(True, pooled[1:] != pooled[:-1])
    return np.asarray(pooled[is_first], dtype=np.float64)


def _places(values: Floats, cuts: Floats) -> tuple[Counts, Counts]:
    """Return the values before and through each cut; one search does where a cut is at most one value."""
    through = np.searchsorted(values, cuts, side="right")
    is_value = (values[through - 1] == cuts) & (through > 0)
    before = through - is_value
    is_repeated = is_value & (before > 0) & (values[before - 1] == cuts)
    before[is_repeated] = np.searchsorted(values, cuts[is_repeated], side="left")
    return before, through


def _merged(places: tuple[Counts, Counts], added: tuple[Counts, Counts], at: Counts) -> tuple[Counts, Counts]:
    return np.insert(places[0], at, added[0]), np.insert(places[1], at, added[1])


def _unsettled(first: tuple[Counts, Counts], second: tuple[Counts, Counts], *, sizes: tuple[int, int]) -> Bits:
    """Return which segments, (k - 1,), may hold another sign, 0 or the greatest difference, and hold values.

    In whole numbers, n m (F - G): exact below 3e9 rows a side.
    """
    n, m = sizes
    gaps = first[1] * m - second[1] * n
    highest = first[0][1:] * m - second[1][:-1] * n
    lowest = first[1][:-1] * m - second[0][1:] * n
    has_values = (highest > gaps[:-1]) | (lowest < gaps[:-1])
    may_be_greatest = np.maximum(highest, -lowest) > np.abs(gaps).max()
    return np.asarray(has_values & (((lowest <= 0) & (highest >= 0)) | may_be_greatest), dtype=np.bool_)


def _between(values: Floats, before: Counts, through: Counts, chosen: Bits) -> Floats:
    """Return the values strictly inside of the chosen segments."""
    starts = through[:-1][chosen]
    counts = before[1:][chosen] - starts
    shifts = np.repeat(starts - (np.cumsum(counts) - counts), counts)
    return np.asarray(values[np.arange(shifts.size) + shifts], dtype=np.float64)


def _side(values: Floats, before: Counts, through: Counts, *, origin: float) -> Side:
    """Return a side with its sums, taken over the segments that start in one block of values at a time."""
    starts, stops = through[:-1], before[1:]
    sums, square_sums = np.zeros(starts.size), np.zeros(starts.size)
    bounds = np.unique(np.searchsorted(starts, np.arange(0, values.size + BLOCK_ROWS, BLOCK_ROWS)))
    with np.errstate(over="ignore", invalid="ignore"):
        for first, last in pairwise(bounds.tolist()):
            chosen = slice(first, last)
            offset, end = int(starts[first]), int(stops[last - 1])
            shifted = np.zeros(end - offset + 1)
            np.subtract(values[offset:end], origin, out=shifted[:-1])
            ends = np.stack([starts[chosen], stops[chosen]], axis=1).ravel() - offset
            has_some = starts[chosen] < stops[chosen]
            np.copyto(sums[chosen], np.add.reduceat(shifted, ends)[::2], where=has_some)
            np.square(shifted, out=shifted)
            np.copyto(square_sums[chosen], np.add.reduceat(shifted, ends)[::2], where=has_some)
    return Side(values, before, through, sums, square_sums)
