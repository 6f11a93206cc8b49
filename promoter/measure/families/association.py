"""Association: how strongly each column tells a target, a column at a time."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from promoter.errors import Undecidable
from promoter.measure.aggregate import MISSING, Aggregate, Coded, Counts, Group, Key, Number, PairedCounts, Source
from promoter.measure.families.family import Results, TableFamily, attempt, cells_of, measurement, rows_of
from promoter.measure.request import Measured
from promoter.measure.requests_data import Association
from promoter.measure.statistics.association import correlation_ratio, cramers_v, crosstab, numeric_strength
from promoter.measure.statistics.drift_bins import quantile_edges
from promoter.measure.statistics.estimate import Estimate

_BINS = 10
_KINDS = ("numeric", "categorical")


@dataclass(frozen=True, slots=True)
class _Strength:
    estimate: Estimate
    view: str


def aggregates(request: Association) -> tuple[Aggregate, ...]:
    """Return the joint distribution of each column and the target, of rows paired by id where it is elsewhere."""
    return tuple(_question(request, name, kind) for name, kind in request.columns)


def derive(request: Association, results: Results) -> Measured:
    """Return the strength of each column; rows without a target are left out, and counted in `n` by their absence."""
    values, views, constant = [], {}, []
    for name, kind in request.columns:
        column, target = rows_of(cells_of(results, _question(request, name, kind)))
        found = attempt(partial(_strength, column, target))
        n = int((column.codes if isinstance(column, Coded) else column).size)
        where = (("feature", name), ("target", request.target))
        values.append(measurement("strength", lambda strength: strength.estimate, found, n=n, slice_=where))
        if not isinstance(found, Undecidable):
            views[name] = found.view
        elif _is_constant(column):
            constant.append(name)
    return Measured(values=tuple(values), facts={"views": views, "constant": constant})


def split(request: Association) -> tuple[Association, ...]:
    """Return one request a column, so that one column's rows are in memory at a time."""
    return tuple(replace(request, columns=(column,)) for column in request.columns)


def join(_request: Association, parts: Sequence[Measured]) -> Measured:
    """Put the columns together; the first that could not be read fails the whole."""
    failure = next((part.failure for part in parts if part.failure is not None), None)
    if failure is not None:
        return Measured(failure=failure)
    values = tuple(value for part in parts for value in part.values)
    views = {name: view for part in parts for name, view in part.facts["views"].items()}
    constant = [name for part in parts for name in part.facts["constant"]]
    return Measured(values=values, facts={"views": views, "constant": constant})


def _question(request: Association, name: str, kind: str) -> Counts | PairedCounts:
    if kind not in _KINDS or request.target_kind not in _KINDS:
        raise Undecidable(
            f"column {name!r} is {kind} and the target {request.target_kind}; know {' and '.join(_KINDS)}"
        )
    key, target = _key(name, kind), _key(request.target, request.target_kind)
    here, there = request.table, request.target_table
    if here.content == there.content:
        return Counts(Source(here.content, here.format), (key, target))
    if here.id is None or there.id is None:
        raise Undecidable("rows of two tables are paired by id; name the id column of both in the evidence's columns")
    return PairedCounts(
        left=Source(here.content, here.format),
        right=Source(there.content, there.format),
        left_id=here.id,
        right_id=there.id,
        left_keys=(key,),
        right_keys=(target,),
        sides=("features", "predictions"),
    )


def _key(name: str, kind: str) -> Key:
    return Number(name) if kind == "numeric" else Group(name)


def _strength(column: Any, target: Any) -> _Strength:
    """Return the strength of a column (n,) for a target (n,), over rows that have a target."""
    if isinstance(target, Coded):
        known = np.asarray([text != MISSING for text in target.values], dtype=np.bool_)[target.codes]
        codes = target.codes[known]
        if isinstance(column, Coded):
            return _Strength(cramers_v(crosstab(column.codes[known], codes)), "categories")
        found = numeric_strength(_zero_or_one(codes), column[known], bins=_BINS)
        return _Strength(found.estimate, found.view.value)
    known = ~np.isnan(target)
    places = column.codes[known] if isinstance(column, Coded) else _bins(column[known])
    view = "categories" if isinstance(column, Coded) else "bins"
    return _Strength(correlation_ratio(places, target[known]), view)


def _is_constant(column: Any) -> bool:
    """Say whether all rows hold one value, or none at all."""
    return bool(np.unique(column.codes if isinstance(column, Coded) else column).size <= 1)


def _zero_or_one(codes: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Return codes of two values as 0 and 1, so that their rank order counts too; others as they are."""
    distinct, places = np.unique(codes, return_inverse=True)
    return places if distinct.size == 2 else codes


def _bins(values: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
    """Return each value's quantile bin, and one more bin for the missing."""
    missing = np.isnan(values)
    edges = np.asarray(quantile_edges(values, bins=_BINS))
    return np.where(missing, edges.size + 1, np.searchsorted(edges, values, side="left")).astype(np.int64)


FAMILY = TableFamily(
    contents=lambda request: (request.table.content, request.target_table.content),
    aggregates=aggregates,
    derive=derive,
    split=split,
    join=join,
)
