"""What changed between two trees, by comparing ids; unchanged folders are never opened."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from promoter.errors import Location, Problem, ProposalError
from promoter.git.entry import Entry, RawEntry, is_tree, joined, path_bytes, path_text
from promoter.git.objects import ObjectStore
from promoter.git.snapshot import Snapshot, as_entry

# GitHub lists at most 3,000 files of a pull request; here all count, up to what one person could mean.
MAX_CHANGED_FILES = 100_000


class ChangeKind(StrEnum):
    """How a path changed; a new mode or type is a modification, a rename a removal and an addition."""

    ADDED = "added"
    REMOVED = "removed"
    MODIFIED = "modified"


@dataclass(frozen=True, slots=True)
class PathChange:
    """One path that differs: its entry before (None where added) and after (None where removed)."""

    path: str
    kind: ChangeKind
    before: Entry | None
    after: Entry | None


@lru_cache(maxsize=4)
def diff_snapshots(base: Snapshot, head: Snapshot, *, limit: int = MAX_CHANGED_FILES) -> tuple[PathChange, ...]:
    """Return every file, link and submodule that differs, in the order of the paths' bytes.

    Raises ProposalError past `limit` changed entries, folders counted too, so that a tree which names itself
    over and over is refused before it is walked. The last few are kept: a case and the files that its commits bring
    in ask for the same two trees.
    """
    changes: list[PathChange] = []
    seen = 0
    pending: list[tuple[bytes, str | None, str | None]] = [(b"", base.tree_id, head.tree_id)]
    while pending:
        folder, before_id, after_id = pending.pop()
        before, after = _names(base.repository, before_id, folder), _names(head.repository, after_id, folder)
        differing = {name for name, _ in before.items() ^ after.items()}
        seen += len(differing)
        if seen > limit:
            hint = "split it into several pull requests"
            raise ProposalError(Problem(Location("."), f"more than {limit:,} paths change", hint))
        for name in differing:
            path, old, new = joined(folder, name), before.get(name), after.get(name)
            old_tree, new_tree = _tree_id(old), _tree_id(new)
            if old_tree != new_tree:
                pending.append((path, old_tree, new_tree))
            change = _file_change(path, None if old_tree else old, None if new_tree else new)
            if change is not None:
                changes.append(change)
    return tuple(sorted(changes, key=lambda change: path_bytes(change.path)))


def _names(store: ObjectStore, tree_id: str | None, folder: bytes) -> Mapping[bytes, RawEntry]:
    return {} if tree_id is None else store.names(tree_id, path=path_text(folder))


def _tree_id(raw: RawEntry | None) -> str | None:
    return raw[2].hex() if raw is not None and is_tree(raw[0]) else None


def _file_change(path: bytes, old: RawEntry | None, new: RawEntry | None) -> PathChange | None:
    before = None if old is None else as_entry(path, old)
    after = None if new is None else as_entry(path, new)
    if before is None and after is None:
        return None
    kind = ChangeKind.ADDED if before is None else ChangeKind.REMOVED if after is None else ChangeKind.MODIFIED
    return PathChange(path_text(path), kind, before, after)
