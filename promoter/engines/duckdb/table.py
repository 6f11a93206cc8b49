"""One registered table: its columns and types, and the dictionaries of its text columns."""

from dataclasses import dataclass, field
from typing import Any

from promoter.document.nearest import nearest
from promoter.engines.duckdb.expressions import group_text, key_expression, quoted
from promoter.engines.duckdb.extent import Extent
from promoter.errors import Undecidable
from promoter.measure.aggregate import Group, Key

MOST_GROUPS = 65_536
"""Distinct values above which a column is no grouping: results would outgrow the report, and time the budget."""


@dataclass(frozen=True, slots=True)
class Dictionary:
    """A column's distinct values as text, in order, the rows that hold each, and the name of the values as a type."""

    values: tuple[str, ...]
    rows: tuple[int, ...]
    type_name: str


@dataclass(slots=True)
class RegisteredTable:
    """A table under a name that we chose. `types` maps column to DuckDB type, in file order.

    `extents` holds what columns told that were sorted for some question.
    """

    connection: Any
    name: str
    types: dict[str, str]
    dictionaries: dict[str, Dictionary] = field(default_factory=dict)
    extents: dict[str, Extent] = field(default_factory=dict)

    def type_of(self, column: str) -> str:
        """Return a column's type. Raises Undecidable, with the nearest name, where there is none."""
        if column not in self.types:
            guess = nearest(column, self.types)
            hint = f"did you mean {guess!r}?" if guess else f"it has {', '.join(sorted(self.types)[:12])}"
            raise Undecidable(f"there is no column {column!r}; {hint}")
        return self.types[column]

    def expression(self, key: Key) -> str:
        """Return SQL for a key; a Group becomes its code. Raises Undecidable for a column that cannot be one."""
        sql_type = self.type_of(key.column)
        if not isinstance(key, Group):
            return key_expression(key, sql_type)
        return f"enum_code(CAST({group_text(key.column, sql_type)} AS {self.dictionary(key.column).type_name}))"

    def dictionary(self, column: str) -> Dictionary:
        """Return a column's distinct values, counted once. Raises Undecidable where there are too many to group by."""
        with self.connection.lock:
            if column not in self.dictionaries:
                self.dictionaries[column] = self._counted(column)
            return self.dictionaries[column]

    def _counted(self, column: str) -> Dictionary:
        """Count rows by value first, and by its text then: writing a number as text costs more than hashing it."""
        value, name = group_text(column, self.type_of(column)), f"{self.name}_values_{list(self.types).index(column)}"
        rows = quoted(f"rows of {column}")
        by_value = f"SELECT {quoted(column)}, count(*) FROM {self.name} GROUP BY 1"
        self.connection.execute(
            f"CREATE OR REPLACE TEMP TABLE {name}_counted AS SELECT {value} AS v, CAST(sum({rows}) AS BIGINT) AS n"
            f" FROM ({by_value}) AS s({quoted(column)}, {rows}) GROUP BY 1 ORDER BY 1 LIMIT {MOST_GROUPS + 1}"
        )
        listed = f"SELECT v FROM {name}_counted ORDER BY v"
        counted = self.connection.execute(f"SELECT v, n FROM {name}_counted ORDER BY v").fetchall()
        if len(counted) > MOST_GROUPS:
            raise Undecidable(f"column {column!r} has more than {MOST_GROUPS} distinct values; group by another")
        self.connection.execute(f"CREATE TYPE {name} AS ENUM ({listed if counted else repr('')})")
        return Dictionary(tuple(row[0] for row in counted), tuple(row[1] for row in counted), name)
