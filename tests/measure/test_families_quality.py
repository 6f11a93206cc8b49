"""Quality of binary, multi-class and regression predictions, held against scikit-learn."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn import metrics

from promoter.engines.duckdb.engine import DuckDBEngine
from promoter.measure.plan import measure
from promoter.measure.request import Measured, Quality, Table
from tests.measure.predictions import binary_columns, table_of, write

REFERENCE = {
    "roc_auc": lambda y, s, _: metrics.roc_auc_score(y, s),
    "average_precision": lambda y, s, _: metrics.average_precision_score(y, s),
    "log_loss": lambda y, s, _: metrics.log_loss(y, s),
    "brier": lambda y, s, _: metrics.brier_score_loss(y, s),
    "accuracy": lambda y, _, d: metrics.accuracy_score(y, d),
    "balanced_accuracy": lambda y, _, d: metrics.balanced_accuracy_score(y, d),
    "precision": lambda y, _, d: metrics.precision_score(y, d),
    "recall": lambda y, _, d: metrics.recall_score(y, d),
    "f1": lambda y, _, d: metrics.f1_score(y, d),
    "mcc": lambda y, _, d: metrics.matthews_corrcoef(y, d),
    "selection_rate": lambda _y, _s, d: np.mean(d),
}


def answer(path: Path, table: Table, **parts: Any) -> Measured:
    """Return the quality of a file."""
    request = Quality(table=table, **({"task": "binary", "threshold": 0.5} | parts))
    return measure([request], {table.content: path}, DuckDBEngine(threads=1))[request]


@pytest.mark.parametrize("name", ["a.parquet", "a.csv"])
def test_binary_measures_equal_scikit_learn_on_every_slice(tmp_path: Path, name: str) -> None:
    """Over all rows and for each race, from Parquet and from CSV."""
    columns = binary_columns()
    path = write(tmp_path / name, columns)
    found = answer(path, table_of("local:a", format_=path.suffix[1:]), slices=(("race",),))
    for where, rows in [
        ((), np.full(400, fill_value=True)),
        *(((("race", race),), columns["race"] == race) for race in ("black", "hispan", "white")),
    ]:
        label, score = columns["y"][rows], columns["score"][rows]
        for name_, reference in REFERENCE.items():
            value = found.find(name_, where)
            assert value is not None
            assert value.value == pytest.approx(reference(label, score, score >= 0.5), rel=1e-9)


def test_a_score_at_the_threshold_is_selected(tmp_path: Path) -> None:
    """The decision rule is score >= threshold."""
    path = write(tmp_path / "a.parquet", {"y": [0, 1], "score": [0.5, 0.5]})
    found = answer(path, table_of("local:a", id=None)).find("selection_rate")
    assert found is not None
    assert found.value == 1.0


@pytest.mark.parametrize("label", [[True, False, True, False], ["1", "0", "true", "False"], [1.0, 0.0, 1.0, 0.0]])
def test_labels_are_read_as_booleans_texts_and_floats(tmp_path: Path, label: list[Any]) -> None:
    """0/1, true/false and their texts all are labels."""
    path = write(tmp_path / "a.parquet", {"y": label, "score": [0.9, 0.1, 0.8, 0.2]})
    found = answer(path, table_of("local:a", id=None)).find("roc_auc")
    assert found is not None
    assert found.value == 1.0


def test_other_labels_are_undecidable_and_named(tmp_path: Path) -> None:
    """A label of yes and no has no AUC, and the reason shows the values."""
    path = write(tmp_path / "a.parquet", {"y": ["yes", "no", "1"], "score": [0.1, 0.2, 0.3]})
    found = answer(path, table_of("local:a", id=None)).find("roc_auc")
    assert found is not None
    assert found.undecidable == "column 'y' is neither 0 nor 1 in 2 of 3 rows (such as 'no', 'yes')"


@pytest.mark.parametrize("bad", [np.nan, np.inf, None])
def test_scores_that_are_no_numbers_are_undecidable_with_their_count(tmp_path: Path, bad: float | None) -> None:
    """NaN, infinity and null each stop every measure of the score and of its decision."""
    path = write(tmp_path / "a.parquet", {"y": [0, 1, 1], "score": [0.1, 0.2, bad]})
    found = answer(path, table_of("local:a", id=None))
    for name in ("roc_auc", "accuracy"):
        value = found.find(name)
        assert value is not None
        assert value.undecidable == "score is NaN or infinite in 1 of 3 rows"


def test_without_a_threshold_the_prediction_column_decides(tmp_path: Path) -> None:
    """The file's own predictions are only used where no threshold is pinned."""
    path = write(tmp_path / "a.parquet", {"y": [0, 1], "score": [0.9, 0.1], "p": [0, 1]})
    table = table_of("local:a", id=None, prediction="p")
    values = [answer(path, table, threshold=threshold).find("accuracy") for threshold in (None, 0.5)]
    assert [1.0, 0.0] == [value.value for value in values if value is not None]


