"""Rows of two tables paired by id, after the ids are known to be the same on both sides."""

from promoter.engines.duckdb.counting import as_column
from promoter.engines.duckdb.expressions import INTEGERS, quoted, text
from promoter.engines.duckdb.session import Session
from promoter.engines.duckdb.table import RegisteredTable
from promoter.errors import Undecidable
from promoter.measure.aggregate import Cells, PairedCounts, Result, Unavailable

_EXAMPLES = 3


def pair(session: Session, question: PairedCounts) -> Result:
    """Answer a paired question, in the order of the left file; Unavailable where an id has no single partner."""
    try:
        left, right = session.table(question.left), session.table(question.right)
        left_id, right_id = _ids(left, question.left_id, right, question.right_id)
        _require_unique(left, left_id, side=question.sides[0])
        _require_unique(right, right_id, side=question.sides[1])
        _require_same(left, left_id, right, right_id, sides=question.sides)
        return _joined(question, left, left_id, right, right_id)
    except Undecidable as reason:
        return Unavailable(reason.reason)


def _ids(left: RegisteredTable, left_id: str, right: RegisteredTable, right_id: str) -> tuple[str, str]:
    """Return SQL for both ids in one form: as integers where both are, else as text, so that 17 and "17" are one id."""
    types = left.type_of(left_id), right.type_of(right_id)
    if all(kind in INTEGERS for kind in types):
        return quoted(left_id), quoted(right_id)
    return text(left_id, types[0]), text(right_id, types[1])


def _require_unique(table: RegisteredTable, row_id: str, *, side: str) -> None:
    query = f"SELECT count(*), count({row_id}), count(DISTINCT {row_id}) FROM {table.name}"  # noqa: S608
    rows, present, distinct = table.connection.execute(query).fetchone()
    if present < rows:
        raise Undecidable(f"{rows - present} of {rows} rows of the {side} have no id; give every row its own")
    if distinct < rows:
        repeated = f"SELECT {row_id} AS i FROM {table.name} GROUP BY i HAVING count(*) > 1 ORDER BY i LIMIT {_EXAMPLES}"  # noqa: S608
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
    mine = f"SELECT {row_id} AS i FROM {table.name}"  # noqa: S608
    theirs = f"SELECT {other_id} AS i FROM {other_table.name}"  # noqa: S608
    anti = f"FROM ({mine}) AS a ANTI JOIN ({theirs}) AS b ON a.i = b.i"
    (lonely,) = table.connection.execute(f"SELECT count(*) {anti}").fetchone()
    if not lonely:
        return None
    rows = table.connection.execute(f"SELECT a.i {anti} ORDER BY a.i LIMIT {_EXAMPLES}").fetchall()
    return f"{lonely} ids of the {side} (such as {', '.join(str(row[0]) for row in rows)}) are not the {other}'s"


def _joined(
    question: PairedCounts, left: RegisteredTable, left_id: str, right: RegisteredTable, right_id: str
) -> Cells:
    left_names = [f"l{index}" for index in range(len(question.left_keys))]
    right_names = [f"r{index}" for index in range(len(question.right_keys))]
    of_left = [f"{left.expression(key)} AS {name}" for key, name in zip(question.left_keys, left_names, strict=True)]
    of_right = [
        f"{right.expression(key)} AS {name}" for key, name in zip(question.right_keys, right_names, strict=True)
    ]
    query = (
        f"SELECT {', '.join(left_names + right_names)} FROM"  # noqa: S608
        f" (SELECT {left_id} AS i, row_number() OVER () AS place, {', '.join(of_left)} FROM {left.name}) AS a"
        f" JOIN (SELECT {right_id} AS i, {', '.join(of_right)} FROM {right.name}) AS b ON a.i = b.i ORDER BY place"
    )
    fetched = left.connection.execute(query).fetchnumpy()
    columns = [as_column(left, key, fetched[name]) for key, name in zip(question.left_keys, left_names, strict=True)]
    columns += [
        as_column(right, key, fetched[name]) for key, name in zip(question.right_keys, right_names, strict=True)
    ]
    return Cells(tuple(columns), None)
