"""Small predictions files for the tests of the measurement plane."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from promoter.measure.request import Table


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
