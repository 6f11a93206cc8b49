"""Requires a change record for a move: why, at what risk, agreed by whom, and how it is undone.

## Checks
The stage's pointer names a ticket; the base holds its record; the record is about this version, has begun to take
effect and says enough of risk and way back; the people whom the policy asks for agreed, each in one role, and the
requester is none of them; the risk is one that the policy takes.

## Why
A pointer moves in one line. What it means for customers, who accepted that and how it is undone must be in writing
before it moves, or it is invented afterwards.

## Parameters
`approvals` (`role`, `count`), `risks`, `names_version`, `min_words`.

## Decision rule
The record is read from the base: one that the same pull request brings in was agreed by nobody yet. It is about the
version where title or reason holds the address, such as lending/mortgage@2.1.0. It takes effect from the beginning of
its day, UTC. One person fills one role. Word counts pass at their bound.

## Undecidable when
Approvals are asked for and the registry's roles were not read. Changes that move no stage are not judged.

## Example
```yaml
schema: promoter.policy/1
id: production-change-record
title: A move to production has an agreed change record
category: lifecycle
owner: compliance
rationale: SOC 2 CC8.1 (changes are authorised, documented and approved).
gate: change_record
parameters:
  approvals: [{role: risk}]
  risks: [low, medium]
applies_to:
  stages: [production]
severity: high
enforcement: block
remediation: Merge policies/changes/<ticket>.yaml first, and name the ticket as `change` in the stage's pointer.
```

## Sources
AICPA Trust Services Criteria, CC8.1. SR 11-7, section VI (governance). ISO/IEC 20000-1:2018, 8.5.1.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import UTC
from typing import Literal

from pydantic import Field

from promoter.errors import Location
from promoter.gates.contract.candidate import Candidate, Context
from promoter.gates.contract.claim import claim
from promoter.gates.contract.finding import Finding, hold
from promoter.gates.contract.gate import Gate, Parameters
from promoter.gates.contract.missing import advise
from promoter.measure.measurement import Measurement
from promoter.measure.request import Measurements, Request
from promoter.policy.bound import Bound
from promoter.policy.change import ChangeRecord, Risk
from promoter.policy.pipeline import ApprovalRule
from promoter.policy.policy import Category
from promoter.registry.address import VersionAddress


class ChangeRecordParameters(Parameters):
    """What a change record must say, and who must have agreed."""

    approvals: tuple[ApprovalRule, ...] = Field(
        default=(),
        description="Roles that agreed in the record, and how many people of each; none by default: the pipeline asks"
        " for approvals of the pull request itself.",
    )
    risks: tuple[Risk, ...] = Field(
        default=tuple(Risk), min_length=1, description="Outcomes of the risk assessment that may move; all by default."
    )
    names_version: Literal["require", "ignore"] = Field(
        default="require",
        description="Whether title or reason holds the version's address; required by default, or one ticket would"
        " carry any version.",
    )
    min_words: int = Field(
        default=5,
        ge=1,
        description="Words in risk assessment and in rollback plan, 1 or more each; 5 by default: less says nothing.",
    )


def measures(parameters: ChangeRecordParameters, candidate: Candidate) -> Sequence[Request]:
    """Return no request: pointer and record say all."""
    return ()


def judge(
    parameters: ChangeRecordParameters,
    measurements: Measurements,
    context: Context,
) -> Sequence[Finding]:
    """Return the findings on the ticket, and on its record where there is one."""
    candidate = context.candidate
    ticket = candidate.pointer.change if candidate.pointer else None
    record = context.record.changes.get(ticket) if ticket else None
    if ticket is None:
        message, hint = "the pointer names no change record", "add `change: <ticket>` to the stage's pointer"
    elif record is None:
        message = f"the base has no change record {ticket}"
        hint = f"merge policies/changes/{ticket}.yaml in a pull request of its own first, or correct the ticket"
    else:
        message, hint = f"change record {ticket}: {record.title}", ""
    first = claim("change_record", satisfied=record is not None, message=message, location=candidate.place, hint=hint)
    return [first] if record is None else [first, *_content(record, parameters, context)]


def _content(record: ChangeRecord, parameters: ChangeRecordParameters, context: Context) -> Iterator[Finding]:
    location = Location(f"policies/changes/{record.ticket}.yaml")
    if parameters.names_version == "require":
        release = context.candidate.release
        yield _names_version(record, str(VersionAddress(release.model.model, release.version)), location)
    today = context.at.astimezone(UTC).date()
    yield claim(
        "effective_from",
        satisfied=record.effective_from <= today,
        message=f"{record.ticket} takes effect on {record.effective_from}, the decision is of {today}",
        location=location,
        hint=f"wait until {record.effective_from}, or have an earlier day agreed",
    )
    yield claim(
        "risk",
        satisfied=record.risk in parameters.risks,
        message=f"the risk of {record.ticket} is {record.risk}, the policy takes {', '.join(parameters.risks)}",
        location=location,
        hint="reduce the risk, or ask the policy's owner for a waiver",
    )
    for name, text in (("risk_assessment", record.risk_assessment), ("rollback_plan", record.rollback_plan)):
        words = Measurement(measure=f"{name}_words", value=float(len(text.split())), n=1, unit="word")
        finding = hold(words, Bound(at_least=parameters.min_words), location=location, near_miss=context.near_miss)
        yield advise(finding, failed=f"write {name} out in the record, so that whoever agrees to it can judge it")
    if parameters.approvals:
        yield from _agreed(record, parameters.approvals, context, location)


def _names_version(record: ChangeRecord, address: str, location: Location) -> Finding:
    """Return whether title or reason holds the address, not as a part of a longer one."""
    alone = re.compile(rf"(?<![\w/.-]){re.escape(address)}(?![\w-]|\.\w)")
    is_named = any(alone.search(text) for text in (record.title, record.reason))
    return claim(
        "names_version",
        satisfied=is_named,
        message=f"{record.ticket} {'is' if is_named else 'is not'} about {address}",
        location=location,
        hint=f"write a record for this move, with {address} in its title",
    )


def _agreed(
    record: ChangeRecord, approvals: Sequence[ApprovalRule], context: Context, location: Location
) -> Iterator[Finding]:
    """Yield one finding a role: whether enough people of it agreed, none of them twice nor the requester."""
    requester = record.requester.casefold()
    people = list(dict.fromkeys(login.casefold() for login in record.approvers if login.casefold() != requester))
    seats = [rule.role for rule in approvals for _ in range(rule.count)]
    seated = _seat(seats, people, context)
    for rule in approvals:
        taken = [person for seat, person in seated if seat == rule.role]
        is_enough = len(taken) >= rule.count if context.record.roles else None
        names = ", ".join(taken) or "nobody"
        yield claim(
            "approvals",
            satisfied=is_enough,
            message=f"{names} agreed to {record.ticket} for role {rule.role}, {rule.count} asked"
            + ("" if context.record.roles else "; no roles were read"),
            location=location,
            hint=f"ask a member of {rule.role} other than {record.requester} to agree, in a pull request to the record",
            slice_=(("role", rule.role),),
        )


def _seat(seats: Sequence[str], people: Sequence[str], context: Context) -> list[tuple[str, str]]:
    """Return (role, person) pairs, as many as can be, each person once. Method: augmenting paths (Berge 1957)."""
    holder: dict[int, str] = {}

    def find_seat(person: str, tried: set[int]) -> bool:
        for seat, role in enumerate(seats):
            if seat in tried or not context.record.holds_role(person, role):
                continue
            tried.add(seat)
            if seat not in holder or find_seat(holder[seat], tried):
                holder[seat] = person
                return True
        return False

    for person in people:
        find_seat(person, set())
    return [(seats[seat], person) for seat, person in sorted(holder.items())]


def _why_not(parameters: ChangeRecordParameters, candidate: Candidate) -> str | None:
    return None if candidate.stage else "no stage is moved"


GATE = Gate(
    name="change_record",
    category=Category.LIFECYCLE,
    parameters=ChangeRecordParameters,
    measures=measures,
    judge=judge,
    not_applicable=_why_not,
)
