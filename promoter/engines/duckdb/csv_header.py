"""The header of a CSV file, read before DuckDB sees the file, so that nothing in it is guessed."""

import csv
from pathlib import Path

from promoter.errors import Undecidable

_HEADER_BYTES = 1_048_576


def read_header(path: Path) -> tuple[str, ...]:
    """Return the column names of the first line: comma, double quotes, UTF-8 with or without a byte order mark.

    Raises Undecidable for an empty file, other encodings, and names that are empty or stand twice.
    """
    with path.open("rb") as stream:
        start = stream.readline(_HEADER_BYTES)
    if not start.strip():
        raise Undecidable("the file has no header line; write the column names first")
    try:
        line = start.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Undecidable(f"the header is not UTF-8 (byte {error.start}); save the file as UTF-8") from error
    names = tuple(next(csv.reader([line.rstrip("\r\n")]), []))
    lowered = [name.lower() for name in names]
    twice = sorted({name for name in names if lowered.count(name.lower()) > 1})
    if twice:
        raise Undecidable(f"column {twice[0]!r} stands more than once (letter case aside); rename one")
    if "" in names:
        raise Undecidable(f"column {names.index('') + 1} has no name; name it in the header")
    return names
