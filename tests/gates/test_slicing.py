import pytest

from promoter.errors import Location
from promoter.gates.contract.columns import personal_findings
from promoter.gates.contract.slices import SmallSlices
from promoter.gates.contract.slicing import Slicing, bound_in_slices, over_all
from promoter.policy.bound import MeasureBound
from tests.support.candidates import measured, number

AT = Location("models/lending/mortgage/versions/2.0.0/manifest.yaml", 7)
RECALL = MeasureBound(measure="recall", at_least=0.8)
TOWN = (("town", "x"),)


@pytest.mark.parametrize(("small", "satisfied"), [("report", True), ("inconclusive", None)])
def test_small_slice_counts_as_the_rule_says(small: SmallSlices, satisfied: bool | None) -> None:
    """It is held against no bound, so that no correction counts it."""
    slicing = Slicing(by=("town",), min_n=50, small_slices=small, required=())
    answer = measured(number("recall", 0.1, n=49, slice_=TOWN), number("recall", 0.9, n=50, slice_=(("town", "y"),)))
    [(few, against_few), (enough, against_enough)] = bound_in_slices(RECALL, slicing, answer, at=AT, near_miss=None)
    assert (satisfied, None) == (few.satisfied, against_few)
    assert (True, RECALL) == (enough.satisfied, against_enough)


def test_too_few_rows_in_all_satisfy_nothing() -> None:
    """Only a slice among others may be small in silence."""
    [(finding, _)] = bound_in_slices(RECALL, over_all(50), measured(number("recall", 0.9, n=49)), at=AT, near_miss=None)
    assert finding.satisfied is None
    assert Slicing(by=(), min_n=50, small_slices="report").satisfied_by_small is None


def test_required_slice_that_is_absent_is_told_beside_those_that_are_there() -> None:
    """A slice that was left out of the evidence cannot pass."""
    slicing = Slicing(by=("town",), min_n=50, small_slices="report", required=(("y",),))
    answer = measured(number("recall", 0.9, n=60, slice_=TOWN))
    [(absent, _), (there, _)] = bound_in_slices(RECALL, slicing, answer, at=AT, near_miss=None)
    assert [None, True] == [absent.satisfied, there.satisfied]
    assert "town=y was not assessed: 0 rows, 50 are needed" in absent.message


def test_texts_that_were_not_searched_are_not_said_to_hold_nothing() -> None:
    """Without a count of the columns that were read there is no finding about them."""
    [finding] = personal_findings(measured(), of="predictions", exempt={}, location=AT)
    assert (None, "predictions: was not searched") == (finding.satisfied, finding.message)
    assert finding.hint
