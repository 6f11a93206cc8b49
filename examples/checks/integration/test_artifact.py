# ruff: noqa: S101
import subprocess
import sys
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pandas as pd
import pytest

from examples.common import EXAMPLES, INPUT, run


@pytest.fixture(scope="module")
def artifact(folder: Path) -> bytes:
    """Return the exported file."""
    return (folder / "model.onnx").read_bytes()


@pytest.fixture(scope="module")
def table(folder: Path) -> pd.DataFrame:
    """Return 200 held-out rows, the features alone."""
    features = pd.read_parquet(folder / "evidence/features_current.parquet").head(200)
    return features.drop(columns=["id", "y_true"])


@pytest.fixture(scope="module")
def predictions(folder: Path) -> pd.DataFrame:
    """Return the committed predictions of the same rows."""
    return pd.read_parquet(folder / "evidence/predictions.parquet").head(200)


def expected(predictions: pd.DataFrame) -> np.ndarray:
    """Return the committed numbers, (n,) or (n, classes): scores where there are any, else the predictions."""
    scores = [name for name in predictions if name.startswith("score_")]
    if scores:
        return predictions[scores].to_numpy()
    return predictions["y_score" if "y_score" in predictions else "y_pred"].to_numpy()


def numbers(outputs: list[np.ndarray]) -> np.ndarray:
    """Return the artifact's numbers in the shape of `expected`."""
    last = outputs[-1]
    if len(outputs) == 1:
        return last[:, 0]
    return last[:, 1] if last.shape[1] == 2 else last


def test_the_graph_is_valid(artifact: bytes) -> None:
    """ONNX's own checker finds nothing."""
    onnx.checker.check_model(onnx.load_from_string(artifact), full_check=True)


def test_the_input_is_one_row_of_all_features(artifact: bytes, table: pd.DataFrame) -> None:
    """One input, as wide as the signature."""
    (only,) = onnxruntime.InferenceSession(artifact, providers=["CPUExecutionProvider"]).get_inputs()
    assert (INPUT, table.shape[1]) == (only.name, only.shape[1])


def test_the_committed_predictions_are_the_artifacts(
    artifact: bytes, table: pd.DataFrame, predictions: pd.DataFrame
) -> None:
    """Scored again, the rows get the numbers that are judged."""
    np.testing.assert_allclose(expected(predictions), numbers(run(artifact, table)), rtol=1e-5)


def test_a_row_alone_gets_what_it_gets_in_a_batch(artifact: bytes, table: pd.DataFrame) -> None:
    """No row depends on its neighbours."""
    batch = numbers(run(artifact, table))
    for row in range(0, len(table), 40):
        np.testing.assert_allclose(batch[row], numbers(run(artifact, table.iloc[[row]]))[0], rtol=1e-5)


def test_the_order_of_rows_changes_nothing(artifact: bytes, table: pd.DataFrame) -> None:
    """Reversed rows get reversed numbers."""
    np.testing.assert_allclose(numbers(run(artifact, table))[::-1], numbers(run(artifact, table.iloc[::-1])), rtol=1e-5)


def test_numbers_are_finite_and_probabilities_sum_to_one(artifact: bytes, table: pd.DataFrame) -> None:
    """Nothing is NaN; a classifier's scores are probabilities."""
    outputs = run(artifact, table)
    assert np.isfinite(outputs[-1]).all()
    if len(outputs) > 1:
        assert ((outputs[-1] >= 0) & (outputs[-1] <= 1)).all()
        np.testing.assert_allclose(1, outputs[-1].sum(axis=1), rtol=1e-5)


def test_a_missing_feature_is_refused(artifact: bytes, table: pd.DataFrame) -> None:
    """A table without its last column is an error, not a guess."""
    with pytest.raises(Exception, match=r"(?i)invalid dimensions|out of bounds|Got"):
        run(artifact, table.iloc[:, :-1])


def test_the_image_scores_as_the_evidence_says(folder: Path, table: pd.DataFrame, predictions: pd.DataFrame) -> None:
    """The script that the image holds, given CSV, prints the committed numbers."""
    command = (sys.executable, str(EXAMPLES / "serving/score.py"), str(folder / "model.onnx"))
    printed = subprocess.run(command, input=table.to_csv(index=False), capture_output=True, text=True, check=True)
    lines = [line.split(",") for line in printed.stdout.splitlines()]
    width = 1 if expected(predictions).ndim == 1 else expected(predictions).shape[1]
    got = np.array([line[-width:] for line in lines], dtype=float)
    np.testing.assert_allclose(expected(predictions).reshape(len(table), -1), got, rtol=1e-4)
