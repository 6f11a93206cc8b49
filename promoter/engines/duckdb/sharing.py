"""What two tables share: ids that stand on both sides, rows that are the same on both sides.

Keys are spelled so that no way of writing hides one: ids as text, rows as numbers of float32 or trimmed text, hashed.
A hash that two rows share by chance (one in 10^19 pairs) only adds a row to what is shared.
"""

from promoter.engines.duckdb.expressions import dtype_word, number, quoted, text
from promoter.engines.duckdb.session import Session
from promoter.engines.duckdb.table import RegisteredTable
from promoter.errors import Undecidable
from promoter.measure.aggregate import MISSING, Result, Shared, SharedIds, SharedRows, Unavailable

_EXAMPLES = 5


def share(session: Session, question: SharedIds | SharedRows) -> Result:
    """Answer what two tables share."""
    try:
        left, right = session.table(question.left), session.table(question.right)
        if isinstance(question, SharedIds):
            keys = _id_key(left, question.left_id), _id_key(right, question.right_id)
        else:
            keys = _row_key(left, question.columns), _row_key(right, question.columns)
        return _shared(left, right, keys, has_examples=isinstance(question, SharedIds))
    except Undecidable as reason:
        return Unavailable(reason.reason)


def _id_key(table: RegisteredTable, column: str) -> str:
    value = _trimmed(text(column, table.type_of(column)))
    return f"NULLIF(regexp_replace({value}, '^(-?[0-9]+)\\.0+$', '\\1'), '')"


def _row_key(table: RegisteredTable, columns: tuple[str, ...]) -> str:
    if not columns:
        raise Undecidable("no columns are named to compare rows by")
    return f"hash({', '.join(_cell(table, column) for column in columns)})"


def _cell(table: RegisteredTable, column: str) -> str:
    """Return SQL for a value's one text: a number where it can be read as one, so that 1, 1.0 and "1" are the same."""
    sql_type = table.type_of(column)
    word = dtype_word(sql_type)
    as_text = _trimmed(f"CAST({quoted(column)} AS VARCHAR)")
    if word in ("int", "float", "bool"):
        value = f"TRY_CAST({number(column, sql_type)} AS FLOAT)"
    elif word == "string":
        value = f"TRY_CAST({as_text} AS FLOAT)"
    else:
        return f"coalesce({as_text}, '{MISSING}')"
    shown = f"CASE WHEN isnan({value}) THEN NULL ELSE CAST({value} + CAST(0 AS FLOAT) AS VARCHAR) END"
    fallback = f", {as_text}" if word == "string" else ""
    return f"coalesce({shown}{fallback}, '{MISSING}')"


def _trimmed(value: str) -> str:
    return f"regexp_replace({value}, '^\\s+|\\s+$', '', 'g')"


def _shared(left: RegisteredTable, right: RegisteredTable, keys: tuple[str, str], *, has_examples: bool) -> Shared:
    """Count by key on both sides, and by the keys of both."""
    run = left.connection.execute
    counted = [
        f"(SELECT {key} AS k, count(*) AS n FROM {table.name} GROUP BY k)"
        for table, key in zip((left, right), keys, strict=True)
    ]
    totals = "coalesce(sum(n), 0)::BIGINT, count(k), coalesce(sum(n) FILTER (WHERE k IS NULL), 0)::BIGINT"
    left_rows, left_distinct, left_missing, singles = run(
        f"SELECT {totals}, count(k) FILTER (WHERE n = 1) FROM {counted[0]}"
    ).fetchone()
    right_rows, right_distinct, right_missing = run(f"SELECT {totals} FROM {counted[1]}").fetchone()
    both = f"FROM {counted[1]} AS r SEMI JOIN {counted[0]} AS l ON r.k = l.k"
    shared, shared_rows = run(f"SELECT count(*), coalesce(sum(r.n), 0)::BIGINT {both}").fetchone()
    examples = run(f"SELECT r.k {both} ORDER BY r.k LIMIT {_EXAMPLES}").fetchall() if has_examples else []
    return Shared(
        left_rows=left_rows,
        right_rows=right_rows,
        left_distinct=left_distinct,
        right_distinct=right_distinct,
        left_missing=left_missing,
        right_missing=right_missing,
        singles=singles,
        shared=shared,
        shared_rows=shared_rows,
        examples=tuple(row[0] for row in examples),
    )
