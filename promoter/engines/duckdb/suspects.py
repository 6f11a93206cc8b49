"""Texts that could be what a pattern looks for, narrowed down in SQL so that few are looked at one by one."""

from promoter.engines.duckdb.expressions import dtype_word, literal, number, quoted
from promoter.engines.duckdb.session import Session
from promoter.engines.duckdb.table import RegisteredTable
from promoter.errors import Undecidable
from promoter.measure.aggregate import Result, Suspects, SuspectTexts, Unavailable

MOST_TEXTS = 100_000
"""Distinct texts of a column above which it is overfull: looking at more takes minutes."""

_LEAST_LONG_NUMBER = "1e12"
_NOT_TEXT = frozenset(("bool", "timestamp", "time", "interval"))


def find_suspects(session: Session, question: SuspectTexts) -> Result:
    """Answer which texts match, column by column, in file order of columns."""
    try:
        table = session.table(question.source)
        found, overfull = {}, []
        for column, sql_type in table.types.items():
            value = _text_of(column, sql_type)
            if value is None:
                continue
            texts = _matching(table, value, question.pattern)
            if len(texts) > MOST_TEXTS:
                overfull.append(column)
            else:
                found[column] = texts
    except Undecidable as reason:
        return Unavailable(reason.reason)
    return Suspects(columns=found, overfull=tuple(overfull))


def _text_of(column: str, sql_type: str) -> str | None:
    """Return SQL for a text, null where there is nothing to look at; None for types that hold no text.

    Lists, structs and bytes are written out as text, so that nothing hides in them.
    """
    word = dtype_word(sql_type)
    if word in _NOT_TEXT:
        return None
    if word in ("int", "float"):
        value = number(column, sql_type)
        is_long = f"isfinite({value}) AND abs({value}) >= {_LEAST_LONG_NUMBER} AND {value} = trunc({value})"
        return f"CASE WHEN {is_long} THEN CAST(TRY_CAST({quoted(column)} AS HUGEINT) AS VARCHAR) END"
    return f"CAST({quoted(column)} AS VARCHAR)"


def _matching(table: RegisteredTable, value: str, pattern: str) -> tuple[tuple[str, int, int], ...]:
    query = (
        f"SELECT v, count(*), min(place) - 1 FROM (SELECT {value} AS v, row_number() OVER () AS place"
        f" FROM {table.name}) WHERE regexp_matches(v, {literal(pattern)}) GROUP BY v ORDER BY v LIMIT {MOST_TEXTS + 1}"
    )
    return tuple((row[0], row[1], row[2]) for row in table.connection.execute(query).fetchall())
