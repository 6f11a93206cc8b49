"""Intervals against the tables of Newcombe 1998 and against their definitions."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from promoter.errors import Undecidable
from promoter.measure.measurement import Interval
from promoter.measure.statistics.intervals import (
    clopper_pearson,
    katz_ratio,
    logit_normal,
    newcombe_difference,
    student_mean,
    two_sided_z,
    wilson,
)


def bounds(interval: Interval) -> tuple[float, float]:
    """Return both ends."""
    return interval.lower, interval.upper


@pytest.mark.parametrize(
    ("successes", "n", "expected"),
    [(81, 263, (0.2553, 0.3662)), (15, 148, (0.0624, 0.1605)), (0, 20, (0.0, 0.1611)), (1, 29, (0.0061, 0.1718))],
)
def test_wilson_matches_newcombe_1998_table_1(successes: int, n: int, expected: tuple[float, float]) -> None:
    """Method 3 of the paper on single proportions."""
    assert expected == pytest.approx(bounds(wilson(successes, n)), abs=5e-5)


@pytest.mark.parametrize(
    ("successes", "n", "expected"),
    [(81, 263, (0.2527, 0.3676)), (15, 148, (0.0578, 0.1617)), (0, 20, (0.0, 0.1684)), (1, 29, (0.0009, 0.1776))],
)
def test_clopper_pearson_matches_newcombe_1998_table_1(successes: int, n: int, expected: tuple[float, float]) -> None:
    """Method 5 of the paper on single proportions."""
    assert expected == pytest.approx(bounds(clopper_pearson(successes, n)), abs=5e-5)


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ((56, 70, 48, 80), (0.0524, 0.3339)),
        ((9, 10, 3, 10), (0.1705, 0.8090)),
        ((6, 7, 2, 7), (0.0582, 0.8062)),
        ((5, 56, 0, 29), (-0.0381, 0.1926)),
        ((0, 10, 0, 20), (-0.1611, 0.2775)),
        ((0, 10, 0, 10), (-0.2775, 0.2775)),
        ((10, 10, 0, 20), (0.6791, 1.0)),
        ((10, 10, 0, 10), (0.6075, 1.0)),
    ],
)
def test_differences_match_newcombe_1998_table_2(
    cells: tuple[int, int, int, int], expected: tuple[float, float]
) -> None:
    """Method 10 of the paper on independent proportions."""
    assert expected == pytest.approx(bounds(newcombe_difference(*cells)), abs=5e-5)


@given(st.integers(1, 10**7), st.data(), st.sampled_from([0.8, 0.95, 0.999]))
def test_wilson_and_clopper_pearson_are_scipys(n: int, data: st.DataObject, level: float) -> None:
    """Agreement with scipy.stats.binomtest to 1e-9 from no success to all."""
    successes = data.draw(st.integers(0, n))
    test = stats.binomtest(successes, n)
    for method, ours in (("wilson", wilson), ("exact", clopper_pearson)):
        expected = test.proportion_ci(level, method=method)
        got = ours(successes, n, level=level)
        assert (expected.low, expected.high) == pytest.approx(bounds(got), rel=1e-8, abs=1e-12)
        assert got.lower <= successes / n <= got.upper


def test_katz_is_the_log_interval_by_hand() -> None:
    """20/100 over 40/100: log 0.5 -+ 1.96 sqrt(0.05 - 0.01 + 0.025 - 0.01)."""
    half = 1.959963984540054 * math.sqrt(0.055)
    expected = (0.5 * math.exp(-half), 0.5 * math.exp(half))
    assert expected == pytest.approx(bounds(katz_ratio(20, 100, 40, 100)), rel=1e-12)


def test_katz_of_a_group_that_is_never_selected_starts_at_zero() -> None:
    """A ratio of 0 has a lower end of 0 and an upper end above it, from halves added."""
    interval = katz_ratio(0, 50, 20, 50)
    assert interval.lower == 0.0
    assert 0.0 < interval.upper < 1.0
    assert interval.method == "katz-log-half"


def test_katz_of_two_groups_always_selected_is_not_a_point() -> None:
    """Two rates of 1 leave doubt about the ratio."""
    interval = katz_ratio(10, 10, 10, 10)
    assert interval.lower < 1.0 < interval.upper


def test_student_is_scipys() -> None:
    """Mean 2, standard error 0.5, 7 rows."""
    expected = stats.t.interval(0.9, 6, loc=2.0, scale=0.5)
    assert expected == pytest.approx(bounds(student_mean(2.0, 0.5, 7, level=0.9)), rel=1e-12)


def test_the_logit_interval_stays_inside() -> None:
    """A standard error of 0.2 at 0.99 does not pass 1."""
    interval = logit_normal(0.99, 0.2, level=0.95, method="m")
    assert 0.0 < interval.lower < 0.99 < interval.upper <= 1.0


def test_no_rows_have_no_interval() -> None:
    """Without rows it is undecidable, for each kind."""
    for call in (
        lambda: wilson(0, 0),
        lambda: clopper_pearson(0, 0),
        lambda: newcombe_difference(0, 0, 1, 2),
        lambda: katz_ratio(1, 2, 0, 0),
        lambda: katz_ratio(1, 2, 0, 5),
        lambda: student_mean(0.0, 0.0, 1),
    ):
        with pytest.raises(Undecidable):
            call()


@pytest.mark.parametrize("level", [0.0, 1.0, 95.0])
def test_a_level_is_a_fraction(level: float) -> None:
    """A level of 95 is a mistake of the caller."""
    with pytest.raises(ValueError, match="level"):
        two_sided_z(level)


def test_more_successes_than_rows_is_a_mistake() -> None:
    """Three of two is no proportion."""
    with pytest.raises(ValueError, match="not a proportion"):
        wilson(3, 2)
