"""Keeps moves out of freezes, and inside of the windows in which somebody is there to watch.

## Checks
At the moment of the decision no exclude window holds, and where there are allow windows, one of them does: those of
policies/pipeline.yaml and those of the policy together. An agreed emergency may pass.

## Why
A move on the evening before a holiday, or during the yearly accounts, meets the customers before it meets anybody who
could take it back.

## Parameters
`windows` (`kind`, `reason`, `weekdays`, `from_time`, `to_time`, `from_date`, `to_date`, `timezone`), `emergency`,
`emergency_role`.

## Decision rule
Windows are in local time of an IANA zone: an instant is turned into the zone's wall-clock time, so a changed clock
makes nothing ambiguous. A window holds from its start up to, not including, its end; one that ends at or before its
start runs past midnight and belongs to the day on which it began. Exclude wins. The emergency lane takes a change
record of the base with `emergency: true`, in effect, agreed by a member of the role who is not the requester.

## Undecidable when
Never; a zone or a time that does not exist ends in an error for the policy's owner. Changes that move no stage are
not judged.

## Example
```yaml
schema: promoter.policy/1
id: no-friday-evenings
title: Nothing moves to production when nobody is there
category: lifecycle
owner: platform
rationale: The people who could take it back are at home.
gate: freeze_window
parameters:
  windows:
    - {kind: exclude, reason: weekend, weekdays: [fri], from_time: "16:00", to_time: "24:00", timezone: Europe/Berlin}
    - {kind: exclude, reason: weekend, weekdays: [sat, sun], timezone: Europe/Berlin}
    - {kind: exclude, reason: yearly accounts, from_date: 2026-12-18, to_date: 2027-01-03, timezone: Europe/Berlin}
  emergency: change_record
  emergency_role: platform
applies_to:
  stages: [production]
severity: high
enforcement: block
remediation: Wait for the opening that is named, or have an emergency change record agreed.
```

## Sources
IANA Time Zone Database; PEP 615 and PEP 495 (folds). ISO/IEC 20000-1:2018, 8.5.1.3 (emergency changes).
"""

from collections.abc import Sequence
from datetime import UTC
from typing import Literal

from pydantic import Field

from promoter.gates.contract.candidate import Candidate, Context
from promoter.gates.contract.claim import claim
from promoter.gates.contract.finding import Finding
from promoter.gates.contract.gate import Gate, Parameters
from promoter.measure.request import Measurements, Request
from promoter.policy.opening import HORIZON_DAYS, closed_by, next_opening
from promoter.policy.pipeline import Window
from promoter.policy.policy import Category
from promoter.registry.address import Identifier


class FreezeWindowParameters(Parameters):
    """Windows of this policy, and who may pass."""

    windows: tuple[Window, ...] = Field(
        default=(), description="Windows beside those of policies/pipeline.yaml; none by default: those say enough."
    )
    emergency: Literal["change_record", "refuse"] = Field(
        default="refuse",
        description="change_record: an agreed emergency passes; refuse: nothing does, the default, since a rollback"
        " needs no lane.",
    )
    emergency_role: Identifier | None = Field(
        default=None, description="Role of which one member agreed to the emergency; by default any agreement will do."
    )


def measures(parameters: FreezeWindowParameters, candidate: Candidate) -> Sequence[Request]:
    """Return no request: the moment and the windows say all."""
    return ()


def judge(
    parameters: FreezeWindowParameters,
    measurements: Measurements,
    context: Context,
) -> Sequence[Finding]:
    """Return one finding: open, closed, or passed in an emergency."""
    windows = (*context.pipeline.windows, *parameters.windows)
    reason = closed_by(windows, context.at)
    moment = context.at.isoformat(timespec="minutes")
    if reason is None:
        satisfied, message, hint = True, f"moves are allowed at {moment}", ""
    else:
        ticket, why_not = _emergency(parameters, context)
        satisfied = ticket is not None
        end = f"{ticket} passes as an emergency" if satisfied else why_not
        message, hint = f"closed at {moment}: {reason}; {end}", _opening(windows, context)
    return [claim("open", satisfied=satisfied, message=message, location=context.candidate.place, hint=hint)]


def _opening(windows: Sequence[Window], context: Context) -> str:
    opening = next_opening(windows, context.at)
    if opening is None:
        return f"no window opens within {HORIZON_DAYS} days; ask the platform role for the calendar"
    return f"earliest at {opening.isoformat(timespec='minutes')}; run the check again then"


def _emergency(parameters: FreezeWindowParameters, context: Context) -> tuple[str | None, str]:
    """Return the ticket that passes, or why none does."""
    if parameters.emergency == "refuse":
        return None, "the policy has no emergency lane"
    pointer = context.candidate.pointer
    ticket = pointer.change if pointer else None
    record = context.record.changes.get(ticket) if ticket else None
    if record is None:
        return None, f"the base has no change record {ticket}" if ticket else "the pointer names no change record"
    if not record.emergency:
        return None, f"{ticket} is no emergency"
    if record.effective_from > context.at.astimezone(UTC).date():
        return None, f"{ticket} takes effect on {record.effective_from}"
    others = [login for login in record.approvers if login.casefold() != record.requester.casefold()]
    role = parameters.emergency_role
    if not any(role is None or context.record.holds_role(login, role) for login in others):
        return None, f"nobody{f' of role {role}' if role else ''} agreed to {ticket}"
    return ticket, ""


def _why_not(parameters: FreezeWindowParameters, candidate: Candidate) -> str | None:
    return None if candidate.stage else "no stage is moved"


GATE = Gate(
    name="freeze_window",
    category=Category.LIFECYCLE,
    parameters=FreezeWindowParameters,
    measures=measures,
    judge=judge,
    not_applicable=_why_not,
)
