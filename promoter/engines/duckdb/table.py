"""One registered table: its columns and types, and the dictionaries of its text columns."""

from dataclasses import dataclass, field
from typing import Any

from promoter.document.nearest import nearest
from promoter.engines.duckdb.expressions import group_text, key_expression
from promoter.errors import Undecidable
from promoter.measure.aggregate import Group, Key

MOST_GROUPS = 65_536
"""Distinct values above which a column is no grouping: results would outgrow the report, and time the budget."""


@dataclass(slots=True)
class RegisteredTable:
    """A table under a name that we chose. `types` maps column to DuckDB type, in file order."""

    connection: Any
    name: str
    types: dict[str, str]
    dictionaries: dict[str, tuple[str, ...]] = field(default_factory=dict)

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
        self.values_of(key.column)
        return f"enum_code(CAST({group_text(key.column, sql_type)} AS {self._enum(key.column)}))"

    def values_of(self, column: str) -> tuple[str, ...]:
        """Return a column's distinct values as text, in order, and keep them as its dictionary."""
        if column not in self.dictionaries:
            value = group_text(column, self.type_of(column))
            query = f"SELECT DISTINCT {value} AS v FROM {self.name} ORDER BY v LIMIT {MOST_GROUPS + 1}"  # noqa: S608
            values = tuple(row[0] for row in self.connection.execute(query).fetchall())
            if len(values) > MOST_GROUPS:
                raise Undecidable(f"column {column!r} has more than {MOST_GROUPS} distinct values; group by another")
            self.dictionaries[column] = values
            listed = f"SELECT DISTINCT {value} AS v FROM {self.name} ORDER BY v" if values else "''"  # noqa: S608
            self.connection.execute(f"CREATE TYPE {self._enum(column)} AS ENUM ({listed})")
        return self.dictionaries[column]

    def _enum(self, column: str) -> str:
        return f"{self.name}_values_{list(self.types).index(column)}"
