"""Calibration cannot be made to look right by where the scores are put."""

from pathlib import Path
from typing import Any

import numpy as np

from promoter.engines.duckdb.engine import DuckDBEngine
from promoter.measure.plan import measure
from promoter.measure.request import Calibration, Measured
from tests.measure.predictions import table_of, write


def calibration_of(path: Path, score: Any, y: Any) -> Measured:
    """Return the calibration of rows."""
    source = write(path, {"id": np.arange(len(y)), "y": y, "score": score})
    request = Calibration(table=table_of("local:p"))
    return measure([request], {"local:p": source}, DuckDBEngine(threads=1))[request]


def test_scores_pressed_into_one_bin_of_equal_width_hide_nothing(tmp_path: Path) -> None:
    """Trap: errors of opposite sign in one tenth of [0, 1] cancel in bins of equal width, not in bins of equal mass."""
    generator = np.random.default_rng(1)
    low, high = generator.uniform(0.51, 0.54, 1000), generator.uniform(0.56, 0.59, 1000)
    y = np.concatenate([generator.random(1000) < 0.2, generator.random(1000) < 0.9]).astype(int)
    score = np.concatenate([low, high])
    equal_width = abs(y.mean() - score.mean())
    found = calibration_of(tmp_path / "p.parquet", score, y).find("ece_debiased")
    assert equal_width < 0.02
    assert found is not None
    assert found.interval is not None
    assert found.interval.lower > 0.25


def test_one_score_outside_of_the_probabilities_is_undecidable(tmp_path: Path) -> None:
    """Trap: a logit among probabilities moves no bin edge; the file is refused with the count."""
    score = np.append(np.linspace(0.1, 0.9, 99), 3.0)
    found = calibration_of(tmp_path / "p.parquet", score, np.arange(100) % 2).find("ece_debiased")
    assert found is not None
    assert "not a probability in 1 of 100 rows" in (found.undecidable or "")
