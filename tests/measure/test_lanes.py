"""Batches are worked on side by side: few at a time, and what goes wrong in one is told as if it were alone."""

import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

from promoter.engines.duckdb.engine import DuckDBEngine
from promoter.measure import plan
from promoter.measure.aggregate import Aggregate, Result
from promoter.measure.port import Answering
from promoter.measure.request import Drift, Quality, Table, TableProfile
from tests.measure.predictions import binary_columns, table_of, write

COLUMNS = tuple(f"f{index}" for index in range(12))


@dataclass
class WatchedEngine:
    """DuckDB, the threads that ask it now and the most that ever did, and an error at some question."""

    fails_at: int | None = None
    identity: str = "watched"
    asked: int = 0
    inside: int = 0
    most_inside: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    @contextmanager
    def opened(self, sources: Mapping[str, Path]) -> Iterator[Answering]:
        """Count who is inside."""
        with DuckDBEngine(threads=1).opened(sources) as answering:

            def watched(questions: Iterable[Aggregate]) -> Mapping[Aggregate, Result]:
                with self.lock:
                    self.asked, self.inside = self.asked + 1, self.inside + 1
                    self.most_inside = max(self.most_inside, self.inside)
                    is_failing = self.asked == self.fails_at
                try:
                    if is_failing:
                        raise MemoryError("no room")
                    return answering(questions)
                finally:
                    with self.lock:
                        self.inside -= 1

            yield watched


def _drift(path: Path) -> Drift:
    write(path, {name: np.arange(50.0) for name in COLUMNS})
    table = Table(content="local:a", format="parquet")
    return Drift(reference=table, current=table, columns=tuple((name, "numeric") for name in COLUMNS))


@pytest.mark.parametrize("lanes", [1, 2])
def test_no_more_batches_are_in_memory_than_there_are_lanes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lanes: int
) -> None:
    """A batch waits until a lane is free; each column is asked for once."""
    monkeypatch.setattr(plan, "_LANES", lanes)
    engine = WatchedEngine()
    plan.measure([_drift(tmp_path / "a.parquet")], {"local:a": tmp_path / "a.parquet"}, engine)
    assert engine.most_inside <= lanes
    assert len(COLUMNS) == engine.asked


def test_a_crash_in_a_lane_is_the_crash_of_the_whole(tmp_path: Path) -> None:
    """Nothing is measured by halves: what is no property of a file is raised to the caller, and all lanes end."""
    engine = WatchedEngine(fails_at=3)
    request = _drift(tmp_path / "a.parquet")
    with pytest.raises(MemoryError, match="no room"):
        plan.measure([request], {"local:a": tmp_path / "a.parquet"}, engine)
    assert 0 == engine.inside


def test_a_broken_file_in_one_lane_fails_its_own_requests_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same words in one lane and in two."""
    path, broken = write(tmp_path / "a.parquet", binary_columns()), tmp_path / "b.parquet"
    broken.write_bytes(b"PAR1 and nothing else PAR1")
    requests = [
        request
        for key in ("local:b", "local:a")
        for request in (Quality(table=table_of(key), task="binary", threshold=0.5), TableProfile(table=table_of(key)))
    ]
    found = []
    for lanes in (1, 2):
        monkeypatch.setattr(plan, "_LANES", lanes)
        found.append(plan.measure(requests, {"local:a": path, "local:b": broken}, DuckDBEngine(threads=lanes)))
    assert found[0] == found[1]
    assert [False, False, True, True] == [answer.failure is None for answer in found[0].values()]
