from typing import Any

import pytest

from promoter.errors import ProposalError
from promoter.gates.contract.candidate import Context
from promoter.gates.contract.finding import Finding
from promoter.gates.contract.record_of_stage import Stay
from promoter.gates.review_interval import GATE
from promoter.policy.policy import NearMiss
from tests.support.candidates import bind_parameters, judge_with, make_release
from tests.support.stages import make_move, stay


def only(
    *staging: Stay, context: Context | None = None, production: tuple[Stay, ...] = (), **parameters: Any
) -> Finding:
    """Return the finding where the stages have these histories."""
    stays = {"staging": staging, "production": production}
    [finding] = judge_with(GATE, [], context or make_move(stays=stays, near_miss=NearMiss(relative=0.1)), **parameters)
    return finding


@pytest.mark.parametrize(
    ("days", "satisfied", "is_near"), [(180, True, True), (20, True, False), (190, False, True), (400, False, False)]
)
def test_age_is_held_against_the_tiers_interval(days: float, satisfied: bool, is_near: bool) -> None:
    """180 days are allowed: equality passes, ten more are near."""
    finding = only(stay("2.0.0", days=days))
    assert (satisfied, is_near, 180 - days) == (finding.satisfied, finding.is_near, finding.margin)


def test_latest_entry_into_any_stage_counts() -> None:
    """A promotion is a review; so is the second one."""
    finding = only(stay("2.0.0", days=400, left_days=300), production=(stay("2.0.0", days=30, left_days=10),))
    assert (True, 30.0) == (finding.satisfied, finding.value)


def test_other_versions_reviews_do_not_count() -> None:
    """A review is of one version."""
    finding = only(stay("2.0.0", days=400, left_days=5), stay("1.0.0", days=5))
    assert (False, 400.0) == (finding.satisfied, finding.value)


def test_smaller_of_policy_and_pipeline_counts() -> None:
    """A policy may ask for less, never allow more."""
    assert [False, True] == [only(stay("2.0.0", days=100), max_days=days).satisfied for days in (90, 900)]


@pytest.mark.parametrize(("never_entered", "satisfied"), [("first_review", True), ("refuse", False)])
def test_version_that_entered_no_stage_is_what_the_policy_says(never_entered: str, satisfied: bool) -> None:
    """By default this change is its review."""
    finding = only(stay("1.0.0", days=5), never_entered=never_entered)
    assert satisfied is finding.satisfied
    assert finding.message.startswith("version 2.0.0 entered no stage yet")


def test_history_that_was_not_read_is_undecided() -> None:
    """Any stage may hold the last review."""
    finding = only(context=make_move(stays={"staging": (stay("2.0.0", days=3),)}))
    assert (None, "the history of production was not read") == (finding.satisfied, finding.message)


def test_tier_without_an_interval_is_undecided() -> None:
    """No rule is no pass."""
    finding = only(context=make_move(make_release(model={"risk_tier": "low"})))
    assert (None, "the pipeline has no review interval for tier low") == (finding.satisfied, finding.message)


def test_registration_is_not_judged() -> None:
    """A new version moves no stage."""
    assert GATE.why_not(bind_parameters(GATE), make_move(stage=None).candidate) == "no stage is moved"


def test_unknown_parameters_are_refused() -> None:
    """An interval of no days is none."""
    with pytest.raises(ProposalError):
        bind_parameters(GATE, max_days=0)
