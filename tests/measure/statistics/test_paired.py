"""Paired comparisons against scipy and published examples."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import optimize, stats

from promoter.errors import Undecidable
from promoter.measure.statistics.mcnemar import mcnemar
from promoter.measure.statistics.paired import (
    bootstrap_mean_difference,
    paired_mean_difference,
    paired_rmse_difference,
)
from promoter.measure.statistics.sufficient import Discordance


@given(st.integers(0, 200), st.integers(0, 200), st.integers(1, 300))
def test_mcnemar_is_the_exact_binomial_test(champion_only: int, candidate_only: int, agreements: int) -> None:
    """Agreement with scipy.stats.binomtest; the interval holds the difference and stays in [-1, 1]."""
    disagreements = champion_only + candidate_only
    n = disagreements + agreements
    found = mcnemar(Discordance(n=n, champion_only=champion_only, candidate_only=candidate_only))
    expected = stats.binomtest(candidate_only, disagreements).pvalue if disagreements else 1.0
    assert expected == pytest.approx(found.p, rel=1e-9)
    assert (candidate_only - champion_only) / n == found.difference.value
    interval = found.difference.interval
    assert interval is not None
    assert -1.0 <= interval.lower <= found.difference.value <= interval.upper <= 1.0


def test_the_published_example_of_paired_proportions() -> None:
    """Fagerland, Lydersen and Laake 2014, airways of 21 children, 1 and 7 discordant: -0.517 to -0.026, p 0.070."""
    found = mcnemar(Discordance(n=21, champion_only=7, candidate_only=1))
    interval = found.difference.interval
    assert interval is not None
    assert (-0.517, -0.026, 0.070) == pytest.approx((interval.lower, interval.upper, found.p), abs=5e-4)


def test_the_ends_of_the_interval_solve_the_constrained_score_equation() -> None:
    """At each end, with the likelihood maximised numerically under that difference, the score is -+ z."""
    n, b, c = 200, 25, 12
    interval = mcnemar(Discordance(n=n, champion_only=c, candidate_only=b)).difference.interval
    assert interval is not None
    for delta in (interval.lower, interval.upper):

        def surprise(q: float, delta: float = delta) -> float:
            return -(b * math.log(q + delta) + c * math.log(q) + (n - b - c) * math.log(1 - 2 * q - delta))

        q = optimize.minimize_scalar(
            surprise, bounds=(max(0, -delta) + 1e-9, (1 - delta) / 2 - 1e-9), method="bounded", options={"xatol": 1e-12}
        ).x
        score = (b - c - n * delta) / math.sqrt(n * (2 * q + delta - delta**2))
        assert abs(score) == pytest.approx(1.959964, rel=1e-4)


def test_accuracy_without_rows_is_undecidable() -> None:
    """No rows, no difference."""
    with pytest.raises(Undecidable):
        mcnemar(Discordance(n=0, champion_only=0, candidate_only=0))


@given(st.lists(st.tuples(st.floats(0, 50), st.floats(0, 50)), min_size=2, max_size=40))
def test_the_paired_mean_is_scipys_paired_t_test(pairs: list[tuple[float, float]]) -> None:
    """Statistic, p and interval of ttest_rel, where the spread is more than rounding."""
    champion, candidate = np.array(pairs).T
    gaps = candidate - champion
    if gaps.std() < 1e-6:
        return
    found, oracle = paired_mean_difference(champion, candidate), stats.ttest_rel(candidate, champion)
    interval = oracle.confidence_interval()
    assert oracle.statistic == pytest.approx(found.t, rel=1e-9, abs=1e-9)
    assert oracle.pvalue == pytest.approx(found.p, rel=1e-8)
    assert found.difference.interval is not None
    assert interval.low == pytest.approx(found.difference.interval.lower, rel=1e-9, abs=1e-9)


def test_models_that_never_differ_have_no_difference() -> None:
    """Difference 0, t 0, p 1 and an interval of one point."""
    found = paired_mean_difference([1.0, 2.0], [1.0, 2.0])
    assert (0.0, 0.0, 1.0) == (found.difference.value, found.t, found.p)


@pytest.mark.parametrize(
    ("champion", "candidate", "reason"),
    [
        ([1.0, 2.0], [2.0, 3.0], "no spread"),
        ([1.0], [2.0], "needs 2"),
        ([1.0, math.inf], [1.0, 2.0], "infinite"),
        ([1.0, 2.0], [1.0], "not aligned"),
        ([], [], "no rows"),
    ],
)
def test_what_cannot_be_compared_is_undecidable(champion: list[float], candidate: list[float], reason: str) -> None:
    """A constant difference, one row, an infinite loss, rows that do not match."""
    with pytest.raises(Undecidable, match=reason):
        paired_mean_difference(champion, candidate)


def test_the_difference_of_root_mean_squares_by_numeric_derivatives() -> None:
    """Its standard error is the infinitesimal jackknife's, times sqrt(n / (n - 1))."""
    generator = np.random.default_rng(10)
    old, new = generator.exponential(size=60), generator.exponential(size=60)

    def difference(weights: np.ndarray) -> float:
        return math.sqrt(np.average(new, weights=weights)) - math.sqrt(np.average(old, weights=weights))

    slopes = [(difference(np.ones(60) + d) - difference(np.ones(60) - d)) / 2e-4 for d in 1e-4 * np.eye(60)]
    found = paired_rmse_difference(old, new)
    assert difference(np.ones(60)) == pytest.approx(found.difference.value, rel=1e-12)
    assert math.sqrt(np.square(slopes).sum() * 60 / 59) == pytest.approx(found.standard_error, rel=1e-6)
    with pytest.raises(Undecidable, match="without any error"):
        paired_rmse_difference([0.0, 0.0], [1.0, 2.0])


@pytest.mark.parametrize("n", [50, 30_000])
def test_the_bootstrap_agrees_with_student_and_not_with_the_order_of_rows(n: int) -> None:
    """Within 6 % of the t interval's width; the same bits for shuffled rows, another seed differs."""
    generator = np.random.default_rng(11)
    champion, candidate = generator.normal(size=n), generator.normal(size=n)
    student = paired_mean_difference(champion, candidate).difference.interval
    found = bootstrap_mean_difference(champion, candidate, seed=1)
    order = generator.permutation(n)
    assert found == bootstrap_mean_difference(champion[order], candidate[order], seed=1)
    assert found != bootstrap_mean_difference(champion, candidate, seed=2)
    assert student is not None
    assert found.upper - found.lower == pytest.approx(student.upper - student.lower, rel=0.06)
