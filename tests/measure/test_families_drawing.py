"""What reports draw, from real files, held against scikit-learn and numpy."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score, roc_curve

from promoter.engines.duckdb.engine import DuckDBEngine
from promoter.measure.plan import measure
from promoter.measure.request import Drift, Measured, Request, Table
from promoter.measure.requests_drawing import Distribution, PredictionBins, ScoreCurve
from promoter.measure.statistics.roc import PIXELS, roc_points
from promoter.measure.statistics.sufficient import ScoreCounts
from tests.measure.predictions import binary_columns, table_of, write

ENGINE = DuckDBEngine(threads=1)


def answer(folder: Path, columns: dict[str, Any], request: Request) -> Measured:
    """Return the answer to one request about one table."""
    return measure([request], {"local:a": write(folder / "a.parquet", columns)}, ENGINE)[request]


def distribution(folder: Path, reference: dict[str, Any], current: dict[str, Any], *columns: tuple[str, str]) -> Any:
    """Return the facts of the distributions of two tables."""
    paths = {
        "local:ref": write(folder / "ref.parquet", reference),
        "local:cur": write(folder / "cur.parquet", current),
    }
    sides = [Table(content=key, format="parquet") for key in paths]
    request = Distribution(reference=sides[0], current=sides[1], columns=columns)
    return measure([request], paths, ENGINE)[request].facts


def test_a_curve_of_few_points_is_scikit_learns(tmp_path: Path) -> None:
    """Its points are corners of scikit-learn's curve, the area below them is the same, and it operates on it."""
    columns = binary_columns()
    found = answer(tmp_path, columns, ScoreCurve(table=table_of("local:a"), threshold=0.5))
    corners = roc_curve(columns["y"], columns["score"], drop_intermediate=False)[:2]
    expected = {(round(x, 6), round(y, 6)) for x, y in zip(*corners, strict=True)}
    drawn = np.array(found.facts["roc"])
    assert {tuple(point) for point in found.facts["roc"]} <= expected
    area = np.trapezoid(drawn[:, 1], drawn[:, 0])
    assert roc_auc_score(columns["y"], columns["score"]) == pytest.approx(area, abs=1e-5)
    assert tuple(round(rate, 6) for rate in found.facts["operating"]) in expected


def test_a_thinned_curve_fills_the_same_pixels() -> None:
    """100,000 distinct scores leave at most two points a pixel column, and in each the same lowest and highest."""
    generator = np.random.default_rng(3)
    label = generator.random(100_000) < 0.4
    score = generator.normal(size=label.size) + label
    points = roc_points(ScoreCounts.from_rows(label, score))
    fpr, tpr, _ = roc_curve(label, score, drop_intermediate=False)
    assert 2 * PIXELS + 2 >= len(points)
    for x, y in ((fpr, tpr), points.T):
        column = np.minimum((x * PIXELS).astype(int), PIXELS - 1)
        extent = [(y[column == place].min(), y[column == place].max()) for place in range(PIXELS)]
        if x is fpr:
            whole = extent
    assert whole == extent
    assert roc_auc_score(label, score) == pytest.approx(np.trapezoid(points[:, 1], points[:, 0]), abs=1e-3)


def test_reliability_bins_hold_all_rows(tmp_path: Path) -> None:
    """Ten bins of about the same mass: their rows and positives add up to the file's."""
    columns = binary_columns()
    found = answer(tmp_path, columns, ScoreCurve(table=table_of("local:a")))
    rates = [value for value in found.values if value.measure == "positive_rate"]
    assert len(columns["y"]) == sum(rate.n for rate in rates)
    assert int(columns["y"].sum()) == round(sum(rate.n * (rate.value or 0.0) for rate in rates))
    assert found.facts["operating"] is None


def test_scores_that_are_no_probabilities_have_a_curve_and_no_bins(tmp_path: Path) -> None:
    """Trap: a credit score of 300 to 850 orders rows; squeezed into [0, 1] it would be drawn as a probability."""
    columns = binary_columns() | {"score": binary_columns()["score"] * 550 + 300}
    found = answer(tmp_path, columns, ScoreCurve(table=table_of("local:a")))
    (undecided,) = found.values
    assert "score is not a probability" in (undecided.undecidable or "")
    assert [0.0, 0.0] == found.facts["roc"][0]


def test_prediction_bins_are_the_means_of_neighbours(tmp_path: Path) -> None:
    """A hundred predictions in ten bins of ten: numpy's means of predictions and labels."""
    generator = np.random.default_rng(4)
    prediction = np.sort(generator.normal(size=100))
    label = prediction + generator.normal(size=100)
    table = table_of("local:a", id=None, score=None, prediction="p")
    found = answer(tmp_path, {"y": label, "p": prediction}, PredictionBins(table=table))
    means = {name: [value.value for value in found.values if value.measure == name] for name in ("mean_label",)}
    assert label.reshape(10, 10).mean(axis=1) == pytest.approx(means["mean_label"], rel=1e-12)
    assert all(value.interval for value in found.values if value.measure == "mean_label")


def test_numbers_are_spread_over_the_bins_of_drift(tmp_path: Path) -> None:
    """The PSI of the drawn counts is the PSI that Drift measures; missing values stand apart."""
    generator = np.random.default_rng(5)
    reference, current = {"x": generator.normal(size=500)}, {"x": [*generator.normal(0.3, size=400), None]}
    column = distribution(tmp_path, reference, current, ("x", "numeric"))["columns"]["x"]
    assert ([0, 1], None, 9) == (column["missing"], column["categories"], len(column["edges"]))
    p, q = np.array(column["reference"]) / 500, np.array(column["current"]) / 401
    sides = [Table(content=key, format="parquet") for key in ("local:ref", "local:cur")]
    request = Drift(reference=sides[0], current=sides[1], columns=(("x", "numeric"),))
    paths = {"local:ref": tmp_path / "ref.parquet", "local:cur": tmp_path / "cur.parquet"}
    psi = measure([request], paths, ENGINE)[request].find("psi", (("feature", "x"),))
    assert psi is not None
    assert float(((q - p) * np.log(q / p)).sum()) == pytest.approx(psi.value, abs=0.01)


def test_many_categories_end_in_others(tmp_path: Path) -> None:
    """Of 25 categories the 20 with the most rows stand alone, and no row is lost."""
    texts = [f"c{number:02d}" for number in range(25) for _ in range(number + 1)]
    column = distribution(tmp_path, {"g": texts}, {"g": texts[::-1]}, ("g", "categorical"))["columns"]["g"]
    assert (20, 5, "c24") == (len(column["categories"]), column["others"], column["categories"][0])
    assert len(texts) == sum(column["reference"]) == sum(column["current"])


def test_a_column_without_values_is_named_and_leaves_the_others_standing(tmp_path: Path) -> None:
    """Nothing can be binned on an empty reference."""
    table = {"x": [1.0, 2.0], "empty": np.array([np.nan, np.nan])}
    facts = distribution(tmp_path, table, table, ("x", "numeric"), ("empty", "numeric"))
    assert ["x"] == list(facts["columns"])
    assert {"empty": "the reference has no values to pin bins on"} == facts["undecided"]
