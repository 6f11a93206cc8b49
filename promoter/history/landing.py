"""Which commits of the line one pull request landed as: one, or after a rebase several, which were agreed to as one.

What a rebase leaves between its first and its last commit nobody proposed and nobody reviewed: a version's folder is
half there, a pointer points at what comes next. So the change is judged from before the first to the last, and a
version is what the last one left. Git alone cannot tell such commits from others; the record keeps what GitHub says.
"""

from dataclasses import dataclass

from promoter.errors import ProposalError
from promoter.history.event import EventKind
from promoter.history.people import Merged
from promoter.history.record import DECISIONS, VERSIONS, Record, read_record, record_names
from promoter.history.timeline import Timeline
from promoter.registry.tree import Tree


@dataclass(frozen=True, slots=True)
class Landing:
    """Positions of the line, of the first and of the last commit."""

    first: int
    last: int


def landing_of(timeline: Timeline, commit: str, merged: Merged | None) -> Landing:
    """Return how a commit of the line landed.

    Raises ValueError where it is not among the commits that are named, or records were written between them: what a
    rebase lands lands at once, so a record that names more would pass off what came later as registered.
    """
    position = timeline.positions[commit]
    if merged is None or merged.rebased is None:
        return Landing(position, position)
    first, last = (timeline.positions.get(name) for name in merged.rebased)
    if first is None or last is None or not first <= position <= last:
        raise ValueError(f"{commit} is not among the commits that its pull request was rebased as")
    if next(timeline.changes_back((DECISIONS,), until=last, down_to=first), None) is not None:
        raise ValueError(f"records were written between {merged.rebased[0]} and {merged.rebased[1]}")
    return Landing(first, last)


def registered_until(timeline: Timeline, tree: Tree, model: str, version: str) -> int | None:
    """Return the position of the commit that completed a version's registration, by the records of a tree.

    None where no record of it can be read, or it was merged as one commit.
    """
    record = _registration(tree, model, version)
    try:
        people = record.people if record is not None else None
        if record is None or people is None or people.merged.rebased is None:
            return None
        return landing_of(timeline, str(record.value.get("commit")), people.merged).last
    except (LookupError, ValueError):
        return None


def _registration(tree: Tree, model: str, version: str) -> Record | None:
    folder = f"{DECISIONS}/{model}/{VERSIONS}"
    for name in record_names(tree, folder):
        if name.partition("-")[2] == f"{version}.json":
            try:
                record = read_record(tree, f"{folder}/{name}", is_whole=False)
            except ProposalError:
                continue
            if record.value.get("kind") == EventKind.REGISTRATION:
                return record
    return None
