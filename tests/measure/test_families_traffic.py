"""Rows that a stage has served, counted: requests, those without an answer, and those that did harm."""

from pathlib import Path
from typing import Any

import pytest

from promoter.engines.duckdb.engine import DuckDBEngine
from promoter.measure.plan import measure
from promoter.measure.request import Measured, Table
from promoter.measure.requests_traffic import ServedTraffic
from tests.measure.predictions import write

ROWS: dict[str, Any] = {
    "request": ["a", "b", "c", "d", "d"],
    "at": [
        f"2026-05-{moment}Z" for moment in ("25T00:00:01", "26T10:00:00", "25T08:00:00", "27T00:00:00", "30T23:59:59")
    ],
    "answer": ["yes", None, "no", "yes", None],
    "harm": [0, None, 1, 0, None],
}


def served(folder: Path, columns: dict[str, Any], **changed: Any) -> Measured:
    """Return what a file of served rows comes to."""
    table = Table(content="local:t", format="parquet", id=changed.pop("id", "request"), timestamp="at")
    request = ServedTraffic(**{"table": table, "answer": "answer", "harm": "harm", **changed})
    sources = {"local:t": write(folder / "t.parquet", columns)}
    return measure([request], sources, DuckDBEngine(threads=1))[request]


def test_rows_are_counted_by_what_became_of_them(tmp_path: Path) -> None:
    """Trap: rows without an answer are errors, and rows that nobody judged neither harm nor none; ids count once."""
    found = served(tmp_path, ROWS)
    assert {"requests": 5, "duplicate_ids": 1, "errors": 2, "judged": 3, "harmed": 1} == {
        value.measure: value.value for value in found.values
    }


def test_the_moments_that_the_rows_span_are_facts(tmp_path: Path) -> None:
    """Text that says a moment counts as one; the rows' order does not matter."""
    facts = served(tmp_path, ROWS).facts
    assert "2026-05-25" in facts["earliest"]
    assert "2026-05-30" in facts["latest"]


def test_what_no_column_says_is_undecidable(tmp_path: Path) -> None:
    """Without ids nobody can tell repeats, without harm nobody can tell harm."""
    found = served(tmp_path, ROWS, harm=None, id=None)
    assert {"duplicate_ids", "judged", "harmed"} == {value.measure for value in found.values if value.undecidable}


@pytest.mark.parametrize(
    ("changed", "columns", "words"),
    [
        ({"answer": "anwser"}, ROWS, "no column 'anwser'"),
        ({"harm": "harmed"}, ROWS, "harmed"),
        ({}, {**ROWS, "harm": [0, 2, 1, 0, None]}, "neither 0, 1 nor empty in 1 of 5 rows"),
    ],
)
def test_a_column_that_is_not_what_the_observation_says_is_a_failure(
    tmp_path: Path, changed: dict[str, Any], columns: dict[str, Any], words: str
) -> None:
    """Nothing is counted from it, and the reason names the column."""
    assert words in (served(tmp_path, columns, **changed).failure or "")
