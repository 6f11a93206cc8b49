"""Group counts, drift and profiles, each from real files."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from fairlearn import metrics as fairness
from scipy import stats

from promoter.engines.duckdb.engine import DuckDBEngine
from promoter.measure.plan import measure
from promoter.measure.request import Drift, GroupRates, Measured, Table, TableProfile
from tests.measure.predictions import binary_columns, table_of, write

ENGINE = DuckDBEngine(threads=1)


def drift_of(folder: Path, reference: dict[str, Any], current: dict[str, Any], *columns: tuple[str, str]) -> Measured:
    """Return the drift of columns between two tables."""
    first, second = write(folder / "ref.parquet", reference), write(folder / "cur.parquet", current)
    request = Drift(
        reference=Table(content="local:ref", format="parquet"),
        current=Table(content="local:cur", format="parquet"),
        columns=columns,
    )
    return measure([request], {"local:ref": first, "local:cur": second}, ENGINE)[request]


def value_of(found: Measured, name: str, *where: tuple[str, str]) -> float | None:
    """Return a value that must have been measured."""
    value = found.find(name, where)
    assert value is not None
    return value.value


def test_group_counts_give_fairlearns_rates(tmp_path: Path) -> None:
    """tp, fp, fn, tn of each group and intersection add up to fairlearn's MetricFrame."""
    columns = binary_columns()
    path = write(tmp_path / "a.parquet", columns)
    request = GroupRates(table=table_of("local:a"), threshold=0.5, attributes=(("race",), ("race", "sex")))
    found = measure([request], {"local:a": path}, ENGINE)[request]
    frame = fairness.MetricFrame(
        metrics={"tpr": fairness.true_positive_rate, "rate": fairness.selection_rate},
        y_true=columns["y"],
        y_pred=columns["score"] >= 0.5,
        sensitive_features={"race": columns["race"], "sex": columns["sex"]},
    )
    for (race, sex), row in frame.by_group.iterrows():
        where = (("race", race), ("sex", str(sex)))
        tp, fp, fn, tn = (value_of(found, cell, *where) or 0.0 for cell in ("tp", "fp", "fn", "tn"))
        assert (row["tpr"], row["rate"]) == pytest.approx((tp / (tp + fn), (tp + fp) / (tp + fp + fn + tn)))


def test_a_group_with_an_unusable_score_is_undecidable_alone(tmp_path: Path) -> None:
    """Trap: a row blanked in one group leaves that group without counts, and the other standing."""
    path = write(tmp_path / "a.parquet", {"y": [0, 1, 1], "score": [0.1, 0.9, np.nan], "g": ["a", "a", "b"]})
    request = GroupRates(table=table_of("local:a", id=None), threshold=0.5, attributes=(("g",),))
    found = measure([request], {"local:a": path}, ENGINE)[request]
    broken = found.find("tp", (("g", "b"),))
    assert broken is not None
    assert broken.undecidable == "column 'score' is missing or not finite in 1 of 1 rows; fill it"
    assert value_of(found, "tp", ("g", "a")) == 1.0


def test_numeric_drift_equals_scipy_and_ignores_nulls(tmp_path: Path) -> None:
    """Kolmogorov-Smirnov's D and the Wasserstein distance over the values that are there."""
    generator = np.random.default_rng(1)
    old, new = generator.normal(0, 1, 500), generator.normal(0.3, 1, 400)
    current = [*new.tolist(), None, float("nan")]
    found = drift_of(tmp_path, {"x": old}, {"x": current}, ("x", "numeric"))
    where = ("feature", "x")
    assert value_of(found, "ks", where) == pytest.approx(stats.ks_2samp(old, new).statistic, rel=1e-9)
    assert value_of(found, "wasserstein", where) == pytest.approx(stats.wasserstein_distance(old, new), rel=1e-9)
    assert value_of(found, "missing_rate_difference", where) == pytest.approx(2 / 402)


