"""Calibration within groups, reciprocal ranks and means of suites against independent ways to compute them."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import special, stats
from sklearn.linear_model import LogisticRegression

from promoter.measure.request import Calibration, Quality
from tests.measure.predictions import answer, found_in, table_of, write


def test_calibration_within_groups_is_that_of_each_groups_rows(tmp_path: Path) -> None:
    """ECE by hand on tenths of the sorted rows; the slope by scikit-learn, unpenalised, on each group."""
    generator = np.random.default_rng(6)
    score = special.expit(generator.normal(size=1200))
    label = (generator.random(1200) < score**1.3).astype(int)
    town = np.where(np.arange(1200) % 3 == 0, "small", "large")
    path = write(tmp_path / "a.parquet", {"id": np.arange(1200), "y": label, "score": score, "town": town})
    found = answer(path, Calibration(table=table_of("local:a"), slices=(("town",),)))
    for name in ("small", "large"):
        rows = np.flatnonzero(town == name)
        rows = rows[np.argsort(score[rows])]
        tenths = np.array_split(rows, 10)
        gaps = [abs(label[part].mean() - score[part].mean()) * part.size / rows.size for part in tenths]
        assert sum(gaps) == pytest.approx(found_in(found, "ece", ("town", name)).value, rel=1e-9)
        logits = special.logit(score[rows])[:, None]
        line = LogisticRegression(C=np.inf, tol=1e-12, solver="newton-cholesky").fit(logits, label[rows])
        assert line.coef_[0, 0] == pytest.approx(found_in(found, "calibration_slope", ("town", name)).value, rel=1e-6)


def test_reciprocal_ranks_are_those_of_the_first_relevant_document(tmp_path: Path) -> None:
    """By pandas' ranks from above, query by query; those without a relevant document are left out."""
    generator = np.random.default_rng(7)
    rows = pd.DataFrame(
        {
            "id": np.arange(300),
            "query": np.repeat(np.arange(50), 6),
            "y": (generator.random(300) < 0.25).astype(float),
            "score": generator.random(300),
        }
    )
    path = write(tmp_path / "a.parquet", {name: rows[name].to_numpy() for name in rows})
    found = found_in(answer(path, Quality(table=table_of("local:a", query="query"), task="ranking")), "mrr")
    ranks = rows.groupby("query")["score"].rank(ascending=False)
    first = ranks[rows["y"] > 0].groupby(rows["query"]).min()
    assert (1.0 / first).mean() == pytest.approx(found.value, rel=1e-12)
    assert first.size == found.n


def test_means_of_suites_are_scipys_suite_by_suite(tmp_path: Path) -> None:
    """The mean of each suite with Student's interval of its examples alone."""
    generator = np.random.default_rng(8)
    suite = generator.choice(["safety", "style"], 200)
    score = generator.random(200)
    path = write(tmp_path / "a.parquet", {"id": np.arange(200), "score": score, "suite": suite})
    request = Quality(table=table_of("local:a", label=None), task="scores", slices=(("suite",),))
    measured = answer(path, request)
    for name in ("safety", "style"):
        found = found_in(measured, "mean_score", ("suite", name))
        own = stats.ttest_1samp(score[suite == name], 0.0)
        assert score[suite == name].mean() == pytest.approx(found.value, rel=1e-12)
        assert found.interval is not None
        assert tuple(own.confidence_interval()) == pytest.approx((found.interval.lower, found.interval.upper), rel=1e-9)
