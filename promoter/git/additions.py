"""Every file that the commits of a branch bring in, those included that a later commit takes out again."""

from collections.abc import Iterator
from dataclasses import dataclass

from promoter.errors import Location, Problem, ProposalError
from promoter.git.commit import Commit
from promoter.git.difference import MAX_CHANGED_FILES, diff_snapshots
from promoter.git.entry import EntryKind
from promoter.git.repository import Repository
from promoter.git.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Addition:
    """A file's content at a path, and the commit that brought it; None for what is not committed yet."""

    path: str
    object_id: str
    commit: str | None


def added_files(repository: Repository, *, base: str, head: str, tree_id: str) -> tuple[Addition, ...]:
    """Return what `head` reaches and `base` does not, and what the judged tree adds to the base's, each once.

    A merge adds what none of its parents has. In the order of path, content and commit; a content that several commits
    bring to one path is the first one's. Raises ProposalError past MAX_CHANGED_FILES, ServiceError on a shallow clone.
    """
    found: dict[tuple[str, str], str | None] = {}
    for commit in repository.commits_since(base, head):
        for path, object_id in _added_by(repository, commit):
            found[path, object_id] = min(commit.id, found.get((path, object_id)) or commit.id)
            if len(found) > MAX_CHANGED_FILES:
                hint = "split it into several pull requests"
                raise ProposalError(
                    Problem(Location("."), f"its commits add more than {MAX_CHANGED_FILES:,} files", hint)
                )
    before = Snapshot(repository, repository.commit(base).tree_id)
    for path, object_id in _between(before, Snapshot(repository, tree_id)):
        found.setdefault((path, object_id), None)
    return tuple(
        Addition(path, object_id, commit) for (path, object_id), commit in sorted(found.items(), key=_by_place)
    )


def _by_place(entry: tuple[tuple[str, str], str | None]) -> tuple[str, str]:
    return entry[0]


def _added_by(repository: Repository, commit: Commit) -> Iterator[tuple[str, str]]:
    """Yield (path, object) of what a commit holds and none of its parents does at that path."""
    own = Snapshot(repository, commit.tree_id)
    if not commit.parent_ids:
        yield from ((entry.path, entry.object_id) for entry in own.walk("") if entry.kind is not EntryKind.COMMIT)
        return
    first, *others = (Snapshot(repository, repository.commit(parent).tree_id) for parent in commit.parent_ids)
    differing = set(_between(first, own))
    for other in others:
        differing &= set(_between(other, own))
    yield from differing


def _between(before: Snapshot, after: Snapshot) -> Iterator[tuple[str, str]]:
    for change in diff_snapshots(before, after):
        if change.after is not None and change.after.kind is not EntryKind.COMMIT:
            yield change.path, change.after.object_id
