"""Sums that have one value, whatever the order of the rows or the number of threads that read them.

A float64 is mantissa * 2**exponent with a 53-bit integer mantissa. Each mantissa is split into a high part
of 26 and a low part of 27 bits, both are summed by exponent in float64, where sums of fewer than 2**26 such
integers are exact, and the partial sums are joined as Python integers. The one rounding is the last division,
so the result equals math.fsum's, in a few vector passes. Idea: Neal 2015 (arXiv 1505.05571).
"""

import numpy as np
import numpy.typing as npt

from promoter.errors import Undecidable
from promoter.measure.statistics.arrays import Floats

_CHUNK_ROWS = 1 << 18
_LOW_BITS = 27
_HIGH_BITS = 26
_SMALLEST_EXPONENT = -1073


def exact_sum(values: npt.ArrayLike) -> float:
    """Return the correctly rounded sum of the numbers; 0.0 for none.

    Raises Undecidable on NaN, infinities, and where the sum leaves the range of float64.
    """
    array = np.asarray(values, dtype=np.float64).ravel()
    if not np.isfinite(array).all():
        raise Undecidable("a sum over NaN or infinite values does not exist")
    total = 0
    for start in range(0, array.size, _CHUNK_ROWS):
        total += _scaled_sum(array[start : start + _CHUNK_ROWS])
    try:
        return total / (1 << (_HIGH_BITS + _LOW_BITS - _SMALLEST_EXPONENT))
    except OverflowError as overflow:
        raise Undecidable("a sum is larger than the largest number") from overflow


def exact_mean(values: npt.ArrayLike) -> float:
    """Return the exact sum over the count. Raises Undecidable where there are no values."""
    array = np.asarray(values, dtype=np.float64)
    if array.size == 0:
        raise Undecidable("a mean over no rows does not exist")
    return exact_sum(array) / array.size


def _scaled_sum(values: Floats) -> int:
    """Return the sum times 2**(53 - smallest exponent) as an integer."""
    mantissa, exponent = np.frexp(values)
    mantissa *= 1 << _HIGH_BITS
    high = np.floor(mantissa)
    low = (mantissa - high) * (1 << _LOW_BITS)
    first = int(exponent.min())
    offset = exponent - first
    highs = np.bincount(offset, weights=high)
    lows = np.bincount(offset, weights=low)
    total = 0
    for position in np.flatnonzero((highs != 0.0) | (lows != 0.0)).tolist():
        part = (int(highs[position]) << _LOW_BITS) + int(lows[position])
        total += part << (position + first - _SMALLEST_EXPONENT)
    return total
