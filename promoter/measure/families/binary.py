"""Quality of binary predictions: curves and losses of the score, rates of the decision."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy.typing as npt

from promoter.errors import Undecidable
from promoter.measure.aggregate import Aggregate, Cells, Counts, Group, Key, Label, Number, Source
from promoter.measure.families.family import Results, attempt, cells_of, measurement, rows_of, settled
from promoter.measure.families.labels import checked
from promoter.measure.families.slicing import ALL_ROWS, Rows, each_slice, slice_columns
from promoter.measure.measurement import Measurement, Slice
from promoter.measure.request import Measured, Quality, Table
from promoter.measure.statistics import confusion, curve, probability
from promoter.measure.statistics.arrays import Bits, finite_floats
from promoter.measure.statistics.sufficient import Confusion, ScoreCounts

SCORE_MEASURES = (
    ("roc_auc", curve.roc_auc),
    ("average_precision", curve.average_precision),
    ("log_loss", probability.log_loss),
    ("brier", probability.brier),
    ("ks", curve.ks),
)
RATE_MEASURES = (
    ("accuracy", confusion.accuracy, "fraction"),
    ("balanced_accuracy", confusion.balanced_accuracy, "fraction"),
    ("precision", confusion.precision, "fraction"),
    ("recall", confusion.recall, "fraction"),
    ("specificity", confusion.specificity, "fraction"),
    ("fpr", confusion.fpr, "fraction"),
    ("fnr", confusion.fnr, "fraction"),
    ("f1", confusion.f1, "fraction"),
    ("mcc", confusion.mcc, ""),
    ("selection_rate", confusion.selection_rate, "fraction"),
)


def aggregates(request: Quality) -> tuple[Aggregate, ...]:
    """Return the joint distribution of slices, label, score and prediction, and the label's values as text."""
    return tuple(question for question in (_question(request), _seen(request.table)) if question is not None)


def derive(request: Quality, results: Results) -> Measured:
    """Return every measure on all rows and on each slice."""
    scored = scored_rows(request, results)
    values = list(_of_rows(scored, request, rows=ALL_ROWS, slice_=()))
    columns = slice_columns(request.slices)
    coded = dict(zip(columns, scored.slices, strict=True))
    for slice_, rows in each_slice(request.slices, coded):
        values.extend(_of_rows(scored, request, rows=rows, slice_=slice_))
    return Measured(values=tuple(values), facts={"threshold": request.threshold})


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoredRows:
    """Rows of a predictions file in ascending order of score, where there is one, as the engine sorts them.

    Label codes (n,), score (n,) with NaN last or None, prediction codes (n,) or None, codes of the slice columns.
    """

    slices: tuple[Any, ...]
    label: npt.NDArray[Any]
    score: npt.NDArray[Any] | None
    prediction: npt.NDArray[Any] | None
    seen: Cells | None


def _question(request: Quality) -> Counts | None:
    table = request.table
    if table.label is None:
        return None
    keys: list[Key] = [Group(column) for column in slice_columns(request.slices)]
    keys.append(Label(table.label))
    if table.score is not None:
        keys.append(Number(table.score))
    if table.prediction is not None and request.threshold is None:
        keys.append(Label(table.prediction))
    order = Number(table.score) if table.score is not None else None
    return Counts(Source(table.content, table.format), tuple(keys), order)


def _seen(table: Table) -> Counts | None:
    return Counts(Source(table.content, table.format), (Group(table.label),)) if table.label else None


def scored_rows(request: Quality, results: Results) -> ScoredRows:
    """Return the rows that a binary quality request is about. Raises Undecidable where there are none to read."""
    question, seen = _question(request), _seen(request.table)
    if question is None or seen is None:
        raise Undecidable("no column is named as the label; name it in the evidence's columns")
    width = len(slice_columns(request.slices))
    columns = rows_of(cells_of(results, question))
    rest = iter(columns[width + 1 :])
    return ScoredRows(
        slices=columns[:width],
        label=columns[width],
        score=next(rest) if request.table.score is not None else None,
        prediction=next(rest, None),
        seen=cells_of(results, seen),
    )


def _of_rows(scored: ScoredRows, request: Quality, *, rows: Rows, slice_: Slice) -> Iterator[Measurement]:
    n = int(scored.label[rows].size)
    label = attempt(lambda: checked(scored.label[rows], column=request.table.label or "", seen=scored.seen))
    counts = attempt(lambda: score_counts(scored, settled(label), rows))
    matrix = attempt(lambda: _confusion(scored, request, settled(label), counts, rows))
    for measure, of_scores in SCORE_MEASURES:
        yield measurement(measure, of_scores, counts, n=n, slice_=slice_)
    for measure, of_decisions, unit in RATE_MEASURES:
        yield measurement(measure, of_decisions, matrix, n=n, slice_=slice_, unit=unit)


def score_counts(scored: ScoredRows, label: Bits, rows: Rows) -> ScoreCounts:
    """Return positives and negatives by score of some rows. Raises Undecidable without finite scores."""
    if scored.score is None:
        raise Undecidable("no column is named as the score; name it in the evidence's columns")
    return ScoreCounts.from_ascending(label, finite_floats(scored.score[rows], name="score"))


def _confusion(
    scored: ScoredRows, request: Quality, label: Bits, counts: ScoreCounts | Undecidable, rows: Rows
) -> Confusion:
    """Decide by the threshold, which the version pins; only without one by the file's own predictions."""
    if request.threshold is not None and scored.score is not None:
        return settled(counts).confusion(threshold=request.threshold)
    if scored.prediction is None:
        raise Undecidable("neither a threshold for the score nor a prediction column says what is decided")
    return Confusion.from_rows(
        label, checked(scored.prediction[rows], column=request.table.prediction or "", seen=None)
    )
