"""Quality of predicted quantities: errors in the target's own unit, and the share of its variance explained."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt

from promoter.errors import Undecidable
from promoter.measure.aggregate import Aggregate, Counts, Group, Number, Source
from promoter.measure.families.family import Results, cells_of, measurement, rows_of
from promoter.measure.families.slicing import each_slice, slice_columns
from promoter.measure.measurement import Measurement, Slice
from promoter.measure.request import Measured, Quality
from promoter.measure.statistics import regression
from promoter.measure.statistics.estimate import Estimate

MEASURES: tuple[tuple[str, Callable[..., Estimate]], ...] = (
    ("rmse", regression.root_mean_squared_error),
    ("mae", regression.mean_absolute_error),
    ("median_absolute_error", regression.median_absolute_error),
    ("mape", regression.mean_absolute_percentage_error),
    ("r2", regression.r_squared),
    ("residual_bias", regression.residual_bias),
    ("pinball_10", partial(regression.pinball_loss, quantile=0.1)),
    ("pinball_50", partial(regression.pinball_loss, quantile=0.5)),
    ("pinball_90", partial(regression.pinball_loss, quantile=0.9)),
)
"""A pinball loss at q is for a prediction of that quantile; pinball_50 is half of the mean absolute error."""


@dataclass(frozen=True, slots=True)
class _Predicted:
    """Targets and predictions (n,), rows aligned."""

    target: npt.NDArray[np.float64]
    prediction: npt.NDArray[np.float64]


def aggregates(request: Quality) -> tuple[Aggregate, ...]:
    """Return the joint distribution of slices, target and prediction."""
    question = _question(request)
    return () if question is None else (question,)


def derive(request: Quality, results: Results) -> Measured:
    """Return every measure on all rows and on each slice."""
    question = _question(request)
    if question is None:
        raise Undecidable("a regression needs a label and a prediction column; name both in the evidence's columns")
    *slices, target, prediction = rows_of(cells_of(results, question))
    values = list(_of_rows(_Predicted(target, prediction), slice_=()))
    coded = dict(zip(slice_columns(request.slices), slices, strict=True))
    for slice_, rows in each_slice(request.slices, coded):
        values.extend(_of_rows(_Predicted(target[rows], prediction[rows]), slice_=slice_))
    return Measured(values=tuple(values))


def _question(request: Quality) -> Counts | None:
    table = request.table
    predicted = table.prediction or table.score
    if table.label is None or predicted is None:
        return None
    groups = [Group(column) for column in slice_columns(request.slices)]
    return Counts(Source(table.content, table.format), (*groups, Number(table.label), Number(predicted)))


def _of_rows(predicted: _Predicted, *, slice_: Slice) -> Iterator[Measurement]:
    for measure, statistic in MEASURES:
        unit = "fraction" if measure == "mape" else ""
        compute = partial(_estimate, statistic)
        yield measurement(measure, compute, predicted, n=predicted.target.size, slice_=slice_, unit=unit)


def _estimate(statistic: Callable[..., Estimate], predicted: _Predicted) -> Estimate:
    return statistic(predicted.target, predicted.prediction)
