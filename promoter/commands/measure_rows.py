"""What `promoter measure predictions` and `promoter measure latency` share: rows to give to a model, files to write."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy.typing as npt

from promoter.commands.measure_files import format_of
from promoter.document.nearest import did_you_mean
from promoter.engines.duckdb.rows import read_rows, write_rows
from promoter.errors import Location, Problem, ProposalError, Undecidable

Columns = dict[str, npt.NDArray[Any]]


def read_table(path: Path) -> Columns:
    """Return a file's columns. Raises ProposalError where it cannot be read or has no rows."""
    try:
        columns = read_rows(path, format_=format_of(path))
    except Undecidable as reason:
        raise ProposalError(Problem(Location(str(path)), reason.reason, "check the file")) from reason
    if not columns or not next(iter(columns.values())).size:
        raise ProposalError(Problem(Location(str(path)), "there are no rows", "name a table with rows"))
    return columns


def choose(path: Path, columns: Mapping[str, npt.NDArray[Any]], names: Sequence[str]) -> Columns:
    """Return some columns in the order given. Raises ProposalError for each that there is not, with the nearest."""
    problems = [
        Problem(Location(str(path)), f"there is no column {name!r}", f"{did_you_mean(name, columns)}it has {shown}")
        for shown in (", ".join(list(columns)[:12]),)
        for name in names
        if name not in columns
    ]
    if problems:
        raise ProposalError(*problems)
    return {name: columns[name] for name in names}


def features_of(
    path: Path, columns: Mapping[str, npt.NDArray[Any]], *, named: Sequence[str], others: Sequence[str]
) -> Columns:
    """Return the columns that are features: those named, else all that play no other part, in file order."""
    names = named or [name for name in columns if name not in others]
    return choose(path, columns, names)


def require_new(path: Path) -> None:
    """Raise ProposalError where evidence cannot be written: it is never written over, and its name says its format."""
    message = hint = None
    if path.suffix.lower() not in (".parquet", ".csv"):
        message, hint = "its name says neither of the two formats", "end it in .parquet or .csv"
    elif path.exists():
        message, hint = "the file is there already", "name another file; evidence is immutable once registered"
    elif not path.parent.is_dir():
        message, hint = f"there is no folder {path.parent}", "make it, or name another place"
    if message and hint:
        raise ProposalError(Problem(Location(str(path)), message, hint))


def write_new(path: Path, columns: Mapping[str, npt.NDArray[Any]]) -> None:
    """Write a file that is not there yet. Raises ProposalError as `require_new` and where it cannot be written."""
    require_new(path)
    try:
        write_rows(path, columns)
    except OSError as error:
        raise ProposalError(
            Problem(Location(str(path)), f"cannot be written: {error}", "name another place")
        ) from error


def require_model(path: Path) -> None:
    """Raise ProposalError where an artifact is not a file."""
    if not path.is_file():
        raise ProposalError(Problem(Location(str(path)), "is no file", "name the ONNX artifact of a version"))
