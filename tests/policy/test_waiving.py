from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from promoter.measure.measurement import Measurement
from promoter.policy.bound import MeasureBound
from promoter.policy.policy import Category, Enforcement, Policy, Severity
from promoter.policy.roles import Member, Role, Roles
from promoter.policy.settings import Settings
from promoter.policy.waiver import Waiver
from promoter.policy.waiving import WaiverCase, is_about, why_waiver_fails

NOW = datetime(2026, 5, 1, tzinfo=UTC)
POLICY = Policy(
    schema="promoter.policy/1",
    id="auc",
    title="AUC holds.",
    category=Category.PERFORMANCE,
    owner="risk",
    rationale="r",
    gate="performance",
    severity=Severity.HIGH,
    enforcement=Enforcement.BLOCK,
    remediation="r",
)
CASE = WaiverCase(
    policy=POLICY,
    model="lending/mortgage",
    version="2.0.0",
    stage="production",
    at=NOW,
    settings=Settings(schema="promoter.registry/1", title="t"),
    roles=Roles(
        schema="promoter.roles/1",
        roles={"risk": Role(title="Risk", contact="x", members=(Member(login="Rita", id=1),))},
    ),
    used=(),
    find=lambda measure: Measurement(measure=measure, value=0.79, n=100) if measure == "roc_auc" else None,
)


def waiver(**changed: Any) -> Waiver:
    """Return a waiver that holds, with some fields changed."""
    fields = {
        "schema": "promoter.waiver/1",
        "id": "w-1",
        "policy": "auc",
        "model": "lending/mortgage",
        "version": "2.0.0",
        "reason": "r",
        "requester": "leo",
        "approver": "rita",
        "ticket": "T-1",
        "not_before": NOW - timedelta(days=1),
        "expires": NOW + timedelta(days=7),
    }
    return Waiver(**{**fields, **changed})


def test_a_waiver_that_meets_every_condition_holds() -> None:
    """The approver's login is compared without case, as GitHub does."""
    assert None is why_waiver_fails(waiver(), CASE)


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"expires": NOW}, "expired"),
        ({"not_before": NOW + timedelta(seconds=1)}, "holds only from"),
        ({"expires": NOW + timedelta(days=60)}, "longer than the 30 days"),
        ({"approver": "mallory"}, "not in role risk"),
    ],
)
def test_each_condition_is_needed(changed: dict[str, Any], reason: str) -> None:
    """Row 56: expired, early, too long, or accepted by somebody without the role."""
    why = why_waiver_fails(waiver(**changed), CASE)
    assert why is not None
    assert reason in why


def test_nobody_waives_for_themselves() -> None:
    """Requester and approver must be two people, whatever the case of the letters."""
    with pytest.raises(ValueError, match="same person"):
        waiver(requester="Rita", approver="rita")


def test_a_single_use_is_spent_once() -> None:
    """The second promotion under it is judged in full."""
    single = waiver(single_use=True)
    assert None is why_waiver_fails(single, CASE)
    assert "has been used" in (why_waiver_fails(single, replace(CASE, used=("w-1",))) or "")


@pytest.mark.parametrize(("limit", "holds"), [(0.79, True), (0.80, False)])
def test_a_compensating_control_must_hold(limit: float, holds: bool) -> None:
    """Equality with the control's bound passes; below it the waiver does not hold."""
    control = MeasureBound(measure="roc_auc", at_least=limit)
    assert holds is (why_waiver_fails(waiver(compensating_controls=(control,)), CASE) is None)


def test_a_control_without_a_measured_value_does_not_hold() -> None:
    """A missing number never lets anything pass."""
    control = MeasureBound(measure="brier", at_most=1.0)
    assert "no measured value" in (why_waiver_fails(waiver(compensating_controls=(control,)), CASE) or "")


@pytest.mark.parametrize(
    "changed", [{"version": "2.0.1"}, {"model": "lending/card"}, {"policy": "f1"}, {"stage": "staging"}]
)
def test_a_waiver_is_about_one_exact_version(changed: dict[str, Any]) -> None:
    """Another version, model, policy or stage is not meant."""
    assert not is_about(waiver(**changed), CASE)
    assert is_about(waiver(), CASE)
