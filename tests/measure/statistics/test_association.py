"""Associations against scipy and scikit-learn, and the features that a rank statistic misses."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from sklearn import metrics

from promoter.errors import Undecidable
from promoter.measure.statistics.association import (
    View,
    correlation_ratio,
    cramers_v,
    crosstab,
    numeric_strength,
    rank_separation,
)

tables = st.integers(2, 4).flatmap(
    lambda width: st.lists(st.lists(st.integers(1, 30), min_size=width, max_size=width), min_size=2, max_size=4)
)


@given(tables)
def test_cramers_v_agrees_with_scipy(table: list[list[int]]) -> None:
    """The uncorrected association of a contingency table, and inside of its interval's range."""
    expected = stats.contingency.association(np.array(table), method="cramer", correction=False)
    estimate = cramers_v(table)
    assert expected == pytest.approx(estimate.value, rel=1e-9, abs=1e-9)
    assert estimate.interval is not None
    assert 0 <= estimate.interval.lower <= estimate.interval.upper <= 1


def test_crosstab_counts_pairs_of_texts() -> None:
    """Strings that look like numbers are two categories."""
    assert [[1, 1], [0, 2]] == crosstab(["a", "a", "b", "b"], ["1", "1.0", "1.0", "1.0"]).tolist()


def test_a_constant_column_has_no_association() -> None:
    """It is neither 0 nor 1."""
    with pytest.raises(Undecidable, match="constant"):
        cramers_v([[3, 0], [5, 0]])


@pytest.mark.parametrize("seed", range(4))
def test_the_correlation_ratio_is_that_of_the_analysis_of_variance(seed: int) -> None:
    """Eta squared is F (k - 1) / (F (k - 1) + n - k) of scipy's f_oneway."""
    rng = np.random.default_rng(seed)
    groups = rng.integers(0, 4, 100)
    values = rng.normal(groups * 0.3, 1)
    f = stats.f_oneway(*(values[groups == group] for group in range(4))).statistic
    estimate = correlation_ratio(groups, values)
    assert math.sqrt(3 * f / (3 * f + 96)) == pytest.approx(estimate.value, rel=1e-9)
    assert estimate.interval is not None
    assert estimate.interval.lower < estimate.value < estimate.interval.upper


@pytest.mark.parametrize("values", [[1.0, 1.0, 1.0], [math.inf, 1.0, 2.0], [math.nan] * 3])
def test_values_without_variance_have_no_ratio(values: list[float]) -> None:
    """Constant, infinite, missing."""
    with pytest.raises(Undecidable):
        correlation_ratio(["a", "a", "b"], values)


@pytest.mark.parametrize("sign", [1, -1])
def test_rank_separation_is_the_folded_auc(sign: int) -> None:
    """Whichever way the feature points, and infinities in order."""
    rng = np.random.default_rng(3)
    label = rng.integers(0, 2, 200)
    feature = sign * (rng.normal(0, 1, 200) + label)
    expected = abs(2 * metrics.roc_auc_score(label, feature) - 1)
    feature[feature == feature.max()] = math.inf
    estimate = rank_separation(label, feature)
    assert expected == pytest.approx(estimate.value, rel=1e-12)
    assert estimate.interval is not None
    assert estimate.interval.lower <= estimate.value <= estimate.interval.upper


def leaking(view: View) -> tuple[np.ndarray, np.ndarray]:
    """Return a label and a feature that gives it away in one view only."""
    rng = np.random.default_rng(5)
    label, feature = rng.integers(0, 2, 1000), rng.normal(0, 1, 1000)
    if view is View.ORDER:
        feature += 20 * label
    elif view is View.BINS:
        feature = np.where(label == 1, feature / 10, np.sign(feature) * (5 + np.abs(feature)))
    else:
        feature[label == 1] = np.nan
    return label, feature


@pytest.mark.parametrize("view", list(View))
def test_a_feature_that_gives_the_label_away_is_seen(view: View) -> None:
    """By its order, by its middle, or by what is missing: a strength near 1."""
    strength = numeric_strength(*leaking(view))
    assert view is strength.view
    assert strength.estimate.value > 0.9


def test_an_honest_feature_is_weak() -> None:
    """Noise stays below 0.2 at 1,000 rows."""
    rng = np.random.default_rng(6)
    assert numeric_strength(rng.integers(0, 2, 1000), rng.normal(size=1000)).estimate.value < 0.2


def test_categories_of_an_attribute_are_told_by_bins() -> None:
    """Three groups have no order, and the numbers that stand for them give them away."""
    groups = np.arange(300) % 3
    assert View.BINS is numeric_strength(groups, np.array([5.0, -2.0, 1.0])[groups]).view


@pytest.mark.parametrize(
    ("target", "feature", "reason"),
    [
        ([1, 1], [0.0, 1.0], "constant"),
        ([0, 1], [math.nan, math.nan], "constant"),
        ([], [], "constant"),
        ([1], [1.0, 2.0], "not aligned"),
    ],
)
def test_where_no_view_exists_nothing_is_said(target: list[int], feature: list[float], reason: str) -> None:
    """A constant target cannot leak, and a feature that is missing throughout cannot tell."""
    with pytest.raises(Undecidable, match=reason):
        numeric_strength(target, feature)


def test_a_constant_feature_tells_nothing() -> None:
    """Its AUC is 1/2."""
    assert 0.0 == numeric_strength([0, 1, 0, 1], [2.0] * 4).estimate.value
