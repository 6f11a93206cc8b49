from datetime import UTC, datetime
from typing import Any

import pytest

from promoter.errors import ProposalError
from promoter.gates.contract.finding import Finding
from promoter.gates.freeze_window import GATE
from tests.support.candidates import bind_parameters, judge_with
from tests.support.stages import POINTER, make_change, make_move

WEEKEND = {"kind": "exclude", "reason": "weekend", "weekdays": ["sat", "sun"]}
SATURDAY = datetime(2026, 6, 6, 12, 0, tzinfo=UTC)
LANE = {"emergency": "change_record", "emergency_role": "risk"}


def only(parameters: dict[str, Any] | None = None, *, ticket: str | None = None, **changed: Any) -> Finding:
    """Return the finding on a move on a Saturday under a weekend freeze; `changed` makes an emergency's record."""
    record = make_change(**{"emergency": True, **changed})
    context = make_move(windows=[WEEKEND], at=SATURDAY, ticket=ticket, changes=[record])
    [finding] = judge_with(GATE, [], context, **(parameters or {}))
    return finding


def test_open_moment_passes() -> None:
    """Monday noon is no weekend."""
    [finding] = judge_with(GATE, [], make_move(windows=[WEEKEND]))
    assert (True, "moves are allowed at 2026-06-01T12:00+00:00") == (finding.satisfied, finding.message)


def test_freeze_fails_with_its_reason_and_the_next_opening() -> None:
    """The author reads why, and from when on."""
    finding = only()
    expected = "closed at 2026-06-06T12:00+00:00: weekend; the policy has no emergency lane"
    assert (False, expected, POINTER) == (finding.satisfied, finding.message, finding.location.path)
    assert finding.hint == "earliest at 2026-06-08T00:00+00:00; run the check again then"


def test_windows_of_the_policy_are_added_to_the_pipelines() -> None:
    """Either closes."""
    [finding] = judge_with(GATE, [], make_move(), windows=[{**WEEKEND, "weekdays": ["mon"]}])
    assert finding.satisfied is False


def test_freeze_without_an_end_says_so() -> None:
    """No opening within sixty days is no date."""
    [finding] = judge_with(GATE, [], make_move(), windows=[{"kind": "exclude", "reason": "stop"}])
    assert finding.hint == "no window opens within 60 days; ask the platform role for the calendar"


def test_agreed_emergency_passes() -> None:
    """The finding says that it was closed, and what passed."""
    finding = only(LANE, ticket="CHG-7")
    expected = "closed at 2026-06-06T12:00+00:00: weekend; CHG-7 passes as an emergency"
    assert (True, expected) == (finding.satisfied, finding.message)


@pytest.mark.parametrize(
    ("ticket", "changed", "why"),
    [
        (None, {}, "the pointer names no change record"),
        ("CHG-8", {}, "the base has no change record CHG-8"),
        ("CHG-7", {"emergency": False}, "CHG-7 is no emergency"),
        ("CHG-7", {"effective_from": "2026-06-07"}, "CHG-7 takes effect on 2026-06-07"),
        ("CHG-7", {"approvers": ["pia"]}, "nobody of role risk agreed to CHG-7"),
        ("CHG-7", {"requester": "RITA"}, "nobody of role risk agreed to CHG-7"),
    ],
)
def test_emergency_that_does_not_hold_fails(ticket: str | None, changed: dict[str, Any], why: str) -> None:
    """Each condition of the lane is told."""
    finding = only(LANE, ticket=ticket, **changed)
    assert (False, True) == (finding.satisfied, finding.message.endswith(why))


def test_emergency_without_any_agreement_fails() -> None:
    """Without a role any other person will do, nobody will not."""
    lane = {"emergency": "change_record"}
    assert [True, False] == [only(lane, ticket="CHG-7", approvers=who).satisfied for who in (["pia"], ["leo"])]


def test_lane_is_closed_by_default() -> None:
    """An emergency record does not open a lane that the policy has not."""
    assert only(ticket="CHG-7").satisfied is False


def test_zone_that_does_not_exist_is_refused_when_the_policy_is_read() -> None:
    """In the pipeline it ends the judgement instead."""
    with pytest.raises(ProposalError, match="'Mars' is no time zone"):
        bind_parameters(GATE, windows=[{**WEEKEND, "timezone": "Mars"}])
    with pytest.raises(ValueError, match="'Mars' is no time zone"):
        make_move(windows=[{**WEEKEND, "timezone": "Mars"}])


def test_registration_is_not_judged() -> None:
    """A new version moves no stage."""
    assert GATE.why_not(bind_parameters(GATE), make_move(stage=None).candidate) == "no stage is moved"
