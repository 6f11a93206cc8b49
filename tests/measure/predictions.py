"""Small predictions files for the tests of the measurement plane."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from promoter.engines.duckdb.engine import DuckDBEngine
from promoter.measure.measurement import Measurement
from promoter.measure.plan import measure
from promoter.measure.request import Measured, Request, Table


def binary_columns(n: int = 400, *, seed: int = 7) -> dict[str, Any]:
    """Return id, y, score (tied, at two digits), race, sex of n rows; the score says something of y."""
    generator = np.random.default_rng(seed)
    label = generator.integers(0, 2, n)
    score = np.round(np.clip(0.5 * label + generator.random(n) * 0.6, 0.01, 0.99), 2)
    return {
        "id": np.arange(n),
        "y": label,
        "score": score,
        "race": generator.choice(["black", "hispan", "white"], n, p=[0.1, 0.1, 0.8]),
        "sex": generator.integers(0, 2, n),
    }


def write(path: Path, columns: Mapping[str, Any]) -> Path:
    """Write columns as Parquet, or as CSV where the name ends so."""
    table = pa.table(dict(columns))
    if path.suffix == ".csv":
        import pyarrow.csv as pc

        pc.write_csv(table, path)
    else:
        pq.write_table(table, path)
    return path


def table_of(key: str, *, format_: str = "parquet", **parts: Any) -> Table:
    """Return a table with the columns that `binary_columns` makes; a part given as None is left out."""
    columns = {"id": "id", "label": "y", "score": "score"} | parts
    return Table(content=key, format=format_, **columns)


def answer(path: Path, request: Request) -> Measured:
    """Return what a file with the key local:a says."""
    return measure([request], {"local:a": path}, DuckDBEngine(threads=1))[request]


def found_in(measured: Measured, name: str, *where: tuple[str, str]) -> Measurement:
    """Return a measurement that must have been made."""
    value = measured.find(name, where)
    assert value is not None
    return value
