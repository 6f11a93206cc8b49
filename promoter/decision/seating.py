"""Seats for the roles that are asked: who fills them, which stay open, and who can fill those.

An address that belongs to no known account adds a seat that any asked role may fill: whoever is behind it cannot be
told from the approvers.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from promoter.decision.hearing import Hearing
from promoter.decision.matching import fill_seats
from promoter.decision.people import Approval, Awaited, Disqualified
from promoter.decision.reviews import Account
from promoter.decision.types import Approvals

Seat = tuple[str, ...]
"""The roles of which one is needed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """An approval that counts, and the roles that it may serve."""

    account: Account
    commit: str
    at: datetime
    roles: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What the reviews of a change come to: by numeric id who agrees, what does not count, who requested changes."""

    agreements: Mapping[int, Agreement]
    disqualified: tuple[Disqualified, ...]
    objections: tuple[tuple[str, str], ...]
    """Pairs (role that is held, login)."""


def take_seats(hearing: Hearing, heard: Heard) -> Approvals:
    """Return the approvals: as many seats filled as can be, one person a seat."""
    seats: list[Seat] = [(role,) for role, count in sorted(hearing.needed.items()) for _ in range(count)]
    if hearing.exclusion.unknown_emails:
        seats.append(tuple(sorted(hearing.needed)))
    people = {person: agreement.roles for person, agreement in heard.agreements.items()}
    filled = fill_seats([frozenset(seat) for seat in seats], people)
    vacant = Counter(seat for position, seat in enumerate(seats) if position not in filled)
    given = [_approval(hearing, seats[position], heard.agreements[person]) for position, person in filled.items()]
    missing = {_label(seat): count for seat, count in vacant.items()}
    for role, _ in heard.objections:
        missing.setdefault(role, 1)
    return Approvals(
        required=tuple(sorted(Counter(map(_label, seats)).items())),
        given=tuple(sorted((entry.role, entry.login) for entry in given)),
        missing=tuple(sorted(missing.items())),
        grounds=tuple(sorted(given, key=lambda entry: (entry.role, entry.login))),
        awaited=(*_awaited(hearing, vacant, heard), *_awaited_objectors(hearing, heard)),
        disqualified=tuple(sorted(heard.disqualified, key=lambda entry: (entry.login, entry.reason))),
        objections=tuple(sorted(heard.objections)),
    )


def _approval(hearing: Hearing, seat: Seat, agreement: Agreement) -> Approval:
    return Approval(
        role=_label(seat),
        login=agreement.account.login,
        id=agreement.account.id,
        commit=agreement.commit,
        at=agreement.at,
        listed_in=hearing.membership.source(agreement.account, seat),
    )


def _awaited(hearing: Hearing, vacant: Mapping[Seat, int], heard: Heard) -> Iterator[Awaited]:
    """Yield the vacant seats with the members of their roles who had no hand in the change and have not agreed."""
    unknown = hearing.exclusion.unknown_emails
    extra = tuple(sorted(hearing.needed)) if unknown else None
    for seat, count in sorted(vacant.items()):
        reason = "approval is missing"
        if seat == extra:
            reason = f"one approver more than usual, since {unknown[0]} belongs to no known account"
        yield Awaited(
            role=_label(seat),
            count=count,
            contact=hearing.membership.contact(seat),
            since=hearing.panel.facts.waiting_since,
            people=hearing.membership.logins(seat, barring=hearing.exclusion, agreed=heard.agreements),
            reason=reason,
        )


def _awaited_objectors(hearing: Hearing, heard: Heard) -> Iterator[Awaited]:
    for role, login in sorted(heard.objections):
        yield Awaited(
            role=role,
            count=1,
            contact=hearing.membership.contact((role,)),
            since=hearing.panel.facts.waiting_since,
            people=(login,),
            reason=f"{login} requested changes",
        )


def _label(seat: Seat) -> str:
    return " or ".join(seat)
