"""Drift: how far each column has moved from the reference, by bins of the reference and by ranks."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from promoter.errors import Undecidable
from promoter.measure.aggregate import MISSING, Aggregate, Cells, Counts, Group, Number, Source
from promoter.measure.families import drift_measures
from promoter.measure.families.family import Results, TableFamily, cells_of, rows_of
from promoter.measure.measurement import Measurement
from promoter.measure.request import Drift, Measured


def aggregates(request: Drift) -> tuple[Aggregate, ...]:
    """Return the distribution of each column on both sides."""
    return tuple(question for name, kind in request.columns for question in _questions(request, name, kind))


def derive(request: Drift, results: Results) -> Measured:
    """Return every measure of every column, the missing values of both sides with them."""
    values: list[Measurement] = []
    nulls: dict[str, float] = {}
    changed: dict[str, Any] = {}
    for name, kind in request.columns:
        reference, current = (cells_of(results, question) for question in _questions(request, name, kind))
        if kind == "numeric":
            sides = (np.asarray(rows_of(cells)[0], dtype=np.float64) for cells in (reference, current))
            column = drift_measures.of_numbers(*sides, name=name, bins=request.bins)
        else:
            column = drift_measures.of_categories(_by_category(reference), _by_category(current), name=name)
        values += column.values
        nulls |= {name: column.psi_null} if column.psi_null is not None else {}
        changed |= {name: column.changed} if column.changed else {}
    return Measured(values=tuple(values), facts={"psi_null_95": nulls, "changed_categories": changed})


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
    measures = drift_measures.NUMERIC_MEASURES if kind == "numeric" else drift_measures.CATEGORICAL_MEASURES
    for measure in measures:
        yield Measurement(measure=measure, n=0, slice=(("feature", name),), undecidable=reason)


def _questions(request: Drift, name: str, kind: str) -> tuple[Counts, Counts]:
    if kind not in ("numeric", "categorical"):
        raise Undecidable(f"column {name!r} is {kind}; drift knows numeric and categorical columns")
    key = Number(name) if kind == "numeric" else Group(name)
    reference, current = (Source(table.content, table.format) for table in (request.reference, request.current))
    return Counts(reference, (key,)), Counts(current, (key,))


def _by_category(cells: Cells) -> Mapping[str | None, int]:
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
