"""PairedQuality: candidate against champion on rows paired by id, over all rows and by slice."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from promoter.errors import Undecidable
from promoter.measure.aggregate import Aggregate, Coded, Group, Key, Label, Number, PairedCounts, Source
from promoter.measure.families.family import Results, TableFamily, attempt, cells_of, rows_of, settled
from promoter.measure.families.labels import checked
from promoter.measure.families.paired import (
    Rightness,
    Scores,
    of_decisions,
    of_mean,
    of_quantities,
    of_rankings,
    of_scores,
)
from promoter.measure.families.paired_classes import class_keys, class_side, of_classes
from promoter.measure.families.slicing import ALL_ROWS, Rows, each_slice, slice_columns
from promoter.measure.measurement import Measurement, Slice
from promoter.measure.request import Measured, PairedQuality, Table
from promoter.measure.statistics.arrays import Bits, Floats, finite_floats


@dataclass(frozen=True, slots=True, kw_only=True)
class _Side:
    """One model's columns: label, and score and prediction where the file has them.

    Of a ranking its queries, of classes a ClassSide.
    """

    label: Any
    score: Any
    prediction: Any
    query: Any = None
    classes: Any = None


def aggregates(request: PairedQuality) -> tuple[Aggregate, ...]:
    """Return the joint distribution over paired rows of slices, and of both labels, scores and predictions."""
    question = _question(request)
    return () if question is None else (question,)


def derive(request: PairedQuality, results: Results) -> Measured:
    """Return the paired tests on all rows and on each slice. Raises Undecidable where the labels differ."""
    question = _question(request)
    if question is None:
        parts = "label, query and score" if request.task == "ranking" else "label, score and prediction"
        raise Undecidable(f"a side has no id or nothing to compare; name its id, {parts} columns")
    columns = rows_of(cells_of(results, question))
    names = slice_columns(request.slices)
    own = len(names) + len(_keys(request.candidate, request.task))
    candidate = _side(request.candidate, request.task, columns[len(names) : own])
    champion = _side(request.champion, request.task, columns[own:])
    if request.task != "scores":
        _require_same_labels(candidate.label, champion.label)
    values = list(_of_rows(request, candidate, champion, rows=ALL_ROWS, slice_=()))
    for slice_, rows in each_slice(request.slices, dict(zip(names, columns, strict=False))):
        values.extend(_of_rows(request, candidate, champion, rows=rows, slice_=slice_))
    plain = {value.measure: value.value for value in values if value.slice == ()}
    facts = {name: plain[name] for name in ("delong_z", "delong_p", "mcnemar_p") if plain.get(name) is not None}
    return Measured(values=tuple(values), facts=facts)


def _keys(table: Table, task: str) -> tuple[Key, ...]:
    """Return a side's keys: label, then score, then prediction, those that the table names."""
    if task == "scores":
        return (Number(table.score),) if table.score else ()
    if table.label is None:
        return ()
    if task == "ranking":
        is_whole = table.score is not None and table.query is not None
        return (Number(table.label), Number(table.score or ""), Group(table.query or "")) if is_whole else ()
    if task == "regression":
        predicted = table.prediction or table.score
        return (Number(table.label), *((Number(predicted),) if predicted else ()))
    if task == "multiclass":
        return class_keys(table)
    keys: tuple[Key, ...] = (Label(table.label),)
    if table.score is not None:
        keys += (Number(table.score),)
    if table.prediction is not None:
        keys += (Label(table.prediction),)
    return keys


def _question(request: PairedQuality) -> PairedCounts | None:
    left, right = request.candidate, request.champion
    sides = _keys(left, request.task), _keys(right, request.task)
    if left.id is None or right.id is None or not all(sides):
        return None
    groups = tuple(Group(column) for column in slice_columns(request.slices))
    return PairedCounts(
        left=Source(left.content, left.format),
        right=Source(right.content, right.format),
        left_id=left.id,
        right_id=right.id,
        left_keys=groups + sides[0],
        right_keys=sides[1],
        order=Number(left.score) if request.task == "binary" and left.score else None,
    )


