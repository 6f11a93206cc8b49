"""The planner: what is asked twice is computed once, and one bad file fails only what needs it."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from promoter.digest import sha256_bytes
from promoter.engines.duckdb.engine import DuckDBEngine
from promoter.errors import Location, Problem, ServiceError
from promoter.measure.aggregate import Aggregate, Result
from promoter.measure.plan import measure
from promoter.measure.port import Answering
from promoter.measure.request import ArtifactFacts, Drift, GroupRates, Measured, Quality, Request, Table, TableProfile
from tests.measure.predictions import binary_columns, table_of, write


@dataclass
class CountingEngine:
    """DuckDB, and a list of what it was asked."""

    asked: list[tuple[Aggregate, ...]] = field(default_factory=list)
    identity: str = "counting"

    @contextmanager
    def opened(self, sources: Mapping[str, Path]) -> Iterator[Answering]:
        """Answer and remember."""
        with DuckDBEngine(threads=1).opened(sources) as answering:

            def remembered(questions: Iterable[Aggregate]) -> Mapping[Aggregate, Result]:
                self.asked.append(tuple(questions))
                return answering(self.asked[-1])

            yield remembered


@dataclass
class MemoryCache:
    """Answers in a dictionary."""

    answers: dict[tuple[str, str], Measured] = field(default_factory=dict)

    def load(self, request: Request, *, engine: str) -> Measured | None:
        """Return what was saved."""
        return self.answers.get((request.digest, engine))

    def save(self, request: Request, measured: Measured, *, engine: str) -> None:
        """Save."""
        self.answers[request.digest, engine] = measured


def key_of(path: Path) -> str:
    """Return the content key of a file."""
    return sha256_bytes(path.read_bytes())


def test_equal_requests_and_shared_questions_are_asked_once(tmp_path: Path) -> None:
    """Two gates that want the same quality cost one, and the label's values are counted once for all."""
    path = write(tmp_path / "a.parquet", binary_columns())
    quality = Quality(table=table_of("local:a"), task="binary", threshold=0.5)
    groups = GroupRates(table=table_of("local:a"), threshold=0.5, attributes=(("race",),))
    engine = CountingEngine()
    measure([quality, groups, quality], {"local:a": path}, engine)
    assert [3] == [len(asked) for asked in engine.asked]


def test_many_columns_are_read_a_few_at_a_time(tmp_path: Path) -> None:
    """Of twenty numeric features a batch holds one, both sides of it."""
    columns = {f"f{index}": np.arange(10.0) for index in range(20)}
    path = write(tmp_path / "a.parquet", columns)
    request = Drift(
        reference=Table(content="local:a", format="parquet"),
        current=Table(content="local:b", format="parquet"),
        columns=tuple((name, "numeric") for name in columns),
    )
    engine = CountingEngine()
    found = measure([request], {"local:a": path, "local:b": path}, engine)[request]
    assert [2] * 20 == [len(asked) for asked in engine.asked]
    assert set(columns) == {value.slice[0][1] for value in found.values}


def test_a_missing_file_fails_only_the_requests_that_need_it(tmp_path: Path) -> None:
    """The other table is measured all the same."""
    path = write(tmp_path / "a.parquet", binary_columns())
    here, gone = (TableProfile(table=table_of(key)) for key in ("local:a", "local:gone"))
    answers = measure([gone, here], {"local:a": path, "local:gone": tmp_path / "gone.parquet"}, DuckDBEngine())
    assert (
        "local:gone: cannot be read: No such file or directory; check that the file exists and is readable"
        == answers[gone].failure
    )
    assert answers[here].failure is None


def test_a_file_of_another_digest_is_not_read(tmp_path: Path) -> None:
    """The bytes are held against the key before anything parses them."""
    path = write(tmp_path / "a.parquet", binary_columns())
    request = TableProfile(table=table_of("sha256:" + "0" * 64))
    found = measure([request], {request.table.content: path}, DuckDBEngine())[request]
    assert found.failure is not None
    assert f"the file's digest is {key_of(path)}" in found.failure


