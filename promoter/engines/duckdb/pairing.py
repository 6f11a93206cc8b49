"""Rows of two tables paired by id, after the ids are known to be the same on both sides."""

from typing import Any

import numpy as np
import numpy.typing as npt

from promoter.engines.duckdb.counting import as_column, read_keys, taken
from promoter.engines.duckdb.expressions import INTEGERS, INTEGERS_OF_64_BITS, quoted, text
from promoter.engines.duckdb.session import Session
from promoter.engines.duckdb.table import RegisteredTable
from promoter.errors import Undecidable
from promoter.measure.aggregate import Cells, PairedCounts, Result, Unavailable

_EXAMPLES = 3


def pair(session: Session, question: PairedCounts) -> Result:
    """Answer a paired question, in the order of the left file; Unavailable where an id has no single partner.

    Ids that are integers on both sides are paired by sorting them; others, and those that do not pair, in SQL, which
    can say which.
    """
    try:
        left, right = session.table(question.left), session.table(question.right)
        left_id, right_id = _ids(left, question.left_id, right, question.right_id)
        is_integer = {left.type_of(question.left_id), right.type_of(question.right_id)} <= INTEGERS_OF_64_BITS
        columns = _sorted_together(question, left, left_id, right, right_id) if is_integer else None
        if columns is None:
            columns = _looked_up(question, left, left_id, right, right_id)
        _put_in_order(columns, question)
        return Cells(tuple(columns), None)
    except Undecidable as reason:
        return Unavailable(reason.reason)


def _put_in_order(columns: list[Any], question: PairedCounts) -> None:
    """Sort the columns as the question asks, one after the other, so that one of them is in memory twice."""
    if question.order is None:
        return
    places = np.argsort(columns[question.left_keys.index(question.order)])
    for index, column in enumerate(columns):
        columns[index] = taken(column, places)


def _looked_up(
    question: PairedCounts, left: RegisteredTable, left_id: str, right: RegisteredTable, right_id: str
) -> list[Any]:
    """Return the rows paired in SQL. Raises Undecidable, with counts and examples, where an id has no one partner."""
    _require_unique(left, left_id, side=question.sides[0])
    _require_unique(right, right_id, side=question.sides[1])
    columns, pairs = _joined(question, left, left_id, right, right_id)
    if not pairs == _rows(left) == _rows(right):
        _require_same(left, left_id, right, right_id, sides=question.sides)
    return columns


def _sorted_together(
    question: PairedCounts, left: RegisteredTable, left_id: str, right: RegisteredTable, right_id: str
) -> list[Any] | None:
    """Return the rows of both tables paired by integer id, or None where an id is missing, repeated or lonely.

    Ids are compared before anything else is read, so that they and the keys are not in memory together.
    """
    mine, theirs = _whole_ids(left, left_id), _whole_ids(right, right_id)
    if mine is None or theirs is None or mine.size != theirs.size or not _is_unique(mine):
        return None
    is_same_order = np.array_equal(mine, theirs)
    partner = None if is_same_order else _partners(mine, theirs)
    if partner is None and not is_same_order:
        return None
    del mine, theirs
    columns, others = read_keys(left, question.left_keys), read_keys(right, question.right_keys)
    if partner is not None:
        others = [taken(column, partner) for column in others]
    return columns + others


def _whole_ids(table: RegisteredTable, row_id: str) -> npt.NDArray[np.int64] | None:
    """Return the ids (n,) in file order, None where one is missing."""
    whole = f"SELECT CAST({row_id} AS BIGINT) AS i FROM {table.name} WHERE {row_id} IS NOT NULL"
    [ids] = table.connection.numbers(whole)
    return ids if ids.size == _rows(table) else None


def _partners(mine: npt.NDArray[np.int64], theirs: npt.NDArray[np.int64]) -> npt.NDArray[np.int64] | None:
    """Return where each id, of which none stands twice, stands on the other side; None where one does not."""
    order, other_order = np.argsort(mine), np.argsort(theirs)
    if not np.array_equal(mine[order], theirs[other_order]):
        return None
    partner = np.empty_like(order)
    partner[order] = other_order
    return partner


