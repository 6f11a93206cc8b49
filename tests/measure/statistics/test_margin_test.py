import pytest

from promoter.measure.measurement import Interval
from promoter.measure.statistics.margin_test import MarginTest, corrected
from promoter.measure.statistics.noninferiority import Direction


def margin_test(difference: float, half_width: float, direction: Direction = Direction.HIGHER_IS_BETTER) -> MarginTest:
    """Return a test against a margin of 0.02 from a symmetric 95 % interval on 1,000 rows."""
    interval = Interval(difference - half_width, difference + half_width, 0.95, "normal")
    return MarginTest(difference=difference, interval=interval, margin=0.02, direction=direction, n=1000)


def test_interval_that_ends_at_the_margin_has_p_of_one_fortieth() -> None:
    """The one-sided p and the two-sided interval are the same statement."""
    assert pytest.approx(0.025) == margin_test(0.01, 0.03).p_loss
    assert pytest.approx(0.025) == margin_test(-0.05, 0.03).p_kept


def test_lower_is_better_turns_the_difference() -> None:
    """A loss of 0.05 is 0.03 beyond the margin either way."""
    higher = margin_test(-0.05, 0.03)
    lower = margin_test(0.05, 0.03, Direction.LOWER_IS_BETTER)
    assert pytest.approx(-0.03) == higher.distance == lower.distance
    assert pytest.approx(higher.p_kept) == lower.p_kept


def test_sides_of_a_skewed_interval_are_used_each_for_itself() -> None:
    """Newcombe's intervals are not symmetric: 0.01 below decides about a loss."""
    skewed = MarginTest(
        difference=-0.01,
        interval=Interval(-0.02, 0.05, 0.95, "newcombe"),
        margin=0.02,
        direction=Direction.HIGHER_IS_BETTER,
        n=100,
    )
    assert pytest.approx(0.025) == skewed.p_loss


def test_no_spread_decides_by_the_difference_alone() -> None:
    """Identical rows leave nothing to chance; equality with the margin is not inferior."""
    assert (0.0, 1.0) == (margin_test(0.0, 0.0).p_loss, margin_test(0.0, 0.0).p_kept)
    assert margin_test(-0.02, 0.0).p_loss == 0.0
    assert (1.0, 0.0) == (margin_test(-0.03, 0.0).p_loss, margin_test(-0.03, 0.0).p_kept)


def test_additional_rows_grow_with_the_certainty_asked_for() -> None:
    """A smaller alpha needs more rows; a decided test needs none."""
    undecided = margin_test(0.0, 0.04)
    strict, loose = undecided.additional_rows(alpha=0.01), undecided.additional_rows(alpha=0.05)
    assert strict is not None
    assert loose is not None
    assert strict > loose > 0
    assert margin_test(0.0, 0.01).additional_rows(alpha=0.025) is None


@pytest.mark.parametrize(
    ("correction", "expected"),
    [("none", (0.01, 0.04, 0.03)), ("bonferroni", (0.03, 0.12, 0.09)), ("holm", (0.03, 0.06, 0.06))],
)
def test_corrections_are_the_published_ones(correction: str, expected: tuple[float, ...]) -> None:
    """Three p-values by hand: Holm 3 x 0.01, 2 x 0.03, then the larger of 0.06 and 0.04."""
    assert pytest.approx(expected) == corrected((0.01, 0.04, 0.03), correction=correction)  # type: ignore[arg-type]
    assert corrected((), correction=correction) == ()  # type: ignore[arg-type]
