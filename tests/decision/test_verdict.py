from dataclasses import replace

import pytest

from promoter.decision.types import Outcome, Result, Verdict
from promoter.decision.verdict import verdict_of, worst_of
from promoter.registry.changes import ChangeKind


def result(outcome: Outcome, enforcement: str = "block") -> Result:
    """Return the smallest result with this outcome."""
    return Result(
        policy="p",
        policy_version="git:0",
        policy_path="policies/catalog/performance/p.yaml",
        title="p holds.",
        gate="performance",
        category="performance",
        owner="risk",
        severity="high",
        enforcement=enforcement,
        outcome=outcome,
    )


@pytest.mark.parametrize(
    ("outcome", "enforcement", "verdict"),
    [
        (Outcome.PASSED, "block", Verdict.PASSED),
        (Outcome.FAILED, "block", Verdict.FAILED),
        (Outcome.INCONCLUSIVE, "block", Verdict.FAILED),
        (Outcome.ERRORED, "block", Verdict.ERRORED),
        (Outcome.WAIVED, "block", Verdict.WARNED),
        (Outcome.FAILED, "warn", Verdict.WARNED),
        (Outcome.INCONCLUSIVE, "warn", Verdict.WARNED),
        (Outcome.ERRORED, "warn", Verdict.WARNED),
        (Outcome.FAILED, "audit", Verdict.PASSED),
    ],
)
def test_one_result_decides(outcome: Outcome, enforcement: str, verdict: Verdict) -> None:
    """Only a pass passes where the policy blocks; a waiver is a warning, never a pass."""
    assert verdict is verdict_of(ChangeKind.PROMOTION, [result(outcome, enforcement)])[0]


def test_an_error_outweighs_a_failure() -> None:
    """What could not be judged is no verdict, whatever else failed."""
    results = [result(Outcome.FAILED), result(Outcome.ERRORED)]
    assert Verdict.ERRORED is verdict_of(ChangeKind.PROMOTION, results)[0]


@pytest.mark.parametrize("results", [[], [result(Outcome.NOT_APPLICABLE)], [result(Outcome.PASSED, "off")]])
def test_a_rule_set_that_matches_nothing_is_no_verdict(results: list[Result]) -> None:
    """An empty set, one that does not apply, and one that is switched off never count as passed."""
    verdict, reason = verdict_of(ChangeKind.PROMOTION, results)
    assert Verdict.ERRORED is verdict
    assert reason is not None
    assert "no policy judges this promotion" in reason


def test_a_role_that_is_asked_can_accept_an_undecided_result() -> None:
    """Without the role's approval it holds; with it, it warns."""
    asked = replace(result(Outcome.INCONCLUSIVE), asks="risk")
    assert Verdict.FAILED is verdict_of(ChangeKind.PROMOTION, [asked])[0]
    assert Verdict.FAILED is verdict_of(ChangeKind.PROMOTION, [asked], approved_roles=["platform"])[0]
    assert Verdict.WARNED is verdict_of(ChangeKind.PROMOTION, [asked], approved_roles=["risk"])[0]


def test_taking_away_needs_no_policy() -> None:
    """A withdrawal brings no version in, so there is nothing to measure."""
    assert (Verdict.PASSED, None) == verdict_of(ChangeKind.WITHDRAWAL, [])


def test_the_worst_change_decides_for_the_pull_request() -> None:
    """One failing change holds the whole pull request."""
    assert Verdict.FAILED is worst_of([Verdict.PASSED, Verdict.FAILED, Verdict.WARNED])
