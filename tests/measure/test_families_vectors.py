"""Drift of vector columns, from Parquet files of lists."""

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from promoter.engines.duckdb.engine import DuckDBEngine
from promoter.measure.measurement import Measurement
from promoter.measure.plan import measure
from promoter.measure.request import Drift, Measured, Table, TableProfile
from promoter.measure.statistics.drift_embedding import embedding_drift, evenly_spaced, fourier_features, seed_of
from tests.measure.predictions import write

REFERENCE, CURRENT = (Table(content=key, format="parquet") for key in ("local:ref", "local:cur"))


def normal(seed: int, rows: int = 300, *, shift: float = 0.0, dimensions: int = 4) -> np.ndarray:
    """Return normal vectors (n, d) that float32 holds exactly."""
    drawn = np.random.default_rng(seed).normal(shift, 1.0, (rows, dimensions))
    return drawn.astype(np.float32).astype(np.float64)


def lists(rows: np.ndarray | list[Any], type_: pa.DataType | None = None) -> pa.Array:
    """Return vectors as a column of lists of float32."""
    values = rows.tolist() if isinstance(rows, np.ndarray) else rows
    return pa.array(values, type_ or pa.list_(pa.float32()))


def drift_of(folder: Path, reference: Any, current: Any, *, threads: int = 1, column: str = "e") -> Measured:
    """Return the drift of the column e, and of a number that never moves."""
    sources = {}
    for key, values in (("ref", reference), ("cur", current)):
        columns = {"e": values, "x": np.arange(len(values), dtype=np.float64)}
        sources[f"local:{key}"] = write(folder / f"{key}.parquet", columns)
    request = Drift(reference=REFERENCE, current=CURRENT, columns=((column, "vector"), ("x", "numeric")))
    return measure([request], sources, DuckDBEngine(threads=threads))[request]


def found_in(measured: Measured, name: str, column: str = "e") -> Measurement:
    """Return a measurement that must have been made."""
    value = measured.find(name, (("feature", column),))
    assert value is not None
    return value


def reason_of(folder: Path, reference: Any, current: Any) -> str:
    """Return why there is no drift; a missing rate there is, and the other column is measured."""
    measured = drift_of(folder, reference, current)
    reasons = {found_in(measured, name).undecidable for name in ("embedding_drift", "embedding_drift_p")}
    assert found_in(measured, "missing_rate_difference").value is not None
    assert found_in(measured, "ks", "x").value is not None
    (reason,) = reasons
    assert reason is not None
    return reason


@pytest.mark.parametrize("type_", [pa.list_(pa.float32()), pa.list_(pa.float64()), pa.list_(pa.float32(), 4)])
def test_the_engine_gives_what_the_statistic_gives_on_arrays(tmp_path: Path, type_: pa.DataType) -> None:
    """Lists of either width and of fixed size; more rows than are sampled, and than DuckDB hands over at once."""
    reference, current = normal(1, 9_000), normal(2, 3_000, shift=0.2)
    measured = drift_of(tmp_path, lists(reference, type_), lists(current, type_))
    samples = [rows[evenly_spaced(rows.shape[0])] for rows in (reference, current)]
    pinned = fourier_features(reference, seed=seed_of(*samples))
    expected = embedding_drift(pinned.sums(reference), pinned.sums(current))
    value, p = found_in(measured, "embedding_drift"), found_in(measured, "embedding_drift_p")
    assert (expected.squared.value, expected.p) == pytest.approx((value.value, p.value), rel=1e-9)
    assert 12_000 == value.n
    assert value.interval is not None


def test_threads_and_names_change_no_digit(tmp_path: Path) -> None:
    """The features are pinned by the vectors, and blocks do not depend on how the file is read."""
    sides = lists(normal(1, 20_000)), lists(normal(2, 20_000, shift=0.05))
    first, second = (drift_of(tmp_path, *sides, threads=threads) for threads in (1, 2))
    assert first.as_json() == second.as_json()


def test_no_drift_is_near_zero_and_a_shift_is_not(tmp_path: Path) -> None:
    """Without drift the interval holds 0; half a standard deviation is beyond chance."""
    still, moved = (
        drift_of(tmp_path, lists(normal(1, 2_000)), lists(normal(2, 2_000, shift=shift))) for shift in (0.0, 0.5)
    )
    interval = found_in(still, "embedding_drift").interval
    assert interval is not None
    assert interval.lower <= 0 < interval.upper
    assert (found_in(still, "embedding_drift_p").value or 0) > 0.01
    assert (found_in(moved, "embedding_drift_p").value or 0) < 1e-9


