"""Calibration and disparity, held against scikit-learn and fairlearn."""

from pathlib import Path

import numpy as np
import pytest
from fairlearn import metrics as fairness
from sklearn.linear_model import LogisticRegression

from promoter.engines.duckdb.engine import DuckDBEngine
from promoter.measure.plan import measure
from promoter.measure.request import Calibration, Disparity, Measured, Request
from tests.measure.predictions import binary_columns, table_of, write


def answer(path: Path, request: Request) -> Measured:
    """Return the answer to one request about one file."""
    return measure([request], {"local:a": path}, DuckDBEngine(threads=1))[request]


def value_of(found: Measured, name: str, *where: tuple[str, str]) -> float:
    """Return a value that must have been measured."""
    value = found.find(name, where)
    assert value is not None
    assert value.value is not None
    return value.value


def test_calibration_line_equals_an_unpenalised_logistic_regression(tmp_path: Path) -> None:
    """Intercept and slope of the label on the score's logit, on all rows and on a slice."""
    columns = binary_columns()
    found = answer(write(tmp_path / "a.parquet", columns), Calibration(table=table_of("local:a"), slices=(("sex",),)))
    for where, rows in [((), columns["sex"] >= 0), ((("sex", "1"),), columns["sex"] == 1)]:
        logit = np.log(columns["score"][rows] / (1 - columns["score"][rows]))
        fit = LogisticRegression(C=np.inf, tol=1e-12, max_iter=1000).fit(logit[:, None], columns["y"][rows])
        assert value_of(found, "calibration_slope", *where) == pytest.approx(fit.coef_[0, 0], rel=1e-5)
        assert value_of(found, "calibration_intercept", *where) == pytest.approx(fit.intercept_[0], rel=1e-5)


def test_disparities_equal_fairlearns(tmp_path: Path) -> None:
    """Ratios and differences of an attribute and of an intersection, with the extreme groups named."""
    columns = binary_columns()
    request = Disparity(table=table_of("local:a"), threshold=0.5, attributes=(("race",), ("race", "sex")))
    found = answer(write(tmp_path / "a.parquet", columns), request)
    truth, decided = columns["y"], columns["score"] >= 0.5
    for name, groups in (
        ("race", columns["race"]),
        ("race x sex", [f"{race}{sex}" for race, sex in zip(columns["race"], columns["sex"], strict=True)]),
    ):
        for measure_, reference in (
            ("selection_rate_ratio", fairness.demographic_parity_ratio),
            ("selection_rate_difference", fairness.demographic_parity_difference),
            ("equalized_odds_difference", fairness.equalized_odds_difference),
            ("tpr_difference", fairness.equal_opportunity_difference),
        ):
            expected = reference(truth, decided, sensitive_features=groups)
            assert value_of(found, measure_, ("attribute", name)) == pytest.approx(expected, rel=1e-12)
    assert found.facts["extremes"]["race"]["selection_rate_ratio"]["pairs"] == 3


def test_a_group_that_cannot_be_counted_makes_the_comparison_undecidable(tmp_path: Path) -> None:
    """Leaving out the group with the unusable score would flatter the model."""
    path = write(
        tmp_path / "a.parquet",
        {"y": [0, 1, 0, 1, 1], "score": [0.1, 0.9, 0.6, 0.9, np.nan], "g": ["a", "a", "b", "b", "c"]},
    )
    found = answer(path, Disparity(table=table_of("local:a", id=None), threshold=0.5, attributes=(("g",),)))
    ratio = found.find("selection_rate_ratio", (("attribute", "g"),))
    assert ratio is not None
    assert ratio.undecidable == "column 'score' is missing or not finite in 1 of 1 rows; fill it"
