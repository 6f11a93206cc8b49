"""A merge and its revert, rehearsed in memory on the files that the merge changes."""

from collections.abc import Iterable, Sequence

import pygit2
from pygit2.enums import FileMode

from promoter.errors import Location, Problem, ServiceError
from promoter.git.difference import PathChange
from promoter.git.entry import Entry, EntryKind

_NOBODY = pygit2.Signature("promoter", "promoter@localhost", 0, 0)


def undone_paths(git: pygit2.Repository, changes: Sequence[PathChange]) -> tuple[str, ...]:
    """Return the paths that differ from before once a merge of these changes is reverted, sorted; none is as before.

    1. Commit the changed files alone, as they were and as they would be; what does not change takes no part.
    2. Merge the second commit into the first, and revert that merge (`git revert -m 1`). 3. Compare with the first.

    The repository must write into memory already. Raises ServiceError where libgit2 fails.
    """
    try:
        before, after = (_tree(git, entries) for entries in _sides(changes))
        base = _commit(git, before, [])
        head = _commit(git, after, [base])
        index = git.merge_commits(base, head)
        merge = _commit(git, index.write_tree(git), [base, head])
        undone = git.revert_commit(git[merge].peel(pygit2.Commit), git[merge].peel(pygit2.Commit), 1)
        if undone.conflicts is not None:
            return tuple(sorted({side.path for sides in undone.conflicts for side in sides if side is not None}))
        found = undone.write_tree(git)
        diff = git[found].peel(pygit2.Tree).diff_to_tree(git[before].peel(pygit2.Tree))
    except pygit2.GitError as exc:
        message = f"libgit2 cannot rehearse the merge and its revert: {exc}"
        raise ServiceError(Problem(Location("."), message, "check the repository with `git fsck`")) from exc
    if found == before:
        return ()
    return tuple(sorted({delta.new_file.path for delta in diff.deltas}))


def _sides(changes: Sequence[PathChange]) -> tuple[list[Entry], list[Entry]]:
    before = [change.before for change in changes if change.before is not None]
    after = [change.after for change in changes if change.after is not None]
    return before, after


def _tree(git: pygit2.Repository, entries: Iterable[Entry]) -> pygit2.Oid:
    index = pygit2.Index()
    for entry in entries:
        index.add(pygit2.IndexEntry(entry.path, pygit2.Oid(hex=entry.object_id), _mode(entry)))
    return index.write_tree(git)


def _mode(entry: Entry) -> FileMode:
    """Return the mode that git writes today for what an entry of any age says."""
    if entry.kind is not EntryKind.BLOB:
        return FileMode(entry.mode)
    return FileMode.BLOB_EXECUTABLE if entry.mode & 0o100 else FileMode.BLOB


def _commit(git: pygit2.Repository, tree: pygit2.Oid, parents: list[pygit2.Oid]) -> pygit2.Oid:
    return git.create_commit(None, _NOBODY, _NOBODY, "rehearsal", tree, parents)