def test_rows_without_a_vector_are_missing_not_zero(tmp_path: Path) -> None:
    """They are left out of the distance and counted in the missing rate."""
    reference, current = normal(1), normal(2)
    with_gaps = [None if place % 3 == 0 else row for place, row in enumerate(current.tolist())]
    measured = drift_of(tmp_path, lists(reference), lists(with_gaps))
    whole = drift_of(tmp_path, lists(reference), lists([row for row in with_gaps if row is not None]))
    assert found_in(whole, "embedding_drift").value == found_in(measured, "embedding_drift").value
    assert 500 == found_in(measured, "embedding_drift").n
    assert 1 / 3 == pytest.approx(found_in(measured, "missing_rate_difference").value)


def test_a_sentinel_on_each_side_hides_no_drift(tmp_path: Path) -> None:
    """Trap: one vector of 1e9 in the first row of both sides, and the rest moved by half a standard deviation."""
    sentinel = np.full((1, 4), 1e9)
    sides = (lists(np.vstack([sentinel, normal(seed, 2_000, shift=0.5 * (seed - 1))])) for seed in (1, 2))
    measured = drift_of(tmp_path, *sides)
    assert (found_in(measured, "embedding_drift_p").value or 0) < 1e-9


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        ([0.0, 1.0], "vectors of the current side have 2 to 4 dimensions; give all the same"),
        ([], "vectors of the current side have 0 to 4 dimensions; give all the same"),
        ([0.0, float("nan"), 0.0, 0.0], "missing, NaN or beyond 1e100 in 1 of 301 vectors"),
        ([0.0, None, 0.0, 0.0], "missing, NaN or beyond 1e100 in 1 of 301 vectors"),
        ([0.0, float("-inf"), 0.0, 0.0], "missing, NaN or beyond 1e100 in 1 of 301 vectors"),
        ([0.0, 1e300, 0.0, 0.0], "missing, NaN or beyond 1e100 in 1 of 301 vectors"),
    ],
)
def test_one_vector_that_is_none_is_undecidable_with_its_reason(
    tmp_path: Path, bad: list[float | None], reason: str
) -> None:
    """Trap: a ragged, empty, NaN, infinite or huge vector stops the distance, and is counted."""
    wide = pa.list_(pa.float64())
    found = reason_of(tmp_path, lists(normal(1), wide), lists([*normal(2).tolist(), bad], wide))
    assert reason in found


@pytest.mark.parametrize(
    ("reference", "current", "reason"),
    [
        (normal(1), normal(2, dimensions=5), "have 5 dimensions, those of the reference 4"),
        (normal(1), [None] * 300, "there is no vector in 300 rows of the current side; fill the column"),
        ([[]] * 300, normal(1), "there is no vector in 300 rows of the reference"),
        (np.ones((300, 4)), normal(1), "all vectors of the reference are equal"),
        (normal(1), normal(2, rows=1), "1 vectors: a discrepancy needs 2 on each side"),
        (np.zeros((3, 16_385)), normal(1), "have 16385 dimensions, at most 16384 are compared"),
    ],
)
def test_sides_that_cannot_be_compared_are_undecidable(
    tmp_path: Path, reference: Any, current: Any, reason: str
) -> None:
    """Another model's vectors, a column without any, no spread, one row, vectors that outgrow memory."""
    assert reason in reason_of(tmp_path, lists(reference), lists(current))


@pytest.mark.parametrize("values", [pa.array([["a"], ["b"]]), pa.array(["[1, 2]", "[3, 4]"]), pa.array([1.0, 2.0])])
def test_columns_that_hold_no_vectors_say_of_which_type_they_are(tmp_path: Path, values: pa.Array) -> None:
    """Lists of text, vectors written as text and plain numbers leave the other columns measured."""
    measured = drift_of(tmp_path, values, values)
    reason = found_in(measured, "embedding_drift").undecidable or ""
    assert "local:cur against local:ref: column 'e' of the reference is of type" in reason
    assert "which is no vector; store a list of numbers a row" in reason
    assert 0.0 == found_in(measured, "ks", "x").value


def test_an_absent_column_is_named_with_the_nearest(tmp_path: Path) -> None:
    """As for any other column."""
    measured = drift_of(tmp_path, lists(normal(1)), lists(normal(2)), column="ee")
    assert "there is no column 'ee'; did you mean 'e'?" in (
        found_in(measured, "embedding_drift", "ee").undecidable or ""
    )


def test_a_profile_calls_lists_of_numbers_vectors(tmp_path: Path) -> None:
    """Nulls among them are counted; they have no categories."""
    path = write(tmp_path / "a.parquet", {"e": lists([[1.0, 2.0], None, [3.0, 4.0]])})
    request = TableProfile(table=CURRENT)
    found = measure([request], {"local:cur": path}, DuckDBEngine(threads=1))[request]
    missing = found.find("missing", (("column", "e"),))
    assert ("vector", None) == (found.facts["columns"]["e"], found.facts["categories"]["e"])
    assert missing is not None
    assert 1.0 == missing.value
