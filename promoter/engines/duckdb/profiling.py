"""What a table holds, column by column: one scan, and a narrow one more where a column asks for it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from promoter.engines.duckdb.expressions import INTEGERS_OF_64_BITS, dtype_word, number, present, quoted, text
from promoter.engines.duckdb.session import Session
from promoter.engines.duckdb.table import RegisteredTable
from promoter.errors import Undecidable
from promoter.measure.aggregate import MISSING, ColumnFacts, Profile, Result, TableFacts, Unavailable

_MOST_CATEGORIES = 200
_ROWS_COUNTED_EXACTLY = 200_000
_DISTINCT_COUNTED_EXACTLY = 5_000
"""In larger tables, columns with more distinct values by estimate are not counted: it costs a hash a row."""

_ROWS_LOOKED_AT = 20_000
_DISTINCT_IN_LOOK = 7_500
"""A column with more distinct values by estimate in the first rows has too many in all, beyond the estimate's error."""

_COLUMNS_A_SCAN = 20

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
    is_counted: bool


def profile(session: Session, question: Profile) -> Result:
    """Answer what a table holds."""
    try:
        table = session.table(question.source)
        for column in filter(None, (question.id, question.timestamp)):
            table.type_of(column)
        (rows,) = table.connection.execute(f"SELECT count(*) FROM {table.name}").fetchone()
        scans = _scans(table, rows, typed=question.source.format != "csv")
        columns = {column: _facts(table, column, scan=scans[column], rows=rows) for column in table.types}
        duplicates, missing = _ids(table, question.id, rows)
        earliest, latest = _times(table, question.timestamp)
    except Undecidable as reason:
        return Unavailable(reason.reason)
    return TableFacts(
        rows=rows, columns=columns, duplicate_ids=duplicates, missing_ids=missing, earliest=earliest, latest=latest
    )


def _scans(table: RegisteredTable, rows: int, *, typed: bool) -> dict[str, _Scan]:
    """Return every column's counts and ends, a few columns a scan; none of columns whose answer is in memory."""
    words = {
        column: dtype_word(sql_type) if typed else _word_of_texts(table, column)
        for column, sql_type in table.types.items()
    }
    listed = {column for column in table.types if typed and _listed_values(table, column) is not None}
    few = _of_few_values(table, [column for column in table.types if column not in listed], rows)
    scans = {column: _Scan(words[column], rows, 0, None, None, is_counted=True) for column in listed}
    if typed:
        scans |= _sorted_before(table, words, few, rows)
    for batch in _batches([column for column in table.types if column not in scans]):
        wanted = ", ".join(_wanted(column, table.types[column], words[column], has_few=few[column]) for column in batch)
        row = table.connection.execute(f"SELECT {wanted} FROM {table.name}").fetchone()
        for place, column in enumerate(batch):
            filled, estimate, odd, minimum, maximum = row[place * 5 : place * 5 + 5]
            is_counted = rows <= _ROWS_COUNTED_EXACTLY or (few[column] and estimate <= _DISTINCT_COUNTED_EXACTLY)
            found = _Scan(words[column], filled, 0, minimum, maximum, is_counted)
            scans[column] = _without_odd(table, column, found) if odd else found
    return scans


def _listed_values(table: RegisteredTable, column: str) -> tuple[str, ...] | None:
    """Return a text column's values where a question has listed them: few, and none that may stand for a null."""
    if table.types[column] != "VARCHAR" or column not in table.dictionaries:
        return None
    values = table.dictionaries[column].values
    return None if len(values) > _MOST_CATEGORIES or MISSING in values else values


def _sorted_before(
    table: RegisteredTable, words: Mapping[str, str], few: Mapping[str, bool], rows: int
) -> dict[str, _Scan]:
    """Return the scans of columns that were sorted for another question, and are not to be estimated."""
    is_counted = rows <= _ROWS_COUNTED_EXACTLY
    return {
        column: _Scan(words[column], found.filled, found.infinite, found.minimum, found.maximum, is_counted)
        for column, found in tuple(table.extents.items())
        if words[column] in ("int", "float") and not few[column]
    }


def _of_few_values(table: RegisteredTable, columns: Sequence[str], rows: int) -> dict[str, bool]:
    """Return which columns of a large table may have few enough distinct values to count, by its first rows."""
    if rows <= _ROWS_COUNTED_EXACTLY:
        return dict.fromkeys(columns, False)
    few: dict[str, bool] = {}
    look = f"(SELECT * FROM {table.name} LIMIT {_ROWS_LOOKED_AT})"
    for batch in _batches(columns):
        wanted = ", ".join(f"approx_count_distinct({quoted(column)})" for column in batch)
        estimates = table.connection.execute(f"SELECT {wanted} FROM {look}").fetchone()
        few |= {column: found <= _DISTINCT_IN_LOOK for column, found in zip(batch, estimates, strict=True)}
    return few


