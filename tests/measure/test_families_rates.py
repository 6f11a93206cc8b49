"""Rates of two models' decisions on rows paired by id."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import stats

from promoter.engines.duckdb.engine import DuckDBEngine
from promoter.measure.plan import measure
from promoter.measure.request import Measured
from promoter.measure.requests_data import PairedRates
from tests.measure.predictions import binary_columns, table_of, write


def compare(folder: Path, new: dict[str, Any], old: dict[str, Any]) -> Measured:
    """Return the rates of two files decided at 0.5, over all rows and by race."""
    sources = {"local:new": write(folder / "new.parquet", new), "local:old": write(folder / "old.parquet", old)}
    request = PairedRates(
        candidate=table_of("local:new"),
        champion=table_of("local:old"),
        threshold=0.5,
        champion_threshold=0.5,
        slices=(("race",),),
    )
    return measure([request], sources, DuckDBEngine(threads=1))[request]


def versions(seed: int = 3) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return a candidate and a champion that score the same rows, the champion's in another order."""
    new = binary_columns(seed=seed)
    generator = np.random.default_rng(seed)
    old = new | {"score": np.round(np.clip(new["score"] + generator.normal(0, 0.2, 400), 0, 1), 2)}
    order = generator.permutation(400)
    return new, {name: values[order] for name, values in old.items()}


def test_recall_difference_is_that_of_the_positives(tmp_path: Path) -> None:
    """In a slice, recall is compared on its positives, and p is the exact binomial test of the disagreements."""
    new, old = versions()
    found = compare(tmp_path, new, old)
    back = np.argsort(old["id"])
    mine, theirs = new["score"] >= 0.5, old["score"][back] >= 0.5
    among = (new["y"] == 1) & (new["race"] == "white")
    slice_ = (("race", "white"),)
    won, lost = int((mine & ~theirs & among).sum()), int((theirs & ~mine & among).sum())
    value = found.find("recall_difference", slice_)
    assert value is not None
    assert int(among.sum()) == value.n
    assert value.value == pytest.approx(mine[among].mean() - theirs[among].mean(), rel=1e-12)
    for part, expected in {"won": won, "lost": lost, "p": stats.binomtest(won, won + lost).pvalue}.items():
        measurement = found.find(f"recall_difference_{part}", slice_)
        assert measurement is not None
        assert measurement.value == pytest.approx(expected)


def test_specificity_and_accuracy_are_of_their_rows(tmp_path: Path) -> None:
    """Specificity is compared on the negatives, accuracy on all rows."""
    new, old = versions()
    found = compare(tmp_path, new, old)
    specificity, accuracy = found.find("specificity_difference"), found.find("accuracy_difference")
    assert specificity is not None
    assert accuracy is not None
    assert (int((new["y"] == 0).sum()), 400) == (specificity.n, accuracy.n)


def test_slice_that_gets_worse_cannot_be_drowned_in_rows_that_get_better(tmp_path: Path) -> None:
    """Trap: the average improves by rows of one slice; the slice that lost still has its own negative difference."""
    new, old = versions()
    back = np.argsort(old["id"])
    score = np.where(new["race"] == "black", np.where(new["y"] == 1, 0.1, 0.9), np.where(new["y"] == 1, 0.9, 0.1))
    found = compare(tmp_path, new | {"score": score}, {name: values[back] for name, values in old.items()})
    overall, black = found.find("recall_difference"), found.find("recall_difference", (("race", "black"),))
    assert overall is not None
    assert black is not None
    assert (overall.value or 0) > 0 > (black.value or 0)


def test_rows_that_are_left_out_are_an_error(tmp_path: Path) -> None:
    """Trap: rows that the candidate gets wrong cannot be dropped; their ids are counted and named."""
    new, old = versions()
    found = compare(tmp_path, {name: values[:390] for name, values in new.items()}, old)
    assert "10 ids of the champion" in (found.failure or "")


def test_labels_that_differ_are_an_error(tmp_path: Path) -> None:
    """Trap: labels that were changed in favour of the candidate are found by their ids."""
    new, old = versions()
    flipped = new | {"y": np.where(np.arange(400) < 7, 1 - new["y"], new["y"])}
    assert "differs between candidate and champion in 7 of 400" in (compare(tmp_path, flipped, old).failure or "")
