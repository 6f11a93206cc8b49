"""PairedQuality of rankings: values of the same queries, not of documents, are compared."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import stats
from sklearn import metrics

from promoter.engines.duckdb.engine import DuckDBEngine
from promoter.measure.plan import measure
from promoter.measure.request import Measured, PairedQuality
from tests.measure.predictions import found_in, table_of, write

PARTS: dict[str, Any] = {"label": "relevance", "query": "query"}


def columns(*, queries: int = 40, documents: int = 8) -> dict[str, Any]:
    """Return documents of queries with tied scores; the first query has nothing that is relevant."""
    generator = np.random.default_rng(11)
    relevance = generator.integers(0, 4, queries * documents)
    relevance[:documents] = 0
    return {
        "id": np.arange(relevance.size),
        "query": np.repeat(np.arange(queries), documents),
        "relevance": relevance,
        "score": np.round(generator.random(relevance.size) + 0.1 * relevance, 1),
    }


def compared(folder: Path, candidate: dict[str, Any], champion: dict[str, Any], **parts: Any) -> Measured:
    """Return the answer about two files."""
    keys = ("local:new", "local:old")
    sides = zip(keys, (candidate, champion), strict=True)
    sources = {key: write(folder / f"{key[6:]}.parquet", side) for key, side in sides}
    new, old = (table_of(key, **(PARTS | parts)) for key in keys)
    request = PairedQuality(candidate=new, champion=old, task="ranking")
    return measure([request], sources, DuckDBEngine(threads=1))[request]


def of_queries(side: dict[str, Any], k: int | None) -> list[float]:
    """Return scikit-learn's value of each query that has a relevant document."""
    rows = [np.flatnonzero(side["query"] == query) for query in np.unique(side["query"])]
    return [
        metrics.ndcg_score([side["relevance"][own]], [side["score"][own]], k=k)
        for own in rows
        if side["relevance"][own].sum()
    ]


@pytest.mark.parametrize(("name", "k"), [("ndcg", None), ("ndcg_at_5", 5), ("ndcg_at_10", 10)])
def test_differences_are_of_the_same_queries(tmp_path: Path, name: str, k: int | None) -> None:
    """The mean and Student's p are those of the queries' values, documents in whatever order."""
    candidate = columns()
    generator = np.random.default_rng(5)
    champion = candidate | {"score": np.round(generator.random(candidate["id"].size), 1)}
    order = generator.permutation(candidate["id"].size)
    found = compared(tmp_path, candidate, {part: values[order] for part, values in champion.items()})
    new, old = of_queries(candidate, k), of_queries(champion, k)
    difference = found_in(found, f"{name}_difference")
    assert np.mean(new) - np.mean(old) == pytest.approx(difference.value, rel=1e-9)
    assert 39 == difference.n
    assert stats.ttest_rel(new, old).pvalue == pytest.approx(found_in(found, f"{name}_difference_p").value, rel=1e-9)


def test_the_reciprocal_rank_is_compared_too(tmp_path: Path) -> None:
    """A champion that ranks every first relevant document second loses half."""
    candidate = {
        "id": [1, 2, 3, 4, 5, 6],
        "query": ["a", "a", "a", "b", "b", "b"],
        "relevance": [1, 0, 0, 0, 1, 1],
        "score": [0.9, 0.5, 0.1, 0.2, 0.8, 0.1],
    }
    champion = candidate | {"score": [0.5, 0.9, 0.1, 0.9, 0.2, 0.1]}
    difference = found_in(compared(tmp_path, candidate, champion | {"relevance": [1, 0, 0, 0, 1, 1]}), "mrr_difference")
    assert "all 2 rows differ by 0.5: there is no spread to test by" == difference.undecidable


def test_nothing_relevant_has_no_difference(tmp_path: Path) -> None:
    """No query has a value, which is neither 0 nor equality."""
    empty = columns() | {"relevance": np.zeros(320, dtype=np.int64)}
    assert "none of 40 queries has a relevant document" == (
        found_in(compared(tmp_path, empty, empty), "ndcg_difference").undecidable
    )


def test_a_ranking_without_queries_says_what_to_name(tmp_path: Path) -> None:
    """Rows cannot be ranked without knowing what they answer."""
    failure = compared(tmp_path, columns(), columns(), query=None).failure
    assert "a side has no id or nothing to compare; name its id, label, query and score columns" == failure
