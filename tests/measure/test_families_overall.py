"""Inequality over all rows, quantile losses and confusion cells: measures that a file has beside its usual ones."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn import metrics

from promoter.measure.request import Disparity, Measured, Quality, Table
from tests.measure.predictions import answer, binary_columns, found_in, table_of, write


def classes_of(path: Path, label: list[Any], predicted: list[Any]) -> Measured:
    """Return the quality of multi-class predictions."""
    write(path, {"y": label, "p": predicted})
    table = Table(content="local:a", format="parquet", label="y", prediction="p")
    return answer(path, Quality(table=table, task="multiclass"))


def test_inequality_is_aif360s_over_all_rows_whatever_the_groups(tmp_path: Path) -> None:
    """Alpha 2 is mean((b/m)^2 - 1) / 2 and Theil's is mean(b/m ln b/m), b the prediction minus the label plus 1."""
    columns = binary_columns()
    path = write(tmp_path / "a.parquet", columns)
    benefit = (columns["score"] >= 0.5).astype(int) - columns["y"] + 1
    share = benefit / benefit.mean()
    logs = np.log(np.where(share > 0, share, 1.0))
    for attributes in ((("race",), ("race", "sex")), (("sex",),)):
        measured = answer(path, Disparity(table=table_of("local:a"), threshold=0.5, attributes=attributes))
        value = found_in(measured, "generalized_entropy")
        assert 400 == value.n
        assert float(np.mean(share**2 - 1) / 2) == pytest.approx(value.value, rel=1e-12)
        assert float(np.mean(share * logs)) == pytest.approx(found_in(measured, "theil").value, rel=1e-12)


def test_inequality_of_one_error_of_each_kind_is_a_third_by_hand(tmp_path: Path) -> None:
    """Benefits 0, 1, 2 have mean 1: ((0 - 1) + (1 - 1) + (4 - 1)) / 3 / 2 = 1/3, and Theil's is 2 ln 2 / 3."""
    path = write(tmp_path / "a.parquet", {"y": [1, 1, 0], "score": [0.1, 0.9, 0.9], "g": ["a", "b", "c"]})
    measured = answer(path, Disparity(table=table_of("local:a", id=None), threshold=0.5, attributes=(("g",),)))
    assert 1 / 3 == pytest.approx(found_in(measured, "generalized_entropy").value)
    assert 2 * np.log(2) / 3 == pytest.approx(found_in(measured, "theil").value)


def test_inequality_is_undecidable_where_any_groups_rows_are_unusable(tmp_path: Path) -> None:
    """Trap: rows whose score was blanked cannot be left out of what is said of all rows."""
    columns = {"y": [0, 1, 1], "score": [0.1, 0.9, np.nan], "g": ["a", "a", "b"]}
    path = write(tmp_path / "a.parquet", columns)
    measured = answer(path, Disparity(table=table_of("local:a", id=None), threshold=0.5, attributes=(("g",),)))
    expected = "column 'score' is missing or not finite in 1 of 1 rows; fill it"
    assert [expected] * 2 == [found_in(measured, name).undecidable for name in ("generalized_entropy", "theil")]


def test_pinball_losses_equal_scikit_learn(tmp_path: Path) -> None:
    """At 0.1, 0.5 and 0.9, over all rows and on a slice; the middle one is half of the mean absolute error."""
    generator = np.random.default_rng(5)
    target, group = generator.normal(100, 20, 200), np.where(np.arange(200) % 3, "a", "b")
    predicted = target + generator.normal(2, 5, 200)
    path = write(tmp_path / "a.parquet", {"y": target, "p": predicted, "g": group})
    table = Table(content="local:a", format="parquet", label="y", prediction="p")
    measured = answer(path, Quality(table=table, task="regression", slices=(("g",),)))
    for where, rows in (((), np.arange(200)), ((("g", "b"),), np.flatnonzero(group == "b"))):
        for percent in (10, 50, 90):
            expected = metrics.mean_pinball_loss(target[rows], predicted[rows], alpha=percent / 100)
            value = found_in(measured, f"pinball_{percent}", *where)
            assert expected == pytest.approx(value.value, rel=1e-9)
            assert value.interval is not None
    half = (found_in(measured, "mae").value or 0) / 2
    assert half == pytest.approx(found_in(measured, "pinball_50").value)


def test_confusion_cells_are_scikit_learns_matrix(tmp_path: Path) -> None:
    """A cell for each actual and predicted class, also one that is only ever predicted, and empty cells as 0."""
    label, predicted = ["a", "b", "b", "c", "c", "c"], ["a", "b", "c", "c", "c", "d"]
    measured = classes_of(tmp_path / "a.parquet", label, predicted)
    names = ["a", "b", "c", "d"]
    matrix = metrics.confusion_matrix(label, predicted, labels=names)
    for row, actual in enumerate(names):
        for column, guess in enumerate(names):
            cell = found_in(measured, "confusion", ("actual", actual), ("predicted", guess))
            assert (matrix[row, column], 6, "rows") == (cell.value, cell.n, cell.unit)


@pytest.mark.parametrize(("classes", "cells"), [(20, 400), (21, 0)])
def test_confusion_is_spelt_out_up_to_twenty_classes(tmp_path: Path, classes: int, cells: int) -> None:
    """At 20 classes there are 400 cells; at 21 there is one reason instead."""
    label = [f"c{index:02}" for index in range(classes)]
    measured = classes_of(tmp_path / "a.parquet", label, label)
    found = [value for value in measured.values if value.measure == "confusion"]
    assert cells == sum(value.value is not None for value in found)
    assert cells > 0 or found[0].undecidable == "21 classes; a confusion matrix is spelt out up to 20"


def test_confusion_with_missing_predictions_has_one_reason(tmp_path: Path) -> None:
    """Rows without a prediction are no class of their own."""
    measured = classes_of(tmp_path / "a.parquet", ["a", "b", "b"], ["a", None, "b"])
    reason = "the label or the prediction is missing in some rows; fill them"
    assert reason == found_in(measured, "confusion").undecidable
