from typing import Any

import pytest

from promoter.errors import ProposalError
from promoter.gates.contract.candidate import Context
from promoter.gates.contract.finding import Finding
from promoter.gates.contract.record_of_stage import Stay
from promoter.gates.soak import GATE
from promoter.policy.policy import NearMiss
from tests.support.candidates import bind_parameters, judge_with
from tests.support.stages import make_incident, make_move, stay


def time_of(*stays: Stay, context: Context | None = None, **parameters: Any) -> Finding:
    """Return the finding on the time in staging, whose history holds these stays."""
    seen = context or make_move(stays={"staging": stays}, near_miss=NearMiss(absolute=1))
    return judge_with(GATE, [], seen, **parameters)[0]


@pytest.mark.parametrize(
    ("days", "satisfied", "is_near"), [(7.0, True, True), (9.0, True, False), (6.5, False, True), (1, False, False)]
)
def test_days_are_held_against_the_pipelines(days: float, satisfied: bool, is_near: bool) -> None:
    """Seven days are asked: equality passes, half a day less is near, six days less are not."""
    finding = time_of(stay("2.0.0", days=days))
    assert (satisfied, is_near, days - 7) == (finding.satisfied, finding.is_near, finding.margin)


def test_larger_of_policy_and_pipeline_counts() -> None:
    """A policy may ask for more, never for less."""
    served = stay("2.0.0", days=8)
    assert [True, False] == [time_of(served, min_days=days).satisfied for days in (1, 9)]


def test_broken_stay_begins_anew() -> None:
    """Thirty days that ended ten days ago do not count, two days since do."""
    broken = stay("2.0.0", days=40, left_days=10), stay("1.0.0", days=10, left_days=2), stay("2.0.0", days=2)
    assert pytest.approx(2) == time_of(*broken).value


@pytest.mark.parametrize("stays", [(), (stay("1.0.0", days=20),), (stay("2.0.0", days=20, left_days=1),)])
def test_version_that_staging_does_not_serve_has_no_time(stays: tuple[Stay, ...]) -> None:
    """Nothing, another version, or a stay that has ended: zero days."""
    finding = time_of(*stays)
    assert (False, 0.0) == (finding.satisfied, finding.value)


def test_stay_that_begins_after_the_decision_fails() -> None:
    """A clock that runs ahead makes no time."""
    assert time_of(stay("2.0.0", days=-3)).satisfied is False


def test_history_that_was_not_read_is_undecided() -> None:
    """No history is something else than an empty one."""
    finding = time_of(context=make_move())
    assert (None, "the history of staging was not read, 7 days of 2.0.0 in it are asked") == (
        finding.satisfied,
        finding.message,
    )


def test_first_stage_asks_for_no_time() -> None:
    """Nothing comes before staging."""
    assert time_of(context=make_move(stage="staging")).satisfied is True


@pytest.mark.parametrize(
    ("incident", "version_holds", "model_holds"),
    [
        ({}, True, True),
        ({"version": "1.0.0"}, False, True),
        ({"resolved_at": "2026-05-21T00:00:00Z"}, False, False),
        ({"resolved_at": "2026-06-01T12:00:01Z"}, True, True),
        ({"started_at": "2026-06-02T00:00:00Z"}, False, False),
    ],
)
def test_open_incident_holds(incident: dict[str, Any], version_holds: bool, model_holds: bool) -> None:
    """It is open from its start until its end; the policy says whose count."""
    context = make_move(stays={"staging": (stay("2.0.0", days=20),)}, incidents=[make_incident(**incident)])
    held = [judge_with(GATE, [], context, incidents=whose)[1].satisfied is False for whose in ("version", "model")]
    assert [version_holds, model_holds] == held


def test_open_incident_is_told_with_what_to_do() -> None:
    """Which, where, since when, what, and what to write."""
    finding = judge_with(GATE, [], make_move(incidents=[make_incident()]))[1]
    expected = "incident outage of 2.0.0 in staging is open since 2026-05-20T00:00+00:00: Wrong scores."
    assert expected == finding.message
    assert "write resolved_at into incidents/outage.yaml" in (finding.hint or "")


def test_registration_is_not_judged() -> None:
    """A new version moves no stage."""
    assert GATE.why_not(bind_parameters(GATE), make_move(stage=None).candidate) == "no stage is moved"


def test_unknown_parameters_are_refused() -> None:
    """There are no negative days."""
    with pytest.raises(ProposalError):
        bind_parameters(GATE, min_days=-1)
