"""Drift: how far each column has moved from the reference, by bins of the reference and by ranks."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from promoter.errors import Undecidable
from promoter.measure.aggregate import MISSING, Aggregate, Cells, Counts, Group, Number, Source, VectorSums
from promoter.measure.families.answers import embedded_of
from promoter.measure.families.drift_measures import (
    CATEGORICAL_MEASURES,
    NUMERIC_MEASURES,
    ColumnDrift,
    of_categories,
    of_numbers,
)
from promoter.measure.families.drift_vectors import VECTOR_MEASURES, of_vectors
from promoter.measure.families.family import Results, TableFamily, cells_of, rows_of
from promoter.measure.measurement import Measurement
from promoter.measure.request import Drift, Measured

MEASURES = {"numeric": NUMERIC_MEASURES, "categorical": CATEGORICAL_MEASURES, "vector": VECTOR_MEASURES}
"""What is measured of a column, by its kind."""


def aggregates(request: Drift) -> tuple[Aggregate, ...]:
    """Return the distribution of each column on both sides."""
    return tuple(question for name, kind in request.columns for question in _questions(request, name, kind))


def derive(request: Drift, results: Results) -> Measured:
    """Return every measure of every column, the missing values of both sides with them."""
    values: list[Measurement] = []
    nulls: dict[str, float] = {}
    changed: dict[str, Any] = {}
    for name, kind in request.columns:
        column = _column(request, results, name, kind)
        values += column.values
        nulls |= {name: column.psi_null} if column.psi_null is not None else {}
        changed |= {name: column.changed} if column.changed else {}
    return Measured(values=tuple(values), facts={"psi_null_95": nulls, "changed_categories": changed})


def _column(request: Drift, results: Results, name: str, kind: str) -> ColumnDrift:
    questions = _questions(request, name, kind)
    if kind == "vector":
        place = f"{request.current.content} against {request.reference.content}"
        return of_vectors(embedded_of(results, questions[0], place=place), name=name)
    reference, current = (cells_of(results, question) for question in questions)
    if kind == "numeric":
        sides = (np.asarray(rows_of(cells)[0], dtype=np.float64) for cells in (reference, current))
        return of_numbers(*sides, name=name, bins=request.bins)
    return of_categories(by_category(reference), by_category(current), name=name)


def split(request: Drift) -> tuple[Drift, ...]:
    """Return one request a column, so that one column's rows are in memory at a time."""
    return tuple(replace(request, columns=(column,)) for column in request.columns)


def join(request: Drift, parts: Sequence[Measured]) -> Measured:
    """Put the columns together; one that could not be measured is undecidable, unless none could."""
    failures = [part.failure for part in parts]
    if failures and all(failures) and len(set(failures)) == 1:
        return Measured(failure=failures[0])
    values: list[Measurement] = []
    facts: dict[str, dict[str, Any]] = {"psi_null_95": {}, "changed_categories": {}}
    for (name, kind), part in zip(request.columns, parts, strict=True):
        values += part.values if part.failure is None else _failed(name, kind, part.failure)
        for fact, found in facts.items():
            found.update(part.facts.get(fact, {}))
    return Measured(values=tuple(values), facts=facts)


def _failed(name: str, kind: str, reason: str) -> Iterator[Measurement]:
    for measure in MEASURES.get(kind, CATEGORICAL_MEASURES):
        yield Measurement(measure=measure, n=0, slice=(("feature", name),), undecidable=reason)


def _questions(request: Drift, name: str, kind: str) -> tuple[Aggregate, ...]:
    if kind not in MEASURES:
        raise Undecidable(f"column {name!r} is {kind}; drift knows {', '.join(MEASURES)} columns")
    reference, current = (Source(table.content, table.format) for table in (request.reference, request.current))
    if kind == "vector":
        return (VectorSums(reference=reference, current=current, column=name),)
    if kind == "numeric":
        return tuple(Counts(source, (Number(name),), Number(name)) for source in (reference, current))
    return tuple(Counts(source, (Group(name),)) for source in (reference, current))


def by_category(cells: Cells) -> Mapping[str | None, int]:
    """Return rows by category, those without a value under None."""
    column = cells.columns[0]
    rows = np.ones(column.codes.size, dtype=np.int64) if cells.rows is None else cells.rows
    counted = np.bincount(column.codes, weights=rows, minlength=len(column.values)).astype(np.int64)
    texts = (None if text == MISSING else text for text in column.values)
    return dict(zip(texts, counted.tolist(), strict=True))


FAMILY = TableFamily(
    contents=lambda request: (request.reference.content, request.current.content),
    aggregates=aggregates,
    derive=derive,
    split=split,
    join=join,
)