def _batches(columns: Sequence[str]) -> Iterator[Sequence[str]]:
    return (columns[start : start + _COLUMNS_A_SCAN] for start in range(0, len(columns), _COLUMNS_A_SCAN))


def _wanted(column: str, sql_type: str, word: str, *, has_few: bool) -> str:
    """Return SQL for rows with a value, distinct values by estimate, odd numbers (NaN, infinities), and both ends."""
    name = quoted(column)
    counts = f"count({name}), {f'approx_count_distinct({name})' if has_few else '0'}"
    if word not in ("int", "float"):
        return f"{counts}, 0, NULL, NULL"
    if sql_type not in ("FLOAT", "DOUBLE", "VARCHAR"):
        return f"{counts}, 0, CAST(min({name}) AS DOUBLE), CAST(max({name}) AS DOUBLE)"
    real = f"TRY_CAST({name} AS DOUBLE)"
    return f"{counts}, count_if(NOT isfinite({real})), min({real}), max({real})"


def _without_odd(table: RegisteredTable, column: str, found: _Scan) -> _Scan:
    """Return a scan with NaN counted as missing, infinities counted, and the ends of the finite numbers."""
    value, real = present(column, table.types[column]), number(column, table.types[column])
    finite = f"CASE WHEN isfinite({real}) THEN {real} END"
    wanted = f"count({value}), count_if(isinf({real})), min({finite}), max({finite})"
    row = table.connection.execute(f"SELECT {wanted} FROM {table.name}").fetchone()
    return replace(found, filled=row[0], infinite=row[1], minimum=row[2], maximum=row[3])


def _word_of_texts(table: RegisteredTable, column: str) -> str:
    name = quoted(column)
    tests = ", ".join(
        f"coalesce(bool_and({test.format(name)}) FILTER (WHERE {name} IS NOT NULL), false)" for _, test in _TEXT_WORDS
    )
    holds = table.connection.execute(f"SELECT {tests} FROM {table.name}").fetchone()
    return next((word for (word, _), all_hold in zip(_TEXT_WORDS, holds, strict=True) if all_hold), "string")


def _facts(table: RegisteredTable, column: str, *, scan: _Scan, rows: int) -> ColumnFacts:
    distinct, categories = _distinct(table, column, scan) if scan.is_counted else (None, None)
    return ColumnFacts(
        dtype=scan.word,
        missing=rows - scan.filled,
        infinite=scan.infinite,
        minimum=_end(scan.minimum),
        maximum=_end(scan.maximum),
        distinct=distinct,
        categories=categories,
    )


def _end(value: float | None) -> float | None:
    """Return 0.0 for -0.0: which of the two stands first among equals is up to the threads."""
    return None if value is None else value + 0.0


def _distinct(table: RegisteredTable, column: str, scan: _Scan) -> tuple[int, tuple[str, ...] | None]:
    """Return how many distinct values a column has and, where they are few, their texts in order."""
    known = _listed_values(table, column) if scan.word == "string" else None
    if known is not None:
        return len(known), tuple(sorted(known))
    value, sql_type = present(column, table.types[column]), table.types[column]
    listed = "max(NULL)" if scan.word == "vector" else f"list(DISTINCT {text(column, sql_type)})"
    missing_too = 2
    count, texts = table.connection.execute(
        f"WITH d AS MATERIALIZED (SELECT DISTINCT {quoted(column)} FROM {table.name})"
        f" SELECT (SELECT count({value}) FROM d),"
        f" (SELECT {listed} FROM (SELECT * FROM d LIMIT {_MOST_CATEGORIES + missing_too}))"
    ).fetchone()
    if count > _MOST_CATEGORIES or scan.word == "vector":
        return count, None
    return count, tuple(sorted(found for found in texts or () if found is not None))


def _ids(table: RegisteredTable, column: str | None, rows: int) -> tuple[int | None, int | None]:
    """Return how many rows repeat an earlier row's id, and how many have none."""
    if column is None:
        return None, None
    value = present(column, table.types[column])
    if table.types[column] in INTEGERS_OF_64_BITS:
        filled, distinct = _counted_by_sorting(table, value)
    else:
        query = f"SELECT count({value}), count(DISTINCT {value}) FROM {table.name}"
        filled, distinct = table.connection.execute(query).fetchone()
    return filled - distinct, rows - filled


def _counted_by_sorting(table: RegisteredTable, value: str) -> tuple[int, int]:
    """Return how many integers there are and how many distinct ones: a third of the time and memory of hashing."""
    whole = f"SELECT CAST({value} AS BIGINT) AS i FROM {table.name} WHERE {value} IS NOT NULL"
    [ids] = table.connection.numbers(whole)
    ids.sort()
    return ids.size, int(np.count_nonzero(ids[1:] != ids[:-1])) + min(ids.size, 1)


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
    query = f"SELECT strftime(min({moment}), {pattern}), strftime(max({moment}), {pattern}) FROM {table.name}"
    first, last = table.connection.execute(query).fetchone()
    return first, last
