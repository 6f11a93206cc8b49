"""What follows a recorded change of a stage: the next stage's pull request where the pipeline says so, a deployment."""

from collections.abc import Iterator
from dataclasses import dataclass

from promoter.commands.moving import Move, plan_move
from promoter.commands.past import Past
from promoter.commands.prospect import Lookout
from promoter.commands.rules_of_base import rules_of
from promoter.errors import PolicyError, PromoterError, ProposalError
from promoter.github.deployments import StageChange, State
from promoter.history.earliest import Earliest
from promoter.history.event import MOVES, Event, EventKind
from promoter.history.landing import registered_until
from promoter.history.outlook import Waiting, build_outlook
from promoter.history.record import Record, folder_of, read_record, record_names
from promoter.policy.rulebook import RuleBook
from promoter.registry.address import StageAddress
from promoter.registry.stock import Shelf


@dataclass(frozen=True, slots=True)
class Recorded:
    """A change of a stage, with its record."""

    event: Event
    record: Record

    @property
    def is_sound(self) -> bool:
        """Whether nothing that its record says leaves it UNVERIFIED."""
        try:
            return not self.record.faults
        except ValueError:
            return False


def recorded_moves(past: Past, since: str | None) -> Iterator[Recorded]:
    """Yield changes of stages from a commit of the line on, with their records, up to the first that has none.

    Where `since` is not on the line, as before the first deployment of all, each stage's last recorded change alone.
    """
    positions = past.timeline.positions
    moves = [event for event in past.timeline.events if event.kind in MOVES]
    if since is None or since not in positions:
        yield from _last_recorded(past, moves)
        return
    for event in moves:
        if positions[event.commit] >= positions[since]:
            record = _record_of(past, event)
            if record is None:
                return
            yield Recorded(event, record)


def _last_recorded(past: Past, moves: list[Event]) -> list[Recorded]:
    found: dict[str, Recorded] = {}
    for event in reversed(moves):
        record = None if event.address in found else _record_of(past, event)
        if record is not None:
            found[event.address] = Recorded(event, record)
    return sorted(found.values(), key=lambda recorded: past.timeline.positions[recorded.event.commit])


def _record_of(past: Past, event: Event) -> Record | None:
    folder = folder_of(event)
    for name in reversed(record_names(past.tree, folder)):
        try:
            record = read_record(past.tree, f"{folder}/{name}")
        except ProposalError:
            continue  # the audit names it; what is looked for is another
        if record.is_about(event):
            return record
    return None


def change_of(past: Past, recorded: Recorded) -> StageChange:
    """Return what GitHub is told of a change: the version with the place and digest of its artifact."""
    event, record = recorded.event, recorded.record
    version, is_retired = event.version, event.kind is EventKind.RETIREMENT
    payload = {
        "schema": "promoter.deployment/1",
        "kind": event.kind.value,
        "model": event.model,
        "stage": event.stage,
        "version": version,
        "replaced": event.replaced,
        "commit": event.commit,
        "record": record.path,
        "record_digest": record.digest,
        **_artifact(past, event),
    }
    told = f"serves {version}" if version else "serves nothing"
    if not recorded.is_sound:
        told = f"UNVERIFIED: {version or 'an unreadable pointer'} was merged without a sound record"
    state = State.INACTIVE if is_retired else State.SUCCESS
    return StageChange(
        environment=event.address,
        commit=event.commit,
        is_production=_is_last(past, event),
        state=state if recorded.is_sound else State.FAILURE,
        description=told,
        payload=payload,
    )


def _artifact(past: Past, event: Event) -> dict[str, str | None]:
    if event.version is None or event.model is None:
        return {"uri": None, "digest": None}
    landed = registered_until(past.timeline, past.tree, event.model, event.version)
    tree = past.tree_at(max(past.timeline.positions[event.commit], landed or 0))
    try:
        artifact = Shelf(tree, event.model).read_manifest(event.version).value.artifact
    except PromoterError:
        return {"uri": None, "digest": None}
    return {"uri": artifact.uri, "digest": artifact.digest}


def _rules(past: Past) -> RuleBook | None:
    try:
        return rules_of(past.tree)
    except PolicyError:
        return None


def _is_last(past: Past, event: Event) -> bool:
    rules = _rules(past)
    return rules is not None and rules.pipeline.stages[-1].id == event.stage


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """The move to the next stage, which change asked for it, and when soak and calendars let it be merged."""

    move: Move
    recorded: Recorded
    earliest: Earliest
    approvals: tuple[tuple[str, int], ...]

    @property
    def facts(self) -> tuple[tuple[str, str], ...]:
        """What its pull request says, as pairs (name, text)."""
        roles = ", ".join(f"{role} ({count})" if count > 1 else role for role, count in self.approvals)
        return (
            *self.move.facts,
            ("asked for by", f"{self.recorded.event.address} serves it: {self.recorded.record.path}"),
            ("earliest", f"{self.earliest.at:%Y-%m-%d %H:%M} UTC" if self.earliest.at else "not known"),
            ("waits for", "; ".join(self.earliest.reasons) or "people alone"),
            ("must agree", roles or "nobody beside the code owners"),
        )


def proposal_after(past: Past, recorded: Recorded) -> Proposal | None:
    """Return what the pipeline proposes after a promotion; None where that is nothing, or another change came since.

    Raises ProposalError where the move cannot be made.
    """
    event, rules = recorded.event, _rules(past)
    if event.kind is not EventKind.PROMOTION or not recorded.is_sound or rules is None or event.model is None:
        return None
    stage = next((stage for stage in rules.pipeline.stages if stage.id == event.stage), None)
    following = rules.pipeline.stage_after(event.stage or "")
    if stage is None or stage.then != "propose" or following is None:
        return None
    target = StageAddress(event.model, following)
    waiting = _waiting(past, rules, target)
    if waiting is None or waiting.version != event.version:
        return None
    # Seen from the change, so that another run says the same.
    prospect = Lookout.of(past, rules, at=event.at).prospect(target, waiting.version, change=None)
    if prospect is None:
        return None
    message = f"Promote {target} to {waiting.version}\n\nReason: {event.address} serves it; {recorded.record.path}\n"
    move = plan_move(past, target, waiting.version, keys={}, message=message)
    return Proposal(
        move=move,
        recorded=recorded,
        earliest=prospect.earliest,
        approvals=waiting.approvals,
    )


def _waiting(past: Past, rules: RuleBook, target: StageAddress) -> Waiting | None:
    """Return what waits before a stage at the tip: of its own model's events alone.

    Raises ProposalError where the model's files cannot be read.
    """
    events = [event for event in past.timeline.events if event.model == target.model]
    line = past.timeline.line
    outlooks = build_outlook(past.tree, rules, events, at=line.at(len(line) - 1))
    outlook = next((outlook for outlook in outlooks if outlook.address == target), None)
    if outlook is not None and outlook.problems:
        raise ProposalError(*outlook.problems)
    return outlook.waiting if outlook is not None else None
