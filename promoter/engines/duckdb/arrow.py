"""Columns of numbers out of DuckDB by Arrow's C interface, for which the standard library's ctypes is enough.

A third cheaper than `fetchnumpy`, and Python's lock is free while DuckDB works.
Source: https://arrow.apache.org/docs/format/CDataInterface.html and CStreamInterface.html.
"""

import ctypes
from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

_DTYPES = {b"g": "f8", b"l": "i8", b"c": "i1", b"C": "u1", b"S": "u2", b"I": "u4"}
"""Arrow's word for a type, and numpy's: all that our own SQL asks for."""


class _Schema(ctypes.Structure):
    """struct ArrowSchema."""


class _Array(ctypes.Structure):
    """struct ArrowArray."""


class _Stream(ctypes.Structure):
    """struct ArrowArrayStream."""


_Schema._fields_ = [
    ("format", ctypes.c_char_p),
    ("name", ctypes.c_char_p),
    ("metadata", ctypes.c_void_p),
    ("flags", ctypes.c_int64),
    ("n_children", ctypes.c_int64),
    ("children", ctypes.POINTER(ctypes.POINTER(_Schema))),
    ("dictionary", ctypes.c_void_p),
    ("release", ctypes.CFUNCTYPE(None, ctypes.POINTER(_Schema))),
    ("private_data", ctypes.c_void_p),
]
_Array._fields_ = [
    ("length", ctypes.c_int64),
    ("null_count", ctypes.c_int64),
    ("offset", ctypes.c_int64),
    ("n_buffers", ctypes.c_int64),
    ("n_children", ctypes.c_int64),
    ("buffers", ctypes.POINTER(ctypes.c_void_p)),
    ("children", ctypes.POINTER(ctypes.POINTER(_Array))),
    ("dictionary", ctypes.c_void_p),
    ("release", ctypes.CFUNCTYPE(None, ctypes.POINTER(_Array))),
    ("private_data", ctypes.c_void_p),
]
_Stream._fields_ = [
    ("get_schema", ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(_Stream), ctypes.POINTER(_Schema))),
    ("get_next", ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(_Stream), ctypes.POINTER(_Array))),
    ("get_last_error", ctypes.CFUNCTYPE(ctypes.c_char_p, ctypes.POINTER(_Stream))),
    ("release", ctypes.CFUNCTYPE(None, ctypes.POINTER(_Stream))),
    ("private_data", ctypes.c_void_p),
]

_pointer = ctypes.pythonapi.PyCapsule_GetPointer
_pointer.restype, _pointer.argtypes = ctypes.c_void_p, [ctypes.py_object, ctypes.c_char_p]


class StreamError(Exception):
    """What DuckDB says of rows that it could not give."""


def columns_of(relation: Any, *, capacity: int) -> list[npt.NDArray[Any]]:
    """Return every column (n,) of a relation in its order: numbers that are never null.

    Rows up to `capacity`, a guess, are put where they stay; more are copied once or twice more. Raises StreamError
    where a row cannot be read, and what DuckDB raises where the query cannot be begun.
    """
    capsule, stream = _opened(relation)
    columns = [np.empty(capacity, dtype=dtype) for dtype in _dtypes(stream)]
    rows = 0
    for parts in _parts(stream):
        after = rows + parts[0].size
        if after > capacity:
            capacity = 2 * after
            columns = [_enlarged(column[:rows], capacity) for column in columns]
        for column, part in zip(columns, parts, strict=True):
            column[rows:after] = part
        rows = after
    del capsule
    for column in columns:
        column.resize(rows, refcheck=False)
    return columns


def parts_of(relation: Any) -> Iterator[npt.NDArray[Any]]:
    """Yield the one column of a relation part by part, in order; raises as `columns_of` does."""
    capsule, stream = _opened(relation)
    for (part,) in _parts(stream):
        yield part.copy()
    del capsule


def _enlarged(column: npt.NDArray[Any], capacity: int) -> npt.NDArray[Any]:
    """Return a column with room for more rows; numpy's own resize would fill it with zeros."""
    larger = np.empty(capacity, dtype=column.dtype)
    larger[: column.size] = column
    return larger


def _opened(relation: Any) -> tuple[Any, Any]:
    """Return the capsule, with which the stream ends, and the stream."""
    capsule = relation.__arrow_c_stream__()
    return capsule, ctypes.cast(_pointer(capsule, b"arrow_array_stream"), ctypes.POINTER(_Stream))


def _dtypes(stream: Any) -> list[np.dtype[Any]]:
    schema = _Schema()
    _require_success(stream, stream.contents.get_schema(stream, ctypes.byref(schema)))
    try:
        formats = [schema.children[index].contents.format for index in range(schema.n_children)]
    finally:
        schema.release(ctypes.byref(schema))
    return [np.dtype(_DTYPES[format_]) for format_ in formats]


def _parts(stream: Any) -> Iterator[list[npt.NDArray[Any]]]:
    """Yield the columns of each part as views that hold until the next is asked for."""
    dtypes = _dtypes(stream)
    while True:
        array = _Array()
        _require_success(stream, stream.contents.get_next(stream, ctypes.byref(array)))
        if not array.release:
            return
        try:
            yield [_view(array.children[index].contents, dtype) for index, dtype in enumerate(dtypes)]
        finally:
            array.release(ctypes.byref(array))


def _view(column: Any, dtype: np.dtype[Any]) -> npt.NDArray[Any]:
    if column.null_count:
        raise ValueError("a column holds nulls; our SQL has to name a value for them")
    if not column.length:
        return np.empty(0, dtype=dtype)
    start = column.buffers[1] + column.offset * dtype.itemsize
    return np.frombuffer((ctypes.c_byte * (column.length * dtype.itemsize)).from_address(start), dtype=dtype)


def _require_success(stream: Any, code: int) -> None:
    if code:
        text = stream.contents.get_last_error(stream) or b"no reason is given"
        raise StreamError(text.decode(errors="replace"))
