"""A commit as history and approvals need it."""

from dataclasses import dataclass
from datetime import UTC, datetime

import pygit2

from promoter.errors import Location, Problem, ProposalError


@dataclass(frozen=True, slots=True)
class Person:
    """Who a commit says wrote it; anyone can claim any name, so this proves nothing."""

    name: str
    email: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Commit:
    """One commit. `committed_at` is the committer's time in UTC; text that is not UTF-8 shows U+FFFD."""

    id: str
    tree_id: str
    parent_ids: tuple[str, ...]
    author: Person
    committer: Person
    committed_at: datetime
    message: str


def as_commit(raw: pygit2.Commit) -> Commit:
    """Return pygit2's commit as a value. Raises ProposalError where its time is none that a calendar has."""
    try:
        committed_at = datetime.fromtimestamp(raw.commit_time, UTC)
    except (ValueError, OverflowError, OSError) as exc:
        message = f"commit {raw.id} has the time {raw.commit_time}, which no calendar holds"
        raise ProposalError(Problem(Location("."), message, "commit again with a clock that is right")) from exc
    return Commit(
        id=str(raw.id),
        tree_id=str(raw.tree_id),
        parent_ids=tuple(map(str, raw.parent_ids)),
        author=_person(raw.author),
        committer=_person(raw.committer),
        committed_at=committed_at,
        message=raw.raw_message.decode("utf-8", "replace"),
    )


def _person(signature: pygit2.Signature) -> Person:
    return Person(signature.raw_name.decode("utf-8", "replace"), signature.raw_email.decode("utf-8", "replace"))
