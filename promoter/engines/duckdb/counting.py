"""Joint distributions: grouped in SQL where cells are few, fetched row by row where a key is a number."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

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
    query = f"SELECT {wanted}, count(*) AS n FROM {table.name} GROUP BY ALL ORDER BY {', '.join(names)}"  # noqa: S608
    fetched = table.connection.execute(query).fetchnumpy()
    columns = tuple(as_column(table, key, fetched[name]) for key, name in zip(keys, names, strict=True))
    return Cells(columns, np.asarray(fetched["n"], dtype=np.int64))


def _rows(table: RegisteredTable, questions: Iterable[Counts]) -> dict[Aggregate, Result]:
    """Return each question's keys row by row, each distinct key fetched once; DuckDB keeps the file's order."""
    questions = tuple(questions)
    keys = tuple(dict.fromkeys(key for question in questions for key in question.keys))
    wanted = ", ".join(f"{table.expression(key)} AS k{index}" for index, key in enumerate(keys))
    try:
        fetched = table.connection.execute(f"SELECT {wanted} FROM {table.name}").fetchnumpy()  # noqa: S608
    except Undecidable as reason:
        return dict.fromkeys(questions, Unavailable(reason.reason))
    columns = {key: as_column(table, key, fetched.pop(f"k{index}")) for index, key in enumerate(keys)}
    return _in_order(columns, questions)


def _in_order(columns: dict[Key, Any], questions: Sequence[Counts]) -> dict[Aggregate, Result]:
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
    array = np.ma.getdata(fetched)
    return Coded(table.dictionary(key.column).values, array) if isinstance(key, Group) else array
