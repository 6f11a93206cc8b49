"""Rows by slice: all of them, then every combination of values that occurs, in the order of the values' texts."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from promoter.errors import Undecidable
from promoter.measure.aggregate import Coded, slice_of
from promoter.measure.measurement import Slice

Rows = npt.NDArray[np.int64] | slice
ALL_ROWS = slice(None)

MOST_SLICES = 10_000


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
    combined = np.zeros(coded[0].codes.size, dtype=np.int64)
    for column in coded:
        combined = combined * len(column.values) + column.codes
    order = np.argsort(combined, kind="stable")
    occurring, starts = np.unique(combined[order], return_index=True)
    if occurring.size > MOST_SLICES:
        raise Undecidable(f"{' x '.join(names)} has {occurring.size} slices, at most {MOST_SLICES} are measured")
    for code, rows in zip(occurring.tolist(), np.split(order, starts[1:]), strict=True):
        yield slice_of(names, _values(code, coded)), rows


def _values(code: int, coded: Sequence[Coded]) -> tuple[str, ...]:
    """Return the values behind a combined code, last column first to come apart."""
    values: list[str] = []
    for column in reversed(coded):
        code, own = divmod(code, len(column.values))
        values.append(column.values[own])
    return tuple(reversed(values))
