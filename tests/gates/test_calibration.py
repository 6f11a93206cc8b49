from typing import Any

import pytest

from promoter.errors import ProposalError
from promoter.gates.calibration import GATE
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

ECE = {"measure": "ece_debiased", "at_most": 0.05}
SLOPE = {"measure": "calibration_slope", "at_least": 0.8, "decide_on": "interval"}
WHITE, BLACK = (("race", "white"),), (("race", "black"),)


def test_small_error_passes_and_equality_too() -> None:
    """The bound itself is allowed."""
    [finding] = judge_with(GATE, measured(number("ece_debiased", 0.05)), bounds=[ECE])
    assert (True, 0.0) == (finding.satisfied, finding.margin)


def test_large_error_fails_at_the_manifests_line() -> None:
    """A calibration error beyond its bound is not satisfied, with its gap."""
    [finding] = judge_with(GATE, measured(number("ece_debiased", 0.08)), bounds=[ECE])
    assert finding.satisfied is False
    assert pytest.approx(-0.03) == finding.margin
    assert finding.location.line is not None


@pytest.mark.parametrize(("value", "satisfied"), [(0.049, True), (0.051, False)])
def test_near_miss_holds_on_both_sides(value: float, satisfied: bool) -> None:
    """A value in the band is near, whether it passes or fails."""
    context = make_context(near_miss=NearMiss(absolute=0.002))
    [finding] = judge_with(GATE, measured(number("ece_debiased", value)), context, bounds=[ECE])
    assert (satisfied, True) == (finding.satisfied, finding.is_near)


def test_slope_whose_interval_straddles_the_bound_is_undecided() -> None:
    """decide_on interval waits for the whole interval."""
    answer = measured(number("calibration_slope", 0.9, interval=(0.7, 1.1)))
    [finding] = judge_with(GATE, answer, bounds=[SLOPE])
    assert finding.satisfied is None


def test_slope_that_does_not_exist_is_undecided_with_its_reason() -> None:
    """Scores of exactly 0 or 1 have no logit."""
    answer = measured(number("calibration_slope", None, undecidable="3 of 1000 scores are exactly 0 or 1"))
    [finding] = judge_with(GATE, answer, bounds=[SLOPE])
    assert finding.satisfied is None
    assert "exactly 0 or 1" in finding.message


def test_few_rows_are_undecided() -> None:
    """Below min_n nothing is decided."""
    [finding] = judge_with(GATE, measured(number("ece_debiased", 0.0, n=199)), bounds=[ECE])
    assert finding.satisfied is None


def test_groups_are_the_models_sensitive_attributes() -> None:
    """A group that is off fails although all rows together are calibrated."""
    answer = measured(
        number("ece_debiased", 0.01),
        number("ece_debiased", 0.02, slice_=WHITE),
        number("ece_debiased", 0.2, slice_=BLACK),
    )
    findings = judge_with(GATE, answer, bounds=[ECE], groups={"bounds": [ECE]})
    assert [((), True), (WHITE, True), (BLACK, False)] == [(found.slice, found.satisfied) for found in findings]


@pytest.mark.parametrize(("small", "satisfied"), [("report", True), ("inconclusive", None)])
def test_small_group_means_what_the_policy_says(small: str, satisfied: bool | None) -> None:
    """A group below min_n is listed as not assessed."""
    answer = measured(
        number("ece_debiased", 0.01),
        number("ece_debiased", 0.02, slice_=WHITE),
        number("ece_debiased", 0.4, n=20, slice_=BLACK),
    )
    findings = judge_with(GATE, answer, bounds=[ECE], groups={"bounds": [ECE], "small_groups": small})
    assert [True, True, satisfied] == [finding.satisfied for finding in findings]


def test_groups_without_any_attribute_fail() -> None:
    """A model that declares no attribute does not escape a policy about groups."""
    context = make_context(make_release(model={"sensitive_attributes": []}))
    findings = judge_with(GATE, measured(number("ece_debiased", 0.01)), context, bounds=[ECE], groups={"bounds": [ECE]})
    assert [True, False] == [finding.satisfied for finding in findings]


def test_one_group_in_many_is_corrected() -> None:
    """A group just outside on its own interval is undecided as one of ten under holm."""
    bound = {"measure": "ece_debiased", "at_most": 0.05, "decide_on": "interval"}
    groups = [number("ece_debiased", 0.01, slice_=(("race", f"r{place}"),), interval=(0.0, 0.03)) for place in range(8)]
    stray = number("ece_debiased", 0.10, slice_=BLACK, interval=(0.055, 0.145))
    answer = measured(number("ece_debiased", 0.01, interval=(0.0, 0.02)), *groups, stray)
    findings = judge_with(GATE, answer, bounds=[bound], groups={"bounds": [bound]})
    assert [True] * 9 + [None] == [finding.satisfied for finding in findings]
    assert "holm over 10" in findings[-1].message


def test_missing_predictions_fail() -> None:
    """A manifest without predictions is not satisfied, and says what to add."""
    [finding] = judge_with(GATE, [], make_context(make_release(evidence=[REFERENCE])), bounds=[ECE])
    assert finding.satisfied is False
    assert "kind: predictions" in (finding.hint or "")


def test_regressions_are_not_applicable() -> None:
    """Only a binary score claims to be a probability here."""
    candidate = make_context(make_release(model={"task": "regression"})).candidate
    assert "this one is regression" in (GATE.why_not(bind_parameters(GATE, bounds=[ECE]), candidate) or "")


@pytest.mark.parametrize("wrong", [{"bound": [ECE]}, {"bounds": [{**ECE, "measure": "auc"}]}, {"bounds": []}])
def test_unknown_keys_and_measures_are_refused(wrong: dict[str, Any]) -> None:
    """A misspelt key or measure is an error where it stands."""
    with pytest.raises(ProposalError):
        bind_parameters(GATE, **wrong)
