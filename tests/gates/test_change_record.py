from typing import Any

import pytest

from promoter.errors import ProposalError
from promoter.gates.change_record import GATE
from promoter.gates.contract.finding import Finding
from promoter.policy.policy import NearMiss
from tests.support.candidates import bind_parameters, judge_with
from tests.support.stages import POINTER, ROLES, make_change, make_move

RISK = {"approvals": [{"role": "risk"}]}


def findings_on(parameters: dict[str, Any] | None = None, *, roles: Any = ROLES, **record: Any) -> list[Finding]:
    """Return the gate's findings on a move whose pointer names a record with some values replaced."""
    context = make_move(ticket="CHG-7", changes=[make_change(**record)], roles=roles, near_miss=NearMiss(absolute=1))
    return judge_with(GATE, [], context, **(parameters or {}))


def failed(findings: list[Finding]) -> list[tuple[str, str]]:
    """Return measure and message of what is not satisfied."""
    return [(finding.measure, finding.message) for finding in findings if finding.satisfied is not True]


def test_agreed_record_of_this_version_passes() -> None:
    """It is there, in effect, about this version, in enough words, and agreed."""
    found = findings_on(RISK)
    assert not failed(found)
    words = ["risk_assessment_words", "rollback_plan_words"]
    expected = ["change_record", "names_version", "effective_from", "risk", *words, "approvals"]
    assert expected == [finding.measure for finding in found]


def test_pointer_without_a_ticket_fails() -> None:
    """The finding stands at the pointer."""
    [finding] = judge_with(GATE, [], make_move(changes=[make_change()]))
    assert (False, "the pointer names no change record", POINTER) == (
        finding.satisfied,
        finding.message,
        finding.location.path,
    )


def test_record_that_the_base_does_not_hold_fails() -> None:
    """One that comes with the same pull request was agreed by nobody."""
    [finding] = judge_with(GATE, [], make_move(ticket="CHG-8", changes=[make_change()]))
    assert (False, "the base has no change record CHG-8") == (finding.satisfied, finding.message)
    assert "merge policies/changes/CHG-8.yaml in a pull request of its own first" in (finding.hint or "")


@pytest.mark.parametrize(
    "title",
    [
        "lending/mortgage@2.0.1",
        "lending/mortgage@2.0.0.1",
        "x/lending/mortgage@2.0.0",
        "lending/mortgage@2.0.0-rc",
        "2.0.0",
    ],
)
def test_record_of_another_version_fails(title: str) -> None:
    """An address that is only a part of another one does not count."""
    assert [("names_version", "CHG-7 is not about lending/mortgage@2.0.0")] == failed(findings_on(title=title))
    assert not failed(findings_on({"names_version": "ignore"}, title=title))


@pytest.mark.parametrize("reason", ["For lending/mortgage@2.0.0.", "(lending/mortgage@2.0.0)"])
def test_address_may_stand_in_the_reason(reason: str) -> None:
    """A full stop behind it is no part of it."""
    assert not failed(findings_on(title="A promotion", reason=reason))


@pytest.mark.parametrize(("day", "satisfied"), [("2026-06-01", True), ("2026-06-02", False)])
def test_record_takes_effect_on_its_day(day: str, satisfied: bool) -> None:
    """The decision is of 2026-06-01; the day itself passes."""
    finding = findings_on(effective_from=day)[2]
    assert (satisfied, "effective_from") == (finding.satisfied, finding.measure)


def test_risk_that_the_policy_does_not_take_fails() -> None:
    """High is more than medium."""
    message = "the risk of CHG-7 is high, the policy takes low, medium"
    assert [("risk", message)] == failed(findings_on({"risks": ["low", "medium"]}, risk="high"))


def test_rollback_plan_in_too_few_words_fails_narrowly() -> None:
    """Four words of five are a near miss; five pass."""
    short, enough = (findings_on(rollback_plan=" ".join("word" for _ in range(count)))[5] for count in (4, 5))
    assert (False, -1.0, True) == (short.satisfied, short.margin, short.is_near)
    assert (True, 0.0) == (enough.satisfied, enough.margin)


@pytest.mark.parametrize("approvers", [[], ["pia"], ["mallory"]])
def test_record_that_the_role_did_not_agree_to_fails(approvers: list[str]) -> None:
    """Nobody, or somebody of another role."""
    message = "nobody agreed to CHG-7 for role risk, 1 asked"
    assert [("approvals", message)] == failed(findings_on(RISK, approvers=approvers))


def test_requester_cannot_agree() -> None:
    """Four eyes: Rita asked, so Rita does not count, however she is written."""
    assert ["approvals"] == [measure for measure, _ in failed(findings_on(RISK, requester="Rita"))]


def test_one_person_fills_one_role() -> None:
    """Rita is in both roles; only with Pia can both be filled, whichever comes first."""
    members = [{"login": "rita", "id": 1}]
    roles = {**ROLES, "platform": {**ROLES["platform"], "members": [*members, {"login": "pia", "id": 2}]}}
    both = {"approvals": [{"role": "platform"}, {"role": "risk"}]}
    alone = failed(findings_on(both, roles=roles, approvers=["rita"]))
    assert 1 == len(alone)
    assert not failed(findings_on(both, roles=roles, approvers=["rita", "pia"]))
    assert not failed(findings_on(both, roles=roles, approvers=["pia", "RITA"]))


def test_approvals_are_undecided_where_no_roles_were_read() -> None:
    """An unread file is not an empty one."""
    finding = findings_on(RISK, roles={})[-1]
    assert (None, "approvals") == (finding.satisfied, finding.measure)


def test_registration_is_not_judged() -> None:
    """A new version moves no stage."""
    assert GATE.why_not(bind_parameters(GATE), make_move(stage=None).candidate) == "no stage is moved"


def test_unknown_parameters_are_refused() -> None:
    """A risk is one of three words."""
    with pytest.raises(ProposalError):
        bind_parameters(GATE, risks=["none"])