def _side(table: Table, task: str, columns: tuple[Any, ...]) -> _Side:
    label, *rest = columns
    if task == "multiclass":
        return _Side(label=label, score=None, prediction=None, classes=class_side(table, columns))
    if task == "scores":
        return _Side(label=label, score=label, prediction=None)
    if task == "ranking":
        return _Side(label=label, score=rest[0], prediction=None, query=rest[1])
    if task == "regression":
        return _Side(label=label, score=rest[0] if rest else None, prediction=None)
    return _Side(
        label=label,
        score=rest[0] if table.score is not None else None,
        prediction=rest[-1] if table.prediction is not None else None,
    )


def _require_same_labels(candidate: Any, champion: Any) -> None:
    first, second = (
        np.array(side.values, dtype=object)[side.codes] if isinstance(side, Coded) else side
        for side in (candidate, champion)
    )
    same = first == second
    if first.dtype.kind == "f":
        same |= np.isnan(first) & np.isnan(second)
    differing = int(first.size - np.count_nonzero(same))
    if differing:
        raise Undecidable(
            f"the label differs between candidate and champion in {differing} of {first.size} rows with the same id;"
            " score both on one labelled set"
        )


def _of_rows(
    request: PairedQuality, candidate: _Side, champion: _Side, *, rows: Rows, slice_: Slice
) -> Iterator[Measurement]:
    if request.task == "ranking":
        ranked = Scores(candidate.label[rows], candidate.score[rows], champion.score[rows])
        yield from of_rankings(ranked, candidate.query.codes[rows], slice_=slice_)
        return
    if request.task == "scores":
        examples = champion.score[rows], candidate.score[rows]
        yield from of_mean("mean_score_difference", examples, n=examples[0].size, slice_=slice_)
        return
    if request.task == "regression":
        if candidate.score is None or champion.score is None:
            raise Undecidable("a side has no prediction column; name it in the evidence's columns")
        scores = Scores(candidate.label[rows], candidate.score[rows], champion.score[rows])
        yield from of_quantities(scores, n=scores.candidate.size, slice_=slice_)
        return
    if request.task == "multiclass":
        yield from of_classes(candidate.classes, champion.classes, rows=rows, slice_=slice_)
        return
    yield from _of_binary_rows(request, candidate, champion, rows=rows, slice_=slice_)


def _of_binary_rows(
    request: PairedQuality, candidate: _Side, champion: _Side, *, rows: Rows, slice_: Slice
) -> Iterator[Measurement]:
    n = int(candidate.label[rows].size)
    label = attempt(lambda: checked(candidate.label[rows], column=request.candidate.label or "", seen=None))
    given = tuple(side.score[rows] if side.score is not None else None for side in (candidate, champion))
    yield from of_scores(attempt(lambda: _scores(settled(label), *given)), n=n, slice_=slice_)
    rightness = attempt(
        lambda: Rightness(
            _decisions(given[0], candidate, request.candidate, request.threshold, rows) == settled(label),
            _decisions(given[1], champion, request.champion, request.champion_threshold, rows) == settled(label),
        )
    )
    yield from of_decisions(rightness, n=n, slice_=slice_)


def _scores(label: Bits, candidate: Floats | None, champion: Floats | None) -> Scores:
    if candidate is None or champion is None:
        raise Undecidable("a side has no score column; name it in the evidence's columns")
    return Scores(label, candidate, champion)


def _decisions(score: Floats | None, side: _Side, table: Table, threshold: float | None, rows: Rows) -> Bits:
    """Return what a model decides on each row: by its version's threshold, else by its file's predictions."""
    if threshold is not None and score is not None:
        return np.asarray(finite_floats(score, name="score") >= threshold, dtype=np.bool_)
    if side.prediction is None:
        raise Undecidable("a side has neither a threshold nor a prediction column, so it decides nothing")
    return checked(side.prediction[rows], column=table.prediction or "", seen=None)


FAMILY = TableFamily(
    contents=lambda request: (request.candidate.content, request.champion.content),
    aggregates=aggregates,
    derive=derive,
)
