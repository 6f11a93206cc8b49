"""Quality of rankings, a value per query and its mean over queries.

A query none of whose documents is relevant has no value; it is counted, not scored as 0 or 1. Queries, not
documents, are the independent rows, so n counts queries.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from promoter.errors import Undecidable
from promoter.measure.statistics.arrays import Counts, Floats, finite_floats
from promoter.measure.statistics.estimate import Estimate
from promoter.measure.statistics.intervals import DEFAULT_LEVEL
from promoter.measure.statistics.means import mean_estimate


@dataclass(frozen=True, slots=True)
class QueryMean:
    """The mean over queries that have a value, and how many have none because nothing in them is relevant."""

    estimate: Estimate
    queries_without_relevant: int


@dataclass(frozen=True, slots=True)
class _Ranked:
    """Documents sorted by query, then by score from high to low; `start` is each query's first, `rank` from 1."""

    relevance: Floats
    tie: Counts
    start: Counts
    query: Counts
    rank: Counts


def ndcg(
    query: npt.ArrayLike,
    relevance: npt.ArrayLike,
    score: npt.ArrayLike,
    *,
    k: int | None = None,
    level: float = DEFAULT_LEVEL,
) -> QueryMean:
    """Return the mean over queries of DCG@k over its ideal; gain is the relevance, discount 1 / log2(rank + 1).

    query (n,) of any type, relevance (n,) >= 0, score (n,). Documents with equal scores share the mean of their
    discounts, as scikit-learn's ndcg_score, so a constant score earns no luck. Student's interval. Raises Undecidable
    where no query has a relevant document. Source: Jarvelin and Kekalainen 2002; McSherry and Najork 2008 (ties).
    """
    values, queries = ndcg_by_query(query, relevance, score, k=k)
    return _mean(values, queries=queries, level=level, name="ndcg")


def ndcg_by_query(
    query: npt.ArrayLike, relevance: npt.ArrayLike, score: npt.ArrayLike, *, k: int | None = None
) -> tuple[Floats, int]:
    """Return the value of each query that has a relevant document, in ascending order of query, and all queries."""
    if k is not None and k < 1:
        raise ValueError(f"k counts documents from 1, got {k}")
    gained = _discounted(_ranked(query, relevance, score), k=k)
    ideal = _discounted(_ranked(query, relevance, relevance), k=k)
    return gained[ideal > 0] / ideal[ideal > 0], ideal.size


def mean_reciprocal_rank(
    query: npt.ArrayLike, relevance: npt.ArrayLike, score: npt.ArrayLike, *, level: float = DEFAULT_LEVEL
) -> QueryMean:
    """Return the mean over queries of 1 / rank of the first document of positive relevance.

    Among equal scores the irrelevant documents come first: the worst case, so that a constant score earns nothing.
    Shapes, interval and errors as `ndcg`. Source: Voorhees 1999.
    """
    values, queries = reciprocal_rank_by_query(query, relevance, score)
    return _mean(values, queries=queries, level=level, name="reciprocal rank")


def reciprocal_rank_by_query(
    query: npt.ArrayLike, relevance: npt.ArrayLike, score: npt.ArrayLike
) -> tuple[Floats, int]:
    """Return the value of each query that has a relevant document, in ascending order of query, and all queries."""
    ranked = _ranked(query, relevance, score)
    relevant = ranked.relevance > 0
    before = np.bincount(ranked.tie, weights=~relevant).astype(np.int64)
    first_of_tie = np.minimum.reduceat(ranked.rank, np.flatnonzero(np.diff(ranked.tie, prepend=-1)))
    rank = (first_of_tie + before)[ranked.tie]
    best = np.maximum.reduceat(np.where(relevant, 1.0 / rank, 0.0), ranked.start)
    return best[best > 0], best.size


def _discounted(ranked: _Ranked, *, k: int | None) -> Floats:
    """Return the DCG of each query, discounts averaged within ties and 0 beyond rank k."""
    discount = 1.0 / np.log2(ranked.rank + 1.0)
    if k is not None:
        discount[ranked.rank > k] = 0.0
    shared = np.bincount(ranked.tie, weights=discount) / np.bincount(ranked.tie)
    return np.asarray(np.add.reduceat(ranked.relevance * shared[ranked.tie], ranked.start), dtype=np.float64)


def _ranked(query: npt.ArrayLike, relevance: npt.ArrayLike, score: npt.ArrayLike) -> _Ranked:
    gains, scores = finite_floats(relevance, name="relevance"), finite_floats(score, name="score")
    _, codes = np.unique(np.asarray(query), return_inverse=True)
    if not codes.size == gains.size == scores.size:
        raise Undecidable(
            f"the rows are not aligned: query has {codes.size}, relevance {gains.size}, score {scores.size}"
        )
    negative = int((gains < 0).sum())
    if negative:
        raise Undecidable(f"relevance is negative in {negative} of {gains.size} rows")
    order = np.lexsort((-scores, codes))
    codes, scores = codes[order], scores[order]
    is_first = np.diff(codes, prepend=-1) != 0
    starts = np.flatnonzero(is_first)
    begins_tie = is_first | (np.diff(scores, prepend=np.inf) != 0)
    rank = np.arange(codes.size) - starts[codes] + 1
    return _Ranked(gains[order], np.cumsum(begins_tie) - 1, starts, codes, rank)


def _mean(values: Floats, *, queries: int, level: float, name: str) -> QueryMean:
    if values.size == 0:
        raise Undecidable(f"none of {queries} queries has a relevant document")
    return QueryMean(mean_estimate(values, name=name, level=level), queries - values.size)
