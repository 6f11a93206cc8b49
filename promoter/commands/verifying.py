"""The history against its records: each change has one, each is sound, follows the one before, and never changed."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from promoter.commands.case import Case
from promoter.commands.judging import Workshop, measure_case
from promoter.commands.past import Past
from promoter.commands.rejudge import decide_event, open_merged, stored_measurements
from promoter.commands.sharing import past_at, share_out
from promoter.digest import sha256_bytes
from promoter.errors import Problem, ProposalError
from promoter.history.event import RECORDED, Event, EventKind
from promoter.history.landing import landing_of, registered_until
from promoter.history.record import (
    DECISIONS,
    Record,
    folder_of,
    read_record,
    record_names,
    version_of,
    write_record,
)
from promoter.history.sameness import decide_the_same
from promoter.history.walk import replaced_files
from promoter.measure.request import Measurements
from promoter.registry.layout import RECORDS

Shelf = tuple[str, Sequence[Event]]
"""A folder of records, and the changes that it must hold a record of, oldest first."""

_WORTH_PROCESSES = 500
"""Changes from which on a process more saves what it costs to start one."""
_PART = 20
"""Folders that one process takes at a time."""
_FOREIGN = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)
"""What JSON of any shape raises in what takes it for a decision; it is one finding, and the audit goes on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What is not as it was recorded. `is_unverified`: a change that no sound record stands for."""

    subject: str
    message: str
    is_unverified: bool
    commit: str | None = None
    author: str | None = None

    def as_json(self) -> dict[str, Any]:
        """Return the published form."""
        return {
            "subject": self.subject,
            "message": self.message,
            "unverified": self.is_unverified,
            "commit": self.commit,
            "author": self.author,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """How much was looked at, and what was found."""

    changes: int
    records: int
    findings: tuple[Finding, ...]


def check_line(past: Past) -> tuple[Finding, ...]:
    """Return whether history was rewritten since the last whole audit on this machine."""
    last = past.timeline.verified_head
    if last is None or last in past.timeline.positions:
        return ()
    message = (
        f"history was rewritten: {last}, which was audited on this machine, is no longer on the branch; once it is"
        f" known who did it and why, `rm {past.index_folder}/verified-head` accepts the line as it is now"
    )
    return (Finding(subject=last[:10], message=message, is_unverified=False),)


def verify(past: Past, *, start: int, remeasure: bool) -> Verification:
    """Return what is wrong with the changes after a position of the line, and with all records of the tip.

    1. Records: names without a gap, readable, each naming the digest of the one before, each about a change of the
    line. 2. Changes: each has a record that let it through. 3. Records: made again, byte by byte the same.
    4. Merged versions and records were never changed.
    """
    positions = past.timeline.positions
    events = [event for event in past.timeline.events if event.kind in RECORDED]
    by_folder: dict[str, list[Event]] = {folder: [] for folder in _record_folders(past)}
    for event in events:
        by_folder.setdefault(folder_of(event), []).append(event)
    findings: list[Finding] = []
    count = 0
    with TemporaryDirectory(prefix="promoter-audit-") as folder:
        # Answers of earlier runs are no evidence: measuring again begins with an empty cache.
        workshop = Workshop(cache=Path(folder)) if remeasure else None
        for records, found in _check_all(past, tuple(by_folder.items()), start, workshop):
            count += records
            findings += found
    findings += _changed_for_good(past, start)
    return Verification(
        changes=sum(positions[event.commit] > start for event in events), records=count, findings=tuple(findings)
    )


def _record_folders(past: Past) -> list[str]:
    return sorted({entry.path.rsplit("/", 1)[0] for entry in past.tree.walk(DECISIONS)})


def _read_chain(past: Past, folder: str) -> tuple[list[Record], list[Finding]]:
    """Return the records of a folder that can be read, and what is wrong with their names, numbers and chain."""
    records: list[Record] = []
    findings: list[Finding] = []
    previous: str | None = None
    for number, name in enumerate(record_names(past.tree, folder), 1):
        path = f"{folder}/{name}"
        try:
            record = read_record(past.tree, path, is_whole=False)
        except ProposalError as error:
            findings.append(Finding(subject=path, message=error.problems[0].message, is_unverified=False))
            previous = None
            continue
        if record.sequence != number or record.value.get("sequence") != number:
            message = f"it should have number {number}: a record is missing before it, or was added by hand"
            findings.append(Finding(subject=path, message=message, is_unverified=False))
        elif record.value.get("previous") != previous:
            message = "it does not name the digest of the record before it: one of the two was changed"
            findings.append(Finding(subject=path, message=message, is_unverified=False))
        records.append(record)
        previous = record.digest
    return records, findings


def _match(
    past: Past, events: Sequence[Event], records: Sequence[Record]
) -> tuple[list[tuple[Event, Record]], list[Finding]]:
    """Pair changes with records; a record of no change, a second one and a change without one are findings."""
    pairs: list[tuple[Event, Record]] = []
    findings: list[Finding] = []
    left = list(events)
    for record in records:
        event = next((event for event in left if record.is_about(event)), None)
        if event is None or record.version != version_of(event) or record.path.rpartition("/")[0] != folder_of(event):
            message = "no change of the history is what it describes, or another record describes it too"
            findings.append(Finding(subject=record.path, message=message, is_unverified=False))
            continue
        left.remove(event)
        pairs.append((event, record))
    findings += [unverified(past, event, "it has no decision record: it went around the gate") for event in left]
    return pairs, findings


def _check_all(
    past: Past, shelves: Sequence[Shelf], start: int, workshop: Workshop | None
) -> Iterator[tuple[int, list[Finding]]]:
    """Yield count and findings of each folder in turn; many folders are shared out among processes."""
    if workshop is not None or sum(len(events) for _, events in shelves) < _WORTH_PROCESSES:
        yield from (_check_folder(past, shelf, start, workshop) for shelf in shelves)
        return
    parts = [shelves[first : first + _PART] for first in range(0, len(shelves), _PART)]
    jobs = [(past.repository.folder, past.tip, part, start) for part in parts]
    for found in share_out(_check_part, jobs):
        yield from found


def _check_part(job: tuple[Path, str, Sequence[Shelf], int]) -> list[tuple[int, list[Finding]]]:
    """Return count and findings of some folders, in a process of its own that opens the repository once."""
    folder, tip, shelves, start = job
    past = past_at(folder, tip)
    return [_check_folder(past, shelf, start, None) for shelf in shelves]


def _check_folder(past: Past, shelf: Shelf, start: int, workshop: Workshop | None) -> tuple[int, list[Finding]]:
    """Return how many records a folder holds, and what is wrong with them and with the changes they are about.

    One folder's records are in memory at a time: those of a whole registry would not fit.
    """
    folder, events = shelf
    positions = past.timeline.positions
    records, findings = _read_chain(past, folder)
    pairs, found = _match(past, events, records)
    findings += [item for item in found if item.commit is None or positions[item.commit] > start]
    for event, record in pairs:
        if positions[event.commit] > start:
            findings += judge_again(past, event, record, workshop)
    return len(records), findings


def judge_again(past: Past, event: Event, record: Record, workshop: Workshop | None) -> Iterator[Finding]:
    """Yield what the record of a change says against it, and that it comes out differently when it is made again."""
    try:
        people = record.people
        case = open_merged(past, landing_of(past.timeline, event.commit, people.merged if people else None))
        measured = measure_case(case, workshop=workshop) if workshop is not None and isinstance(case, Case) else None
        content, decision = _made_again(past, event, record, case, measured)
        is_same = sha256_bytes(content) == record.digest or _is_of_another_engine(past, record, content, decision)
        faults = record.faults
    except _FOREIGN as error:
        why = f"{type(error).__name__}: {error}"
        yield unverified(past, event, f"{record.path} holds no decision that can be judged again ({why})")
        return
    if not is_same:
        engine = record.decision.get("engine")
        by = "" if engine == decision["engine"] else f"; another engine made it, {engine!r}: audit it with that one"
        source = "from its own measurements" if workshop is None else "from its evidence"
        message = f"made again {source}, {record.path} comes out differently ({decision['verdict']}){by}"
        yield unverified(past, event, message)
    yield from (unverified(past, event, fault) for fault in faults)


def _is_of_another_engine(past: Past, record: Record, content: bytes, decision: Mapping[str, Any]) -> bool:
    """Say whether another engine made a record, and this one decides the same in other words."""
    if record.decision.get("engine") == decision["engine"]:
        return False
    try:
        whole = read_record(past.tree, record.path)
    except ProposalError:  # the lines of its results, which were left out so far, are no JSON
        return False
    return decide_the_same(whole.value, json.loads(content))


def _made_again(
    past: Past,
    event: Event,
    record: Record,
    case: Case | tuple[Problem, ...],
    measured: Measurements | None,
) -> tuple[bytes, dict[str, Any]]:
    """Return the bytes of a record made again, and its decision: from what was measured now, else from its numbers.

    Raises one of `_FOREIGN` where it holds no decision: a stranger may have pushed any JSON.
    """
    stored, people = stored_measurements(case, record), record.people
    decision = decide_event(past, event, case, stored if measured is None else measured, people)
    # The engine of that day cannot be run again; all else must come out byte by byte.
    _, content = write_record(
        event,
        decision | {"engine": record.decision.get("engine")},
        past.credit(event.commit),
        sequence=record.sequence,
        previous=record.value.get("previous"),
        people=people,
    )
    return content, decision


def _changed_for_good(past: Past, start: int) -> Iterator[Finding]:
    """Yield merged versions and records that a later commit changed or removed."""
    line = past.timeline.line
    for event in past.timeline.events:
        if event.kind is EventKind.ALTERATION and _is_late(past, event, start):
            yield unverified(past, event, "a merged version was changed; it never may be")
    for position in range(max(start, 0) + 1, len(line)):
        before, after = line.tree_id(position - 1), line.tree_id(position)
        for path in replaced_files(past.reader, RECORDS.encode(), before, after):
            commit = line.commit_id(position)
            author = past.credit(commit).author
            message = "a record was changed or removed after it was written"
            yield Finding(subject=path, message=message, is_unverified=False, commit=commit, author=author)


def _is_late(past: Past, event: Event, start: int) -> bool:
    """Say whether a version was altered after a position, and after all commits that its registration landed as."""
    complete = registered_until(past.timeline, past.tree, event.model or "", event.version or "")
    return past.timeline.positions[event.commit] > max(start, -1 if complete is None else complete)


def unverified(past: Past, event: Event, message: str) -> Finding:
    """Return the finding that no sound record stands for a change."""
    author = past.credit(event.commit).author
    subject = f"{event.kind} {event.address}{f' {event.version}' if event.stage and event.version else ''}"
    return Finding(subject=subject, message=message, is_unverified=True, commit=event.commit, author=author)
