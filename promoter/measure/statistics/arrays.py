"""The guards at the edge of every statistic: refused values come with their count."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from promoter.errors import Undecidable

Floats = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]
Bits = npt.NDArray[np.bool_]

BLOCK_ROWS = 1 << 16
"""Rows that long statistics look at together: their temporaries stay in the cache, and memory does not grow with n."""


def finite_floats(values: npt.ArrayLike, *, name: str) -> Floats:
    """Return a non-empty (n,) float64 array. Raises Undecidable on text, NaN, infinities and no rows."""
    array = _flat(values, name=name).astype(np.float64, copy=False)
    bad = array.size - int(np.count_nonzero(np.isfinite(array)))
    if bad:
        raise Undecidable(f"{name} is NaN or infinite in {bad} of {array.size} rows")
    return array


def binary_labels(values: npt.ArrayLike, *, name: str = "label") -> Bits:
    """Return a non-empty (n,) bool array. Raises Undecidable on any value other than 0, 1, False, True."""
    array = _flat(values, name=name)
    if array.dtype == np.bool_:
        return array
    ones = array == 1
    bad = array.size - int(np.count_nonzero(ones | (array == 0)))
    if bad:
        raise Undecidable(f"{name} is neither 0 nor 1 in {bad} of {array.size} rows")
    return np.asarray(ones, dtype=np.bool_)


def probabilities(values: npt.ArrayLike, *, name: str = "score") -> Floats:
    """Return a non-empty (n,) float64 array in [0, 1]. Raises Undecidable on anything outside."""
    array = finite_floats(values, name=name)
    outside = int(np.count_nonzero((array < 0.0) | (array > 1.0)))
    if outside:
        raise Undecidable(f"{name} is not a probability in {outside} of {array.size} rows: outside of [0, 1]")
    return array


def blocks_of(array: npt.NDArray[Any], rows: int = BLOCK_ROWS) -> Iterator[npt.NDArray[Any]]:
    """Yield views of an array, (rows,) each and the last one shorter; none for an empty one."""
    for start in range(0, array.size, rows):
        yield array[start : start + rows]


def require_same_length(**arrays: npt.NDArray[Any]) -> None:
    """Raise Undecidable unless all of the named arrays have the same length."""
    sizes = {name: array.size for name, array in arrays.items()}
    if len(set(sizes.values())) > 1:
        text = ", ".join(f"{name} has {size}" for name, size in sizes.items())
        raise Undecidable(f"the rows are not aligned: {text}")


def _flat(values: npt.ArrayLike, *, name: str) -> npt.NDArray[Any]:
    array = np.asarray(values)
    if array.ndim != 1:
        raise Undecidable(f"{name} has {array.ndim} dimensions, a column has 1")
    if array.size == 0:
        raise Undecidable(f"{name} has no rows")
    if array.dtype.kind not in "biuf":
        raise Undecidable(f"{name} is not numeric (dtype {array.dtype})")
    return array
