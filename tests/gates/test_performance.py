import pytest

from promoter.errors import ProposalError
from promoter.gates.performance import GATE
from promoter.policy.policy import NearMiss
from tests.support.candidates import (
    REFERENCE,
    bind_parameters,
    judge_with,
    make_context,
    make_release,
    measured,
    number,
)

BOUND = {"measure": "roc_auc", "at_least": 0.8}
BY_RACE = {"by": ["race"], "bounds": [{"measure": "recall", "at_least": 0.7}], "min_n": 50}
WHITE, BLACK = (("race", "white"),), (("race", "black"),)


def test_value_inside_of_the_bound_passes() -> None:
    """A value above at_least is satisfied, with its margin and the manifest's line."""
    [finding] = judge_with(GATE, measured(number("roc_auc", 0.85)), bounds=[BOUND])
    assert finding.satisfied is True
    assert pytest.approx(0.05) == finding.margin
    assert "manifest.yaml" in finding.location.path
    assert finding.location.line is not None


def test_equality_with_the_bound_passes() -> None:
    """The bound itself is allowed."""
    [finding] = judge_with(GATE, measured(number("roc_auc", 0.8)), bounds=[BOUND])
    assert finding.satisfied is True


def test_value_outside_of_the_bound_fails() -> None:
    """A value below at_least is not satisfied."""
    [finding] = judge_with(GATE, measured(number("roc_auc", 0.79)), bounds=[BOUND])
    assert finding.satisfied is False
    assert finding.message == "roc_auc is 0.79, needs >= 0.8"


@pytest.mark.parametrize(("value", "satisfied"), [(0.795, False), (0.805, True)])
def test_near_miss_holds_on_both_sides(value: float, satisfied: bool) -> None:
    """A value in the band is near, whether it passes or fails."""
    context = make_context(near_miss=NearMiss(absolute=0.01))
    [finding] = judge_with(GATE, measured(number("roc_auc", value)), context, bounds=[BOUND])
    assert (finding.satisfied, finding.is_near) == (satisfied, True)


def test_interval_that_straddles_the_bound_is_undecided() -> None:
    """decide_on interval waits for the whole interval."""
    bound = {**BOUND, "decide_on": "interval"}
    [finding] = judge_with(GATE, measured(number("roc_auc", 0.82, interval=(0.78, 0.86))), bounds=[bound])
    assert finding.satisfied is None


def test_undecidable_number_is_undecided() -> None:
    """A measure without a value carries its reason."""
    [finding] = judge_with(GATE, measured(number("roc_auc", None, undecidable="one class only")), bounds=[BOUND])
    assert finding.satisfied is None
    assert "one class only" in finding.message


def test_number_that_was_not_made_is_undecided() -> None:
    """A measure that the task does not have is named, with those that exist."""
    [finding] = judge_with(GATE, measured(number("rmse", 1.0)), bounds=[BOUND])
    assert finding.satisfied is None
    assert "rmse" in (finding.hint or "")


def test_few_rows_are_undecided_over_all_rows() -> None:
    """Below min_n nothing is decided, however good the value."""
    [finding] = judge_with(GATE, measured(number("roc_auc", 0.99, n=99)), bounds=[BOUND])
    assert finding.satisfied is None
    assert finding.hint == "add 1 or more labelled rows of all rows to the evidence"


def test_missing_predictions_fail() -> None:
    """A manifest without predictions is not satisfied, and says what to add."""
    context = make_context(make_release(evidence=[REFERENCE]))
    [finding] = judge_with(GATE, [], context, bounds=[BOUND])
    assert finding.satisfied is False
    assert "kind: predictions" in (finding.hint or "")


def test_each_slice_has_its_own_finding() -> None:
    """The slice that fails is named, the other passes."""
    answer = measured(number("roc_auc", 0.9), number("recall", 0.9, slice_=WHITE), number("recall", 0.6, slice_=BLACK))
    findings = judge_with(GATE, answer, bounds=[BOUND], slices=[BY_RACE])
    assert [(WHITE, True), (BLACK, False)] == [(finding.slice, finding.satisfied) for finding in findings[1:]]


@pytest.mark.parametrize(("small", "satisfied"), [("report", True), ("inconclusive", None)])
def test_small_slice_means_what_the_policy_says(small: str, satisfied: bool | None) -> None:
    """A slice below min_n is listed as not assessed."""
    answer = measured(
        number("roc_auc", 0.9), number("recall", 0.9, slice_=WHITE), number("recall", 0.1, n=49, slice_=BLACK)
    )
    findings = judge_with(GATE, answer, bounds=[BOUND], slices=[{**BY_RACE, "small_slices": small}])
    assert findings[-1].satisfied is satisfied
    assert "not assessed: 49 rows" in findings[-1].message


def test_rule_without_any_slice_large_enough_is_undecided() -> None:
    """A rule that compared nothing never passes."""
    answer = measured(number("roc_auc", 0.9), number("recall", 0.9, n=10, slice_=WHITE))
    findings = judge_with(GATE, answer, bounds=[BOUND], slices=[BY_RACE])
    assert [True, None, True] == [finding.satisfied for finding in findings]


def test_ranking_models_are_not_applicable() -> None:
    """The gate says which tasks it judges."""
    candidate = make_context(make_release(model={"task": "ranking"})).candidate
    reason = GATE.why_not(bind_parameters(GATE, bounds=[BOUND]), candidate)
    assert "this one is ranking" in (reason or "")


def test_threshold_comes_from_the_manifest() -> None:
    """The decision rule of the version is in the request."""
    [request] = GATE.measures(bind_parameters(GATE, bounds=[BOUND]), make_context().candidate)
    assert getattr(request, "threshold", None) == 0.5


def test_unknown_parameters_are_refused() -> None:
    """A misspelt key names the nearest one."""
    with pytest.raises(ProposalError, match="bounds"):
        bind_parameters(GATE, bound=[BOUND])
