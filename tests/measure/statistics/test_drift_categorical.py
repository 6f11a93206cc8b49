"""Drift of categories against scipy and hand computations."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from promoter.errors import Undecidable
from promoter.measure.statistics.drift_categorical import (
    aligned,
    changed_categories,
    chi_squared,
    cramers_v_drift,
    missing_rate_difference,
    total_variation,
)
from promoter.measure.statistics.drift_divergence import psi

category_counts = st.dictionaries(st.one_of(st.none(), st.sampled_from(["1", "1.0", "a", "A", ""])), st.integers(0, 40))


def test_categories_are_texts_in_order_with_the_missing_value_last() -> None:
    """Strings that look like numbers stay apart."""
    counts = aligned({"1": 2, None: 1, "1.0": 3}, {"1": 4, "b": 5, "never": 0})
    assert counts.categories == ("1", "1.0", "b", None)
    assert counts.reference.tolist() == [2, 3, 0, 1]
    assert counts.current.tolist() == [4, 0, 5, 0]


def test_new_and_vanished_categories_come_with_their_rows() -> None:
    """Most rows first; the missing value is no category; shares are of the side that has them."""
    changed = changed_categories({"a": 6, "b": 2, "c": 2}, {"a": 5, "x": 1, "y": 3, None: 1})
    assert changed.new == (("y", 3), ("x", 1))
    assert changed.vanished == (("b", 2), ("c", 2))
    assert (changed.new_share, changed.vanished_share) == (0.4, 0.4)


@given(category_counts, category_counts)
def test_chi_squared_agrees_with_scipy(reference: dict[str | None, int], current: dict[str | None, int]) -> None:
    """Statistic, degrees and p are those of the uncorrected contingency test, or there is nothing to compare."""
    try:
        counts = aligned(reference, current)
        statistic, test = chi_squared(counts.reference, counts.current)
    except Undecidable:
        return
    expected = stats.chi2_contingency(np.array([counts.reference, counts.current]), correction=False)
    assert expected.statistic == pytest.approx(statistic, rel=1e-9, abs=1e-12)
    assert (expected.dof, pytest.approx(expected.pvalue, rel=1e-9)) == (test.degrees_of_freedom, test.p_value)
    effect = cramers_v_drift(counts.reference, counts.current)
    assert 0.0 <= effect.value <= 1.0 + 1e-12
    assert math.isfinite(psi(counts.reference, counts.current).value)


def test_total_variation_by_hand() -> None:
    """Half of |0.5 - 0.2| + |0.3 - 0.3| + |0.2 - 0.5| is 0.3, from 10 and 100 rows."""
    estimate = total_variation([5, 3, 2], [20, 30, 50])
    assert pytest.approx(estimate.value, rel=1e-14) == 0.3
    assert estimate.n == 110


@pytest.mark.parametrize("counts", [([3], [4]), ([3, 0], [4, 0])])
def test_one_category_on_both_sides_is_nothing_to_compare(counts: tuple[list[int], list[int]]) -> None:
    """A constant column has no contingency, and no distance either."""
    with pytest.raises(Undecidable, match="one bin"):
        chi_squared(*counts)
    assert total_variation(*counts).value == 0.0


def test_a_side_without_rows_is_undecidable() -> None:
    """Nothing was observed there."""
    for statistic in (chi_squared, total_variation):
        with pytest.raises(Undecidable, match="current has no rows"):
            statistic([1, 2], [0, 0])


def test_missing_rates_differ_by_newcombes_interval() -> None:
    """Newcombe 1998, table II (a): 56/70 less 48/80 is 0.2 with method 10's 0.0524 to 0.3339."""
    estimate = missing_rate_difference(reference_missing=48, reference_n=80, current_missing=56, current_n=70)
    assert pytest.approx(estimate.value, rel=1e-12) == 0.2
    assert estimate.interval is not None
    assert (round(estimate.interval.lower, 4), round(estimate.interval.upper, 4)) == (0.0524, 0.3339)


@pytest.mark.slow
def test_cramers_v_covers_and_total_variation_is_conservative() -> None:
    """Over 3,000 samples V covers 93.5 to 97.5 % (its law is a little wide); total variation at least 93.5 %."""
    rng = np.random.default_rng(2)
    p, q = np.array([0.4, 0.3, 0.2, 0.1]), np.array([0.3, 0.3, 0.2, 0.2])
    n, m = 1500, 2500
    pooled = (n * p + m * q) / (n + m)
    true_v = math.sqrt(n * m / (n + m) * float(((p - q) ** 2 / pooled).sum()) / (n + m))
    inside = np.zeros(2)
    for _ in range(3000):
        counts = rng.multinomial(n, p), rng.multinomial(m, q)
        for position, (true, statistic) in enumerate(((true_v, cramers_v_drift), (0.1, total_variation))):
            interval = statistic(*counts).interval
            assert interval is not None
            inside[position] += interval.lower <= true <= interval.upper
    assert 0.935 <= inside[0] / 3000 <= 0.975
    assert inside[1] / 3000 >= 0.935