def test_a_git_key_is_the_blobs_id(tmp_path: Path) -> None:
    """Bytes that a function reads from git are held against the object id."""
    content = write(tmp_path / "a.parquet", binary_columns()).read_bytes()
    key = "git:" + hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()
    good, bad = (TableProfile(table=table_of(name)) for name in (key, "git:" + "0" * 40))
    answers = measure([good, bad], {key: lambda: content, "git:" + "0" * 40: lambda: content}, DuckDBEngine())
    assert answers[good].failure is None
    assert answers[bad].failure is not None


def test_a_store_that_fails_is_the_failure_of_its_requests() -> None:
    """What a reader raises is carried as text, never as a traceback."""

    def read() -> bytes:
        raise ServiceError(Problem(Location("s3://bucket/x"), "the store did not answer", "try again"))

    request = TableProfile(table=table_of("local:a"))
    found = measure([request], {"local:a": read}, DuckDBEngine())[request]
    assert found.failure == "local:a: s3://bucket/x: the store did not answer; try again"


def test_a_file_that_is_no_table_fails_with_what_to_do(tmp_path: Path) -> None:
    """Text in place of Parquet is an answer, not a crash."""
    path = tmp_path / "a.parquet"
    path.write_text("not a table", encoding="utf-8")
    request = Quality(table=table_of("local:a"), task="binary", threshold=0.5)
    found = measure([request], {"local:a": path}, DuckDBEngine())[request]
    assert found.failure is not None
    assert found.failure.startswith("local:a: cannot be read: ")
    assert found.failure.endswith("; check the file and its format")


def test_an_absent_column_fails_with_the_nearest_name(tmp_path: Path) -> None:
    """A typing error in the evidence's columns is answered with the name that was meant."""
    path = write(tmp_path / "a.parquet", binary_columns())
    request = Quality(table=table_of("local:a", score="scor"), task="binary", threshold=0.5)
    found = measure([request], {"local:a": path}, DuckDBEngine())[request]
    assert found.failure == "local:a: there is no column 'scor'; did you mean 'score'?"


def test_a_kept_answer_is_not_computed_again(tmp_path: Path) -> None:
    """The second run asks the engine nothing, and a failure is never kept."""
    path = write(tmp_path / "a.parquet", binary_columns())
    good, bad = (TableProfile(table=table_of(key)) for key in ("local:a", "local:gone"))
    cache, engine = MemoryCache(), CountingEngine()
    first = measure([good, bad], {"local:a": path}, engine, cache=cache)
    second = measure([good, bad], {"local:a": path}, engine, cache=cache)
    assert first == second
    assert 1 == len(engine.asked)
    assert 1 == len(cache.answers)


def test_progress_counts_up_to_all_parts(tmp_path: Path) -> None:
    """The last call says that all is done."""
    seen: list[tuple[str, int, int]] = []
    path = write(tmp_path / "a.parquet", binary_columns())
    request = TableProfile(table=table_of("local:a"))
    measure([request], {"local:a": path}, DuckDBEngine(), progress=lambda *step: seen.append(step))
    assert [("measuring", 0, 1), ("measuring", 1, 1)] == seen


def test_that_a_file_is_there_is_found_out_anew(tmp_path: Path) -> None:
    """Its facts were kept by the digest it had; a file that is gone or altered since is no longer what they say."""
    path = tmp_path / "model.bin"
    path.write_bytes(b"weights")
    request = ArtifactFacts(content=key_of(path))
    cache = MemoryCache()
    before = measure([request], {request.content: path}, DuckDBEngine(), cache=cache)[request]
    path.write_bytes(b"others")
    after = measure([request], {request.content: path}, DuckDBEngine(), cache=cache)[request]
    assert (None, True) == (before.failure, "the file's digest is" in (after.failure or ""))
