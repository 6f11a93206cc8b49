"""Regression errors against scikit-learn, and the rows that have no error."""

import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics

from promoter.errors import Undecidable
from promoter.measure.statistics import regression
from promoter.measure.statistics.estimate import Estimate

Measure = Callable[[list[float], list[float]], Estimate]
numbers = st.one_of(st.integers(-3, 3).map(float), st.floats(-1e6, 1e6).filter(lambda x: x == 0 or abs(x) > 1e-12))
rows = st.lists(st.tuples(numbers, numbers), min_size=1, max_size=50)
ORACLES: tuple[tuple[Measure, Measure], ...] = (
    (regression.root_mean_squared_error, metrics.root_mean_squared_error),
    (regression.mean_absolute_error, metrics.mean_absolute_error),
    (regression.median_absolute_error, metrics.median_absolute_error),
    (regression.mean_absolute_percentage_error, metrics.mean_absolute_percentage_error),
    (
        lambda t, p: regression.pinball_loss(t, p, quantile=0.9),
        lambda t, p: metrics.mean_pinball_loss(t, p, alpha=0.9),
    ),
)


@given(rows)
def test_errors_agree_with_scikit_learn(pairs: list[tuple[float, float]]) -> None:
    """Where an error exists it is scikit-learn's to 1e-9."""
    truth, predicted = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    for measure, oracle in ORACLES:
        try:
            value = measure(truth, predicted).value
        except Undecidable:
            continue
        assert oracle(truth, predicted) == pytest.approx(value, rel=1e-9, abs=1e-200)


@pytest.mark.parametrize("seed", range(5))
def test_r2_agrees_with_scikit_learn(seed: int) -> None:
    """Also below zero."""
    rng = np.random.default_rng(seed)
    truth, predicted = rng.normal(5, 1, 100), rng.normal(5, seed, 100)
    expected = metrics.r2_score(truth, predicted)
    assert expected == pytest.approx(regression.r_squared(truth, predicted).value, rel=1e-10)


def test_bias_is_positive_where_predictions_are_too_high() -> None:
    """Residuals 1, 2, 3 have mean 2 and t interval 2 -+ 4.3027 / sqrt(3)."""
    estimate = regression.residual_bias([0, 0, 0], [1, 2, 3])
    assert (estimate.value, estimate.n) == (2.0, 3)
    assert estimate.interval is not None
    assert 2 - 4.302653 / math.sqrt(3) == pytest.approx(estimate.interval.lower, rel=1e-6)


def test_a_constant_target_has_no_r2() -> None:
    """Scikit-learn would say 0 or 1."""
    with pytest.raises(Undecidable, match="the same in all 3 rows"):
        regression.r_squared([0.1, 0.1, 0.1], [0.1, 0.1, 0.2])


@pytest.mark.parametrize("near", [0.0, 1e-9, -1e-4])
def test_a_target_near_zero_has_no_percentage_error(near: float) -> None:
    """The count is in the reason."""
    with pytest.raises(Undecidable, match="1 of 3 targets"):
        regression.mean_absolute_percentage_error([near, 1.0, 2.0], [1.0, 1.0, 2.0])


def test_one_row_has_errors_without_intervals() -> None:
    """A spread needs two rows."""
    estimate = regression.root_mean_squared_error([1.0], [3.0])
    assert (estimate.value, estimate.interval, estimate.n) == (2.0, None, 1)
    assert regression.median_absolute_error([1.0], [3.0]).interval is None


def test_the_medians_interval_lies_between_order_statistics() -> None:
    """At n = 10 the 2nd and 3rd cover 97.85 and 89.06 %; Hettmansperger and Sheather's weight for 95 % is 0.65766."""
    interval = regression.median_absolute_error(np.zeros(10), np.arange(1, 11)).interval
    assert interval is not None
    reached, missed = 1 - 2 * 11 / 1024, 1 - 2 * 56 / 1024
    share = (reached - 0.95) / (reached - missed)
    weight = (10 - 2) * share / (2 + (10 - 4) * share)
    assert (2.0 + weight, 9.0 - weight) == pytest.approx((interval.lower, interval.upper), rel=1e-12)


@pytest.mark.parametrize(
    ("truth", "predicted", "reason"),
    [
        ([], [], "no rows"),
        ([1.0, math.nan], [1.0, 2.0], "target is NaN or infinite in 1 of 2"),
        ([1.0, 2.0], [1.0, math.inf], "prediction is NaN or infinite in 1 of 2"),
        ([1.0], [1.0, 2.0], "not aligned"),
        (["1", "2"], [1.0, 2.0], "not numeric"),
    ],
)
def test_unusable_columns_are_undecidable(truth: list[float], predicted: list[float], reason: str) -> None:
    """Every error refuses them alike."""
    for measure, _ in ORACLES:
        with pytest.raises(Undecidable, match=reason):
            measure(truth, predicted)


@pytest.mark.slow
def test_intervals_cover() -> None:
    """In 3,000 samples of 200 rows the 95 % intervals hold the truth between 93.5 and 96.5 %; the median's may more."""
    rng = np.random.default_rng(4)
    true = (1.0, math.sqrt(2 / math.pi), 0.6744897501960817, 0.0, 1 - 1 / 5)
    measures = (
        regression.root_mean_squared_error,
        regression.mean_absolute_error,
        regression.median_absolute_error,
        regression.residual_bias,
        regression.r_squared,
    )
    inside = np.zeros(len(measures))
    for _ in range(3000):
        predicted = rng.normal(0, 2, 200)
        truth = predicted + rng.normal(0, 1, 200)
        for position, measure in enumerate(measures):
            interval = measure(truth, predicted).interval
            assert interval is not None
            inside[position] += interval.lower <= true[position] <= interval.upper
    assert ((inside / 3000 >= 0.935) & (inside / 3000 <= 0.97)).all(), inside / 3000
