"""The traffic that a stay has seen, as `soak` holds it against its bounds."""

from typing import Any

import pytest

from promoter.errors import ProposalError
from promoter.gates.contract.finding import Finding
from promoter.gates.soak import GATE
from promoter.measure.request import Measured
from promoter.policy.policy import NearMiss
from tests.support.candidates import bind_parameters, judge_with, measured, number
from tests.support.stages import make_move, make_observation, stay

WEEK = make_observation()
HELD = {"min_requests": 1000, "errors": {"at_most": 0.01}, "harm": {"at_most": 0.02}}


def rows(
    *,
    requests: float | None = 2000,
    errors: int = 4,
    harmed: int = 5,
    judged: int = 500,
    repeated: int = 0,
    **facts: Any,
) -> Measured:
    """Return what an observation's rows come to; they lie within the period of WEEK."""
    span = {"earliest": "2026-05-25T00:00:01Z", "latest": "2026-05-30T23:59:00Z"}
    return measured(
        number("requests", requests, undecidable=None if requests is not None else "cut off"),
        number("errors", errors),
        number("harmed", harmed),
        number("judged", judged),
        number("duplicate_ids", repeated),
        **{**span, **facts},
    )


def traffic_of(*answers: Measured, observations: Any = (WEEK,), days: float = 8, **rule: Any) -> dict[str, Finding]:
    """Return the findings on traffic by measure; staging has served the version for some days."""
    context = make_move(
        stays={"staging": (stay("2.0.0", days=days),)}, observations=observations, near_miss=NearMiss(relative=0.1)
    )
    found = judge_with(GATE, list(answers), context, traffic={**HELD, **rule})
    return {finding.measure: finding for finding in found if finding.measure not in ("soaked_days", "open_incident")}


def test_enough_answered_requests_without_harm_pass() -> None:
    """2,000 requests, 4 without an answer, harm on 5 of 500 that were judged."""
    found = traffic_of(rows())
    assert {"observation": True, "requests": True, "error_rate": True, "harm_rate": True} == {
        name: finding.satisfied for name, finding in found.items()
    }
    assert (2000, 0.002, 0.01) == (found["requests"].value, found["error_rate"].value, found["harm_rate"].value)


@pytest.mark.parametrize(
    ("requests", "satisfied", "is_near"), [(1000, True, True), (950, False, True), (10, False, False)]
)
def test_requests_are_held_against_the_policys(requests: int, satisfied: bool, is_near: bool) -> None:
    """Equality passes, fifty less are near, ten in all are not."""
    finding = traffic_of(rows(requests=requests, errors=0))["requests"]
    assert (satisfied, is_near, requests - 1000) == (finding.satisfied, finding.is_near, finding.margin)


def test_observations_of_one_stay_add_up() -> None:
    """Twice 600 requests make 1,200, whatever the order in which the files lie."""
    later = make_observation("2026-06-01", observed_from="2026-05-31T00:00:00Z", observed_to="2026-06-01T00:00:00Z")
    other = rows(requests=600, earliest="2026-05-31T01:00:00Z", latest="2026-05-31T02:00:00Z")
    both = traffic_of(other, rows(requests=600), observations=(later, WEEK))
    assert (1200, True) == (both["requests"].value, both["requests"].satisfied)


def test_traffic_that_nobody_observed_is_undecided() -> None:
    """No number stands for none; the hint says what to add."""
    found = traffic_of(observations=())
    assert {None} == {finding.satisfied for finding in found.values()}
    assert "observations/" in (found["requests"].hint or "")


def test_traffic_before_the_stay_is_not_counted() -> None:
    """The stay began yesterday, the observation a week ago: another stay's, and so another registry's."""
    found = traffic_of(rows(), days=1)
    assert None is found["requests"].satisfied
    assert "began before it" in found["requests"].message


def test_traffic_of_a_version_that_staging_no_longer_serves_is_undecided() -> None:
    """There is no stay to which it belongs."""
    context = make_move(stays={"staging": (stay("2.0.0", days=20, left_days=1),)}, observations=(WEEK,))
    found = judge_with(GATE, [rows()], context, traffic=HELD)
    assert [None] * 3 == [finding.satisfied for finding in found[1:4]]


