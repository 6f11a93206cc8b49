"""Candidate minus champion of a multi-class model on the same rows: decisions, and losses of the class scores."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from promoter.errors import Undecidable
from promoter.measure.aggregate import Coded, Group, Key, Number
from promoter.measure.families.family import attempt, settled
from promoter.measure.families.paired import Rightness, of_decisions, of_mean
from promoter.measure.families.slicing import Rows
from promoter.measure.measurement import Measurement, Slice
from promoter.measure.request import Table
from promoter.measure.statistics import multiclass_scores
from promoter.measure.statistics.arrays import Bits, Counts, Floats

Loss = Callable[[Counts, Floats], Floats]
Scored = tuple[tuple[Counts, Floats], ...]

LOSSES: tuple[tuple[str, Loss], ...] = (
    ("log_loss_difference", multiclass_scores.log_losses),
    ("brier_difference", multiclass_scores.brier_terms),
)


@dataclass(frozen=True, slots=True)
class ClassSide:
    """One model's label, predicted class where the file has one, and class scores by class, rows aligned."""

    label: Coded
    prediction: Coded | None
    scores: dict[str, Floats]


def class_keys(table: Table) -> tuple[Key, ...]:
    """Return the keys of a side: label, then prediction, then class scores, those that the table names."""
    if table.label is None:
        return ()
    predicted = (Group(table.prediction),) if table.prediction else ()
    return (Group(table.label), *predicted, *(Number(column) for _, column in table.class_scores))


def class_side(table: Table, columns: tuple[Any, ...]) -> ClassSide:
    """Return a side from the columns of its keys."""
    label, *rest = columns
    prediction = rest.pop(0) if table.prediction else None
    return ClassSide(label, prediction, dict(zip((name for name, _ in table.class_scores), rest, strict=True)))


def of_classes(candidate: ClassSide, champion: ClassSide, *, rows: Rows, slice_: Slice) -> Iterator[Measurement]:
    """Yield the difference of the accuracies with its test, and those of log loss and Brier score."""
    n = int(candidate.label.codes[rows].size)
    rightness = attempt(lambda: Rightness(_is_right(candidate, rows), _is_right(champion, rows)))
    yield from of_decisions(rightness, n=n, slice_=slice_)
    scored = attempt(lambda: tuple(_scored(side, rows) for side in (champion, candidate)))
    for measure, loss in LOSSES:
        losses = attempt(partial(_losses, scored, loss))
        yield from of_mean(measure, losses, n=n, slice_=slice_)


def _losses(scored: Scored | Undecidable, loss: Loss) -> list[Floats]:
    return [loss(*side) for side in settled(scored)]


def _is_right(side: ClassSide, rows: Rows) -> Bits:
    if side.prediction is None:
        raise Undecidable("a side has no prediction column; name it in the evidence's columns")
    return np.asarray(
        _numbered(side.label, side.prediction.values, rows) == side.prediction.codes[rows], dtype=np.bool_
    )


def _scored(side: ClassSide, rows: Rows) -> tuple[Counts, Floats]:
    """Return the number of each row's class, (n,), among the class scores, (n, K)."""
    if not side.scores:
        raise Undecidable("a side names no columns as class scores; name them in the evidence's columns")
    codes = _numbered(side.label, tuple(side.scores), rows)
    unknown = int(np.count_nonzero(codes < 0))
    if unknown:
        raise Undecidable(f"the label is none of a side's scored classes in {unknown} of {codes.size} rows")
    return codes, np.column_stack([column[rows] for column in side.scores.values()])


def _numbered(label: Coded, classes: tuple[str, ...], rows: Rows) -> Counts:
    """Return each row's place of its label among the classes, -1 where it is none of them."""
    places = {text: place for place, text in enumerate(classes)}
    wanted = np.array([places.get(text, -1) for text in label.values], dtype=np.int64)
    return np.asarray(wanted[label.codes[rows]], dtype=np.int64)
