"""A DuckDB connection that can read the registered files and nothing else."""

import re
import shutil
import tempfile
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from promoter.engines.duckdb.arrow import StreamError, columns_of, parts_of
from promoter.engines.duckdb.csv_header import read_header
from promoter.engines.duckdb.expressions import literal
from promoter.engines.duckdb.table import RegisteredTable
from promoter.errors import Undecidable
from promoter.measure.aggregate import Source

_FEWEST_ROWS = 1 << 14
"""Room for the rows of the first answer; after it, for those of the longest so far."""

_FOLDER = "promoter_duckdb_"

_LINK = re.compile(rf"\s*(['\"])[^'\"]*{_FOLDER}[^'\"]*\1")
"""A link's name in an error: another one each time, so a record that quoted it would never be made twice alike."""

_CSV_FAULT = re.compile(r"Expected Number of Columns: \d+ Found: \d+|Value with unterminated quote found\.?")

_FIXED_CONFIG = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "allow_community_extensions": "false",
    "python_enable_replacements": "false",
    "preserve_insertion_order": "true",
}


class Session:
    """Tables by source, opened when first asked for.

    Files are reached through links with names of our own, so that a `*` or `'` in a path is never a pattern or SQL;
    after the links are listed as the only allowed paths, external access is off and the configuration locked.

    Several threads may use it: each has a connection of its own to one database, in which all see the same tables.
    Who opens a table or lists its values holds `lock`, so that it is done once.
    """

    def __init__(self, sources: Mapping[str, Path], *, config: Mapping[str, str]) -> None:
        import duckdb

        self._folder = Path(tempfile.mkdtemp(prefix=_FOLDER))
        self._errors: type[Exception] = duckdb.Error
        self._rows = _FEWEST_ROWS
        self.lock = threading.RLock()
        self._own = threading.local()
        self._tables: dict[Source, RegisteredTable] = {}
        self._links = {content: self._folder / f"table_{index}" for index, content in enumerate(sources)}
        for content, link in self._links.items():
            link.symlink_to(sources[content].absolute())
        database = duckdb.connect(config={"temp_directory": str(self._folder / "spill"), **config, **_FIXED_CONFIG})
        self._connections: list[Any] = [database]
        paths = ", ".join(literal(str(link)) for link in self._links.values())
        database.execute(f"SET allowed_paths = [{paths}]")
        database.execute("SET GLOBAL TimeZone = 'UTC'")
        database.execute("SET enable_external_access = false")
        database.execute("SET lock_configuration = true")

    @property
    def connection(self) -> Any:
        """The connection of this thread, made when it first asks for one."""
        own = getattr(self._own, "connection", None)
        if own is None:
            own = self._own.connection = self._connections[0].cursor()
            self._connections.append(own)
        return own

    def close(self) -> None:
        """Close all connections and remove what they left on disk; no thread may use one any more."""
        for connection in reversed(self._connections):
            connection.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def query(self, sql: str) -> Any:
        """Run SQL. Raises Undecidable with DuckDB's first line where it fails: the file is the unknown, not the SQL."""
        try:
            return self.connection.execute(sql)
        except self._errors as error:
            raise _unreadable(error) from error

    def numbers(self, sql: str) -> list[npt.NDArray[Any]]:
        """Return the columns (n,) of a query of numbers without nulls, in its order. Raises as `query` does."""
        try:
            columns = columns_of(self._relation(sql), capacity=self._rows)
        except (self._errors, StreamError) as error:
            raise _unreadable(error) from error
        self._rows = max(self._rows, columns[0].size)
        return columns

    def stream(self, sql: str) -> Iterator[npt.NDArray[np.float64]]:
        """Yield the one column of numbers of a query, without nulls, a part at a time in order. Raises as `query` does.

        No other query may run before the last part: it would end this one.
        """
        try:
            yield from parts_of(self._relation(sql))
        except (self._errors, StreamError) as error:
            raise _unreadable(error) from error

    def _relation(self, sql: str) -> Any:
        """Return a query that has not begun; DuckDB wants the one before to have ended, its rows read or not."""
        self.connection.complete()
        return self.connection.sql(sql)

    def table(self, source: Source) -> RegisteredTable:
        """Return the table of a source. Raises Undecidable where it is absent, broken or of another format."""
        with self.lock:
            if source not in self._tables:
                self._tables[source] = self._register(source)
            return self._tables[source]

    def _register(self, source: Source) -> RegisteredTable:
        if source.content not in self._links:
            raise Undecidable("the file is missing; fetch it first")
        link, name = self._links[source.content], f"t{len(self._tables)}"
        if source.format == "parquet":
            self.query(f"CREATE VIEW {name} AS SELECT * FROM read_parquet({literal(str(link))})")
        elif source.format == "csv":
            self._load_csv(link, name)
        else:
            raise Undecidable(f"format {source.format!r} is no table; use parquet or csv")
        described = self.query(f"DESCRIBE {name}").fetchall()
        return RegisteredTable(self, name, {row[0]: row[1] for row in described})

    def _load_csv(self, link: Path, name: str) -> None:
        """Load a CSV file as text: an id 007 stays 007, and what is a number is decided by the part that it plays."""
        columns = ", ".join(f"{literal(column)}: 'VARCHAR'" for column in read_header(link))
        self.query(
            f"CREATE TABLE {name} AS SELECT * FROM read_csv({literal(str(link))}, auto_detect = false,"
            f" header = true, delim = ',', quote = '\"', escape = '\"', nullstr = '', strict_mode = true,"
            f" encoding = 'utf-8', columns = {{{columns}}})"
        )

    execute = query


def _unreadable(error: Exception) -> Undecidable:
    return Undecidable(f"cannot be read: {_first_line(error)}; check the file and its format")


def _first_line(error: Exception) -> str:
    """Return what DuckDB says first, and what is wrong with a CSV line; never the line, which holds rows."""
    text = _LINK.sub("", str(error)).strip().splitlines()
    told = [*text[:1], *(line for line in text[1:] if _CSV_FAULT.fullmatch(line))]
    return ": ".join(told)[:300] if told else type(error).__name__
