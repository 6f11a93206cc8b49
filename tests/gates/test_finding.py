import pytest

from promoter.gates.contract.finding import hold
from promoter.measure.measurement import Interval, Measurement
from promoter.policy.bound import Bound, DecideOn
from promoter.policy.policy import NearMiss
from tests.support.candidates import ANYWHERE


def near(value: float, bound: Bound, band: NearMiss) -> bool:
    """Say whether a value is called near its bound."""
    return hold(Measurement(measure="m", value=value, n=9), bound, location=ANYWHERE, near_miss=band).is_near


@pytest.mark.parametrize(("value", "expected"), [(0.77, False), (0.79, True), (0.8, True), (0.82, True), (0.83, False)])
def test_a_value_in_the_band_is_near_on_either_side(value: float, expected: bool) -> None:
    """The band is symmetric, and the bound itself lies in it."""
    assert expected is near(value, Bound(at_least=0.8), NearMiss(absolute=0.02000001))


def test_nothing_is_near_a_bound_whose_band_has_no_width() -> None:
    """A relative band around zero is none."""
    assert not near(0.0, Bound(at_most=0.0), NearMiss(relative=0.1))


def test_a_zero_under_an_upper_bound_is_not_near() -> None:
    """No count and no gap is better than none, however tight the bound."""
    assert not near(0.0, Bound(at_most=0.003), NearMiss(absolute=0.005))
    assert near(0.001, Bound(at_most=0.003), NearMiss(absolute=0.005))


@pytest.mark.parametrize(("lower", "upper", "expected"), [(0.80, 0.9, True), (0.79, 0.9, None), (0.7, 0.79, False)])
def test_an_interval_decides_by_where_it_lies(lower: float, upper: float, expected: bool | None) -> None:
    """Wholly inside passes, equality with the bound included; wholly outside fails; else it is undecided."""
    interval = Interval(lower, upper, 0.95, "test")
    measurement = Measurement(measure="m", value=(lower + upper) / 2, n=9, interval=interval)
    bound = Bound(at_least=0.8, decide_on=DecideOn.INTERVAL)
    assert expected is hold(measurement, bound, location=ANYWHERE, near_miss=None).satisfied


def test_a_point_without_an_interval_is_undecided_where_the_interval_decides() -> None:
    """A missing interval never passes."""
    bound = Bound(at_least=0.8, decide_on=DecideOn.INTERVAL)
    finding = hold(Measurement(measure="m", value=0.99, n=9), bound, location=ANYWHERE, near_miss=None)
    assert None is finding.satisfied
    assert "without an interval" in finding.message
