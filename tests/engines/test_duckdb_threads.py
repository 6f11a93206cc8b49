"""One session serves several threads: all see the same tables, and none ends another's query."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from promoter.engines.duckdb import table
from promoter.engines.duckdb.engine import DuckDBEngine
from promoter.engines.duckdb.session import Session
from promoter.measure.aggregate import Aggregate, Cells, Counts, Group, Number, Source, Unavailable
from tests.measure.predictions import write

ROWS = 100_000
TIMES = 8


def _plain(answer: Any) -> tuple[Any, ...]:
    assert isinstance(answer, Cells)
    return tuple(getattr(column, "codes", column).tolist() for column in answer.columns)


@pytest.mark.parametrize("format_", ["parquet", "csv"])
def test_threads_get_the_answers_that_one_gets(tmp_path: Path, format_: str) -> None:
    """Eight threads open the same table, list its values and read its rows at a time."""
    path = tmp_path / f"a.{format_}"
    columns = {"g": [f"v{index % 7}" for index in range(ROWS)], "s": np.sqrt(np.arange(float(ROWS)))}
    if format_ == "csv":
        lines = (f"{group},{score!r}" for group, score in zip(columns["g"], map(float, columns["s"]), strict=True))
        path.write_text("g,s\n" + "\n".join(lines) + "\n", encoding="utf-8")
    else:
        write(path, columns)
    source = Source("k", format_)
    questions: list[Aggregate] = [Counts(source, (Group("g"), Number("s")), Number("s")), Counts(source, (Group("g"),))]
    with DuckDBEngine(threads=1).opened({"k": path}) as answering:
        expected = [_plain(answering([question])[question]) for question in questions]
    with DuckDBEngine(threads=2).opened({"k": path}) as answering, ThreadPoolExecutor(TIMES) as threads:
        for answers in threads.map(answering, [questions] * TIMES):
            assert expected == [_plain(answers[question]) for question in questions]


def test_a_column_of_too_many_values_says_so_each_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who asks second is not told of what the first left behind."""
    monkeypatch.setattr(table, "MOST_GROUPS", 2)
    path = write(tmp_path / "a.parquet", {"g": ["a", "b", "c"]})
    question = Counts(Source("k", "parquet"), (Group("g"),))
    reason = "k: column 'g' has more than 2 distinct values; group by another"
    with DuckDBEngine(threads=1).opened({"k": path}) as answering, ThreadPoolExecutor(1) as thread:
        found = [
            answering([question])[question],
            *(answers[question] for answers in thread.map(answering, [[question]])),
        ]
    assert [Unavailable(reason.removeprefix("k: "))] * 2 == found


def test_every_connection_has_the_settings_of_the_first(tmp_path: Path) -> None:
    """Times are of UTC and files beside the registered ones shut in every thread."""
    session = Session({}, config={})
    wanted = "SELECT current_setting('TimeZone'), current_setting('enable_external_access')"
    try:
        with ThreadPoolExecutor(1) as thread:
            assert ("UTC", False) == thread.submit(lambda: session.query(wanted).fetchone()).result()
    finally:
        session.close()
