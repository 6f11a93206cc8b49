"""Changes of a period that no record stands for: what went around the gate belongs into the bundle of its period."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any

from promoter.commands.exhibits import events_about
from promoter.commands.past import Past
from promoter.commands.verifying import Finding, unverified
from promoter.errors import Location, Problem, ProposalError
from promoter.history.event import Event
from promoter.history.record import Record, folder_of, identity_of, read_record, record_names


def match_records(past: Past, events: Sequence[Event]) -> tuple[tuple[str, ...], tuple[dict[str, Any], ...]]:
    """Return the paths of the records of some changes, and what a record would say of each change that has none.

    A file that is no record, or is about another change, stands for none of them.
    """
    by_folder: dict[str, list[Event]] = defaultdict(list)
    for event in events:
        by_folder[folder_of(event)].append(event)
    paths: list[str] = []
    gaps: list[dict[str, Any]] = []
    for folder, left in sorted(by_folder.items()):
        for record in _records_in(past, folder):
            found = next((event for event in left if record.is_about(event)), None)
            if found is not None and _is_whole(past, record):
                left.remove(found)
                paths.append(record.path)
        gaps += map(identity_of, left)
    return tuple(paths), tuple(gaps)


def prove_gaps(past: Past, gaps: Sequence[Mapping[str, Any]]) -> Iterator[Finding]:
    """Yield that each of these changes has no record. Raises ProposalError where one is none, or has one."""
    for gap in gaps:
        position = past.timeline.positions.get(str(gap.get("commit")))
        found = () if position is None else events_about(past, gap.get("model"), gap.get("stage"), position)
        event = next((event for event in found if identity_of(event) == gap), None)
        if event is None or _has_record(past, event):
            message = "no change of the history is this one, or it has a record"
            raise ProposalError(Problem(Location(str(gap.get("commit"))), message, "see `promoter audit verify`"))
        yield unverified(past, event, "it has no decision record: it went around the gate")


def _has_record(past: Past, event: Event) -> bool:
    records = _records_in(past, folder_of(event))
    return any(record.is_about(event) and _is_whole(past, record) for record in records)


def _is_whole(past: Past, record: Record) -> bool:
    """Say whether the lines of a record that are left out at first, its results and answers, can be read too."""
    with suppress(ProposalError):
        read_record(past.tree, record.path)
        return True
    return False


def _records_in(past: Past, folder: str) -> Iterator[Record]:
    for name in record_names(past.tree, folder):
        with suppress(ProposalError):
            yield read_record(past.tree, f"{folder}/{name}", is_whole=False)
