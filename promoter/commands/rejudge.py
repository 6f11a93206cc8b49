"""What was merged judged again: against the line before it, under the rules and at the moment of that time."""

from dataclasses import replace
from typing import Any

from promoter import __version__
from promoter.commands.case import Case, engine_digest, open_case
from promoter.commands.past import Past
from promoter.commands.reviewing import recorded_panel
from promoter.decision.decide import Session, decide
from promoter.decision.docket import Item
from promoter.decision.types import BoundTo, Decision, Verdict
from promoter.errors import Location, PolicyError, Problem, ProposalError
from promoter.history.event import Event
from promoter.history.landing import Landing
from promoter.history.people import People
from promoter.history.record import Record
from promoter.measure.request import Measurements


def open_merged(past: Past, landing: Landing) -> Case | tuple[Problem, ...]:
    """Return the case of what landed on the line, or why it cannot be one: there were no rules that could judge it."""
    line = past.timeline.line
    commit = line.commit_id(landing.last)
    if landing.first == 0:
        message = "nothing could judge the first commit: there were no rules before it"
        return (Problem(Location(commit), message, "have a person compare it with its source"),)
    try:
        return open_case(
            past.repository,
            base=line.commit_id(landing.first - 1),
            head=commit,
            is_worktree=False,
            at=line.at(landing.last),
        )
    except (ProposalError, PolicyError) as error:
        return error.problems


def decide_event(
    past: Past,
    event: Event,
    case: Case | tuple[Problem, ...],
    measurements: Measurements,
    people: People | None,
) -> dict[str, Any]:
    """Return the decision on what one event did, as `promoter.decision/1`; without people nobody has agreed."""
    if not isinstance(case, Case):
        return _undecided(past, event, case).as_json()
    session = Session(
        rules=case.rules,
        at=event.at,
        bound_to=case.bound_to,
        engine_version=__version__,
        engine_digest=engine_digest(),
        panel=recorded_panel(case, people) if people else None,
    )
    items = [item for item in case.items if is_about(item, event)]
    decision = decide(items, measurements, case.problems, session)
    if not items and not case.problems:
        message = f"the {event.kind} of {event.address} is no change that can be judged"
        problem = Problem(Location(event.path), message, "restore the file from the commit before")
        decision = replace(decision, problems=(problem,), verdict=Verdict.ERRORED)
    return decision.as_json()


def stored_measurements(case: Case | tuple[Problem, ...], record: Record) -> Measurements:
    """Return the answers that a record carries to the requests of a case; an answer it lacks is missing."""
    if not isinstance(case, Case):
        return {}
    requests = {request.digest: request for item in case.items for request in item.requests}
    answers = ((request, record.answer_to(digest)) for digest, request in requests.items())
    return {request: answer for request, answer in answers if answer is not None}


def is_about(item: Item, event: Event) -> bool:
    """Say whether an item of a docket is what an event of that commit did, and the commits that landed with it left."""
    change = item.change
    if event.stage is not None:
        is_left = event.version in (None, change.version)
        return is_left and (change.model, change.stage) == (event.model, event.stage)
    return (change.kind.value, change.model, change.version) == (event.kind.value, event.model, event.version)


def _undecided(past: Past, event: Event, problems: tuple[Problem, ...]) -> Decision:
    """Return the decision on a commit that no rules could judge."""
    line = past.timeline.line
    position = line.position_of(event.commit) or 0
    before = past.tree_at(position - 1) if position else None
    return Decision(
        engine_version=__version__,
        engine_digest=engine_digest(),
        decided_at=event.at.isoformat(timespec="seconds").replace("+00:00", "Z"),
        bound_to=BoundTo(
            head=event.commit,
            base=line.commit_id(position - 1) if position else "",
            merge_tree=line.tree_id(position).hex(),
            policy_tree=(before.tree_id_of("policies") if before else None) or "",
            champion=None,
        ),
        changes=(),
        problems=problems,
        verdict=Verdict.ERRORED,
    )
