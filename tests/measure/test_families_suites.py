"""Scores of evaluation suites against the champion's on the same examples."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import stats

from promoter.engines.duckdb.engine import DuckDBEngine
from promoter.measure.plan import measure
from promoter.measure.request import Measured
from promoter.measure.requests_data import PairedScores
from tests.measure.predictions import table_of, write

SUITES = np.where(np.arange(200) % 4, "maths", "refusals")


def compare(folder: Path, new: dict[str, Any], old: dict[str, Any], *, passes: float | None = 0.5) -> Measured:
    """Return the paired scores of two files, over all examples and by suite."""
    sources = {"local:n": write(folder / "n.parquet", new), "local:o": write(folder / "o.parquet", old)}
    tables = [table_of(key, label=None) for key in sources]
    request = PairedScores(candidate=tables[0], champion=tables[1], passes=passes, slices=(("suite",),))
    return measure([request], sources, DuckDBEngine(threads=1))[request]


def scored(seed: int) -> dict[str, Any]:
    """Return 200 examples of two suites with scores in [0, 1]."""
    return {"id": np.arange(200), "suite": SUITES, "score": np.random.default_rng(seed).random(200)}


def test_differences_are_those_of_paired_examples(tmp_path: Path) -> None:
    """Means are compared by the paired t test, passes by the exact McNemar test, whatever the files' order."""
    new, old = scored(1), scored(2)
    found = compare(tmp_path, new, {name: values[::-1] for name, values in old.items()})
    passed, before = new["score"] >= 0.5, old["score"] >= 0.5
    won, lost = int((passed & ~before).sum()), int((before & ~passed).sum())
    for name, expected in {
        "mean_score_difference": float((new["score"] - old["score"]).mean()),
        "mean_score_difference_p": stats.ttest_rel(new["score"], old["score"]).pvalue,
        "pass_rate_difference": float(passed.mean() - before.mean()),
        "pass_rate_difference_p": stats.binomtest(won, won + lost).pvalue,
    }.items():
        value = found.find(name)
        assert value is not None
        assert value.value == pytest.approx(expected, rel=1e-9)


def test_suite_has_its_own_difference(tmp_path: Path) -> None:
    """Trap: passes won in a large suite do not hide those that a small one lost."""
    old = scored(2) | {"score": np.full(200, 0.6)}
    new = old | {"score": np.where(SUITES == "refusals", 0.1, 0.6)}
    value = compare(tmp_path, new, old).find("pass_rate_difference", (("suite", "refusals"),))
    assert value is not None
    assert (-1.0, 50) == (value.value, value.n)


def test_examples_that_are_left_out_are_an_error(tmp_path: Path) -> None:
    """Trap: failing examples cannot be dropped."""
    new = {name: values[:190] for name, values in scored(1).items()}
    assert "10 ids of the champion" in (compare(tmp_path, new, scored(2)).failure or "")


@pytest.mark.parametrize("passes", [0.5, None])
def test_missing_verdicts_are_undecidable(tmp_path: Path, passes: float | None) -> None:
    """Trap: a blanked failure is neither a pass nor left out."""
    new = scored(1)
    new["score"] = np.where(new["score"] < 0.1, np.nan, new["score"])
    found = compare(tmp_path, new, scored(2), passes=passes)
    for name in ("mean_score_difference", "pass_rate_difference"):
        value = found.find(name)
        assert value is not None
        assert value.undecidable