def test_one_sentinel_row_on_each_side_hides_no_drift(tmp_path: Path) -> None:
    """Trap: a row of 1e6 cannot blind bins that are the reference's quantiles, nor ranks."""
    generator = np.random.default_rng(4)
    old = np.append(generator.normal(0, 1, 20_000), 1e6)
    new = np.append(generator.normal(1, 1, 20_000), 1e6)
    found = drift_of(tmp_path, {"x": old}, {"x": new}, ("x", "numeric"))
    assert value_of(found, "psi", ("feature", "x")) == pytest.approx(0.93, abs=0.05)
    assert value_of(found, "ks", ("feature", "x")) == pytest.approx(0.383, abs=0.02)


def test_new_categories_are_counted_and_named(tmp_path: Path) -> None:
    """A category that the reference never had is a measure, and a fact with its rows."""
    found = drift_of(tmp_path, {"c": ["a", "b", "b"]}, {"c": ["a", "z", "z"]}, ("c", "categorical"))
    assert value_of(found, "new_categories", ("feature", "c")) == 1.0
    assert found.facts["changed_categories"] == {"c": {"new": [["z", 2]], "vanished": [["b", 2]]}}


def test_a_feature_that_is_not_there_leaves_the_others_measured(tmp_path: Path) -> None:
    """The absent column is undecidable, with the nearest name."""
    found = drift_of(tmp_path, {"age": [1.0, 2.0]}, {"age": [1.0, 2.0]}, ("agee", "numeric"), ("age", "numeric"))
    absent = found.find("ks", (("feature", "agee"),))
    assert absent is not None
    assert absent.undecidable == "local:ref: there is no column 'agee'; did you mean 'age'?"
    assert value_of(found, "ks", ("feature", "age")) == 0.0


def test_a_profile_tells_types_missing_values_and_times(tmp_path: Path) -> None:
    """Types in the signature's words, nulls and NaN counted, times as ISO 8601."""
    times = np.array(["2026-01-02T03:04:05", "2026-01-01T00:00:00", "2026-01-03T00:00:00"], dtype="datetime64[us]")
    columns = {
        "id": ["a", "a", "b"],
        "x": [1.5, float("nan"), None],
        "k": [1, 2, 2],
        "t": times,
        "b": [True, False, True],
    }
    path = write(tmp_path / "a.parquet", columns)
    request = TableProfile(table=Table(content="local:a", format="parquet", id="id", timestamp="t"))
    found = measure([request], {"local:a": path}, ENGINE)[request]
    assert found.facts["columns"] == {"id": "string", "x": "float", "k": "int", "t": "timestamp", "b": "bool"}
    assert found.facts["categories"]["k"] == ["1", "2"]
    assert found.facts["latest"] == "2026-01-03T00:00:00.000000Z"
    assert value_of(found, "duplicate_ids") == 1.0
    assert value_of(found, "missing", ("column", "x")) == 2.0
    assert value_of(found, "maximum", ("column", "x")) == 1.5


def test_times_do_not_depend_on_the_machines_zone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A time with a zone has one text everywhere."""
    monkeypatch.setenv("TZ", "America/New_York")
    noon = pa.array([datetime(2026, 1, 1, 12, tzinfo=UTC)], pa.timestamp("us", "Europe/Berlin"))
    path = write(tmp_path / "a.parquet", {"t": noon})
    request = TableProfile(table=Table(content="local:a", format="parquet", timestamp="t"))
    found = measure([request], {"local:a": path}, ENGINE)[request].facts
    assert ("2026-01-01T12:00:00.000000Z", ["2026-01-01 12:00:00+00"]) == (found["latest"], found["categories"]["t"])


def test_a_csv_profile_infers_types_from_all_texts_and_keeps_leading_zeros(tmp_path: Path) -> None:
    """Trap: 007 is a text, or two codes would be one; 1.5 is a float; an empty field is missing."""
    path = tmp_path / "a.csv"
    path.write_text("code,n,x,b\n007,1,1.5,true\n010,2,,false\n", encoding="utf-8")
    request = TableProfile(table=Table(content="local:a", format="csv"))
    found = measure([request], {"local:a": path}, ENGINE)[request]
    assert found.facts["columns"] == {"code": "string", "n": "int", "x": "float", "b": "bool"}
    assert value_of(found, "missing", ("column", "x")) == 1.0
