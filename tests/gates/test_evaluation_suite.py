from typing import Any

import pytest

from promoter.errors import ProposalError
from promoter.gates.evaluation_suite import GATE
from promoter.measure.request import Quality
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

SCORES = {"task": "scores", "sensitive_attributes": []}
RELEASE = make_release(model=SCORES)
ALONE = make_context(RELEASE)
PAIRED = make_context(RELEASE, champion=make_release(model=SCORES, version="1.0.0"))
ALL = {"bounds": [{"measure": "mean_score", "at_least": 0.7}]}
SUITES = {"by": ["suite"], "bounds": [{"measure": "pass_rate", "at_least": 0.9}], "min_n": 100}
AGAINST = {"by": ["suite"], "against_champion": [{"measure": "pass_rate", "margin": 0.03}]}
MATHS, REFUSALS = (("suite", "maths"),), (("suite", "refusals"),)


def test_mean_over_all_examples_passes_and_equality_too() -> None:
    """The bound itself is allowed."""
    [finding] = judge_with(GATE, measured(number("mean_score", 0.7)), ALONE, rules=[ALL])
    assert (True, 0.0) == (finding.satisfied, finding.margin)


@pytest.mark.parametrize(("value", "satisfied"), [(0.69, False), (0.71, True)])
def test_near_miss_holds_on_both_sides(value: float, satisfied: bool) -> None:
    """A mean in the band is near, whether it passes or fails."""
    context = make_context(RELEASE, near_miss=NearMiss(absolute=0.02))
    [finding] = judge_with(GATE, measured(number("mean_score", value)), context, rules=[ALL])
    assert (satisfied, True) == (finding.satisfied, finding.is_near)


def test_suite_that_fails_is_named() -> None:
    """A leaderboard's average does not hide a suite."""
    answer = measured(number("pass_rate", 0.99, slice_=MATHS), number("pass_rate", 0.5, slice_=REFUSALS))
    findings = judge_with(GATE, answer, ALONE, rules=[SUITES])
    assert [(MATHS, True), (REFUSALS, False)] == [(finding.slice, finding.satisfied) for finding in findings]


def test_suite_that_was_left_out_is_undecided() -> None:
    """A required suite without examples fails nobody, so it may not be missing."""
    rule = {**SUITES, "required": [["refusals"]]}
    kept, gap = judge_with(GATE, measured(number("pass_rate", 0.99, slice_=MATHS)), ALONE, rules=[rule])[::-1]
    assert (True, None, REFUSALS) == (kept.satisfied, gap.satisfied, gap.slice)


@pytest.mark.parametrize(("small", "satisfied"), [("inconclusive", None), ("report", True)])
def test_small_suite_means_what_the_policy_says(small: str, satisfied: bool | None) -> None:
    """A suite below min_n is listed as not assessed; undecided by default."""
    answer = measured(number("pass_rate", 0.99, slice_=MATHS), number("pass_rate", 0.1, n=20, slice_=REFUSALS))
    findings = judge_with(GATE, answer, ALONE, rules=[{**SUITES, "small_slices": small}])
    assert [True, satisfied] == [finding.satisfied for finding in findings]


def test_missing_verdict_is_undecided() -> None:
    """A judge that said nothing is neither a pass nor a failure."""
    answer = measured(number("mean_score", None, undecidable="score is NaN in 3 of 100 rows"))
    [finding] = judge_with(GATE, answer, ALONE, rules=[ALL])
    assert finding.satisfied is None
    assert "NaN in 3" in finding.message


def test_loss_against_the_champion_fails_and_a_kept_suite_passes() -> None:
    """Each suite is tested against the margin, corrected over all of them."""
    answer = measured(
        number("pass_rate_difference", 0.0, slice_=MATHS, interval=(-0.01, 0.01)),
        number("pass_rate_difference", -0.2, slice_=REFUSALS, interval=(-0.25, -0.15)),
    )
    kept, lost = judge_with(GATE, answer, PAIRED, rules=[AGAINST])
    assert (True, False) == (kept.satisfied, lost.satisfied)
    assert "holm over 2" in lost.message


def test_loss_within_noise_is_undecided_with_how_many_more_would_decide() -> None:
    """An interval that straddles the margin decides nothing."""
    answer = measured(number("pass_rate_difference", -0.02, slice_=MATHS, interval=(-0.08, 0.04)))
    [finding] = judge_with(GATE, answer, PAIRED, rules=[AGAINST])
    assert finding.satisfied is None
    assert "more rows would decide it" in (finding.hint or "")


def test_harm_that_grew_is_a_loss_where_lower_is_better() -> None:
    """For a suite that counts harm a rise is worse."""
    answer = measured(number("pass_rate_difference", 0.2, slice_=MATHS, interval=(0.15, 0.25)))
    [finding] = judge_with(GATE, answer, PAIRED, rules=[AGAINST], better="lower")
    assert finding.satisfied is False


def test_first_version_cannot_regress() -> None:
    """Comparisons alone do not apply to a stage that serves nothing, unless the policy asks for a decision."""
    parameters = bind_parameters(GATE, rules=[AGAINST])
    assert "serves nothing yet" in (GATE.why_not(parameters, ALONE.candidate) or "")
    [finding] = judge_with(GATE, [], ALONE, rules=[AGAINST], without_champion="inconclusive")
    assert finding.satisfied is None


@pytest.mark.parametrize(("passes", "mark"), [(None, 0.5), (0.8, 0.8)])
def test_mark_is_the_policys_or_the_manifests(passes: float | None, mark: float) -> None:
    """The policy's mark comes first, then the version's decision threshold."""
    [request] = GATE.measures(bind_parameters(GATE, rules=[ALL], passes=passes), ALONE.candidate)
    assert isinstance(request, Quality)
    assert ("scores", mark) == (request.task, request.threshold)


def test_missing_predictions_fail() -> None:
    """A manifest without scored examples is not satisfied."""
    context = make_context(make_release(model=SCORES, evidence=[REFERENCE]))
    [finding] = judge_with(GATE, [], context, rules=[ALL])
    assert finding.satisfied is False


def test_other_tasks_are_not_applicable() -> None:
    """A binary model has labels to be right about."""
    reason = GATE.why_not(bind_parameters(GATE, rules=[ALL]), make_context().candidate)
    assert "this one is binary" in (reason or "")


@pytest.mark.parametrize("wrong", [{"by": ["suite"]}, {**SUITES, "required": [["a", "b"]]}, {**SUITES, "bound": []}])
def test_rules_that_hold_nothing_are_refused(wrong: dict[str, Any]) -> None:
    """A rule compares something, and its suites have the rule's columns."""
    with pytest.raises(ProposalError):
        bind_parameters(GATE, rules=[wrong])