@pytest.mark.parametrize(
    ("facts", "satisfied"),
    [
        ({"latest": "2026-06-01T00:00:00Z"}, False),
        ({"earliest": "2026-05-24T23:59:59+00:00"}, False),
        ({"earliest": "2026-05-25T00:00:00", "latest": "2026-05-31T00:00:00"}, True),
        ({"earliest": None, "latest": None}, None),
        ({"repeated": 3}, False),
    ],
)
def test_rows_lie_in_the_period_that_the_file_names_once_each(facts: dict[str, Any], satisfied: bool | None) -> None:
    """Its first and last moment count as within; rows without a moment, or twice there, show nothing."""
    assert satisfied is traffic_of(rows(**facts))["observation"].satisfied


def test_periods_that_overlap_would_count_requests_twice() -> None:
    """The later one fails, with the name of the other."""
    other = make_observation("again", observed_from="2026-05-30T00:00:00Z")
    inside = {"earliest": "2026-05-30T01:00:00Z", "latest": "2026-05-30T02:00:00Z"}
    finding = traffic_of(rows(), rows(**inside), observations=(WEEK, other))["observation"]
    assert (False, "again") == (finding.satisfied, dict(finding.slice)["observation"])
    assert "overlaps that of 2026-05-31.yaml" in finding.message


def test_observation_that_ends_after_the_decision_fails() -> None:
    """The decision is of noon on 1 June."""
    future = make_observation(observed_to="2026-06-02T00:00:00Z")
    assert traffic_of(rows(), observations=(future,))["observation"].satisfied is False


def test_too_many_errors_fail() -> None:
    """2 % of 2,000 went unanswered, 1 % is allowed."""
    finding = traffic_of(rows(errors=40))["error_rate"]
    assert (False, 0.02, 2000) == (finding.satisfied, finding.value, finding.n)


def test_harm_that_few_requests_were_judged_for_is_undecided() -> None:
    """199 of 200: nobody knows yet."""
    finding = traffic_of(rows(judged=199, harmed=0))["harm_rate"]
    assert (None, 199) == (finding.satisfied, finding.n)


@pytest.mark.parametrize(("harmed", "satisfied"), [(1, True), (8, None), (30, False)])
def test_exact_interval_decides_where_the_policy_says_so(harmed: int, satisfied: bool | None) -> None:
    """Of 500: 1 gives (0.00005, 0.0111), 8 gives (0.0069, 0.0313), 30 gives (0.0408, 0.0846), against 0.02."""
    finding = traffic_of(rows(harmed=harmed), harm={"at_most": 0.02, "decide_on": "interval"})["harm_rate"]
    assert satisfied is finding.satisfied


def test_a_count_that_one_observation_lacks_is_undecided() -> None:
    """Its reason is told, and no sum is made of the others."""
    later = make_observation("2026-06-01", observed_from="2026-05-31T00:00:00Z", observed_to="2026-06-01T00:00:00Z")
    span = {"earliest": "2026-05-31T01:00:00Z", "latest": "2026-05-31T02:00:00Z"}
    finding = traffic_of(rows(), rows(requests=None, **span), observations=(WEEK, later))["requests"]
    assert None is finding.satisfied
    assert "cut off" in finding.message


def test_without_a_rule_nothing_is_measured_and_no_traffic_is_asked() -> None:
    """Not every stage is called by anybody."""
    context = make_move(stays={"staging": (stay("2.0.0", days=8),)}, observations=(WEEK,))
    assert () == GATE.measures(bind_parameters(GATE), context.candidate)
    assert ["soaked_days", "open_incident"] == [finding.measure for finding in judge_with(GATE, [], context)]


@pytest.mark.parametrize(
    "rule",
    [{"min_requests": 0}, {"errors": {"at_least": 0.1}}, {"harm": {"at_least": 0.1}}, {"errors": {"at_most": 5}}],
)
def test_rules_that_ask_nothing_or_the_opposite_or_in_percent_are_refused(rule: dict[str, Any]) -> None:
    """When the policy is read."""
    with pytest.raises(ProposalError):
        bind_parameters(GATE, traffic={**HELD, **rule})
