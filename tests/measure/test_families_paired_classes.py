"""PairedQuality of several classes: losses of class scores beside decisions, classes matched by their names."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import stats
from sklearn import metrics

from promoter.engines.duckdb.engine import DuckDBEngine
from promoter.measure.plan import measure
from promoter.measure.request import Measured, PairedQuality
from tests.measure.predictions import table_of, write

CLASSES = ("cat", "dog", "emu")
ROWS = 300


def scored(seed: int, *, sharpness: float = 1.0) -> dict[str, Any]:
    """Return rows of three classes, label the same for every seed, with a probability for each."""
    code = np.random.default_rng(0).integers(0, 3, ROWS)
    logits = np.random.default_rng(seed).normal(size=(ROWS, 3)) + sharpness * np.eye(3)[code]
    scores = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    names = np.array(CLASSES)
    columns = {f"p_{name}": scores[:, place] for place, name in enumerate(CLASSES)}
    return {"id": np.arange(ROWS), "y": names[code], "called": names[scores.argmax(axis=1)], **columns}


def compared(
    folder: Path,
    candidate: dict[str, Any],
    champion: dict[str, Any],
    *,
    classes: tuple[tuple[str, ...], tuple[str, ...]] = (CLASSES, CLASSES),
) -> Measured:
    """Return the answer about two files, whose class scores are named in these orders."""
    tables, sources = [], {}
    for key, side, named in zip(("local:new", "local:old"), (candidate, champion), classes, strict=True):
        sources[key] = write(folder / f"{key[6:]}.parquet", side)
        columns = tuple((name, f"p_{name}") for name in named)
        tables.append(table_of(key, label="y", prediction="called", score=None, class_scores=columns))
    request = PairedQuality(candidate=tables[0], champion=tables[1], task="multiclass")
    return measure([request], sources, DuckDBEngine(threads=1))[request]


def losses(side: dict[str, Any], measure_: str) -> np.ndarray:
    """Return scikit-learn's log loss, or the squared distance to the true class, of each row."""
    scores = np.column_stack([side[f"p_{name}"] for name in CLASSES])
    if measure_ == "log_loss":
        pairs = zip(side["y"], scores, strict=True)
        return np.array([metrics.log_loss([label], [row], labels=list(CLASSES)) for label, row in pairs])
    return ((scores - (side["y"][:, None] == np.array(CLASSES))) ** 2).sum(axis=1)


@pytest.mark.parametrize("name", ["log_loss", "brier"])
def test_losses_are_paired_by_row_and_class(tmp_path: Path, name: str) -> None:
    """Mean and Student's p are scipy's, rows shuffled and the champion's classes in another order."""
    candidate, champion = scored(1), scored(2, sharpness=0.5)
    order = np.random.default_rng(3).permutation(ROWS)
    shuffled = {column: values[order] for column, values in champion.items()}
    measured = compared(tmp_path, candidate, shuffled, classes=(CLASSES, CLASSES[::-1]))
    found = {value.measure: value for value in measured.values}
    new, old = losses(candidate, name), losses(champion, name)
    assert (new - old).mean() == pytest.approx(found[f"{name}_difference"].value, rel=1e-9)
    assert stats.ttest_rel(new, old).pvalue == pytest.approx(found[f"{name}_difference_p"].value, rel=1e-9)
    interval = found[f"{name}_difference"].interval
    assert interval is not None
    assert tuple(stats.ttest_rel(new, old).confidence_interval()) == pytest.approx((interval.lower, interval.upper))


def test_without_class_scores_decisions_are_compared_alone(tmp_path: Path) -> None:
    """The losses say what to name; the accuracy is there."""
    measured = compared(tmp_path, scored(1), scored(2), classes=(CLASSES, ()))
    found = {value.measure: value for value in measured.values}
    assert found["accuracy_difference"].value is not None
    assert "name them in the evidence's columns" in (found["brier_difference"].undecidable or "")


def test_a_class_that_one_side_does_not_score_is_told_with_its_rows(tmp_path: Path) -> None:
    """A champion from before a class was known cannot be compared on that class's rows."""
    candidate = scored(1)
    measured = compared(tmp_path, candidate, scored(2), classes=(CLASSES, CLASSES[:2]))
    found = {value.measure: value for value in measured.values}
    rows = int((candidate["y"] == "emu").sum())
    assert f"in {rows} of {ROWS} rows" in (found["log_loss_difference"].undecidable or "")


def test_scores_that_are_no_distribution_are_undecidable(tmp_path: Path) -> None:
    """Unnormalised class scores have no log loss to compare."""
    champion = scored(2)
    champion["p_dog"] = champion["p_dog"] * 3.0
    found = {value.measure: value for value in compared(tmp_path, scored(1), champion).values}
    assert "do not sum to 1" in (found["log_loss_difference"].undecidable or "")
