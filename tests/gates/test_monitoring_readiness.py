from typing import Any

import pytest

from promoter.errors import ProposalError
from promoter.gates.contract.finding import Finding
from promoter.gates.monitoring_readiness import GATE
from promoter.policy.policy import NearMiss
from tests.support.candidates import bind_parameters, judge_with, make_release
from tests.support.stages import ROLES, make_move

PLAN = {
    "dashboard": "https://grafana.example.org/d/mortgage",
    "on_call": "models@example.org",
    "owner": "lending-models",
    "watches": [{"measure": "roc_auc", "minimum": 0.7, "window_days": 90}],
}
ROLLBACK = {"to_version": "1.0.0", "procedure": "Run promoter rollback.", "tested_on": "2026-05-02"}


def findings_on(
    parameters: dict[str, Any] | None = None, *, rollback: Any = ROLLBACK, roles: Any = ROLES, **plan: Any
) -> list[Finding]:
    """Return the gate's findings on a version with this plan."""
    release = make_release(monitoring={**PLAN, **plan}, rollback=rollback)
    return judge_with(GATE, [], make_move(release, roles=roles, near_miss=NearMiss(relative=0.1)), **(parameters or {}))


def failed(findings: list[Finding]) -> list[tuple[str, str]]:
    """Return measure and message of what is not satisfied."""
    return [(finding.measure, finding.message) for finding in findings if finding.satisfied is not True]


def test_watched_version_with_a_way_back_passes() -> None:
    """Equality with the windows and the drill's age passes."""
    rules = [{"any_of": ["brier", "roc_auc"], "max_window_days": 90}]
    found = findings_on({"watches": rules, "max_drill_age_days": 30, "dashboard_hosts": ["grafana.example.org"]})
    assert not failed(found)
    measures = ["monitoring_plan", "window_days", "alarm", "dashboard", "owner", "on_call"]
    measures += ["rollback_plan", "drill_age_days"]
    assert measures == [finding.measure for finding in found]


def test_missing_plan_fails_with_what_to_add() -> None:
    """Nothing else can be judged of it."""
    [finding] = judge_with(GATE, [], make_move(make_release()), rollback="ignore")
    assert (False, "the manifest has no monitoring plan") == (finding.satisfied, finding.message)
    assert finding.hint == "add monitoring: dashboard, on_call, owner, and what is watched"


def test_concern_that_nobody_watches_fails() -> None:
    """The measures that would do are named."""
    assert ("watched", "psi or ks is not watched") in failed(findings_on({"watches": [{"any_of": ["psi", "ks"]}]}))


@pytest.mark.parametrize(("limit", "satisfied", "is_near"), [(90, True, True), (85, False, True), (30, False, False)])
def test_window_is_held_against_its_limit(limit: int, satisfied: bool, is_near: bool) -> None:
    """90 days pass at 90, miss 85 narrowly and 30 widely."""
    finding = findings_on({"watches": [{"any_of": ["roc_auc"], "max_window_days": limit}]})[1]
    assert (satisfied, is_near) == (finding.satisfied, finding.is_near)


def test_window_of_a_watch_that_no_rule_names_is_held_too() -> None:
    """Each watch has the limit of all."""
    assert [("window_days", "window_days of watch=roc_auc is 90, needs <= 89")] == failed(
        findings_on({"max_window_days": 89})
    )


def test_watch_without_a_bound_fails() -> None:
    """A number without a bound calls nobody."""
    watches = [{"measure": "roc_auc", "window_days": 30}]
    assert [("alarm", "the watch of roc_auc can never give alarm")] == failed(findings_on(watches=watches))


@pytest.mark.parametrize(
    "address", ["http://grafana.example.org/d", "grafana", "https://evil.example.net/", "https://[x"]
)
def test_dashboard_elsewhere_fails(address: str) -> None:
    """Only https, and only on an allowed host."""
    found = failed(findings_on({"dashboard_hosts": ["grafana.example.org"]}, dashboard=address))
    assert ["dashboard"] == [measure for measure, _ in found]


def test_owner_that_is_no_role_fails() -> None:
    """The roles that exist are named."""
    [finding] = [finding for finding in findings_on(owner="nobody") if finding.measure == "owner"]
    assert (False, "name one of lending-models, platform, risk") == (finding.satisfied, finding.hint)


def test_owner_is_undecided_where_no_roles_were_read() -> None:
    """An unread file is not an empty one."""
    [finding] = [finding for finding in findings_on(roles={}) if finding.measure == "owner"]
    assert finding.satisfied is None


def test_missing_rollback_plan_fails() -> None:
    """Unless the policy does not ask."""
    assert [("rollback_plan", "the manifest has no rollback plan")] == failed(findings_on(rollback=None))
    assert not failed(findings_on({"rollback": "ignore"}, rollback=None))


@pytest.mark.parametrize(
    ("tested_on", "message"),
    [
        (None, "the rollback was never tried"),
        ("2026-06-02", "the rollback is said to be tried on 2026-06-02, after the decision"),
        ("2026-05-01", "drill_age_days is 31, needs <= 30"),
    ],
)
def test_rollback_that_was_not_tried_in_time_fails(tested_on: str | None, message: str) -> None:
    """Never, in the future, or a day too long ago."""
    rollback = {key: value for key, value in {**ROLLBACK, "tested_on": tested_on}.items() if value is not None}
    assert [("drill_age_days", message)] == failed(findings_on({"max_drill_age_days": 30}, rollback=rollback))


def test_every_version_is_judged() -> None:
    """A plan that is missing is a failure, not a reason to be silent."""
    assert GATE.why_not(bind_parameters(GATE), make_move(make_release()).candidate) is None


def test_unknown_parameters_are_refused() -> None:
    """A rule without a measure is none."""
    with pytest.raises(ProposalError):
        bind_parameters(GATE, watches=[{"any_of": []}])


@pytest.mark.parametrize(
    ("address", "satisfied"),
    [
        ("models@example.org", True),
        ("tel:+49 30 1234567", True),
        ("https://oncall.example.org/rota/7", True),
        ("the team", False),
        ("ask Leo", False),
        ("http://oncall.example.org", False),
        ("a@" + "b." * 8_000, False),
    ],
)
def test_whoever_is_on_call_has_an_address(address: str, satisfied: bool) -> None:
    """By its shape: what only insiders can read reaches nobody at night; a long text costs no time."""
    [finding] = [finding for finding in findings_on(on_call=address) if finding.measure == "on_call"]
    assert satisfied is finding.satisfied


def test_a_policy_may_leave_the_address_to_others() -> None:
    """It says so."""
    assert not failed(findings_on({"on_call": "ignore"}, on_call="the team"))
