"""Sums that have one value, whatever the order of the rows or the number of threads that read them.

Each number is split at a fixed bit into a part that is a multiple of that bit, taken by adding and subtracting a large
anchor, and an exact rest. The parts of a block then add up without any rounding, in any order, and so do those of the
rests, split again until nothing is left. Few partial sums remain, and math.fsum joins them with the one rounding, so
the result equals math.fsum's of all numbers, in a few vector passes. Source: Rump, Ogita and Oishi 2008
(ExtractVector); Demmel and Nguyen 2013 for the blocks.
"""

import math
from collections.abc import Iterable, Iterator
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from promoter.errors import Undecidable
from promoter.measure.statistics.arrays import Floats, blocks_of

_ROW_BITS = 14
"""A block has at most 2**14 numbers: 128 KB, so that its passes stay in the cache, and their sum needs 14 bits more."""

_FEW = 64
"""Numbers that math.fsum adds up faster than they are split: the bins of a table, the rows of a small group."""

_NOT_FINITE = "a sum over NaN or infinite values does not exist"

_LARGEST_EXPONENT = 1023 - _ROW_BITS
_SMALLEST_EXPONENT = -1021 - _ROW_BITS
"""Below 2**this, all numbers are multiples of the least one, and a block's plain sum is exact."""


def exact_sum(values: npt.ArrayLike) -> float:
    """Return the correctly rounded sum of the numbers; 0.0 for none.

    Raises Undecidable on NaN, infinities, and where the sum leaves the range of float64.
    """
    return exact_sum_of_blocks((np.asarray(values, dtype=np.float64).ravel(),))


def exact_sum_of_blocks(blocks: Iterable[Floats]) -> float:
    """Return `exact_sum` of all numbers of the blocks, (n,) each; one block is in memory at a time."""
    total = ExactSum()
    for block in blocks:
        total.add(block)
    return total.value


class ExactSum:
    """A sum that blocks of numbers are added to."""

    def __init__(self) -> None:
        self._parts: list[float] = []

    def add(self, values: Floats) -> None:
        """Add (n,) numbers. Raises Undecidable on NaN and infinities."""
        for piece in blocks_of(values, 1 << _ROW_BITS):
            self._parts.extend(_parts(piece))

    @property
    def value(self) -> float:
        """The correctly rounded sum. Raises Undecidable where it leaves the range of float64."""
        try:
            return math.fsum(self._parts)
        except OverflowError:
            return _sum_of_large(self._parts)


def exact_mean(values: npt.ArrayLike) -> float:
    """Return the exact sum over the count. Raises Undecidable where there are no values."""
    array = np.asarray(values, dtype=np.float64)
    if array.size == 0:
        raise Undecidable("a mean over no rows does not exist")
    return exact_sum(array) / array.size


def _parts(rest: Floats) -> Iterator[float]:
    """Yield numbers whose sum is exactly that of the block."""
    if rest.size <= _FEW:
        numbers = rest.tolist()
        if not all(map(math.isfinite, numbers)):
            raise Undecidable(_NOT_FINITE)
        yield from numbers
        return
    while greatest := max(float(rest.max()), -float(rest.min())):
        if not math.isfinite(greatest):
            raise Undecidable(_NOT_FINITE)
        exponent = math.frexp(greatest)[1]
        if exponent > _LARGEST_EXPONENT:
            yield from rest.tolist()
            return
        if exponent < _SMALLEST_EXPONENT:
            yield float(rest.sum())
            return
        anchor = math.ldexp(1.5, exponent + _ROW_BITS)
        multiples = rest + anchor
        multiples -= anchor
        yield float(multiples.sum())
        rest = rest - multiples


def _sum_of_large(parts: list[float]) -> float:
    """Return the sum of numbers whose partial sums leave the range of float64."""
    try:
        return float(sum(map(Fraction, parts), start=Fraction(0)))
    except OverflowError as overflow:
        raise Undecidable("a sum is larger than the largest number") from overflow
