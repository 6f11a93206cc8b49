"""Quality of multi-class predictions: rates of the confusion matrix, curves and losses of the class scores."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt

from promoter.errors import Undecidable
from promoter.measure.aggregate import MISSING, Aggregate, Coded, Counts, Group, Key, Number, Source
from promoter.measure.families.family import (
    Results,
    attempt,
    cells_of,
    measurement,
    number,
    rows_of,
    settled,
)
from promoter.measure.families.slicing import ALL_ROWS, Rows, each_slice, slice_columns
from promoter.measure.measurement import Measurement, Slice
from promoter.measure.request import Measured, Quality
from promoter.measure.statistics import multiclass, multiclass_scores
from promoter.measure.statistics.estimate import Estimate
from promoter.measure.statistics.multiclass import ClassConfusion

MATRIX_MEASURES = (
    ("accuracy", multiclass.accuracy),
    ("balanced_accuracy", multiclass.balanced_accuracy),
    ("precision_macro", multiclass.macro_precision),
    ("precision_weighted", multiclass.weighted_precision),
    ("recall_macro", multiclass.macro_recall),
    ("recall_weighted", multiclass.weighted_recall),
    ("f1_macro", multiclass.macro_f1),
    ("f1_weighted", multiclass.weighted_f1),
    ("mcc", multiclass.matthews_correlation),
    ("cohen_kappa", multiclass.cohen_kappa),
)
SCORE_MEASURES = (
    ("roc_auc_macro", multiclass_scores.macro_auc),
    ("roc_auc_weighted", multiclass_scores.weighted_auc),
    ("log_loss", multiclass_scores.log_loss),
)
MOST_CLASSES = 20
"""Classes above which a matrix is not spelt out: it would be more than 400 measurements."""


@dataclass(frozen=True, slots=True)
class _ClassScores:
    """True class numbers (n,) and scores (n, K), rows aligned."""

    codes: npt.NDArray[np.int64]
    scores: npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Predicted:
    """Classes of rows as they are and as they are called, aligned, with the columns that make slices."""

    slices: tuple[Coded, ...]
    label: Coded
    prediction: Coded | None
    scores: tuple[npt.NDArray[np.float64], ...]


def aggregates(request: Quality) -> tuple[Aggregate, ...]:
    """Return the joint distribution of slices, label, prediction and class scores."""
    question = _question(request)
    return () if question is None else (question,)


def derive(request: Quality, results: Results) -> Measured:
    """Return every measure on all rows and on each slice, and of all rows how many of each class are called what."""
    predicted = predicted_rows(request, results)
    values = list(_of_rows(predicted, request, rows=ALL_ROWS, slice_=()))
    values.extend(confusion_cells(predicted, request, rows=ALL_ROWS, slice_=()))
    coded = dict(zip(slice_columns(request.slices), predicted.slices, strict=True))
    for slice_, rows in each_slice(request.slices, coded):
        values.extend(_of_rows(predicted, request, rows=rows, slice_=slice_))
    return Measured(values=tuple(values))


def _question(request: Quality) -> Counts | None:
    table = request.table
    if table.label is None:
        return None
    keys: list[Key] = [Group(column) for column in (*slice_columns(request.slices), table.label)]
    if table.prediction is not None:
        keys.append(Group(table.prediction))
    keys += [Number(column) for _, column in table.class_scores]
    return Counts(Source(table.content, table.format), tuple(keys))


def predicted_rows(request: Quality, results: Results) -> Predicted:
    """Return the rows that a multi-class quality request is about. Raises Undecidable where there are none to read."""
    question = _question(request)
    if question is None:
        raise Undecidable("no column is named as the label; name it in the evidence's columns")
    columns = rows_of(cells_of(results, question))
    width = len(slice_columns(request.slices))
    has_prediction = request.table.prediction is not None
    return Predicted(
        slices=columns[:width],
        label=columns[width],
        prediction=columns[width + 1] if has_prediction else None,
        scores=columns[width + 1 + has_prediction :],
    )


def _of_rows(predicted: Predicted, request: Quality, *, rows: Rows, slice_: Slice) -> Iterator[Measurement]:
    n = int(predicted.label.codes[rows].size)
    scores = attempt(partial(_class_scores, predicted, request, rows))
    matrix = attempt(partial(_matrix, predicted, request, scores, rows))
    for measure, of_matrix in MATRIX_MEASURES:
        unit = "" if measure in ("mcc", "cohen_kappa") else "fraction"
        yield measurement(measure, of_matrix, matrix, n=n, slice_=slice_, unit=unit)
    for measure, of_scores in SCORE_MEASURES:
        yield measurement(measure, partial(_score_estimate, of_scores), scores, n=n, slice_=slice_)


def confusion_cells(predicted: Predicted, request: Quality, *, rows: Rows, slice_: Slice) -> Iterator[Measurement]:
    """Yield the rows of each actual and predicted class, zeros too; one reason where they cannot be spelt out."""
    n = int(predicted.label.codes[rows].size)
    scores = attempt(partial(_class_scores, predicted, request, rows))
    matrix = attempt(lambda: _of_few_classes(_matrix(predicted, request, scores, rows)))
    if isinstance(matrix, Undecidable):
        yield Measurement(measure="confusion", n=n, unit="rows", slice=slice_, undecidable=matrix.reason)
        return
    for actual, counts in zip(matrix.labels, matrix.counts.tolist(), strict=True):
        for guess, count in zip(matrix.labels, counts, strict=True):
            where = (*slice_, ("actual", actual), ("predicted", guess))
            yield number("confusion", count, n=n, slice_=where, unit="rows")


def _of_few_classes(matrix: ClassConfusion) -> ClassConfusion:
    if len(matrix.labels) > MOST_CLASSES:
        raise Undecidable(f"{len(matrix.labels)} classes; a confusion matrix is spelt out up to {MOST_CLASSES}")
    return matrix


def _score_estimate(statistic: Callable[..., Estimate], basis: _ClassScores) -> Estimate:
    return statistic(basis.codes, basis.scores)


def _class_scores(predicted: Predicted, request: Quality, rows: Rows) -> _ClassScores:
    classes = [name for name, _ in request.table.class_scores]
    if not classes:
        raise Undecidable("no columns are named as class scores; name them in the evidence's columns")
    places = {name: place for place, name in enumerate(classes)}
    lookup = np.array([places.get(text, -1) for text in predicted.label.values], dtype=np.int64)
    codes = lookup[predicted.label.codes[rows]]
    unknown = int(np.count_nonzero(codes < 0))
    if unknown:
        raise Undecidable(f"the label is none of the scored classes in {unknown} of {codes.size} rows")
    return _ClassScores(codes, np.column_stack([column[rows] for column in predicted.scores]))


def _matrix(predicted: Predicted, request: Quality, scores: _ClassScores | Undecidable, rows: Rows) -> ClassConfusion:
    """Count predicted against true classes; without a prediction column the highest score predicts, first of equals."""
    label = predicted.label
    if predicted.prediction is not None:
        values, chosen = predicted.prediction.values, predicted.prediction.codes[rows]
    else:
        values = tuple(name for name, _ in request.table.class_scores)
        chosen = np.argmax(settled(scores).scores, axis=1)
    classes = tuple(sorted({*label.values, *values}))
    true = np.array([classes.index(text) for text in label.values], dtype=np.int64)[label.codes[rows]]
    guess = np.array([classes.index(text) for text in values], dtype=np.int64)[chosen]
    counts = np.bincount(true * len(classes) + guess, minlength=len(classes) ** 2)
    matrix = counts.reshape(len(classes), len(classes))
    if MISSING in classes and matrix[classes.index(MISSING)].sum() + matrix[:, classes.index(MISSING)].sum():
        raise Undecidable("the label or the prediction is missing in some rows; fill them")
    return ClassConfusion(classes, matrix)
