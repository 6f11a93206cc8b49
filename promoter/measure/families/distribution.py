"""Distribution: the rows of each column in the bins of Drift, on both sides."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from promoter.measure.aggregate import Aggregate
from promoter.measure.families import drift
from promoter.measure.families.family import Results, TableFamily, cells_of, rows_of
from promoter.measure.request import Drift, Measured
from promoter.measure.requests_drawing import Distribution
from promoter.measure.statistics.drift_bins import counts_of_ascending, edges_of_ascending
from promoter.measure.statistics.drift_categorical import aligned
from promoter.measure.statistics.drift_segments import present_ascending

MOST_CATEGORIES = 20


def aggregates(request: Distribution) -> tuple[Aggregate, ...]:
    """Return the questions of the drift of the same columns, so that both are answered by one scan."""
    return drift.aggregates(_as_drift(request))


def derive(request: Distribution, results: Results) -> Measured:
    """Return the counts of every column."""
    columns: dict[str, Any] = {}
    for name, kind in request.columns:
        reference, current = (
            cells_of(results, question) for question in drift.aggregates(_as_drift(request, ((name, kind),)))
        )
        if kind == "numeric":
            columns[name] = _of_numbers(rows_of(reference)[0], rows_of(current)[0], bins=request.bins)
        else:
            columns[name] = _of_categories(drift.by_category(reference), drift.by_category(current))
    return Measured(facts={"columns": columns, "undecided": {}})


def split(request: Distribution) -> tuple[Distribution, ...]:
    """Return one request a column, so that one column's rows are in memory at a time."""
    return tuple(replace(request, columns=(column,)) for column in request.columns)


def join(request: Distribution, parts: Sequence[Measured]) -> Measured:
    """Put the columns together; one that has no distribution is named with the reason."""
    columns = {name: found for part in parts for name, found in part.facts.get("columns", {}).items()}
    pairs = zip(request.columns, parts, strict=True)
    return Measured(
        facts={"columns": columns, "undecided": {name: part.failure for (name, _), part in pairs if part.failure}}
    )


def _as_drift(request: Distribution, columns: tuple[tuple[str, str], ...] | None = None) -> Drift:
    return Drift(
        reference=request.reference,
        current=request.current,
        columns=request.columns if columns is None else columns,
        bins=request.bins,
    )


def _of_numbers(reference: Any, current: Any, *, bins: int) -> dict[str, Any]:
    sides = [np.asarray(side, dtype=np.float64) for side in (reference, current)]
    present = [present_ascending(side) for side in sides]
    edges = edges_of_ascending(present[0], bins=bins)
    counts = [counts_of_ascending(side, edges, missing=0)[:-1].tolist() for side in present]
    missing = [side.size - kept.size for side, kept in zip(sides, present, strict=True)]
    return _column(counts, missing, edges=list(edges))


def _of_categories(reference: Mapping[str | None, int], current: Mapping[str | None, int]) -> dict[str, Any]:
    """Count the categories with the most rows first, ties in text order."""
    counts = aligned(reference, current)
    rows = counts.reference + counts.current
    places = {text: place for place, text in enumerate(counts.categories) if text is not None}
    named = sorted(places, key=lambda text: (-int(rows[places[text]]), text))
    kept, rest = named[:MOST_CATEGORIES], named[MOST_CATEGORIES:]
    sides = [
        [int(side[places[text]]) for text in kept] + [sum(int(side[places[text]]) for text in rest)] * bool(rest)
        for side in (counts.reference, counts.current)
    ]
    missing = [reference.get(None, 0), current.get(None, 0)]
    return _column(sides, missing, categories=kept, others=len(rest))


def _column(
    counts: Sequence[list[int]],
    missing: Sequence[int],
    *,
    edges: list[float] | None = None,
    categories: list[str] | None = None,
    others: int = 0,
) -> dict[str, Any]:
    return {
        "edges": edges,
        "categories": categories,
        "reference": counts[0],
        "current": counts[1],
        "missing": list(missing),
        "others": others,
    }


FAMILY = TableFamily(
    contents=lambda request: (request.reference.content, request.current.content),
    aggregates=aggregates,
    derive=derive,
    split=split,
    join=join,
)
