from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from promoter.digest import sha256_bytes
from promoter.engines.duckdb.engine import DuckDBEngine
from promoter.measure.plan import measure
from promoter.measure.reports.request import ShadowAgreement
from promoter.measure.request import Measured, Table
from promoter.measure.statistics.intervals import clopper_pearson
from tests.measure.predictions import write

BINARY: dict[str, Any] = {
    "id": [1, 2, 3, 4, 5, 6, 7, 8],
    "decision": [1, 1, 0, 0, 1, 0, 1, None],
    "champion": [1, 0, 0, 0, 1, 1, 1, 1],
    "label": [1, 1, 0, 1, None, 1, None, 1],
    "at": np.array([f"2026-05-0{day}T00:00:00" for day in range(1, 9)], dtype="datetime64[us]"),
}
"""Row 2: the candidate alone is right; 6: the champion alone; 8: no answer where the champion is right."""


def run(tmp_path: Path, columns: Mapping[str, Any], **fields: Any) -> Measured:
    """Return what a shadow file is measured as."""
    path = write(tmp_path / "shadow.parquet", {name: pa.array(values) for name, values in columns.items()})
    content = sha256_bytes(path.read_bytes())
    table = {"id": "id", "label": "label", "prediction": "decision", "timestamp": "at", **fields.pop("table", {})}
    request = ShadowAgreement(
        table=Table(content=content, format="parquet", **table),
        **{"champion": "champion", "task": "binary", **fields},
    )
    return measure([request], {content: path}, DuckDBEngine())[request]


def values(found: Measured) -> dict[str, tuple[float | None, int]]:
    """Return value and n by measure."""
    assert found.failure is None
    return {value.measure: (value.value, value.n) for value in found.values}


def test_traffic_agreement_and_harm_are_counted(tmp_path: Path) -> None:
    """Trap: a request without an answer agrees with nothing and is wrong; harm and gain are of the six with a label."""
    found = run(tmp_path, BINARY)
    assert values(found) == {
        "requests": (8, 8),
        "duplicate_ids": (0, 8),
        "days": (7, 8),
        "agreement": (5 / 8, 8),
        "unanswered_rate": (1 / 8, 8),
        "harm_rate": (2 / 6, 6),
        "gain_rate": (1 / 6, 6),
    }
    agreement = found.find("agreement")
    assert agreement is not None
    assert clopper_pearson(5, 8) == agreement.interval


def test_scores_become_decisions_by_each_models_own_threshold(tmp_path: Path) -> None:
    """0.4 is a decision of a candidate with threshold 0.3, and none of a champion with 0.5."""
    columns = {**BINARY, "score": [0.4] * 8, "champion": [0.4] * 8}
    found = run(tmp_path, columns, table={"score": "score"}, threshold=0.3, champion_threshold=0.5)
    assert values(found)["agreement"] == (0, 8)


def test_duplicate_requests_are_counted(tmp_path: Path) -> None:
    """One request twice is not two."""
    assert values(run(tmp_path, {**BINARY, "id": [1, 1, 3, 4, 5, 6, 7, 8]}))["duplicate_ids"][0] == 1


def test_without_labels_harm_is_undecided(tmp_path: Path) -> None:
    """Agreement needs none."""
    found = run(tmp_path, BINARY, table={"label": None})
    assert values(found)["harm_rate"] == (None, 0)
    assert values(found)["agreement"] == (5 / 8, 8)


def test_without_timestamps_the_span_is_undecided(tmp_path: Path) -> None:
    """The reason names what is missing."""
    days = run(tmp_path, BINARY, table={"timestamp": None}).find("days")
    assert days is not None
    assert "timestamp" in (days.undecidable or "")


def test_classes_agree_as_texts(tmp_path: Path) -> None:
    """Three classes; a missing answer agrees with nothing."""
    columns = {
        **{name: BINARY[name][:4] for name in ("id", "at")},
        "decision": ["a", "b", "c", None],
        "champion": ["a", "b", "b", "c"],
        "label": ["a", "c", "c", "c"],
    }
    found = values(run(tmp_path, columns, task="multiclass"))
    assert (found["agreement"][0], found["harm_rate"][0], found["gain_rate"][0]) == (0.5, 0.25, 0.25)


def test_quantities_agree_within_a_difference(tmp_path: Path) -> None:
    """At the limit they agree; a missing answer agrees with nothing."""
    columns = {
        **{name: BINARY[name][:4] for name in ("id", "at")},
        "decision": [1.0, 2.0, 9.0, None],
        "champion": [2.0, 2.5, 3.0, 4.0],
        "label": [1.0, 2.0, 3.0, None],
    }
    found = values(run(tmp_path, columns, task="regression", within=1.0))
    assert (found["agreement"], found["harm_rate"], found["unanswered_rate"]) == ((0.5, 4), (1 / 3, 3), (0.25, 4))


@pytest.mark.parametrize(
    ("change", "fields", "why"),
    [
        ({"champion": [1, 0, 0, 0, 1, 1, 1, None]}, {}, "'champion' is missing"),
        ({"champion": [1, 0, 0, 0, 1, 1, 1, 7]}, {}, "neither 0 nor 1"),
        ({"label": [1, 1, 0, 1, None, 1, None, 5]}, {}, "neither 0 nor 1"),
        ({}, {"champion": "absent"}, "absent"),
        ({}, {"table": {"prediction": None}}, "name one"),
        ({}, {"task": "regression"}, "within which difference"),
        ({}, {"task": "ranking"}, "not compared one by one"),
        ({"champion": ["a"] * 7 + [None]}, {"task": "multiclass"}, "is missing in some rows"),
    ],
)
def test_file_that_cannot_be_compared_is_a_failure(
    tmp_path: Path, change: dict[str, Any], fields: dict[str, Any], why: str
) -> None:
    """Gaps and foreign values in what was served are told, never dropped."""
    assert why in (run(tmp_path, {**BINARY, **change}, **fields).failure or "")


def test_versions_that_served_are_counted_where_a_column_names_them(tmp_path: Path) -> None:
    """A row that names none is told as such."""
    served = ["2.0.0", "1.0.0", "2.0.0", "2.0.0", None, "2.0.0", "1.0.0", "2.0.0"]
    found = run(tmp_path, {**BINARY, "served_by": served}, champion_version="served_by")
    assert {"2.0.0": 5, "1.0.0": 2, "(missing)": 1} == found.facts["champions"]
    assert "champions" not in run(tmp_path, BINARY).facts


def test_column_of_versions_that_is_absent_is_an_error(tmp_path: Path) -> None:
    """The reason names it."""
    assert "served_by" in (run(tmp_path, BINARY, champion_version="served_by").failure or "")
