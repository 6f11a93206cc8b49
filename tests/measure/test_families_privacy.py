"""Personal data and anonymity of committed tables."""

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from promoter.engines.duckdb.engine import DuckDBEngine
from promoter.measure.plan import measure
from promoter.measure.request import Measured
from promoter.measure.requests_data import Anonymity, PersonalTexts
from tests.measure.predictions import table_of, write


def personal(folder: Path, columns: dict[str, Any]) -> Measured:
    """Return the personal data of a table."""
    sources = {"local:t": write(folder / "t.parquet", columns)}
    request = PersonalTexts(table=table_of("local:t"))
    return measure([request], sources, DuckDBEngine(threads=1))[request]


def found_in(found: Measured) -> dict[tuple[str, str], float | None]:
    """Return rows by column and kind."""
    return {
        (dict(value.slice)["column"], dict(value.slice)["kind"]): value.value
        for value in found.values
        if value.measure == "personal_data"
    }


def test_clean_table_has_none_and_says_how_many_columns_were_searched(tmp_path: Path) -> None:
    """Ids, words, dates and decimals are no personal data."""
    columns = {
        "id": [f"application-{place:04}" for place in range(50)],
        "score": np.random.default_rng(1).random(50),
        "day": ["2026-01-01"] * 50,
        "band": ["60-and-over"] * 50,
    }
    found = personal(tmp_path, columns)
    assert {} == found_in(found)
    searched = found.find("columns_searched")
    assert searched is not None
    assert 4 == searched.value


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ("write to jane.doe@example.org", "email"),
        ("jane\uff20example.org", "email"),
        ("+44 20 7946 0958", "phone"),
        ("GB82 WEST 1234 5698 7654 32", "iban"),
        ("4111-1111-1111-1111", "credit_card"),
        ("536-22-1234", "us_ssn"),
        ("203.0.113.7", "ip_address"),
        ("2001:db8::8a2e:370:7334", "ip_address"),
    ],
)
def test_every_kind_survives_the_narrowing(tmp_path: Path, value: str, kind: str) -> None:
    """Trap: one row among many, in a column that nothing declares, is found; only its row number is told."""
    found = personal(tmp_path, {"id": range(500), "note": ["ok"] * 457 + [value] + ["ok"] * 42})
    assert {("note", kind): 1.0} == found_in(found)
    assert {f"note {kind}": [457]} == found.facts["first_rows"]
    assert value not in str(found.as_json())


def test_numbers_lists_and_structs_hide_nothing(tmp_path: Path) -> None:
    """Trap: a card number stored as a number, an address inside of a list or a struct."""
    columns = {
        "card": pa.array([4111111111111111, 5]),
        "list": pa.array([["a", "x@example.org"], []], pa.list_(pa.string())),
        "struct": pa.array([{"inner": "y@example.org"}, None]),
    }
    found = found_in(personal(tmp_path, columns))
    assert {("card", "credit_card"), ("list", "email"), ("struct", "email")} == set(found)


def test_smallest_group_is_the_k_of_the_table(tmp_path: Path) -> None:
    """Two people share one combination, one stands alone; a missing value is a value."""
    columns = {"zip": ["a", "a", "b", None, None], "age": [1, 1, 2, 3, 3]}
    sources = {"local:t": write(tmp_path / "t.parquet", columns)}
    request = Anonymity(table=table_of("local:t"), quasi_identifiers=("zip", "age"), k=2)
    found = measure([request], sources, DuckDBEngine(threads=1))[request]
    assert {"smallest_group": 1, "rows_below": 1, "groups_below": 1} == {
        value.measure: value.value for value in found.values
    }
