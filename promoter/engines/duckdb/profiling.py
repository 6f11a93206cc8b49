"""What a table holds, column by column, in one scan and one more for the distinct values."""

from dataclasses import dataclass
from typing import Any

from promoter.engines.duckdb.expressions import dtype_word, number, quoted, text
from promoter.engines.duckdb.session import Session
from promoter.engines.duckdb.table import RegisteredTable
from promoter.errors import Undecidable
from promoter.measure.aggregate import ColumnFacts, Profile, Result, TableFacts, Unavailable

_MOST_CATEGORIES = 200
_ROWS_COUNTED_EXACTLY = 200_000
_DISTINCT_COUNTED_EXACTLY = 5_000
"""In larger tables, columns with more distinct values by estimate are not counted: it costs a hash a row."""

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
    present: int
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
        columns = {
            column: _facts(table, column, scan=_scan(table, column, typed=question.source.format != "csv"), rows=rows)
            for column in table.types
        }
        duplicates, missing = _ids(table, question.id, rows)
        earliest, latest = _times(table, question.timestamp)
    except Undecidable as reason:
        return Unavailable(reason.reason)
    return TableFacts(
        rows=rows, columns=columns, duplicate_ids=duplicates, missing_ids=missing, earliest=earliest, latest=latest
    )


def _scan(table: RegisteredTable, column: str, *, typed: bool) -> _Scan:
    sql_type, value = table.types[column], text(column, table.types[column])
    word = dtype_word(sql_type) if typed else _word_of_texts(table, column)
    wanted = [f"count({value})", f"approx_count_distinct({value})"]
    if word in ("int", "float"):
        real = number(column, sql_type)
        finite = f"FILTER (WHERE isfinite({real}))"
        wanted += [f"count(*) FILTER (WHERE isinf({real}))", f"min({real}) {finite}", f"max({real}) {finite}"]
    else:
        wanted += ["0", "NULL", "NULL"]
    row = table.connection.execute(f"SELECT {', '.join(wanted)} FROM {table.name}").fetchone()  # noqa: S608
    present, estimate, infinite, minimum, maximum = row
    return _Scan(word, present, infinite, minimum, maximum, estimate)


def _word_of_texts(table: RegisteredTable, column: str) -> str:
    name = quoted(column)
    tests = ", ".join(
        f"coalesce(bool_and({test.format(name)}) FILTER (WHERE {name} IS NOT NULL), false)" for _, test in _TEXT_WORDS
    )
    holds = table.connection.execute(f"SELECT {tests} FROM {table.name}").fetchone()  # noqa: S608
    return next((word for (word, _), all_hold in zip(_TEXT_WORDS, holds, strict=True) if all_hold), "string")


def _facts(table: RegisteredTable, column: str, *, scan: _Scan, rows: int) -> ColumnFacts:
    value, distinct, categories = text(column, table.types[column]), None, None
    if rows <= _ROWS_COUNTED_EXACTLY or scan.distinct_estimate <= _DISTINCT_COUNTED_EXACTLY:
        query = f"SELECT count(DISTINCT {value}) FROM {table.name}"  # noqa: S608
        (distinct,) = table.connection.execute(query).fetchone()
        if distinct <= _MOST_CATEGORIES and scan.word != "vector":
            listed: list[Any] = table.connection.execute(
                f"SELECT DISTINCT {value} AS v FROM {table.name} WHERE v IS NOT NULL ORDER BY v"  # noqa: S608
            ).fetchall()
            categories = tuple(row[0] for row in listed)
    return ColumnFacts(
        dtype=scan.word,
        missing=rows - scan.present,
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
    value = text(column, table.types[column])
    query = f"SELECT count({value}), count(DISTINCT {value}) FROM {table.name}"  # noqa: S608
    present, distinct = table.connection.execute(query).fetchone()
    return present - distinct, rows - present


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
