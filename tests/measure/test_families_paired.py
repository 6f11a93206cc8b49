"""Candidate against champion on rows paired by id."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import stats
from sklearn import metrics

from promoter.engines.duckdb.engine import DuckDBEngine
from promoter.measure.plan import measure
from promoter.measure.request import Measured, PairedQuality
from tests.measure.predictions import binary_columns, table_of, write


def compare(
    candidate: Path, champion: Path, *, candidate_format: str = "parquet", task: str = "binary", **parts: Any
) -> Measured:
    """Return the paired quality of two files."""
    request = PairedQuality(
        candidate=table_of("local:new", format_=candidate_format, **parts),
        champion=table_of("local:old", **parts),
        task=task,
        threshold=0.5,
        champion_threshold=0.5,
        slices=(("race",),) if task == "binary" else (),
    )
    return measure([request], {"local:new": candidate, "local:old": champion}, DuckDBEngine(threads=1))[request]


def champion_of(columns: dict[str, Any]) -> dict[str, Any]:
    """Return the same rows in another order, scored by a worse model."""
    noise = np.random.default_rng(9).random(columns["y"].size) * 0.4
    other = columns | {"score": np.round(0.6 * columns["score"] + noise, 2)}
    order = np.random.default_rng(11).permutation(columns["y"].size)
    return {name: np.asarray(values)[order] for name, values in other.items()} | {"noise": noise[order]}


def test_rows_are_paired_by_id_whatever_their_order(tmp_path: Path) -> None:
    """The AUC difference is that of the two files, and McNemar's p is the exact binomial test's."""
    columns = binary_columns()
    old = champion_of(columns)
    found = compare(write(tmp_path / "new.parquet", columns), write(tmp_path / "old.parquet", old))
    back = np.argsort(old["id"])
    new_right = (columns["score"] >= 0.5) == columns["y"]
    old_right = (old["score"][back] >= 0.5) == columns["y"]
    only_new, only_old = int((new_right & ~old_right).sum()), int((old_right & ~new_right).sum())
    for name, expected in {
        "roc_auc_difference": metrics.roc_auc_score(columns["y"], columns["score"])
        - metrics.roc_auc_score(old["y"], old["score"]),
        "brier_difference": metrics.brier_score_loss(columns["y"], columns["score"])
        - metrics.brier_score_loss(old["y"], old["score"]),
        "accuracy_difference": new_right.mean() - old_right.mean(),
        "mcnemar_p": stats.binomtest(only_new, only_new + only_old).pvalue,
    }.items():
        value = found.find(name)
        assert value is not None
        assert value.value == pytest.approx(expected, rel=1e-9)


def test_slices_are_the_candidates(tmp_path: Path) -> None:
    """Each slice compares both models on the rows that the candidate's file puts into it."""
    columns = binary_columns()
    found = compare(write(tmp_path / "new.parquet", columns), write(tmp_path / "old.parquet", champion_of(columns)))
    value = found.find("accuracy_difference", (("race", "white"),))
    assert value is not None
    assert value.n == int((columns["race"] == "white").sum())


def test_an_id_as_text_is_the_id_as_number(tmp_path: Path) -> None:
    """A CSV's 17 and a Parquet integer 17 are one row."""
    columns = binary_columns()
    new, old = write(tmp_path / "new.csv", columns), write(tmp_path / "old.parquet", champion_of(columns))
    assert compare(new, old, candidate_format="csv").failure is None


def test_ids_that_one_side_lacks_fail_with_counts_and_examples(tmp_path: Path) -> None:
    """Rows without a partner are an error, never left out."""
    columns = binary_columns()
    shifted = columns | {"id": columns["id"] + 2}
    found = compare(write(tmp_path / "new.parquet", columns), write(tmp_path / "old.parquet", shifted))
    assert (
        "local:new against local:old: 2 ids of the candidate (such as 0, 1) are not the champion's and 2 ids of the"
        " champion (such as 400, 401) are not the candidate's; score both on the same rows"
    ) == found.failure


def test_repeated_ids_fail_with_examples(tmp_path: Path) -> None:
    """An id that stands twice pairs with nothing."""
    columns = binary_columns()
    repeated = columns | {"id": np.where(columns["id"] == 5, 4, columns["id"])}
    found = compare(write(tmp_path / "new.parquet", repeated), write(tmp_path / "old.parquet", columns))
    assert found.failure is not None
    assert "1 rows of the candidate repeat an id (such as 4); give each its own" in found.failure


def test_labels_that_differ_between_the_files_fail(tmp_path: Path) -> None:
    """The same row cannot be true for one model and false for the other."""
    columns = binary_columns()
    flipped = columns | {"y": np.where(columns["id"] < 3, 1 - columns["y"], columns["y"])}
    found = compare(write(tmp_path / "new.parquet", columns), write(tmp_path / "old.parquet", flipped))
    assert found.failure is not None
    assert "the label differs between candidate and champion in 3 of 400 rows" in found.failure


def test_regression_is_compared_by_its_errors(tmp_path: Path) -> None:
    """The candidate's RMSE minus the champion's, on the same rows."""
    generator = np.random.default_rng(2)
    target = generator.normal(0, 10, 100)
    new, old = target + generator.normal(0, 1, 100), target + generator.normal(0, 2, 100)
    frame = {"id": np.arange(100), "y": target}
    found = compare(
        write(tmp_path / "new.parquet", frame | {"p": new}),
        write(tmp_path / "old.parquet", frame | {"p": old}),
        task="regression",
        score=None,
        prediction="p",
    )
    value = found.find("rmse_difference")
    assert value is not None
    expected = metrics.root_mean_squared_error(target, new) - metrics.root_mean_squared_error(target, old)
    assert value.value == pytest.approx(expected, rel=1e-9)
