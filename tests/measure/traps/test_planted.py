"""What an author who is not neutral would plant: rows blanked, scaled or dropped so that a number looks better."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from promoter.engines.duckdb.engine import DuckDBEngine
from promoter.measure.plan import measure
from promoter.measure.request import Drift, Measured, PairedQuality, Quality, Request, Table
from promoter.measure.requests_data import Anonymity
from promoter.measure.requests_drawing import Distribution, PredictionBins
from tests.measure.predictions import answer, binary_columns, found_in, table_of, write

QUANTITY = Table(content="local:a", format="parquet", label="y", prediction="p")


def quality(folder: Path, columns: dict[str, Any], task: str, **parts: Any) -> Measured:
    """Return the quality of one table."""
    path = write(folder / "a.parquet", columns)
    return answer(path, Quality(table=table_of("local:a", id=None, **parts), task=task, threshold=0.5))


def both(folder: Path, mine: dict[str, Any], theirs: dict[str, Any], request: Request) -> Measured:
    """Return the answer to a request about two tables."""
    paths = {"local:a": write(folder / "a.parquet", mine), "local:b": write(folder / "b.parquet", theirs)}
    return measure([request], paths, DuckDBEngine(threads=1))[request]


def test_blanked_scores_of_wrong_rows_leave_no_quality(tmp_path: Path) -> None:
    """Trap: without the negatives that it scores high, a model's AUC would be higher; so there is none at all."""
    columns = binary_columns()
    wrong = (columns["y"] == 0) & (columns["score"] >= 0.5)
    blanked = columns | {"score": np.where(wrong, np.nan, columns["score"])}
    found = quality(tmp_path, blanked, "binary")
    assert {None} == {found_in(found, name).value for name in ("roc_auc", "log_loss", "brier", "recall", "f1")}
    assert f"in {wrong.sum()} of 400 rows" in (found_in(found, "roc_auc").undecidable or "")


def test_a_class_without_a_score_column_is_not_left_out(tmp_path: Path) -> None:
    """Trap: the class that is always missed gets no score column, so that the averages would not know of it."""
    columns = {"y": ["a", "b", "rare", "a"], "s_a": [0.9, 0.2, 0.5, 0.8], "s_b": [0.1, 0.8, 0.5, 0.2]}
    scores = (("a", "s_a"), ("b", "s_b"))
    found = quality(tmp_path, columns, "multiclass", score=None, class_scores=scores)
    for name in ("accuracy", "f1_macro", "roc_auc_macro", "log_loss"):
        assert "none of the scored classes in 1 of 4 rows" in (found_in(found, name).undecidable or "")


def test_a_target_near_zero_or_infinite_rules_no_error(tmp_path: Path) -> None:
    """Trap: one infinite prediction, which a mean over the others would hide, and one target that MAPE divides by."""
    generator = np.random.default_rng(3)
    target = generator.normal(100.0, 10.0, size=200)
    predicted = target + generator.normal(size=200)
    infinite = {"y": target, "p": np.where(np.arange(200) == 7, np.inf, predicted)}
    found = answer(write(tmp_path / "a.parquet", infinite), Quality(table=QUANTITY, task="regression"))
    assert {None} == {found_in(found, name).value for name in ("rmse", "mae", "median_absolute_error", "r2", "mape")}
    near = {"y": np.where(np.arange(200) == 7, 1e-9, target), "p": predicted}
    found = answer(write(tmp_path / "b.parquet", near), Quality(table=QUANTITY, task="regression"))
    assert "1 of 200 targets are zero or too near" in (found_in(found, "mape").undecidable or "")
    assert found_in(found, "mae").value is not None


def test_a_constant_score_earns_nothing_from_the_order_of_the_file(tmp_path: Path) -> None:
    """Trap: documents sorted by relevance under one score are a perfect ranking to whoever breaks ties by place."""
    columns = {"q": np.repeat(np.arange(20), 5), "y": np.tile([1, 0, 0, 0, 0], 20), "score": np.full(100, 0.5)}
    found = quality(tmp_path, columns, "ranking", query="q")
    discounts = 1.0 / np.log2(np.arange(2, 7))
    assert discounts.mean() == pytest.approx(found_in(found, "ndcg").value)
    assert 0.2 == pytest.approx(found_in(found, "mrr").value)


def test_a_judge_without_a_verdict_is_no_pass(tmp_path: Path) -> None:
    """Trap: the failing examples' scores emptied."""
    found = quality(tmp_path, {"score": [1.0, 1.0, None, 1.0]}, "scores", label=None)
    assert {None} == {found_in(found, name).value for name in ("mean_score", "pass_rate")}


@pytest.mark.parametrize("task", ["binary", "multiclass", "regression", "scores"])
def test_rows_that_the_candidate_loses_cannot_be_dropped(tmp_path: Path, task: str) -> None:
    """Trap: the candidate's file lacks the rows on which it is worse; whatever the task, nothing is compared."""
    columns = binary_columns() | {"p": binary_columns()["y"]}
    fewer = {name: values[5:] for name, values in columns.items()}
    sides = (table_of(key, prediction="p") for key in ("local:a", "local:b"))
    request = PairedQuality(**dict(zip(("candidate", "champion"), sides, strict=True)), task=task, threshold=0.5)
    found = both(tmp_path, fewer, columns, request)
    assert () == found.values
    assert "5 ids of the champion (such as 0, 1, 2" in (found.failure or "")


def test_one_row_of_its_own_breaks_anonymity(tmp_path: Path) -> None:
    """Trap: among a million alike a single person stands alone; an average group size would not show her."""
    columns = {"zip": ["10115"] * 999 + ["99999"], "born": ["1980"] * 1000}
    path = write(tmp_path / "a.parquet", columns)
    request = Anonymity(table=Table(content="local:a", format="parquet"), quasi_identifiers=("zip", "born"), k=5)
    found = answer(path, request)
    assert (1.0, 1.0) == (found_in(found, "smallest_group").value, found_in(found, "rows_below").value)


def test_a_sentinel_widens_no_drawn_bin(tmp_path: Path) -> None:
    """Trap: a row of 1e6 on each side would squeeze all others into one bar of equal width."""
    generator = np.random.default_rng(4)
    old, new = (np.append(generator.normal(shift, 1.0, 1000), 1e6) for shift in (0.0, 1.0))
    sides = [Table(content=key, format="parquet") for key in ("local:a", "local:b")]
    column = (("x", "numeric"),)
    drawn = both(tmp_path, {"x": old}, {"x": new}, Distribution(reference=sides[0], current=sides[1], columns=column))
    assert max(drawn.facts["columns"]["x"]["edges"]) < 3.0
    moved = both(tmp_path, {"x": old}, {"x": new}, Drift(reference=sides[0], current=sides[1], columns=column))
    interval = found_in(moved, "ks", ("feature", "x")).interval
    assert interval is not None
    assert interval.lower > 0.3


def test_an_infinite_prediction_is_in_no_bin(tmp_path: Path) -> None:
    """Trap: the mean of the highest bin would be whatever one row says; the bins are refused with the count."""
    columns = {"y": np.arange(50.0), "p": np.append(np.arange(49.0), np.inf)}
    found = answer(write(tmp_path / "a.parquet", columns), PredictionBins(table=QUANTITY))
    assert all(value.value is None for value in found.values)
    assert "1 of 50" in (found.failure or next(value.undecidable or "" for value in found.values))
