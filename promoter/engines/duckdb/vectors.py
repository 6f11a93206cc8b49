"""Vector columns: their shape in SQL, then their values a block of rows at a time, never a whole column."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from promoter.engines.duckdb.expressions import dtype_word, quoted
from promoter.engines.duckdb.session import Session
from promoter.engines.duckdb.table import RegisteredTable
from promoter.errors import Undecidable
from promoter.measure.aggregate import Embedded, Result, Unavailable, VectorSums
from promoter.measure.statistics.arrays import Floats
from promoter.measure.statistics.drift_embedding import (
    FeatureSums,
    FourierFeatures,
    evenly_spaced,
    fourier_features,
    seed_of,
)

MOST_DIMENSIONS = 16_384
"""Entries of a vector above which it is no embedding: the rows that give the bandwidth would outgrow memory."""

_LARGEST_ENTRY = "1e100"
"""Magnitude whose square is still a number."""

_VALUES_A_BLOCK = 2_000_000
_ROWS_A_BLOCK = 8_192
"""The bounds of a block, 16 MB each of values and of features; blocks do not depend on the threads."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Side:
    """One table's column: rows, vectors, the fewest and most entries of a vector, and vectors that are no numbers."""

    table: RegisteredTable
    vectors: str
    name: str
    rows: int
    filled: int
    shortest: int
    longest: int
    unusable: int


def embed(session: Session, question: VectorSums) -> Result:
    """Answer what the features of a vector column come to; vectors that cannot be compared have a reason instead."""
    try:
        reference = _side(session.table(question.reference), question.column, name="reference")
        current = _side(session.table(question.current), question.column, name="current side")
    except Undecidable as reason:
        return Unavailable(reason.reason)
    try:
        sums: tuple[FeatureSums, FeatureSums] | Undecidable = _sums(reference, current)
    except Undecidable as reason:
        sums = reason
    return Embedded(
        rows=(reference.rows, current.rows),
        missing=(reference.rows - reference.filled, current.rows - current.filled),
        sums=sums,
    )


def _side(table: RegisteredTable, column: str, *, name: str) -> _Side:
    """Return a column's shape. Raises Undecidable where it holds no lists of numbers."""
    sql_type = table.type_of(column)
    if dtype_word(sql_type) != "vector" or dtype_word(sql_type.rpartition("[")[0]) not in ("int", "float"):
        raise Undecidable(
            f"column {column!r} of the {name} is of type {sql_type}, which is no vector; store a list of numbers a row"
        )
    vectors = f"(SELECT CAST({quoted(column)} AS DOUBLE[]) AS v FROM {table.name})"
    ends = " OR ".join(f"coalesce(abs(list_{end}(v)) > {_LARGEST_ENTRY}, false)" for end in ("min", "max"))
    unusable = f"count_if({ends} OR list_count(v) < len(v))"
    wanted = f"count(*), count(v), coalesce(min(len(v)), 0), coalesce(max(len(v)), 0), {unusable}"
    found = table.connection.execute(f"SELECT {wanted} FROM {vectors}").fetchone()
    rows, filled, shortest, longest, bad = found
    return _Side(
        table=table,
        vectors=vectors,
        name=name,
        rows=rows,
        filled=filled,
        shortest=shortest,
        longest=longest,
        unusable=bad,
    )


def _sums(reference: _Side, current: _Side) -> tuple[FeatureSums, FeatureSums]:
    """Return both sides' sums of the same features. Raises Undecidable for vectors that cannot be compared."""
    for side in (reference, current):
        _require_usable(side)
    if reference.longest != current.longest:
        raise Undecidable(
            f"vectors of the current side have {current.longest} dimensions, those of the reference"
            f" {reference.longest}; compare vectors of one model"
        )
    samples = _sample(reference), _sample(current)
    features = fourier_features(samples[0], seed=seed_of(*samples))
    return _summed(reference, features), _summed(current, features)


def _require_usable(side: _Side) -> None:
    """Raise Undecidable for no vectors, vectors of several lengths or too long, and entries that are no numbers."""
    if side.longest == 0:
        raise Undecidable(f"there is no vector in {side.rows} rows of the {side.name}; fill the column")
    if side.shortest != side.longest:
        raise Undecidable(
            f"vectors of the {side.name} have {side.shortest} to {side.longest} dimensions; give all the same"
        )
    if side.longest > MOST_DIMENSIONS:
        raise Undecidable(
            f"vectors of the {side.name} have {side.longest} dimensions, at most {MOST_DIMENSIONS} are compared"
        )
    if side.unusable:
        raise Undecidable(
            f"entries of the {side.name} are missing, NaN or beyond {_LARGEST_ENTRY} in {side.unusable} of"
            f" {side.filled} vectors; mend or remove them"
        )


def _sample(side: _Side) -> Floats:
    """Return the vectors at evenly spaced places, (n, d)."""
    places = ", ".join(map(str, evenly_spaced(side.filled).tolist()))
    placed = f"SELECT v, row_number() OVER () - 1 AS place FROM {side.vectors} WHERE v IS NOT NULL"
    picked = f"SELECT v FROM ({placed}) WHERE place IN ({places}) ORDER BY place"
    parts = list(side.table.connection.stream(f"SELECT unnest(v) FROM ({picked})"))
    return np.concatenate(parts).reshape(-1, side.longest)


def _summed(side: _Side, features: FourierFeatures) -> FeatureSums:
    parts = (features.sums(block) for block in _blocks(side))
    total = next(parts)
    for part in parts:
        total = total.merged(part)
    return total


def _blocks(side: _Side) -> Iterator[Floats]:
    """Yield vectors (n, d) in file order, the same blocks whatever parts the values come in."""
    size = max(1, min(_ROWS_A_BLOCK, _VALUES_A_BLOCK // side.longest)) * side.longest
    waiting = np.empty(0)
    for part in side.table.connection.stream(f"SELECT unnest(v) FROM {side.vectors}"):
        waiting = np.concatenate([waiting, part])
        while waiting.size >= size:
            yield waiting[:size].reshape(-1, side.longest)
            waiting = waiting[size:]
    if waiting.size:
        yield waiting.reshape(-1, side.longest)
