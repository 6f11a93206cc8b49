"""Whether a waiver holds: one function, asked everywhere."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from promoter.measure.measurement import Measurement
from promoter.policy.policy import Policy
from promoter.policy.roles import Roles
from promoter.policy.settings import Settings
from promoter.policy.waiver import Waiver

FindMeasurement = Callable[[str], Measurement | None]
"""Measure name to its value over all rows of the candidate, or None where nothing measured it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WaiverCase:
    """All that decides whether a waiver holds. `used` holds the ids of single-use waivers already spent."""

    policy: Policy
    model: str
    version: str
    stage: str | None
    at: datetime
    settings: Settings
    roles: Roles
    used: Collection[str]
    find: FindMeasurement
    files: frozenset[tuple[str, str]] = frozenset()
    """Path and git id of what was found wrong in a change without a version."""


def is_about(waiver: Waiver, case: WaiverCase) -> bool:
    """Say whether the waiver names this policy, and exactly this version and this stage or any, or one of the files."""
    if waiver.files:
        named = {file.path for file in waiver.files}
        return waiver.policy == case.policy.id and any(path in named for path, _ in case.files)
    names = (waiver.policy, waiver.model, waiver.version)
    return names == (case.policy.id, case.model, case.version) and waiver.stage in (None, case.stage)


def why_waiver_fails(waiver: Waiver, case: WaiverCase) -> str | None:
    """Return why a waiver that is about the case does not hold, or None where it holds.

    It holds from not_before until expires, at most for the severity's life, when a member of the policy's owner who is
    not the requester approved it, when a single use is not spent, and while every compensating control holds.
    """
    life = timedelta(days=case.settings.waiver_days[case.policy.severity.value])
    owners = case.roles.roles.get(case.policy.owner)
    approvers = {member.login.casefold() for member in owners.members} if owners else set()
    if case.at < waiver.not_before:
        return f"it holds only from {waiver.not_before.isoformat()}"
    if case.at >= waiver.expires:
        return f"it expired at {waiver.expires.isoformat()}"
    if waiver.expires - waiver.not_before > life:
        return f"it runs longer than the {life.days} days that {case.policy.severity} severity allows"
    if waiver.approver.casefold() == waiver.requester.casefold():
        return f"{waiver.requester} asked for it and approved it"
    if waiver.approver.casefold() not in approvers:
        return f"{waiver.approver} is not in role {case.policy.owner}, which owns the policy"
    if waiver.single_use and waiver.id in case.used:
        return "it was for one promotion and has been used"
    for path, blob in sorted(case.files - {(file.path, file.blob) for file in waiver.files} if waiver.files else ()):
        return f"it does not accept {path} as it is here ({blob[:12]})"
    return _failing_control(waiver, case.find)


def _failing_control(waiver: Waiver, find: FindMeasurement) -> str | None:
    for control in waiver.compensating_controls:
        measurement = find(control.measure)
        wanted = f"{control.measure} {control.comparator} {control.limit:g}"
        if measurement is None or measurement.value is None:
            return f"its control {wanted} has no measured value"
        if control.margin(measurement.value) < 0:
            return f"its control {wanted} does not hold: {measurement.value:.4g}"
    return None
