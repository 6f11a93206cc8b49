"""What the data itself gives away: shared ids and rows, columns that tell a target."""

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from promoter.engines.duckdb.engine import DuckDBEngine
from promoter.measure.plan import measure
from promoter.measure.request import Measured
from promoter.measure.requests_data import Association, Overlap
from tests.measure.predictions import table_of, write

NUMBERS = np.random.default_rng(5).normal(size=600)


def overlap(folder: Path, reference: Any, current: Any, *, name: str = "parquet") -> Measured:
    """Return the overlap of two tables, in ids and in the columns x and c."""
    sources = {
        "local:r": write(folder / "reference.parquet", reference),
        "local:c": write(folder / f"current.{name}", current),
    }
    tables = table_of("local:r"), table_of("local:c", format_=name)
    request = Overlap(reference=tables[0], current=tables[1], columns=("x", "c"))
    return measure([request], sources, DuckDBEngine(threads=1))[request]


def rows(ids: Any, start: int, stop: int) -> dict[str, Any]:
    """Return rows with these ids and their place's number and category."""
    places = np.arange(start, stop)
    return {"id": ids, "x": NUMBERS[places], "c": np.where(places % 3, "a", "b")}


def value_of(found: Measured, measure_: str) -> float:
    """Return a measurement's value over all rows."""
    value = found.find(measure_)
    assert value is not None, found.failure
    assert value.value is not None, value.undecidable
    return value.value


def test_disjoint_tables_share_nothing(tmp_path: Path) -> None:
    """No id and no row of one is in the other."""
    found = overlap(tmp_path, rows(np.arange(300), 0, 300), rows(np.arange(300, 600), 300, 600))
    assert [0, 0, 0] == [value_of(found, name) for name in ("id_overlap", "row_overlap", "repeated_rows")]


@pytest.mark.parametrize(
    "ids",
    [
        np.arange(250, 350).astype(float),
        np.array([f" {place} " for place in range(250, 350)]),
        np.array([f"{place}.00" for place in range(250, 350)]),
    ],
)
def test_ids_written_in_another_way_hide_nothing(tmp_path: Path, ids: Any) -> None:
    """Trap: 50 training rows evaluated under ids as floats, with spaces or with zeros are 50 shared ids."""
    found = overlap(tmp_path, rows(np.arange(300), 0, 300), rows(ids, 250, 350))
    assert (50, 0.5) == (value_of(found, "shared_ids"), value_of(found, "id_overlap"))
    assert "250" in found.facts["shared_ids"]


@pytest.mark.parametrize("name", ["parquet", "csv"])
def test_rows_under_new_ids_are_found_by_what_they_hold(tmp_path: Path, name: str) -> None:
    """Trap: training rows with fresh ids, in another file format and with digits shaved off, are still the same."""
    renamed = rows(np.array([f"new-{place}" for place in range(100)]), 200, 300)
    shaved = renamed | {"x": renamed["x"] * (1 + 1e-12)}
    found = overlap(tmp_path, rows(np.arange(300), 0, 300), shaved, name=name)
    assert 0 == value_of(found, "id_overlap")
    assert value_of(found, "row_overlap_excess") > 0.99


def test_rows_that_agree_by_chance_are_no_leak(tmp_path: Path) -> None:
    """Where columns have few values, disjoint samples agree as often as one sample does within itself."""
    coarse = np.random.default_rng(2).integers(0, 5, 600).astype(float)
    reference = {"id": np.arange(300), "x": coarse[:300], "c": ["a"] * 300}
    current = {"id": np.arange(300, 600), "x": coarse[300:], "c": ["a"] * 300}
    found = overlap(tmp_path, reference, current)
    assert (1.0, 1.0, 0.0) == tuple(
        value_of(found, name) for name in ("row_overlap", "row_coincidence", "row_overlap_excess")
    )


def test_missing_ids_make_the_overlap_undecidable(tmp_path: Path) -> None:
    """Trap: a row without an id could be any row."""
    current = rows(pa.array([None, *range(301, 400)], pa.int64()), 300, 400)
    found = overlap(tmp_path, rows(np.arange(300), 0, 300), current).find("id_overlap")
    assert found is not None
    assert "1 of the current have no id" in (found.undecidable or "")


def association(folder: Path, columns: dict[str, Any], kinds: dict[str, str], *, target: str, kind: str) -> Measured:
    """Return the strength of columns for a target of the same table."""
    sources = {"local:t": write(folder / "t.parquet", columns)}
    table = table_of("local:t")
    request = Association(
        table=table, target_table=table, target=target, target_kind=kind, columns=tuple(kinds.items())
    )
    return measure([request], sources, DuckDBEngine(threads=1))[request]


def strengths(found: Measured) -> dict[str, float | None]:
    """Return the strength by feature."""
    return {dict(value.slice)["feature"]: value.value for value in found.values}


def test_features_that_give_the_label_away_are_strong_however_they_do(tmp_path: Path) -> None:
    """Trap: by order, by their middle, by being missing, or as a category; a sentinel on each side blinds nothing."""
    label = np.arange(600) % 2
    ordered = label + NUMBERS * 0.01
    with_sentinel = ordered.copy()
    with_sentinel[:2] = 1e6
    missing = np.where(label == 1, np.nan, NUMBERS)
    columns = {
        "y": label,
        "noise": NUMBERS,
        "ordered": ordered,
        "sentinel": with_sentinel,
        "middle": np.where(label == 1, 0.0, np.sign(NUMBERS)) + NUMBERS * 0.001,
        "missing": missing,
        "word": np.where(label == 1, "yes", "no"),
        "constant": ["k"] * 600,
    }
    kinds = dict.fromkeys(columns, "numeric") | {"word": "categorical", "constant": "categorical"}
    kinds.pop("y")
    found = association(tmp_path, columns, kinds, target="y", kind="categorical")
    values = strengths(found)
    assert (values["noise"] or 1) < 0.25
    assert {name: True for name in values if name not in ("noise", "constant")} == {
        name: (value or 0) > 0.85 for name, value in values.items() if name not in ("noise", "constant")
    }
    assert (None, ["constant"]) == (values["constant"], found.facts["constant"])
    assert {"ordered": "order", "missing": "missing"}.items() <= found.facts["views"].items()


def test_numeric_target_is_told_by_what_bends_as_well(tmp_path: Path) -> None:
    """A parabola has no rank correlation with its input, and a high correlation ratio."""
    columns = {"y": NUMBERS**2, "x": NUMBERS, "noise": NUMBERS[::-1].copy()}
    found = association(tmp_path, columns, {"x": "numeric", "noise": "numeric"}, target="y", kind="numeric")
    values = strengths(found)
    assert (values["x"] or 0) > 0.8
    assert (values["noise"] or 1) < 0.25


def test_target_of_another_table_is_paired_by_id(tmp_path: Path) -> None:
    """Features and attribute lie in two files, in another order of rows."""
    order = np.random.default_rng(3).permutation(600)
    sex = np.where(NUMBERS > 0, "m", "f")
    sources = {
        "local:f": write(tmp_path / "f.parquet", {"id": np.arange(600), "x": NUMBERS}),
        "local:p": write(tmp_path / "p.parquet", {"id": order, "sex": sex[order]}),
    }
    request = Association(
        table=table_of("local:f"),
        target_table=table_of("local:p"),
        target="sex",
        target_kind="categorical",
        columns=(("x", "numeric"),),
    )
    found = measure([request], sources, DuckDBEngine(threads=1))[request]
    assert 1.0 == strengths(found)["x"]
