"""The records of merged changes made: judged again, numbered and chained, the same bytes in one process or in many."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from promoter.commands.attending import BRING_AGAIN, people_of
from promoter.commands.case import Case
from promoter.commands.judging import Workshop, measure_case
from promoter.commands.past import Past
from promoter.commands.rejudge import decide_event, is_about, open_merged
from promoter.commands.sharing import past_at, share_out
from promoter.digest import sha256_bytes
from promoter.errors import Location, Problem, ServiceError
from promoter.history.event import Event
from promoter.history.landing import Landing, landing_of
from promoter.history.people import Merged, People
from promoter.history.record import folder_of, read_record, record_names, sequence_of, write_record
from promoter.measure.request import Measurements

_WORTH_PROCESSES = 500
"""Changes from which on a process more saves what it costs to start one."""
_PART = 100
"""Changes that one process takes at a time; those that belong together are never parted."""
_MOST_PROCESSES = 4
"""Each may measure, in a gigabyte."""

File = tuple[str, bytes]
Brought = Mapping[str, Merged] | None
"""What GitHub says of each commit; None where it was not asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Job:
    folder: Path
    tip: str
    events: Sequence[Event]
    workshop: Workshop
    brought: Brought


def make_all(past: Past, events: Sequence[Event], workshop: Workshop, brought: Brought = None) -> list[File]:
    """Return path and bytes of the records of events, in the order of these; many are shared out among processes.

    Each record names the one before it in its folder, and none knows of other folders. So a process makes whole
    folders, and each commit is measured by one. Raises as `make_records` does.
    """
    if len(events) < _WORTH_PROCESSES:
        return list(make_records(past, events, workshop, brought))
    parts = list(_parts_of(events))
    jobs = [_job(past, [events[place] for place in part], workshop, brought) for part in parts]
    made: dict[int, File] = {}
    for part, records in zip(parts, share_out(_make_part, jobs, most_processes=_MOST_PROCESSES), strict=True):
        made.update(zip(part, records, strict=True))
    return [made[place] for place in range(len(events))]


def _parts_of(events: Sequence[Event]) -> Iterator[list[int]]:
    """Yield the places of events in parts: what shares a folder or a commit is in one."""
    leaders: dict[str, str] = {}

    def leader_of(name: str) -> str:
        while (above := leaders.setdefault(name, name)) != name:
            leaders[name] = leaders[above]
            name = above
        return name

    for event in events:
        leaders[leader_of(event.commit)] = leader_of(folder_of(event))
    groups: dict[str, list[int]] = defaultdict(list)
    for place, event in enumerate(events):
        groups[leader_of(event.commit)].append(place)
    part: list[int] = []
    for group in groups.values():
        part += group
        if len(part) >= _PART:
            yield sorted(part)
            part = []
    if part:
        yield sorted(part)


def _job(past: Past, events: Sequence[Event], workshop: Workshop, brought: Brought) -> _Job:
    commits = {event.commit for event in events}
    told = None if brought is None else {commit: merged for commit, merged in brought.items() if commit in commits}
    return _Job(folder=past.repository.folder, tip=past.tip, events=events, workshop=workshop, brought=told)


def _make_part(job: _Job) -> list[File]:
    """Return the records of a part, in a process of its own."""
    past = past_at(job.folder, job.tip)
    return list(make_records(past, job.events, job.workshop, job.brought))


def make_records(past: Past, events: Sequence[Event], workshop: Workshop, brought: Brought = None) -> Iterator[File]:
    """Yield path and bytes of the records of events, each numbered and chained after the last of its folder.

    Raises ServiceError for a commit of which GitHub, where it was asked, says nothing.
    """
    latest: dict[str, tuple[int, str | None]] = {}
    by_commit: dict[str, list[Event]] = defaultdict(list)
    for event in events:
        by_commit[event.commit].append(event)
    for commit, together in by_commit.items():
        case = open_merged(past, _landing(past, commit, brought))
        measurements: Measurements = {} if isinstance(case, tuple) else measure_case(case, workshop=workshop)
        for event in together:
            folder = folder_of(event)
            number, previous = latest.get(folder) or _last_record(past, folder)
            people = None if brought is None else _people(case, event, brought)
            decision = decide_event(past, event, case, measurements, people)
            path, content = write_record(
                event, decision, past.credit(commit), sequence=number + 1, previous=previous, people=people
            )
            latest[folder] = number + 1, sha256_bytes(content)
            yield path, content


def _landing(past: Past, commit: str, brought: Brought) -> Landing:
    try:
        return landing_of(past.timeline, commit, (brought or {}).get(commit))
    except ValueError as error:
        problem = Problem(Location(commit), f"what was brought is of another branch: {error}", BRING_AGAIN)
        raise ServiceError(problem) from error


def _last_record(past: Past, folder: str) -> tuple[int, str | None]:
    names = record_names(past.tree, folder)
    if not names:
        return 0, None
    return sequence_of(names[-1]) or 0, read_record(past.tree, f"{folder}/{names[-1]}").digest


def _people(case: Case | tuple[Problem, ...], event: Event, brought: Mapping[str, Merged]) -> People:
    if not isinstance(case, Case):
        return people_of(event, None, [], brought)
    return people_of(event, case, [item for item in case.items if is_about(item, event)], brought)
