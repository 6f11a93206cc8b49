"""Quality of scored examples, as evaluation suites of generative models give them: means and pass rates."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from promoter.errors import Undecidable
from promoter.measure.aggregate import Aggregate, Counts, Group, Number, Source
from promoter.measure.families.family import Results, cells_of, measurement, rows_of
from promoter.measure.families.slicing import each_slice, slice_columns
from promoter.measure.measurement import Measurement, Slice
from promoter.measure.request import Measured, Quality
from promoter.measure.statistics.estimate import Estimate
from promoter.measure.statistics.scores import mean_score, pass_rate


def aggregates(request: Quality) -> tuple[Aggregate, ...]:
    """Return the joint distribution of slices and score."""
    question = _question(request)
    return () if question is None else (question,)


def derive(request: Quality, results: Results) -> Measured:
    """Return the mean score and the pass rate of all examples and of each slice, such as a suite or a tag."""
    question = _question(request)
    if question is None:
        raise Undecidable("no column is named as the score; name it in the evidence's columns")
    *slices, score = rows_of(cells_of(results, question))
    values = list(_of_rows(score, request.threshold, slice_=()))
    coded = dict(zip(slice_columns(request.slices), slices, strict=True))
    for slice_, rows in each_slice(request.slices, coded):
        values.extend(_of_rows(score[rows], request.threshold, slice_=slice_))
    return Measured(values=tuple(values), facts={"threshold": request.threshold})


def _question(request: Quality) -> Counts | None:
    table = request.table
    if table.score is None:
        return None
    groups = [Group(column) for column in slice_columns(request.slices)]
    return Counts(Source(table.content, table.format), (*groups, Number(table.score)))


def _of_rows(score: npt.NDArray[np.float64], threshold: float | None, *, slice_: Slice) -> Iterator[Measurement]:
    yield measurement("mean_score", mean_score, score, n=score.size, slice_=slice_)
    yield measurement("pass_rate", lambda s: _passes(s, threshold), score, n=score.size, slice_=slice_, unit="fraction")


def _passes(score: npt.NDArray[np.float64], threshold: float | None) -> Estimate:
    """Return the share at or above the threshold; without one, scores must be 0 or 1. A NaN passes nothing."""
    missing = int(np.count_nonzero(~np.isfinite(score)))
    if missing:
        raise Undecidable(f"score is NaN or infinite in {missing} of {score.size} rows")
    return pass_rate(score if threshold is None else score >= threshold)
