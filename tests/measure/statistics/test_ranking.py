"""Rankings against scikit-learn and by hand."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics

from promoter.errors import Undecidable
from promoter.measure.statistics.ranking import mean_reciprocal_rank, ndcg

documents = st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 3), st.integers(0, 3)), min_size=2, max_size=40)


@given(documents, st.sampled_from([None, 1, 2, 5]))
def test_ndcg_agrees_with_scikit_learn_query_by_query(rows: list[tuple[str, int, int]], k: int | None) -> None:
    """The mean over queries with a relevant document, ties everywhere."""
    expected = []
    for query in sorted({row[0] for row in rows}):
        relevance = [row[1] for row in rows if row[0] == query]
        score = [row[2] for row in rows if row[0] == query]
        if not any(relevance):
            continue
        single = len(relevance) == 1
        expected.append(1.0 if single else metrics.ndcg_score([relevance], [score], k=k))
    query, relevance, score = zip(*rows, strict=True)
    if not expected:
        with pytest.raises(Undecidable, match="relevant"):
            ndcg(query, relevance, score, k=k)
        return
    result = ndcg(query, relevance, score, k=k)
    assert np.mean(expected) == pytest.approx(result.estimate.value, rel=1e-12)
    assert len(expected) == result.estimate.n
    assert len(set(query)) == result.estimate.n + result.queries_without_relevant


def test_reciprocal_rank_by_hand() -> None:
    """First relevant documents at ranks 1, 2 and 3: (1 + 1/2 + 1/3) / 3."""
    query = [1, 1, 1, 2, 2, 2, 3, 3, 3]
    relevance = [1, 0, 0, 0, 1, 1, 0, 0, 2]
    score = [3, 2, 1, 3, 2, 1, 3, 2, 1]
    assert 11 / 18 == pytest.approx(mean_reciprocal_rank(query, relevance, score).estimate.value, rel=1e-14)


def test_a_constant_score_earns_the_worst_reciprocal_rank() -> None:
    """Three irrelevant documents tie with the relevant one, so its rank is 4."""
    assert 0.25 == mean_reciprocal_rank(["q"] * 4, [1, 0, 0, 0], [0.5] * 4).estimate.value


def test_rows_of_a_query_need_not_be_together() -> None:
    """Order of rows changes nothing."""
    together = ndcg(["a", "a", "b", "b"], [1, 0, 0, 1], [0.1, 0.9, 0.1, 0.9])
    assert together == ndcg(["a", "b", "b", "a"], [1, 1, 0, 0], [0.1, 0.9, 0.1, 0.9])


def test_queries_without_relevant_documents_are_counted_apart() -> None:
    """They are neither 0 nor 1."""
    result = mean_reciprocal_rank(["a", "b"], [1, 0], [1, 1])
    assert (1.0, 1, 1) == (result.estimate.value, result.estimate.n, result.queries_without_relevant)


@pytest.mark.parametrize(
    ("relevance", "score", "reason"),
    [
        ([], [], "no rows"),
        ([-1, 1], [1, 2], "negative in 1 of 2"),
        ([1, math.nan], [1, 2], "NaN"),
        ([1], [1], "aligned"),
    ],
)
def test_unusable_rows_are_undecidable(relevance: list[float], score: list[float], reason: str) -> None:
    """The reason counts them."""
    with pytest.raises(Undecidable, match=reason):
        ndcg(["a", "b"][: max(len(score), 0) or None] if reason != "aligned" else ["a", "b"], relevance, score)


def test_k_counts_from_one() -> None:
    """A policy with k = 0 asks for nothing."""
    with pytest.raises(ValueError, match="from 1"):
        ndcg(["a"], [1], [1], k=0)
