"""The embedded engine: hostile names and files, exact cells, the same bytes on any number of threads."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from promoter.digest import canonical_json
from promoter.engines.duckdb.engine import DuckDBEngine
from promoter.measure.aggregate import (
    Aggregate,
    AtLeast,
    Cells,
    Coded,
    Counts,
    Group,
    Label,
    Number,
    PairedCounts,
    Result,
    Source,
    Unavailable,
)
from promoter.measure.plan import measure
from promoter.measure.request import Calibration, Drift, GroupRates, PairedQuality, Quality, TableProfile
from tests.measure.predictions import binary_columns, table_of, write

HERE = Source("k", "parquet")


def ask(path: Path, question: Counts) -> Any:
    """Return the answer to one question about one file."""
    return answers_of({"k": path}, question)[question]


def answers_of(paths: Mapping[str, Path], *questions: Aggregate) -> Mapping[Aggregate, Result]:
    """Return the answers to questions that are asked together."""
    with DuckDBEngine(threads=1).opened(paths) as answering:
        return answering(questions)


def texts(column: Coded) -> list[str]:
    """Return a coded column as text."""
    return [column.values[code] for code in column.codes]


def test_counts_by_group_are_ordered_by_value(tmp_path: Path) -> None:
    """One cell a combination that occurs, with its rows."""
    path = write(tmp_path / "a.parquet", {"g": ["b", "a", "b"], "y": [1, 0, 1]})
    cells = ask(path, Counts(HERE, (Group("g"), Label("y"))))
    assert (["a", "b"], [0, 1], [1, 2]) == (texts(cells.columns[0]), cells.columns[1].tolist(), cells.rows.tolist())


@pytest.mark.parametrize("name", ['a"b', "x'; DROP TABLE t0; --", "select", "a b\n c", "é", "{}", "%s", "k0"])
def test_a_column_of_any_name_is_only_a_name(tmp_path: Path, name: str) -> None:
    """Quotes, keywords and SQL in a header are quoted."""
    path = write(tmp_path / "a.parquet", {name: ["p", "q'\"; --", "p"]})
    assert ["p", "q'\"; --"] == texts(ask(path, Counts(HERE, (Group(name),))).columns[0])


@pytest.mark.parametrize("name", ["a*.parquet", "[ab].parquet", "it's.parquet", "a b.parquet", "?.parquet"])
def test_a_path_of_any_name_is_only_that_file(tmp_path: Path, name: str) -> None:
    """A `*` in a path is no pattern."""
    write(tmp_path / "ab.parquet", {"g": ["other"]})
    assert ["mine"] == texts(ask(write(tmp_path / name, {"g": ["mine"]}), Counts(HERE, (Group("g"),))).columns[0])


def test_values_have_one_text_whatever_their_type(tmp_path: Path) -> None:
    """3, 3.0 and "3" are one group; NaN and null are missing."""
    path = write(tmp_path / "a.parquet", {"i": [3, 4, 3], "f": [3.0, 0.5, float("nan")], "b": [True, None, False]})
    assert ["3", "4"] == texts(ask(path, Counts(HERE, (Group("i"),))).columns[0])
    assert ["(missing)", "0.5", "3"] == texts(ask(path, Counts(HERE, (Group("f"),))).columns[0])
    assert ["(missing)", "false", "true"] == texts(ask(path, Counts(HERE, (Group("b"),))).columns[0])


def test_decisions_at_a_threshold_know_no_number(tmp_path: Path) -> None:
    """NaN, infinities and nulls are neither above nor below."""
    values = [0.5, 0.4, float("nan"), None, float("inf")]
    path = write(tmp_path / "a.parquet", {"s": values})
    cells = ask(path, Counts(HERE, (AtLeast("s", 0.5),)))
    assert ([-2, 0, 1], [3, 1, 1]) == (cells.columns[0].tolist(), cells.rows.tolist())


def test_a_csv_number_is_read_by_its_part(tmp_path: Path) -> None:
    """As a group 007 keeps its zeros; as a number it is 7, and text is no number."""
    path = tmp_path / "a.csv"
    path.write_text("x,z\n007,1\nabc,1\n,1\n", encoding="utf-8")
    source = Source("k", "csv")
    group, number = Counts(source, (Group("x"),)), Counts(source, (Number("x"),))
    answers = answers_of({"k": path}, group, number)
    grouped, numbers = answers[group], answers[number]
    assert isinstance(grouped, Cells)
    assert isinstance(numbers, Cells)
    assert ["(missing)", "007", "abc"] == texts(grouped.columns[0])
    np.testing.assert_array_equal([7.0, np.nan, np.nan], numbers.columns[0])


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "the file has no header line; write the column names first"),
        (b"a,a\n1,2\n", "column 'a' stands more than once (letter case aside); rename one"),
        (b"a,\n1,2\n", "column 2 has no name; name it in the header"),
        (b"a,\xff\n1,2\n", "the header is not UTF-8 (byte 2); save the file as UTF-8"),
    ],
)
def test_a_broken_csv_header_is_unavailable(tmp_path: Path, content: bytes, reason: str) -> None:
    """What the header lacks is said, with what to do."""
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    assert Unavailable(reason) == ask(path, Counts(Source("k", "csv"), (Group("a"),)))


def test_rows_of_a_csv_that_do_not_fit_are_unavailable(tmp_path: Path) -> None:
    """A row with a field too many is an error, not a guess; its line and fields are told, and nothing that it holds."""
    path = tmp_path / "a.csv"
    path.write_text("a,b\n1,2\nsecret,2,3\n", encoding="utf-8")
    answer = ask(path, Counts(Source("k", "csv"), (Group("a"),)))
    assert isinstance(answer, Unavailable)
    assert "cannot be read: Invalid Input Error: CSV Error on Line: 3" in answer.reason
    assert "Expected Number of Columns: 2 Found: 3" in answer.reason
    assert "secret" not in answer.reason


@pytest.mark.parametrize("content", [b"PAR1" + bytes(100) + b"PAR1", b"PAR1" + bytes(100)])
def test_what_is_broken_is_told_alike_every_time(tmp_path: Path, content: bytes) -> None:
    """The folder that the engine works in has another name each time, and stands in no answer."""
    path = tmp_path / "a.parquet"
    path.write_bytes(content)
    first, second = (ask(path, Counts(Source("k", "parquet"), (Group("a"),))) for _ in range(2))
    assert isinstance(first, Unavailable)
    assert first == second
    assert "promoter_duckdb_" not in first.reason


@pytest.mark.parametrize("as_id", [int, str, float])
def test_rows_pair_by_id_whatever_its_type_and_order(tmp_path: Path, as_id: Any) -> None:
    """Integers are paired by sorting, others in SQL: in the order of the left file, each row with its own partner."""
    left = write(tmp_path / "l.parquet", {"i": [as_id(3), as_id(1), as_id(2)], "g": ["c", "a", "b"]})
    right = write(tmp_path / "r.parquet", {"i": [as_id(2), as_id(3), as_id(1)], "s": [0.2, 0.3, 0.1], "h": [5, 6, 4]})
    question = PairedCounts(
        left=Source("l", "parquet"),
        right=Source("r", "parquet"),
        left_id="i",
        right_id="i",
        left_keys=(Group("g"),),
        right_keys=(Number("s"), Group("h")),
    )
    cells = answers_of({"l": left, "r": right}, question)[question]
    assert isinstance(cells, Cells)
    group, number, other = cells.columns
    assert (["c", "a", "b"], [0.3, 0.1, 0.2], ["6", "4", "5"]) == (texts(group), number.tolist(), texts(other))


@pytest.mark.parametrize(
    ("ids", "reason"),
    [
        ([1, 2, None], "1 of 3 rows of the champion have no id; give every row its own"),
        ([1, 2, 2], "1 rows of the champion repeat an id (such as 2); give each its own"),
        (
            [1, 2, 4],
            (
                "1 ids of the candidate (such as 3) are not the champion's and 1 ids of the champion (such as 4)"
                " are not the candidate's; score both on the same rows"
            ),
        ),
        ([1, 2], "1 ids of the candidate (such as 3) are not the champion's; score both on the same rows"),
    ],
)
def test_integer_ids_that_do_not_pair_are_unavailable(tmp_path: Path, ids: list[int | None], reason: str) -> None:
    """Missing, repeated and lonely ids are said with counts and examples, as ids of any other type."""
    left = write(tmp_path / "l.parquet", {"i": [1, 2, 3], "g": ["a", "b", "c"]})
    right = write(tmp_path / "r.parquet", {"i": pa.array(ids, pa.int64()), "g": ["a"] * len(ids)})
    question = PairedCounts(
        left=Source("l", "parquet"),
        right=Source("r", "parquet"),
        left_id="i",
        right_id="i",
        left_keys=(Group("g"),),
        right_keys=(Group("g"),),
    )
    answer = answers_of({"l": left, "r": right}, question)[question]
    assert Unavailable(reason) == answer


def test_an_empty_table_has_no_cells(tmp_path: Path) -> None:
    """No rows is an answer too."""
    path = write(tmp_path / "a.parquet", {"g": np.array([], dtype=object), "s": np.array([], dtype=float)})
    assert 0 == ask(path, Counts(HERE, (Group("g"),))).rows.size
    assert 0 == ask(path, Counts(HERE, (Number("s"),))).columns[0].size


def test_a_file_beside_the_registered_ones_cannot_be_read(tmp_path: Path) -> None:
    """A column name is the only text of a file that reaches SQL, and SQL cannot leave the registered files."""
    from promoter.engines.duckdb.session import Session
    from promoter.errors import Undecidable

    mine, other = (write(tmp_path / f"{name}.parquet", {"g": ["x"]}) for name in ("mine", "other"))
    session = Session({"k": mine}, config={})
    try:
        session.table(HERE)
        with pytest.raises(Undecidable, match="disabled by configuration"):
            session.query(f"SELECT * FROM read_parquet('{other}')")  # noqa: S608
        with pytest.raises(Undecidable, match="locked"):
            session.query("SET enable_external_access = true")
    finally:
        session.close()


def test_the_answer_has_the_same_bytes_on_any_number_of_threads(tmp_path: Path) -> None:
    """300,000 rows in several row groups, on 1, 2 and 4 threads."""
    new, old = binary_columns(300_000), binary_columns(300_000, seed=8)
    new["score"] = np.clip(new["score"] + np.random.default_rng(1).random(300_000) / 100, 0.001, 0.999)
    old |= {"id": new["id"], "y": new["y"]}
    sources = {"local:a": write(tmp_path / "a.parquet", new), "local:b": write(tmp_path / "b.parquet", old)}
    table = table_of("local:a")
    requests = [
        Quality(table=table, task="binary", threshold=0.5, slices=(("race", "sex"),)),
        PairedQuality(
            candidate=table, champion=table_of("local:b"), task="binary", threshold=0.5, champion_threshold=0.4
        ),
        GroupRates(table=table, threshold=0.5, attributes=(("race",),)),
        Calibration(table=table, slices=(("race", "sex"),)),
        Drift(reference=table_of("local:b"), current=table, columns=(("score", "numeric"), ("race", "categorical"))),
        TableProfile(table=table),
    ]
    texts_ = set()
    for threads in (1, 2, 4):
        answers = measure(requests, sources, DuckDBEngine(threads=threads))
        texts_.add(canonical_json([answer.as_json() for answer in answers.values()]))
    assert 1 == len(texts_)
