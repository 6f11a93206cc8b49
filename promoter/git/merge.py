"""The tree that a merge would make, computed in memory and at the cost of what changed."""

import pygit2

from promoter.errors import Location, Problem, ProposalError, ServiceError
from promoter.git.canonical import check_trees
from promoter.git.entry import RawEntry, is_tree
from promoter.git.names import shown
from promoter.git.objects import ObjectStore
from promoter.git.snapshot import Snapshot

_RESOLVE = "merge the base branch into yours, resolve it there, and push"
_EMPTY_TREE = bytes.fromhex("4b825dc642cb6eb9a060e54bf8d69288fbee4904")


def settled_tree(store: ObjectStore, *, base: str, ours: str, theirs: str) -> str | None:
    """Return the three-way merge of trees where no file needs a merge of its content, else None.

    A folder that changed on one side only is taken whole and not opened. None also where a path is gone from both
    sides: each may have renamed it, and only rename detection tells.
    """
    if base == theirs or ours == theirs:
        return ours
    if base == ours:
        return theirs
    old, mine, yours = (store.names(tree_id, path="") for tree_id in (base, ours, theirs))
    merged = dict(mine)
    for name in {name for name, _ in old.items() ^ yours.items()}:
        before, our_entry, their_entry = old.get(name), mine.get(name), yours.get(name)
        entry: RawEntry | None
        if our_entry == before:
            entry = their_entry
        elif our_entry is not None and our_entry == their_entry:
            entry = our_entry
        else:
            entry = _settled_folder(store, before, our_entry, their_entry)
            if entry is None:
                return None
        if entry is None or entry[2] == _EMPTY_TREE:
            merged.pop(name, None)
        else:
            merged[name] = entry
    return store.keep_tree(merged)


def _settled_folder(
    store: ObjectStore, before: RawEntry | None, ours: RawEntry | None, theirs: RawEntry | None
) -> RawEntry | None:
    if ours is None or theirs is None or not (is_tree(ours[0]) and is_tree(theirs[0])):
        return None
    if before is not None and not is_tree(before[0]):
        return None
    base_id = _EMPTY_TREE if before is None else before[2]
    if before is None:
        store.keep_tree({})
    tree_id = settled_tree(store, base=base_id.hex(), ours=ours[2].hex(), theirs=theirs[2].hex())
    return None if tree_id is None else (ours[0], ours[1], bytes.fromhex(tree_id))


def merged_tree(store: ObjectStore, git: pygit2.Repository, *, base: str, head: str, fork_point: str) -> str:
    """Return the id of the tree that merging commit `head` into commit `base` makes; nothing is written to disk.

    1. The head's trees must be canonical against the fork point, the best common ancestor of both commits.
    2. Whole entries are merged by id, unless there are several best common ancestors.
    3. What that leaves open goes to libgit2's merge, with its rename detection and its merge of the ancestors.

    Raises ProposalError with every path in conflict. Directory renames, which git's own merge follows, stay where
    they were put.
    """
    trees = [str(git[commit].peel(pygit2.Tree).id) for commit in (fork_point, base, head)]
    problems = check_trees(Snapshot(store, trees[0]), Snapshot(store, trees[2]))  # 1
    if problems:
        raise ProposalError(*problems)
    store.write_into_memory()
    if not _has_other_fork_point(git, base, head, fork_point):
        tree_id = settled_tree(store, base=trees[0], ours=trees[1], theirs=trees[2])  # 2
        if tree_id is not None:
            return tree_id
    return _content_merge(git, base, head)  # 3


def _has_other_fork_point(git: pygit2.Repository, base: str, head: str, fork_point: str) -> bool:
    """Return whether base and head share a commit that the fork point does not reach."""
    reachable = []
    for tip in (base, head):
        walker = git.walk(tip)
        walker.hide(fork_point)
        reachable.append({commit.id for commit in walker})
    return not reachable[0].isdisjoint(reachable[1])


def _content_merge(git: pygit2.Repository, base: str, head: str) -> str:
    try:
        index = git.merge_commits(base, head)
        if index.conflicts is None:
            return str(index.write_tree(git))
    except pygit2.GitError as exc:
        message = f"libgit2 cannot merge {head} into {base}: {exc}"
        raise ServiceError(
            Problem(Location("."), message, "check both commits with `git fsck`, then try again")
        ) from exc
    paths = {side.path for conflict in index.conflicts for side in conflict if side is not None}
    message = f"changed here and in the base since commit {base}, in ways that do not merge"
    raise ProposalError(*(Problem(Location(shown(path)), message, _RESOLVE) for path in paths))
