"""GroupRates: the confusion counts of every group, from which all group fairness follows."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from promoter.errors import Undecidable
from promoter.measure.aggregate import Aggregate, AtLeast, Cells, Counts, Group, Key, Label, Source
from promoter.measure.families.family import Results, TableFamily, cells_of, number
from promoter.measure.families.labels import checked
from promoter.measure.families.slicing import each_slice, slice_columns
from promoter.measure.measurement import Measurement, Slice
from promoter.measure.request import GroupRates, Measured

CELLS = (("tp", True, True), ("fp", False, True), ("fn", True, False), ("tn", False, False))
"""Measure, label, decision."""


def aggregates(request: GroupRates) -> tuple[Aggregate, ...]:
    """Return the joint distribution of attributes, label and decision, and the label's values as text."""
    question, seen = _questions(request)
    return (question, seen)


def derive(request: GroupRates, results: Results) -> Measured:
    """Return tp, fp, fn, tn of every group that occurs; undecidable where a label or decision of it is unusable."""
    question, seen = _questions(request)
    cells = cells_of(results, question)
    *attributes, label, decision = cells.columns
    weights = np.ones(label.size, dtype=np.int64) if cells.rows is None else cells.rows
    coded = dict(zip(slice_columns(request.attributes), attributes, strict=True))
    seen_cells = cells_of(results, seen)
    values: list[Measurement] = []
    for slice_, rows in each_slice(request.attributes, coded):
        values += _of_group(
            request, slice_, label=label[rows], decision=decision[rows], weights=weights[rows], seen=seen_cells
        )
    return Measured(values=tuple(values), facts={"threshold": request.threshold})


def _questions(request: GroupRates) -> tuple[Counts, Counts]:
    table = request.table
    if table.label is None:
        raise Undecidable("no column is named as the label; name it in the evidence's columns")
    decision: Key
    if request.threshold is not None and table.score is not None:
        decision = AtLeast(table.score, request.threshold)
    elif table.prediction is not None:
        decision = Label(table.prediction)
    else:
        raise Undecidable("neither a threshold for the score nor a prediction column says what is decided; name one")
    source = Source(table.content, table.format)
    groups = (Group(column) for column in slice_columns(request.attributes))
    return Counts(source, (*groups, Label(table.label), decision)), Counts(source, (Group(table.label),))


def _of_group(
    request: GroupRates,
    slice_: Slice,
    *,
    label: npt.NDArray[np.int8],
    decision: npt.NDArray[np.int8],
    weights: npt.NDArray[np.int64],
    seen: Cells,
) -> Iterator[Measurement]:
    n = int(weights.sum())
    try:
        _require_usable(label, weights, column=request.table.label or "", seen=seen)
        _require_usable(decision, weights, column=_decision_column(request), seen=None)
    except Undecidable as reason:
        for measure, _, _ in CELLS:
            yield Measurement(measure=measure, n=n, unit="rows", slice=slice_, undecidable=reason.reason)
        return
    for measure, is_positive, is_selected in CELLS:
        count = int(weights[(label == is_positive) & (decision == is_selected)].sum())
        yield number(measure, count, n=n, slice_=slice_, unit="rows")


def _require_usable(
    codes: npt.NDArray[np.int8], weights: npt.NDArray[np.int64], *, column: str, seen: Cells | None
) -> None:
    """Raise Undecidable, with the rows that it is about, where a cell's code is neither 0 nor 1."""
    if ((codes != 0) & (codes != 1)).any():
        checked(np.repeat(codes, weights), column=column, seen=seen)


def _decision_column(request: GroupRates) -> str:
    by_score = request.threshold is not None and request.table.score is not None
    return (request.table.score if by_score else request.table.prediction) or ""


FAMILY = TableFamily(contents=lambda request: (request.table.content,), aggregates=aggregates, derive=derive)
