"""When a move may be merged at the earliest: the soak, the calendar and the change record that stand before it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from promoter.document.bind import bind_value
from promoter.gates.freeze_window import GATE as _GATE
from promoter.gates.freeze_window import FreezeWindowParameters
from promoter.history.event import Event
from promoter.policy.opening import HORIZON_DAYS, closed_by, next_opening
from promoter.policy.pipeline import StageRules, Window
from promoter.policy.policy import Enforcement
from promoter.policy.rulebook import PolicyFile, RuleBook
from promoter.policy.selector import Selector, Subject
from promoter.registry.changes import ChangeKind


@dataclass(frozen=True, slots=True)
class Calendar:
    """The windows of one policy, and the moves that it judges."""

    applies_to: Selector
    windows: tuple[Window, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Earliest:
    """The first instant at which nothing but people stands before a move, and what stands before it until then.

    `at` is None where no instant is known: the version is not in the stage before, or no window opens in time.
    """

    at: datetime | None
    reasons: tuple[str, ...] = ()


def earliest_move(
    rules: RuleBook,
    windows: Sequence[Window],
    *,
    soaks_until: datetime | None,
    change: str | None,
    at: datetime,
) -> Earliest:
    """Return when a move is free at the earliest, seen from `at`; `windows` are those that judge it.

    `soaks_until` is the end of the time in the stage before, None where the version is not there; `change` is the
    ticket that the pointer names. An allowed instant is looked for from the last of these on.
    """
    reasons: list[str] = []
    if soaks_until is None:
        return Earliest(at=None, reasons=("it is not in the stage before",))
    free = max(at, soaks_until)
    if soaks_until > at:
        reasons.append(f"soaks until {_shown(soaks_until)}")
    record = next((record for record in rules.changes if record.ticket == change), None) if change else None
    if change is not None and record is None:
        reasons.append(f"change record {change} is not merged yet")
    elif record is not None and (effective := datetime.combine(record.effective_from, time(), UTC)) > free:
        free = effective
        reasons.append(f"{change} takes effect on {record.effective_from}")
    closed = closed_by(windows, free)
    opening = next_opening(windows, free)
    if closed is not None:
        reasons.append(f"closed at {_shown(free)}: {closed}")
        if opening is None:
            reasons.append(f"no window opens within {HORIZON_DAYS} days")
    return Earliest(at=opening, reasons=tuple(reasons))


def read_calendars(rules: RuleBook, *, at: datetime) -> tuple[Calendar, ...]:
    """Return the calendars that block at a moment. Raises ProposalError for parameters that are none."""
    policies = (file for file in rules.policies if file.policy.gate == _GATE.name)
    blocking = (file for file in policies if file.policy.enforcement is Enforcement.BLOCK)
    return tuple(
        Calendar(file.policy.applies_to, _parameters(file).windows)
        for file in blocking
        if file.policy.is_in_force(at.date())
    )


def _parameters(file: PolicyFile) -> FreezeWindowParameters:
    place = file.document.location(("parameters",))
    return bind_value(file.policy.parameters, FreezeWindowParameters, location_of=lambda _keys: place)


def windows_of(rules: RuleBook, calendars: Iterable[Calendar], subject: Subject) -> Iterator[Window]:
    """Yield the windows of every calendar that judges such a move; the pipeline's are for promotions."""
    held = [calendar.windows for calendar in calendars if calendar.applies_to.misses(subject) is None]
    if held or subject.kind is ChangeKind.PROMOTION:
        yield from rules.pipeline.windows
    for windows in held:
        yield from windows


def soak_end(upstream: Sequence[Event], version: str, rules: StageRules) -> datetime | None:
    """Return the end of a version's time in the stage before, from that one's moves; None where it is not there."""
    if not upstream or upstream[-1].version != version:
        return None
    return upstream[-1].at + timedelta(days=rules.soak_days)


def _shown(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")
