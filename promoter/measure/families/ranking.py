"""Quality of rankings: a value per query, averaged over queries; documents are no independent rows."""

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
from promoter.measure.statistics import ranking
from promoter.measure.statistics.estimate import Estimate
from promoter.measure.statistics.ranking import QueryMean

MEASURES: tuple[tuple[str, Callable[..., QueryMean]], ...] = (
    ("ndcg_at_5", partial(ranking.ndcg, k=5)),
    ("ndcg_at_10", partial(ranking.ndcg, k=10)),
    ("ndcg", ranking.ndcg),
    ("mrr", ranking.mean_reciprocal_rank),
)


@dataclass(frozen=True, slots=True)
class _Documents:
    """Query numbers, relevance and score, (n,), rows aligned."""

    query: npt.NDArray[np.int64]
    relevance: npt.NDArray[np.float64]
    score: npt.NDArray[np.float64]


def aggregates(request: Quality) -> tuple[Aggregate, ...]:
    """Return the joint distribution of slices, query, relevance and score."""
    question = _question(request)
    return () if question is None else (question,)


def derive(request: Quality, results: Results) -> Measured:
    """Return every measure on all queries and on each slice; a slice holds the documents that it holds."""
    question = _question(request)
    if question is None:
        raise Undecidable("a ranking needs a query, a label and a score column; name them in the evidence's columns")
    *slices, query, relevance, score = rows_of(cells_of(results, question))
    codes = query.codes.astype(np.int64)
    values = list(_of_rows(_Documents(codes, relevance, score), slice_=()))
    coded = dict(zip(slice_columns(request.slices), slices, strict=True))
    for slice_, rows in each_slice(request.slices, coded):
        values.extend(_of_rows(_Documents(codes[rows], relevance[rows], score[rows]), slice_=slice_))
    return Measured(values=tuple(values))


def _question(request: Quality) -> Counts | None:
    table = request.table
    if table.query is None or table.label is None or table.score is None:
        return None
    groups = [Group(column) for column in (*slice_columns(request.slices), table.query)]
    return Counts(Source(table.content, table.format), (*groups, Number(table.label), Number(table.score)))


def _of_rows(documents: _Documents, *, slice_: Slice) -> Iterator[Measurement]:
    for measure, statistic in MEASURES:
        compute = partial(_over_queries, statistic)
        yield measurement(measure, compute, documents, n=documents.score.size, slice_=slice_)


def _over_queries(statistic: Callable[..., QueryMean], documents: _Documents) -> Estimate:
    return statistic(documents.query, documents.relevance, documents.score).estimate