def _is_unique(ids: npt.NDArray[np.int64]) -> bool:
    """Tell whether no id stands twice; ids that ascend already need no sorting."""
    if (ids[1:] > ids[:-1]).all():
        return True
    ascending = np.sort(ids)
    return bool((ascending[1:] > ascending[:-1]).all())


def _rows(table: RegisteredTable) -> int:
    (rows,) = table.connection.execute(f"SELECT count(*) FROM {table.name}").fetchone()
    return int(rows)


def _ids(left: RegisteredTable, left_id: str, right: RegisteredTable, right_id: str) -> tuple[str, str]:
    """Return SQL for both ids in one form: as integers where both are, else as text, so that 17 and "17" are one id."""
    types = left.type_of(left_id), right.type_of(right_id)
    if all(kind in INTEGERS for kind in types):
        return quoted(left_id), quoted(right_id)
    return text(left_id, types[0]), text(right_id, types[1])


def _require_unique(table: RegisteredTable, row_id: str, *, side: str) -> None:
    query = f"SELECT count(*), count({row_id}), count(DISTINCT {row_id}) FROM {table.name}"
    rows, present, distinct = table.connection.execute(query).fetchone()
    if present < rows:
        raise Undecidable(f"{rows - present} of {rows} rows of the {side} have no id; give every row its own")
    if distinct < rows:
        repeated = f"SELECT {row_id} AS i FROM {table.name} GROUP BY i HAVING count(*) > 1 ORDER BY i LIMIT {_EXAMPLES}"
        examples = ", ".join(str(row[0]) for row in table.connection.execute(repeated).fetchall())
        raise Undecidable(f"{rows - distinct} rows of the {side} repeat an id (such as {examples}); give each its own")


def _require_same(
    left: RegisteredTable, left_id: str, right: RegisteredTable, right_id: str, *, sides: tuple[str, str]
) -> None:
    complaints = [
        complaint
        for complaint in (
            _only(left, left_id, right, right_id, side=sides[0], other=sides[1]),
            _only(right, right_id, left, left_id, side=sides[1], other=sides[0]),
        )
        if complaint
    ]
    if complaints:
        raise Undecidable(f"{' and '.join(complaints)}; score both on the same rows")


def _only(
    table: RegisteredTable, row_id: str, other_table: RegisteredTable, other_id: str, *, side: str, other: str
) -> str | None:
    """Return how many ids stand on one side only, with the first of them, or None."""
    mine = f"SELECT {row_id} AS i FROM {table.name}"
    theirs = f"SELECT {other_id} AS i FROM {other_table.name}"
    anti = f"FROM ({mine}) AS a ANTI JOIN ({theirs}) AS b ON a.i = b.i"
    (lonely,) = table.connection.execute(f"SELECT count(*) {anti}").fetchone()
    if not lonely:
        return None
    rows = table.connection.execute(f"SELECT a.i {anti} ORDER BY a.i LIMIT {_EXAMPLES}").fetchall()
    return f"{lonely} ids of the {side} (such as {', '.join(str(row[0]) for row in rows)}) are not the {other}'s"


def _joined(
    question: PairedCounts, left: RegisteredTable, left_id: str, right: RegisteredTable, right_id: str
) -> tuple[list[Any], int]:
    """Return the columns and how many pairs they hold; with unique ids fewer than rows where an id is lonely."""
    left_names = [f"l{index}" for index in range(len(question.left_keys))]
    right_names = [f"r{index}" for index in range(len(question.right_keys))]
    of_left = [f"{left.expression(key)} AS {name}" for key, name in zip(question.left_keys, left_names, strict=True)]
    of_right = [
        f"{right.expression(key)} AS {name}" for key, name in zip(question.right_keys, right_names, strict=True)
    ]
    query = (
        f"SELECT {', '.join(left_names + right_names)} FROM"
        f" (SELECT {left_id} AS i, row_number() OVER () AS place, {', '.join(of_left)} FROM {left.name}) AS a"
        f" JOIN (SELECT {right_id} AS i, {', '.join(of_right)} FROM {right.name}) AS b ON a.i = b.i ORDER BY place"
    )
    fetched = left.connection.numbers(query)
    asked = [(left, key) for key in question.left_keys] + [(right, key) for key in question.right_keys]
    columns = [as_column(table, key, column) for (table, key), column in zip(asked, fetched, strict=True)]
    return columns, fetched[0].size
