"""The three ends of a comparison with a margin."""

import pytest

from promoter.measure.measurement import Interval
from promoter.measure.statistics.noninferiority import Direction, End, NonInferiority, noninferiority

UP, DOWN = Direction.HIGHER_IS_BETTER, Direction.LOWER_IS_BETTER


def compare(lower: float, upper: float, *, margin: float = 0.01, direction: Direction = UP) -> NonInferiority:
    """Return the end for an interval around its middle, from 1,000 rows."""
    interval = Interval(lower, upper, 0.95, "test")
    return noninferiority((lower + upper) / 2, interval, margin=margin, direction=direction, n=1000)


def test_an_interval_above_the_margin_is_not_inferior() -> None:
    """A loss of at most 0.005 where 0.01 is allowed."""
    assert NonInferiority(End.NOT_INFERIOR, None) == compare(-0.005, 0.02)


def test_equality_with_the_margin_is_not_inferior() -> None:
    """The lower end at exactly -0.01; and no difference at all with margin 0."""
    assert compare(-0.01, 0.02).end is End.NOT_INFERIOR
    assert compare(0.0, 0.0, margin=0.0).end is End.NOT_INFERIOR


def test_an_interval_below_the_margin_is_inferior() -> None:
    """A loss of at least 0.02."""
    assert NonInferiority(End.INFERIOR, None) == compare(-0.05, -0.02)


def test_for_a_loss_the_sides_are_turned() -> None:
    """A log loss that rises by at least 0.02 is inferior; one that falls is not."""
    assert compare(0.02, 0.05, direction=DOWN).end is End.INFERIOR
    assert compare(-0.05, -0.02, direction=DOWN).end is End.NOT_INFERIOR
    assert compare(-0.05, 0.02, direction=DOWN).end is End.INCONCLUSIVE


def test_inconclusive_says_how_many_more_rows() -> None:
    """Half width 0.02 at distance 0.01: n grows ((1.96 + 0.8416) / 1.96 * 2)^2 = 8.1726 times."""
    assert NonInferiority(End.INCONCLUSIVE, 7173) == compare(-0.02, 0.02)


def test_more_rows_are_asked_on_the_side_where_the_candidate_lies() -> None:
    """Below the margin the upper half of the interval decides."""
    interval = Interval(-0.05, -0.005, 0.95, "test")
    found = noninferiority(-0.02, interval, margin=0.01, direction=UP, n=1000)
    ratio = (1.959963984540054 + 0.8416212335729143) / 1.959963984540054 * 1.5
    assert found.additional_rows == pytest.approx(1000 * (ratio**2 - 1), abs=1)


def test_at_the_margin_no_number_of_rows_decides() -> None:
    """The observed difference is -margin."""
    interval = Interval(-0.02, 0.0, 0.95, "test")
    found = noninferiority(-0.01, interval, margin=0.01, direction=UP, n=1000)
    assert NonInferiority(End.INCONCLUSIVE, None) == found


@pytest.mark.parametrize("margin", [-0.01, float("nan")])
def test_a_margin_is_not_negative(margin: float) -> None:
    """A negative margin would ask for superiority by another name."""
    with pytest.raises(ValueError, match="margin"):
        compare(0.0, 1.0, margin=margin)
