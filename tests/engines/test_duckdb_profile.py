"""A profile says the same whatever was asked of the table before."""

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from promoter.engines.duckdb import profiling
from promoter.engines.duckdb.engine import DuckDBEngine
from promoter.engines.duckdb.extent import Extent, extent_of
from promoter.measure.aggregate import MISSING, Counts, Group, Number, Profile, Source
from tests.measure.predictions import write

ROWS = 3_000
HERE = Source("k", "parquet")
NUMBERS = ("real", "special", "empty", "whole", "ties", "decimal", "zeros", "nothing_finite")
TEXTS = ("text", "nulls", "looks_missing", "bool")


def _columns() -> dict[str, Any]:
    generator = np.random.default_rng(3)
    real = generator.normal(size=ROWS)
    special = real.copy()
    special[:7] = [np.nan, np.inf, -np.inf, np.inf, np.nan, 0.0, -0.0]
    texts = [f"v{index % 7}" for index in range(ROWS)]
    return {
        "real": real,
        "special": pa.array(special, mask=np.arange(ROWS) % 11 == 0),
        "empty": pa.array([None] * ROWS, type=pa.float64()),
        "whole": pa.array(generator.integers(-(2**62), 2**62, ROWS), mask=np.arange(ROWS) == 5),
        "ties": np.arange(ROWS) % 3,
        "decimal": pa.array(np.arange(ROWS) / 4).cast(pa.decimal128(12, 2)),
        "zeros": np.where(np.arange(ROWS) % 2 == 0, 0.0, -0.0),
        "nothing_finite": np.where(np.arange(ROWS) % 2 == 0, np.inf, np.nan),
        "text": texts,
        "nulls": [None if index % 5 == 0 else text for index, text in enumerate(texts)],
        "looks_missing": [MISSING if index % 5 == 0 else text for index, text in enumerate(texts)],
        "bool": np.arange(ROWS) % 2 == 0,
    }


@pytest.mark.parametrize("counted_exactly", [10, 200_000])
def test_what_was_asked_before_changes_no_fact(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, counted_exactly: int
) -> None:
    """Columns that were sorted or listed are not read again, in large tables and in small ones."""
    monkeypatch.setattr(profiling, "_ROWS_COUNTED_EXACTLY", counted_exactly)
    monkeypatch.setattr(profiling, "_DISTINCT_IN_LOOK", 100)
    path = write(tmp_path / "a.parquet", _columns())
    profile = Profile(HERE)
    before = [Counts(HERE, (Number(name),), Number(name)) for name in NUMBERS]
    before += [Counts(HERE, (Group(name),)) for name in TEXTS]
    with DuckDBEngine(threads=1).opened({"k": path}) as answering:
        alone = answering([profile])
    with DuckDBEngine(threads=1).opened({"k": path}) as answering:
        answering(before)
        after = answering([profile])
    assert repr(alone[profile]) == repr(after[profile])


def test_the_extent_of_a_sorted_column_is_told_by_its_ends() -> None:
    """NaN stands last, and infinities are counted and are no ends."""
    column = np.array([-np.inf, -2.0, 0.5, np.inf, np.inf, np.nan])
    assert Extent(filled=5, infinite=3, minimum=-2.0, maximum=0.5) == extent_of(column)


@pytest.mark.parametrize(("values", "infinite"), [([], 0), ([np.nan], 0), ([-np.inf, np.inf, np.nan], 2)])
def test_a_column_without_a_finite_number_has_no_ends(values: list[float], infinite: int) -> None:
    """Nothing is made up in their place."""
    assert Extent(filled=infinite, infinite=infinite, minimum=None, maximum=None) == extent_of(np.array(values))