def test_multiclass_measures_equal_scikit_learn(tmp_path: Path) -> None:
    """From class scores and predictions; classes are compared as text, so 1 and "1" are one class."""
    generator = np.random.default_rng(3)
    scores = generator.dirichlet([1.0, 1.0, 1.0], 300)
    label = np.array([generator.choice(3, p=row) for row in scores])
    predicted = scores.argmax(axis=1)
    path = write(
        tmp_path / "a.parquet", {"y": label, "p": predicted.astype(str), **{f"s{k}": scores[:, k] for k in range(3)}}
    )
    classes = tuple((str(k), f"s{k}") for k in range(3))
    found = answer(
        path, Table(content="k", format="parquet", label="y", prediction="p", class_scores=classes), task="multiclass"
    )
    for name, expected in {
        "accuracy": metrics.accuracy_score(label, predicted),
        "f1_macro": metrics.f1_score(label, predicted, average="macro"),
        "recall_weighted": metrics.recall_score(label, predicted, average="weighted"),
        "mcc": metrics.matthews_corrcoef(label, predicted),
        "roc_auc_macro": metrics.roc_auc_score(label, scores, multi_class="ovr"),
        "log_loss": metrics.log_loss(label, scores),
    }.items():
        value = found.find(name)
        assert value is not None
        assert value.value == pytest.approx(expected, rel=1e-9)


def test_regression_measures_equal_scikit_learn(tmp_path: Path) -> None:
    """Errors are in the target's unit; the coefficient of determination is R2."""
    generator = np.random.default_rng(5)
    target = generator.normal(100, 20, 200)
    predicted = target + generator.normal(0, 5, 200)
    path = write(tmp_path / "a.parquet", {"y": target, "p": predicted})
    found = answer(path, Table(content="k", format="parquet", label="y", prediction="p"), task="regression")
    for name, expected in {
        "rmse": metrics.root_mean_squared_error(target, predicted),
        "mae": metrics.mean_absolute_error(target, predicted),
        "median_absolute_error": metrics.median_absolute_error(target, predicted),
        "mape": metrics.mean_absolute_percentage_error(target, predicted),
        "r2": metrics.r2_score(target, predicted),
    }.items():
        value = found.find(name)
        assert value is not None
        assert value.value == pytest.approx(expected, rel=1e-9)


def test_a_missing_group_value_is_a_slice_of_its_own(tmp_path: Path) -> None:
    """Rows without a group are shown as (missing), never dropped."""
    path = write(
        tmp_path / "a.parquet", {"y": [0, 1, 0, 1], "score": [0.1, 0.9, 0.2, 0.8], "g": ["a", "a", None, None]}
    )
    found = answer(path, table_of("local:a", id=None), slices=(("g",),))
    assert {(), (("g", "(missing)"),), (("g", "a"),)} == {value.slice for value in found.values}
