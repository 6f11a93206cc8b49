"""Columns out of DuckDB by Arrow's C interface: whole, in order, and an error where a row cannot be read."""

from collections.abc import Iterator
from typing import Any

import duckdb
import numpy as np
import pytest

from promoter.engines.duckdb.arrow import StreamError, columns_of, parts_of
from promoter.engines.duckdb.session import Session
from promoter.errors import Undecidable

MANY = 300_000
"""Rows of more parts than one."""


@pytest.fixture
def connection() -> Iterator[Any]:
    """Yield a connection to an empty database."""
    with duckdb.connect(config={"python_enable_replacements": "false"}) as opened:
        yield opened


@pytest.mark.parametrize("capacity", [1, 1_000, MANY, 2 * MANY])
def test_rows_of_many_parts_are_whole_and_in_order_whatever_was_guessed(connection: Any, capacity: int) -> None:
    """A guess that is too small or too large changes nothing."""
    query = f"SELECT CAST(i AS DOUBLE) / 3 AS x, i AS n FROM range({MANY}) AS r(i)"  # noqa: S608
    reals, whole = columns_of(connection.sql(query), capacity=capacity)
    np.testing.assert_array_equal(np.arange(MANY) / 3, reals)
    np.testing.assert_array_equal(np.arange(MANY), whole)


@pytest.mark.parametrize(
    ("sql_type", "dtype"),
    [
        ("DOUBLE", np.float64),
        ("BIGINT", np.int64),
        ("TINYINT", np.int8),
        ("UTINYINT", np.uint8),
        ("USMALLINT", np.uint16),
        ("UINTEGER", np.uint32),
    ],
)
def test_a_type_comes_as_numpys_own(connection: Any, sql_type: str, dtype: type) -> None:
    """Each type that the engine's SQL asks for."""
    [column] = columns_of(connection.sql(f"SELECT CAST(i AS {sql_type}) FROM range(3) AS r(i)"), capacity=8)  # noqa: S608
    assert (np.dtype(dtype), [0, 1, 2]) == (column.dtype, column.tolist())


def test_no_rows_are_empty_columns(connection: Any) -> None:
    """Their types are known all the same."""
    [column] = columns_of(connection.sql("SELECT 1.5::DOUBLE AS x WHERE false"), capacity=8)
    assert (np.dtype(np.float64), 0) == (column.dtype, column.size)


def test_special_numbers_keep_their_bits(connection: Any) -> None:
    """NaN, infinities and the negative zero are numbers, not nulls."""
    query = "SELECT unnest(['NaN', 'inf', '-inf', '-0.0', '5e-324']::DOUBLE[])"
    [column] = columns_of(connection.sql(query), capacity=8)
    assert ["nan", "inf", "-inf", "-0.0", "5e-324"] == [repr(value) for value in column.tolist()]


def test_a_null_is_refused(connection: Any) -> None:
    """What stands in its place in memory is no value."""
    with pytest.raises(ValueError, match="holds nulls"):
        columns_of(connection.sql("SELECT unnest([1.0::DOUBLE, NULL])"), capacity=8)


def test_a_row_that_cannot_be_read_after_many_that_can_is_an_error(connection: Any) -> None:
    """The parts before it are never taken for the whole."""
    broken = f"CASE WHEN i = {MANY - 1} THEN error('broken row') ELSE CAST(i AS DOUBLE) END"
    with pytest.raises((StreamError, duckdb.Error), match="broken row"):
        columns_of(connection.sql(f"SELECT {broken} FROM range({MANY}) AS r(i)"), capacity=8)  # noqa: S608


def test_parts_outlive_the_memory_that_they_came_in(connection: Any) -> None:
    """Each part is a copy."""
    parts = list(parts_of(connection.sql(f"SELECT CAST(i AS DOUBLE) FROM range({MANY}) AS r(i)")))  # noqa: S608
    assert len(parts) > 1
    np.testing.assert_array_equal(np.arange(float(MANY)), np.concatenate(parts))


def test_a_session_reads_columns_while_an_answer_is_not_read_to_its_end() -> None:
    """DuckDB refuses two open results on one connection."""
    session = Session({}, config={})
    try:
        assert (0,) == session.query(f"SELECT i FROM range({MANY}) AS r(i)").fetchone()  # noqa: S608
        [column] = session.numbers("SELECT 7::BIGINT AS i")
        assert [7] == column.tolist()
        with pytest.raises(Undecidable, match=r"cannot be read: .*broken row"):
            session.numbers("SELECT CASE WHEN i = 5 THEN error('broken row') ELSE 1.0 END FROM range(9) AS r(i)")
        assert [8] == session.numbers("SELECT 8::BIGINT AS i")[0].tolist()
    finally:
        session.close()
