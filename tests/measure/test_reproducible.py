"""The same evidence gives the same bytes: on any number of threads, and in any order of its rows."""

from pathlib import Path

import numpy as np
import pytest

from promoter.digest import canonical_json
from promoter.engines.duckdb.engine import DuckDBEngine
from promoter.measure import plan
from promoter.measure.request import Calibration, Drift, PairedQuality, Quality, Request, Table
from promoter.measure.statistics.arrays import BLOCK_ROWS
from tests.measure.predictions import write

ROWS = BLOCK_ROWS + 4_321
SLICES = (("sex",), ("sex", "race"))


def _table(name: str) -> Table:
    return Table(content=f"local:{name}", format="parquet", id="id", label="y_true", score="y_score")


REQUESTS: tuple[Request, ...] = (
    Quality(table=_table("candidate"), task="binary", threshold=0.5, slices=SLICES),
    Calibration(table=_table("candidate"), slices=SLICES),
    PairedQuality(
        candidate=_table("candidate"),
        champion=_table("champion"),
        task="binary",
        threshold=0.5,
        champion_threshold=0.4,
        slices=SLICES,
    ),
    Drift(
        reference=_table("champion"),
        current=_table("candidate"),
        columns=(("y_score", "numeric"), ("feature", "numeric"), ("sex", "categorical")),
    ),
)


def _write(folder: Path, *, order: np.ndarray) -> dict[str, Path]:
    """Write both models' predictions, more rows than a block, in an order; the feature has ties and missing values."""
    generator = np.random.default_rng(11)
    logit = generator.normal(size=ROWS)
    columns = {
        "id": np.arange(ROWS),
        "y_true": (generator.random(ROWS) < 1.0 / (1.0 + np.exp(-logit))).astype(np.int64),
        "sex": generator.choice(np.array(["f", "m"]), ROWS),
        "race": generator.choice(np.array(["a", "b", "c"]), ROWS),
        "feature": np.where(generator.random(ROWS) < 0.01, np.nan, np.round(generator.normal(size=ROWS), 2)),
    }
    folder.mkdir()
    paths = {name: folder / f"{name}.parquet" for name in ("candidate", "champion")}
    for path, noise in zip(paths.values(), (0.3, 0.6), strict=True):
        score = 1.0 / (1.0 + np.exp(-logit - noise * generator.normal(size=ROWS)))
        write(path, {name: column[order] for name, column in {**columns, "y_score": score}.items()})
    return {f"local:{name}": path for name, path in paths.items()}


def _measured(sources: dict[str, Path], *, threads: int) -> bytes:
    answers = plan.measure(REQUESTS, sources, DuckDBEngine(threads=threads))
    assert not [answer.failure for answer in answers.values() if answer.failure]
    return canonical_json([answer.as_json() for answer in answers.values()])


def test_threads_change_no_byte(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One lane and one thread that reads, against two and two."""
    sources = _write(tmp_path / "files", order=np.arange(ROWS))
    monkeypatch.setattr(plan, "_LANES", 1)
    alone = _measured(sources, threads=1)
    monkeypatch.setattr(plan, "_LANES", 2)
    assert alone == _measured(sources, threads=2)


def test_the_order_of_the_rows_changes_no_byte(tmp_path: Path) -> None:
    """The same rows in another order in both files."""
    shuffled = np.random.default_rng(12).permutation(ROWS)
    first = _write(tmp_path / "first", order=np.arange(ROWS))
    second = _write(tmp_path / "second", order=shuffled)
    assert _measured(first, threads=2) == _measured(second, threads=2)
