"""Rows by slice: all of them, then every combination of values that occurs, in the order of the values' texts."""

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from promoter.errors import Undecidable
from promoter.measure.aggregate import Coded, slice_of
from promoter.measure.measurement import Slice

Rows = npt.NDArray[np.int64] | slice
ALL_ROWS = slice(None)

MOST_SLICES = 10_000

_FEW_SLICES = 32
_BYTES_COUNTED = 2


def slice_columns(slices: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    """Return every column that some slicing uses, once, in the order of first use."""
    return tuple(dict.fromkeys(column for combination in slices for column in combination))


def each_slice(slices: Sequence[tuple[str, ...]], columns: Mapping[str, Coded]) -> Iterator[tuple[Slice, Rows]]:
    """Yield each combination of values that occurs with the places of its rows, in file order.

    Raises Undecidable for a combination of columns with more than MOST_SLICES slices.
    """
    for combination in dict.fromkeys(slices):
        if combination:
            yield from _of_combination(combination, [columns[name] for name in combination])


def _of_combination(names: tuple[str, ...], coded: Sequence[Coded]) -> Iterator[tuple[Slice, Rows]]:
    combined = _combined(coded)
    occurring = _occurring(combined)
    if occurring.size > MOST_SLICES:
        raise Undecidable(f"{' x '.join(names)} has {occurring.size} slices, at most {MOST_SLICES} are measured")
    for code, rows in zip(occurring.tolist(), _places(combined, occurring), strict=True):
        yield slice_of(names, _values(code, coded)), rows


def _combined(coded: Sequence[Coded]) -> npt.NDArray[Any]:
    """Return one code a row for the columns together, in as few bytes as hold it: a byte a row is sorted fastest."""
    combinations = math.prod(len(column.values) for column in coded)
    dtype = np.min_scalar_type(max(combinations - 1, 0))
    combined = coded[0].codes.astype(dtype)
    for column in coded[1:]:
        combined *= dtype.type(len(column.values))
        combined += column.codes.astype(dtype, copy=False)
    return combined


def _occurring(combined: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Return the codes that occur, ascending."""
    if combined.dtype.itemsize > _BYTES_COUNTED:
        return np.unique(combined)
    rows = np.zeros(1 << (8 * combined.dtype.itemsize), dtype=np.bool_)
    rows[combined] = True
    return np.flatnonzero(rows)


def _places(combined: npt.NDArray[Any], occurring: npt.NDArray[Any]) -> Iterator[Rows]:
    """Yield the rows of each code: looked up code by code where they are few, which holds one slice in memory."""
    if occurring.size <= _FEW_SLICES:
        for code in occurring:
            yield np.flatnonzero(combined == code)
        return
    order = np.argsort(combined, kind="stable")
    starts = np.searchsorted(combined[order], occurring)
    yield from np.split(order, starts[1:])


def _values(code: int, coded: Sequence[Coded]) -> tuple[str, ...]:
    """Return the values behind a combined code, last column first to come apart."""
    values: list[str] = []
    for column in reversed(coded):
        code, own = divmod(code, len(column.values))
        values.append(column.values[own])
    return tuple(reversed(values))
