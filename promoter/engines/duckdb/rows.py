"""Whole columns of one local file, read and written: for commands that make evidence, not for judging it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from promoter.engines.duckdb.expressions import literal, quoted
from promoter.engines.duckdb.session import Session
from promoter.measure.aggregate import Source

Columns = dict[str, npt.NDArray[Any]]


def read_rows(path: Path, *, format_: str) -> Columns:
    """Return every column (n,) in file order: numbers, truth values, times as they are, texts as objects.

    A number that is missing is NaN, a text that is missing is None. A CSV column is of numbers where each of its
    values is one. Raises Undecidable for a file that cannot be read.
    """
    session = Session({"local:rows": path}, config={})
    try:
        table = session.table(Source("local:rows", format_))
        wanted = ", ".join(
            _expression(session, table.name, name) if format_ == "csv" else quoted(name) for name in table.types
        )
        fetched = session.query(f"SELECT {wanted} FROM {table.name}").fetchnumpy()
        return {name: _plain(column) for name, column in zip(table.types, fetched.values(), strict=True)}
    finally:
        session.close()


def write_rows(path: Path, columns: Mapping[str, npt.NDArray[Any]]) -> None:
    """Write columns (n,) as CSV where the name ends so, else as Parquet (zstd); equal columns give equal bytes.

    Raises OSError where the file cannot be written.
    """
    import duckdb
    import pandas as pd

    frame = pd.DataFrame({name: _framed(column) for name, column in columns.items()})
    options = "FORMAT csv, HEADER" if path.suffix.lower() == ".csv" else "FORMAT parquet, COMPRESSION zstd"
    with duckdb.connect(config={"autoinstall_known_extensions": "false", "threads": "1"}) as connection:
        connection.register("rows", frame)
        try:
            connection.execute(f"COPY rows TO {literal(str(path))} ({options})")
        except duckdb.IOException as error:
            raise OSError(str(error).splitlines()[0]) from error


def _expression(session: Session, table: str, name: str) -> str:
    """Return SQL for a CSV column: as numbers where every value is one and none begins with a 0 that is part of it."""
    column = quoted(name)
    is_number = (
        f"count({column}) > 0 AND bool_and(TRY_CAST({column} AS DOUBLE) IS NOT NULL"
        f" AND NOT regexp_matches({column}, '^[+-]?0[0-9]')) FILTER (WHERE {column} IS NOT NULL)"
    )
    [answer] = session.query(f"SELECT {is_number} FROM {table}").fetchone()
    if not answer:
        return column
    is_whole = f"bool_and(TRY_CAST({column} AS BIGINT) IS NOT NULL AND NOT contains({column}, '.'))"
    [whole] = session.query(f"SELECT {is_whole} FROM {table}").fetchone()
    return f"TRY_CAST({column} AS {'BIGINT' if whole else 'DOUBLE'}) AS {column}"


def _plain(column: Any) -> npt.NDArray[Any]:
    """Return a fetched column without its mask."""
    missing = np.ma.getmaskarray(column)
    values = np.ma.getdata(column)
    if values.dtype == object:
        return np.array([None if gone else value for value, gone in zip(values, missing, strict=True)], dtype=object)
    if not missing.any():
        return np.asarray(values)
    if values.dtype.kind in "iufb":
        return np.where(missing, np.nan, values.astype(np.float64))
    return np.where(missing, np.datetime64("NaT"), values)


def _framed(column: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Return texts as objects, which a frame takes without guessing."""
    return column.astype(object) if column.dtype.kind in "US" else column
