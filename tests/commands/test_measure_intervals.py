"""Every number of `promoter measure` bears an interval, or says in a few words why it has none."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from promoter.commands.measure import command
from promoter.measure.measurement import Interval, Measurement
from promoter.measure.without_interval import why_no_interval
from tests.measure.predictions import write

NO_ESTIMATES = {
    "counted in the file, not an estimate",
    "the column's own end, not an estimate",
    "a test's own result, with chance in it",
}
ROWS = 600


def columns(task: str, *, seed: int) -> dict[str, Any]:
    """Return 600 rows of a task with usual names."""
    generator = np.random.default_rng(seed)
    truth = np.random.default_rng(0)
    noise = generator.normal(size=ROWS)
    rows: dict[str, Any] = {"id": np.arange(ROWS), "town": np.where(np.arange(ROWS) % 2, "a", "b")}
    if task == "binary":
        label = (truth.random(ROWS) < 0.4).astype(int)
        return rows | {"label": label, "score": 1.0 / (1.0 + np.exp(-(label - 0.5 + noise)))}
    if task == "multiclass":
        label = truth.integers(0, 3, ROWS)
        scores = np.exp(generator.normal(size=(ROWS, 3)) + 2.0 * np.eye(3)[label])
        scores /= scores.sum(axis=1, keepdims=True)
        named = {f"probability_{name}": scores[:, place] for place, name in enumerate("xyz")}
        texts = np.array(list("xyz"))
        return rows | {"label": texts[label], "prediction": texts[scores.argmax(axis=1)]} | named
    if task == "regression":
        label = truth.normal(10.0, 2.0, ROWS)
        return rows | {"label": label, "prediction": label + noise}
    if task == "ranking":
        label = truth.integers(0, 3, ROWS)
        return rows | {"query": np.arange(ROWS) // 6, "label": label, "score": label + noise}
    return rows | {"score": (generator.random(ROWS) < 0.7).astype(float)}


@pytest.mark.parametrize("task", ["binary", "multiclass", "regression", "ranking", "scores"])
def test_numbers_without_interval_are_no_estimates(tmp_path: Path, task: str) -> None:
    """Beside champion and reference: counts, ends of columns and tests' results alone have none, and say so."""
    new, old = (write(tmp_path / f"{seed}.parquet", columns(task, seed=seed)) for seed in (1, 2))
    options = ["--champion", old, "--reference", old, "--by", "town", "--task", task, "--json"]
    options += ["--threshold", "0.5"] if task == "binary" else []
    outcome = CliRunner().invoke(command, [str(new), *map(str, options)], catch_exceptions=False)
    found = json.loads(outcome.stdout)
    bare = [entry for entry in found if entry["value"] is not None and entry["interval"] is None]
    assert {entry["without_interval"] for entry in bare} <= NO_ESTIMATES
    assert not [entry for entry in found if entry["interval"] is not None and "without_interval" in entry]
    assert {"counted in the file, not an estimate"} < {entry["without_interval"] for entry in bare}


@pytest.mark.parametrize(
    ("measure", "n", "expected"),
    [
        ("latency_p99", 367, "p99 has both ends from 368 rows on"),
        ("latency_p95_ratio", 100, "p95 has both ends from 72 rows on of each side"),
        ("median_absolute_error", 5, "the median has both ends from 6 rows on"),
        ("brier", 1, "one row has no spread"),
        ("f1", 7, "too few rows, or rows too alike, for an honest one"),
        ("memory_bytes", 1, "the greatest use of one run, not an estimate"),
    ],
)
def test_reasons_say_what_would_help(measure: str, n: int, expected: str) -> None:
    """The rows that order statistics need, where it is that."""
    assert expected == why_no_interval(Measurement(measure=measure, n=n, value=1.0))


def test_an_interval_and_an_undecidable_number_need_no_reason() -> None:
    """The one is there; the other says already why it is not."""
    interval = Interval(0.0, 1.0, 0.95, "wilson")
    assert why_no_interval(Measurement(measure="recall", n=9, value=0.5, interval=interval)) is None
    assert why_no_interval(Measurement(measure="recall", n=0, undecidable="no positives")) is None
