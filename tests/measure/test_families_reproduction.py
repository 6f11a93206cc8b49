"""Committed predictions against the artifact's own, run in a process of its own."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from promoter.engines.duckdb.engine import DuckDBEngine
from promoter.engines.onnx import process
from promoter.measure.plan import measure
from promoter.measure.request import Measured
from promoter.measure.requests_data import Reproduction
from tests.engines.onnx.models import logistic
from tests.measure.predictions import table_of, write

Change = Callable[[dict[str, Any]], dict[str, Any]]
ROWS = 300


def reproduced(folder: Path, change: Change = lambda columns: columns, *, coefficients: Any = (1.0, -2.0)) -> Measured:
    """Return the comparison of predictions, after a change, with the model that made them."""
    generator = np.random.default_rng(8)
    features = {"id": np.arange(ROWS), "a": generator.normal(size=ROWS), "b": generator.normal(size=ROWS)}
    true = 1 / (1 + np.exp(-(features["a"] - 2 * features["b"])))
    order = generator.permutation(ROWS)
    predictions = {"id": order, "y": (true[order] > 0.4).astype(int), "score": true[order]}
    sources = {
        "local:m": logistic(folder / "m.onnx", list(coefficients)),
        "local:f": write(folder / "f.parquet", features),
        "local:p": write(folder / "p.parquet", change(predictions)),
    }
    request = Reproduction(
        artifact="local:m",
        features=table_of("local:f", label=None, score=None),
        predictions=table_of("local:p"),
        inputs=(("a", "numeric"), ("b", "numeric")),
        task="binary",
        tolerance=1e-5,
        threshold=0.5,
    )
    return measure([request], sources, DuckDBEngine(threads=1))[request]


def values_of(found: Measured) -> dict[str, float]:
    """Return values by measure."""
    assert found.failure is None, found.failure
    return {value.measure: value.value or 0.0 for value in found.values}


def test_the_artifacts_own_predictions_are_reproduced(tmp_path: Path) -> None:
    """Rows are paired by id whatever their order; float32 rounds within the tolerance."""
    values = values_of(reproduced(tmp_path))
    assert values["max_absolute_difference"] < 1e-6
    assert (0.0, 0.0) == (values["differing_rows"], values["decision_changes"])


def test_one_invented_prediction_is_found(tmp_path: Path) -> None:
    """Trap: a single row turned to the right side among many is seen, with its place."""

    def invent(columns: dict[str, Any]) -> dict[str, Any]:
        place = int(np.argmin(columns["score"]))
        return columns | {"score": np.where(np.arange(ROWS) == place, 0.99, columns["score"])}

    found = reproduced(tmp_path, invent)
    values = values_of(found)
    assert (pytest.approx(1 / ROWS), pytest.approx(1 / ROWS)) == (values["differing_rows"], values["decision_changes"])
    assert len(found.facts["first_rows"]) == 1


def test_predictions_of_another_model_are_found(tmp_path: Path) -> None:
    """Trap: the file of a better model beside a weaker artifact."""
    assert values_of(reproduced(tmp_path, coefficients=(1.0, -1.9)))["differing_rows"] > 0.9


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (lambda columns: {name: values[:-5] for name, values in columns.items()}, "5 ids of the features"),
        (lambda columns: columns | {"score": np.append(columns["score"][:-1], np.nan)}, "not finite in 1 of 300"),
    ],
)
def test_rows_left_out_or_blanked_are_an_error(tmp_path: Path, change: Change, problem: str) -> None:
    """Trap: rows that do not reproduce cannot be dropped or emptied."""
    assert problem in (reproduced(tmp_path, change).failure or "")


def test_model_that_does_not_take_the_features_is_an_error(tmp_path: Path) -> None:
    """An artifact of another signature fails the request, with what the runtime says."""
    assert "the model cannot be run" in (reproduced(tmp_path, coefficients=(1.0, 2.0, 3.0)).failure or "")


def test_missing_onnxruntime_is_a_failure_and_never_a_pass(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the runtime is not installed the answer is an error that says what to install."""
    bare = tmp_path / "python"
    bare.write_text(f'#!/bin/sh\nexec "{sys.executable}" -S "$@"\n')
    bare.chmod(0o755)
    monkeypatch.setattr(process.sys, "executable", str(bare))
    found = reproduced(tmp_path)
    assert "pip install onnxruntime" in (found.failure or "")
    assert () == found.values
