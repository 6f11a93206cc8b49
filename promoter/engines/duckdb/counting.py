"""Joint distributions: grouped in SQL where cells are few, fetched row by row where a key is a number."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from promoter.engines.duckdb.extent import extent_of
from promoter.engines.duckdb.session import Session
from promoter.engines.duckdb.table import RegisteredTable
from promoter.errors import Undecidable
from promoter.measure.aggregate import Aggregate, Cells, Coded, Counts, Group, Key, Number, Result, Unavailable


def count(session: Session, questions: Sequence[Counts]) -> dict[Aggregate, Result]:
    """Answer all questions on one table: one scan for those with numbers, one small GROUP BY for each other."""
    answers: dict[Aggregate, Result] = {}
    by_row: list[Counts] = []
    for question in questions:
        try:
            table = session.table(question.source)
            for key in question.keys:
                table.expression(key)
            if any(isinstance(key, Number) for key in question.keys):
                by_row.append(question)
            else:
                answers[question] = _grouped(table, question.keys)
        except Undecidable as reason:
            answers[question] = Unavailable(reason.reason)
    if by_row:
        answers.update(_rows(session.table(by_row[0].source), by_row))
    return answers


def _grouped(table: RegisteredTable, keys: Sequence[Key]) -> Cells:
    """Return one cell a combination that occurs, ordered by the keys; one column's values are counted already."""
    if len(keys) == 1 and isinstance(keys[0], Group):
        dictionary = table.dictionary(keys[0].column)
        codes = np.arange(len(dictionary.values))
        return Cells((Coded(dictionary.values, codes),), np.asarray(dictionary.rows, dtype=np.int64))
    names = [f"k{index}" for index in range(len(keys))]
    wanted = ", ".join(f"{table.expression(key)} AS {name}" for key, name in zip(keys, names, strict=True))
    query = f"SELECT {wanted}, count(*) AS n FROM {table.name} GROUP BY ALL ORDER BY {', '.join(names)}"
    *fetched, rows = table.connection.numbers(query)
    columns = tuple(as_column(table, key, column) for key, column in zip(keys, fetched, strict=True))
    return Cells(columns, rows)


def _rows(table: RegisteredTable, questions: Iterable[Counts]) -> dict[Aggregate, Result]:
    """Return each question's keys row by row, each distinct key fetched once; DuckDB keeps the file's order."""
    questions = tuple(questions)
    keys = tuple(dict.fromkeys(key for question in questions for key in question.keys))
    try:
        fetched = read_keys(table, keys)
    except Undecidable as reason:
        return dict.fromkeys(questions, Unavailable(reason.reason))
    return _in_order(table, dict(zip(keys, fetched, strict=True)), questions)


def read_keys(table: RegisteredTable, keys: Sequence[Key]) -> list[Any]:
    """Return the keys of a table row by row (n,), in file order."""
    fetched: list[Any] = []
    for key in keys:
        [column] = table.connection.numbers(f"SELECT {table.expression(key)} AS k FROM {table.name}")
        fetched.append(as_column(table, key, column))
    return fetched


def _in_order(table: RegisteredTable, columns: dict[Key, Any], questions: Sequence[Counts]) -> dict[Aggregate, Result]:
    """Return each question's columns in its order; those of equal keys and order are sorted once and shared."""
    answers: dict[Aggregate, Result] = {}
    for order in dict.fromkeys(question.order for question in questions):
        own = [question for question in questions if question.order == order]
        wanted = tuple(dict.fromkeys(key for question in own for key in question.keys))
        found = columns
        if order is not None and wanted == (order,):
            is_shared = any(order in question.keys for question in questions if question.order != order)
            found = {order: _sorted(columns[order], in_place=not is_shared)}
        elif order is not None:
            places = np.argsort(columns[order])
            found = {key: taken(columns[key], places) for key in wanted}
        if order is not None and order in wanted:
            table.extents[order.column] = extent_of(found[order])
        answers |= {question: Cells(tuple(found[key] for key in question.keys), None) for question in own}
    return answers


def _sorted(column: npt.NDArray[Any], *, in_place: bool) -> npt.NDArray[Any]:
    ascending = column if in_place else column.copy()
    ascending.sort()
    return ascending


def taken(column: Any, places: npt.NDArray[np.int64]) -> Any:
    """Return the rows of a column at these places."""
    return Coded(column.values, column.codes[places]) if isinstance(column, Coded) else column[places]


def as_column(table: RegisteredTable, key: Key, fetched: npt.NDArray[Any]) -> Any:
    """Return a fetched column in the form that `Cells` promises."""
    return Coded(table.dictionary(key.column).values, fetched) if isinstance(key, Group) else fetched
