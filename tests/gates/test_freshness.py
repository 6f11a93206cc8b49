from datetime import timedelta

import pytest

from promoter.errors import ProposalError
from promoter.gates.contract.candidate import Context
from promoter.gates.freshness import GATE
from promoter.policy.policy import NearMiss
from tests.support.candidates import (
    AT,
    EVALUATION,
    PREDICTIONS,
    RAW,
    bind_parameters,
    judge_with,
    make_context,
    make_release,
    measured,
)

YEAR = {"role": "evaluation", "max_age_days": 365}
TIMED = {**PREDICTIONS, "columns": {"id": "id", "timestamp": "seen_at"}}


def declared(day: str | None) -> Context:
    """Return a context whose evaluation data declares this last day, in evidence without timestamps."""
    return make_context(
        make_release(datasets=[{**EVALUATION, "collected_to": day, "parents": []}], evidence=[PREDICTIONS])
    )


def timed(collected_to: str | None = None) -> Context:
    """Return a context whose evidence has a timestamp column."""
    evaluation = {**EVALUATION, "collected_to": collected_to, "parents": []}
    return make_context(make_release(datasets=[evaluation], evidence=[TIMED]))


def test_recent_data_passes() -> None:
    """The declared last day counts where no column tells better: 31 days from 1 May to 1 June."""
    [finding] = judge_with(GATE, [], declared("2026-05-01"), bounds=[YEAR])
    assert (True, 31.0, "day") == (finding.satisfied, finding.value, finding.unit)


@pytest.mark.parametrize(("day", "satisfied"), [("2025-06-01", True), ("2025-05-31", False)])
def test_equality_with_the_bound_passes(day: str, satisfied: bool) -> None:
    """365 days are allowed, 366 are not."""
    [finding] = judge_with(GATE, [], declared(day), bounds=[YEAR])
    assert finding.satisfied is satisfied


@pytest.mark.parametrize(("day", "satisfied"), [("2025-06-05", True), ("2025-05-27", False)])
def test_near_miss_holds_on_both_sides(day: str, satisfied: bool) -> None:
    """An age within ten days of the bound is near."""
    context = make_context(declared(day).candidate.release, near_miss=NearMiss(absolute=10))
    [finding] = judge_with(GATE, [], context, bounds=[YEAR])
    assert (satisfied, True) == (finding.satisfied, finding.is_near)


def test_newest_row_decides_over_the_declared_day() -> None:
    """The age comes from the data itself, to the second."""
    latest = (AT - timedelta(days=400, hours=12)).isoformat()
    [finding] = judge_with(GATE, measured(latest=latest), timed(), bounds=[YEAR])
    assert (False, 400.5) == (finding.satisfied, finding.value)


def test_declared_day_that_the_rows_contradict_fails() -> None:
    """A manifest cannot make its rows younger."""
    latest = (AT - timedelta(days=100)).isoformat()
    findings = judge_with(GATE, measured(latest=latest), timed("2026-05-30"), bounds=[YEAR])
    assert [("age_days", True), ("collected_to", False)] == [(entry.measure, entry.satisfied) for entry in findings]


def test_declared_day_may_differ_by_one_for_time_zones() -> None:
    """A day of another time zone is no contradiction."""
    findings = judge_with(GATE, measured(latest="2026-05-31T23:30:00"), timed("2026-06-01"), bounds=[YEAR])
    assert [True] == [finding.satisfied for finding in findings]


@pytest.mark.parametrize(("minutes", "satisfied"), [(5, True), (6, False)])
def test_future_moments_are_refused_beyond_the_tolerance(minutes: int, satisfied: bool) -> None:
    """Clocks may differ by five minutes, not by six."""
    latest = (AT + timedelta(minutes=minutes)).isoformat()
    [finding] = judge_with(GATE, measured(latest=latest), timed(), bounds=[YEAR])
    assert finding.satisfied is satisfied


def test_future_day_is_refused() -> None:
    """A declared day after the decision is no age."""
    [finding] = judge_with(GATE, [], declared("2026-06-02"), bounds=[YEAR])
    assert finding.satisfied is False
    assert "after the decision" in finding.message


def test_timestamps_that_cannot_be_read_are_undecided() -> None:
    """A column without any moment tells no age."""
    [finding] = judge_with(GATE, measured(latest=None), timed(), bounds=[YEAR])
    assert finding.satisfied is None


def test_data_set_without_any_date_fails() -> None:
    """Its author can add the date."""
    [finding] = judge_with(GATE, [], declared(None), bounds=[YEAR])
    assert finding.satisfied is False
    assert "collected_to" in (finding.hint or "")


def test_role_without_a_data_set_fails() -> None:
    """A bound on data that is not there is not met."""
    context = make_context(make_release(datasets=[RAW], evidence=[{**PREDICTIONS, "dataset": "raw"}]))
    [finding] = judge_with(GATE, [], context, bounds=[YEAR])
    assert finding.satisfied is False
    assert "role evaluation" in finding.message


def test_unknown_parameters_are_refused() -> None:
    """A misspelt role and an unknown key are refused."""
    with pytest.raises(ProposalError, match="evaluation"):
        bind_parameters(GATE, bounds=[{**YEAR, "role": "evaluatoin"}])
    with pytest.raises(ProposalError):
        bind_parameters(GATE, bounds=[YEAR], tolerance=5)
