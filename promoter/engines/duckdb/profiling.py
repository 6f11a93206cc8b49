"""What a table holds, column by column, in one scan and one more for the distinct values."""

from dataclasses import dataclass
from typing import Any

from promoter.engines.duckdb.expressions import dtype_word, number, present, quoted, text
from promoter.engines.duckdb.session import Session
from promoter.engines.duckdb.table import RegisteredTable
from promoter.errors import Undecidable
from promoter.measure.aggregate import ColumnFacts, Profile, Result, TableFacts, Unavailable

_MOST_CATEGORIES = 200
_ROWS_COUNTED_EXACTLY = 200_000
_DISTINCT_COUNTED_EXACTLY = 5_000
"""In larger tables, columns with more distinct values by estimate are not counted: it costs a hash a row."""

_COLUMNS_A_SCAN = 40

_TEXT_WORDS = (
    ("int", "regexp_full_match({0}, '[+-]?(0|[1-9][0-9]*)') AND TRY_CAST({0} AS BIGINT) IS NOT NULL"),
    ("float", "NOT regexp_matches({0}, '^[+-]?0[0-9]') AND TRY_CAST({0} AS DOUBLE) IS NOT NULL"),
    ("bool", "lower({0}) IN ('true', 'false')"),
    ("timestamp", "TRY_CAST({0} AS TIMESTAMP) IS NOT NULL"),
)
"""What the texts of a CSV column may all be, narrowest first; 007 is a text, because its zeros are part of it."""


@dataclass(frozen=True, slots=True)
class _Scan:
    word: str
    filled: int
    infinite: int
    minimum: float | None
    maximum: float | None
    distinct_estimate: int


def profile(session: Session, question: Profile) -> Result:
    """Answer what a table holds."""
    try:
        table = session.table(question.source)
        for column in filter(None, (question.id, question.timestamp)):
            table.type_of(column)
        (rows,) = table.connection.execute(f"SELECT count(*) FROM {table.name}").fetchone()  # noqa: S608
        scans = _scans(table, typed=question.source.format != "csv")
        columns = {column: _facts(table, column, scan=scan, rows=rows) for column, scan in scans.items()}
        duplicates, missing = _ids(table, question.id, rows)
        earliest, latest = _times(table, question.timestamp)
    except Undecidable as reason:
        return Unavailable(reason.reason)
    return TableFacts(
        rows=rows, columns=columns, duplicate_ids=duplicates, missing_ids=missing, earliest=earliest, latest=latest
    )


def _scans(table: RegisteredTable, *, typed: bool) -> dict[str, _Scan]:
    """Return every column's counts and ends, a few columns a scan."""
    words = {
        column: dtype_word(sql_type) if typed else _word_of_texts(table, column)
        for column, sql_type in table.types.items()
    }
    scans: dict[str, _Scan] = {}
    names = list(table.types)
    for start in range(0, len(names), _COLUMNS_A_SCAN):
        batch = names[start : start + _COLUMNS_A_SCAN]
        wanted = ", ".join(_wanted(column, table.types[column], words[column]) for column in batch)
        row = table.connection.execute(f"SELECT {wanted} FROM {table.name}").fetchone()  # noqa: S608
        for place, column in enumerate(batch):
            filled, estimate, infinite, minimum, maximum = row[place * 5 : place * 5 + 5]
            scans[column] = _Scan(words[column], filled, infinite, minimum, maximum, estimate)
    return scans


def _wanted(column: str, sql_type: str, word: str) -> str:
    """Return SQL for rows with a value, distinct values by estimate, infinities, and the finite ends."""
    value = present(column, sql_type)
    counts = f"count({value}), approx_count_distinct({value})"
    if word not in ("int", "float"):
        return f"{counts}, 0, NULL, NULL"
    real = number(column, sql_type)
    finite = f"CASE WHEN isfinite({real}) THEN {real} END"
    return f"{counts}, count_if(isinf({real})), min({finite}), max({finite})"


def _word_of_texts(table: RegisteredTable, column: str) -> str:
    name = quoted(column)
    tests = ", ".join(
        f"coalesce(bool_and({test.format(name)}) FILTER (WHERE {name} IS NOT NULL), false)" for _, test in _TEXT_WORDS
    )
    holds = table.connection.execute(f"SELECT {tests} FROM {table.name}").fetchone()  # noqa: S608
    return next((word for (word, _), all_hold in zip(_TEXT_WORDS, holds, strict=True) if all_hold), "string")


def _facts(table: RegisteredTable, column: str, *, scan: _Scan, rows: int) -> ColumnFacts:
    value, distinct, categories = present(column, table.types[column]), None, None
    if rows <= _ROWS_COUNTED_EXACTLY or scan.distinct_estimate <= _DISTINCT_COUNTED_EXACTLY:
        query = f"SELECT count(DISTINCT {value}) FROM {table.name}"  # noqa: S608
        (distinct,) = table.connection.execute(query).fetchone()
        if distinct <= _MOST_CATEGORIES and scan.word != "vector":
            as_text = text(column, table.types[column])
            listed: list[Any] = table.connection.execute(
                f"SELECT DISTINCT {as_text} AS v FROM {table.name} WHERE v IS NOT NULL ORDER BY v"  # noqa: S608
            ).fetchall()
            categories = tuple(row[0] for row in listed)
    return ColumnFacts(
        dtype=scan.word,
        missing=rows - scan.filled,
        infinite=scan.infinite,
        minimum=scan.minimum,
        maximum=scan.maximum,
        distinct=distinct,
        categories=categories,
    )


def _ids(table: RegisteredTable, column: str | None, rows: int) -> tuple[int | None, int | None]:
    """Return how many rows repeat an earlier row's id, and how many have none."""
    if column is None:
        return None, None
    value = present(column, table.types[column])
    query = f"SELECT count({value}), count(DISTINCT {value}) FROM {table.name}"  # noqa: S608
    filled, distinct = table.connection.execute(query).fetchone()
    return filled - distinct, rows - filled


def _times(table: RegisteredTable, column: str | None) -> tuple[str | None, str | None]:
    """Return the first and last time as ISO 8601 in UTC; a time without a zone is taken as UTC."""
    if column is None:
        return None, None
    name, sql_type = quoted(column), table.types[column]
    if dtype_word(sql_type) not in ("timestamp", "string"):
        raise Undecidable(f"column {column!r} is of type {sql_type}, which is no time; store a timestamp")
    moment = f"CAST({name} AS TIMESTAMP)"
    if sql_type.endswith("TIME ZONE"):
        moment = f"make_timestamp(epoch_us({name}))"
    pattern = "'%Y-%m-%dT%H:%M:%S.%fZ'"
    query = f"SELECT strftime(min({moment}), {pattern}), strftime(max({moment}), {pattern}) FROM {table.name}"  # noqa: S608
    first, last = table.connection.execute(query).fetchone()
    return first, last
