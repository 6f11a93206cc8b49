"""Latency evidence: percentiles, ratios and memory by artifact."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from promoter.engines.duckdb.engine import DuckDBEngine
from promoter.measure.measurement import Measurement
from promoter.measure.plan import measure
from promoter.measure.request import Table
from promoter.measure.requests_data import Latency
from tests.measure.predictions import write


def latencies(folder: Path, columns: dict[str, Any], *, champion: str | None = "old") -> dict[str, Measurement]:
    """Return the measurements of a file by name."""
    request = Latency(
        table=Table(content="local:l", format="parquet"),
        column="latency_ms",
        artifact="new",
        champion=champion,
        artifact_column="artifact",
        memory_column="memory_bytes",
    )
    sources = {"local:l": write(folder / "l.parquet", columns)}
    found = measure([request], sources, DuckDBEngine(threads=1))[request]
    assert found.failure is None, found.failure
    return {value.measure: value for value in found.values}


def rows(n: int = 1000) -> dict[str, Any]:
    """Return n requests each to two artifacts, the new one twice as slow."""
    times = np.arange(1, n + 1) / 100
    return {
        "artifact": ["old"] * n + ["new"] * n,
        "latency_ms": np.concatenate([times, 2 * times]),
        "memory_bytes": [100] * n + [150] * n,
    }


def test_percentiles_ratio_and_memory_are_by_artifact(tmp_path: Path) -> None:
    """p95 of 1,000 ordered requests is the 950th; the ratio compares the same percentile."""
    found = latencies(tmp_path, rows())
    values = {name: value.value for name, value in found.items()}
    assert (19.0, 2.0, 150.0, 1.5) == tuple(
        values[name] for name in ("latency_p95", "latency_p95_ratio", "memory_bytes", "memory_ratio")
    )
    assert found["latency_p99"].interval is not None


def test_artifact_that_was_not_timed_is_undecidable(tmp_path: Path) -> None:
    """A file about others says nothing of this one."""
    found = latencies(tmp_path, rows(), champion="older")
    assert found["latency_p95"].value == 19.0
    assert "holds no request to older" in (found["latency_p95_ratio"].undecidable or "")


@pytest.mark.parametrize("blank", [np.nan, np.inf, 0.0, -1.0])
def test_slow_requests_cannot_be_blanked(tmp_path: Path, blank: float) -> None:
    """Trap: the slowest requests emptied, or set to an impossible time, make the percentiles undecidable."""
    columns = rows()
    columns["latency_ms"] = np.where(columns["latency_ms"] > 19.5, blank, columns["latency_ms"])
    assert latencies(tmp_path, columns)["latency_p95"].value is None


def test_one_huge_request_moves_no_percentile(tmp_path: Path) -> None:
    """Trap: an outlier on the champion's side, which would double its mean, leaves the ratio as it is."""
    columns = rows()
    columns["latency_ms"][0] = 1e6
    ratio = latencies(tmp_path, columns)["latency_p95_ratio"].value
    assert ratio == pytest.approx(2.0, rel=0.01)
