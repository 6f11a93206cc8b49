"""Keys as DuckDB SQL: names are quoted, values are literals of our own, nothing of a file is ever SQL."""

from promoter.errors import Undecidable
from promoter.measure.aggregate import MISSING, MISSING_LABEL, OTHER_LABEL, AtLeast, Key, Label, Number

INTEGERS = frozenset(
    ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "UHUGEINT")
)
INTEGERS_OF_64_BITS = INTEGERS - {"HUGEINT", "UHUGEINT", "UBIGINT"}

_WHOLE_NUMBER_LIMIT = "1e15"


def quoted(name: str) -> str:
    """Return a column name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """Return a text as an SQL string."""
    return "'" + text.replace("'", "''") + "'"


def dtype_word(sql_type: str) -> str:
    """Return the signature's word for a DuckDB type, or the type's own name in lower case where there is none."""
    if sql_type.endswith("]"):
        return "vector"
    base = sql_type.partition("(")[0]
    if base in INTEGERS:
        return "int"
    if base in ("FLOAT", "DOUBLE", "DECIMAL"):
        return "float"
    if base in ("VARCHAR", "ENUM", "UUID"):
        return "string"
    if base == "BOOLEAN":
        return "bool"
    if base.startswith("TIMESTAMP") or base == "DATE":
        return "timestamp"
    return sql_type.lower()


def text(column: str, sql_type: str) -> str:
    """Return SQL for a value's one text, null where it is missing.

    3, 3.0 and DECIMAL 3.00 are all "3", NaN is missing, true and false are those words; other texts are as they stand.
    """
    name, word = quoted(column), dtype_word(sql_type)
    if word == "float":
        number = name if sql_type == "FLOAT" else f"CAST({name} AS DOUBLE)"
        whole = f"{number} = trunc({number}) AND abs({number}) < {_WHOLE_NUMBER_LIMIT}"
        return (
            f"CASE WHEN isnan({number}) THEN NULL WHEN {whole} THEN CAST(TRY_CAST({number} AS BIGINT) AS VARCHAR)"
            f" ELSE CAST({number} AS VARCHAR) END"
        )
    return f"CAST({name} AS VARCHAR)"


def present(column: str, sql_type: str) -> str:
    """Return SQL for a value in its own type, null where it is missing: cheaper to count than its text."""
    name = quoted(column)
    return f"CASE WHEN isnan({name}) THEN NULL ELSE {name} END" if sql_type in ("FLOAT", "DOUBLE") else name


def number(column: str, sql_type: str) -> str:
    """Return SQL for a value as DOUBLE, NaN where it is missing or no number."""
    name, word = quoted(column), dtype_word(sql_type)
    if word == "bool":
        name = f"CAST({name} AS TINYINT)"
    elif word == "string":
        return f"coalesce(TRY_CAST({name} AS DOUBLE), CAST('NaN' AS DOUBLE))"
    elif word not in ("int", "float"):
        raise Undecidable(f"column {column!r} is of type {sql_type}, which is not a number")
    return f"coalesce(CAST({name} AS DOUBLE), CAST('NaN' AS DOUBLE))"


def label(column: str, sql_type: str) -> str:
    """Return SQL for a binary label as TINYINT; a number is compared as one, which is what its text would say."""
    if dtype_word(sql_type) in ("int", "float"):
        value = number(column, sql_type)
        cases = f"WHEN isnan({value}) THEN {MISSING_LABEL} WHEN {value} = 1 THEN 1 WHEN {value} = 0 THEN 0"
        return f"CAST(CASE {cases} ELSE {OTHER_LABEL} END AS TINYINT)"
    value = f"lower({text(column, sql_type)})"
    return (
        f"CAST(CASE WHEN {value} IS NULL THEN {MISSING_LABEL} WHEN {value} IN ('1', '1.0', 'true') THEN 1"
        f" WHEN {value} IN ('0', '0.0', 'false') THEN 0 ELSE {OTHER_LABEL} END AS TINYINT)"
    )


def at_least(key: AtLeast, sql_type: str) -> str:
    """Return SQL for a decision as TINYINT."""
    value = number(key.column, sql_type)
    bound = f"CAST({literal(repr(float(key.threshold)))} AS DOUBLE)"
    decided = f"WHEN NOT isfinite({value}) THEN {MISSING_LABEL} WHEN {value} >= {bound} THEN 1 ELSE 0"
    return f"CAST(CASE {decided} END AS TINYINT)"


def group_text(column: str, sql_type: str) -> str:
    """Return SQL for a value's text as a group, never null."""
    return f"coalesce({text(column, sql_type)}, {literal(MISSING)})"


def key_expression(key: Key, sql_type: str) -> str:
    """Return SQL for a key other than Group, whose codes need a dictionary."""
    if isinstance(key, Label):
        return label(key.column, sql_type)
    if isinstance(key, Number):
        return number(key.column, sql_type)
    if isinstance(key, AtLeast):
        return at_least(key, sql_type)
    raise TypeError(f"{key} is coded by its table, not by an expression")
