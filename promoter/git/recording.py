"""The recorder's commit: new files on the branch that is checked out, and nothing of what else lies there."""

from collections.abc import Mapping
from pathlib import Path

import pygit2
from pygit2.enums import FileMode

from promoter.errors import Location, Problem, ServiceError
from promoter.git.committing import make_commit


def commit_new_files(folder: Path, branch: str, tip: str, files: Mapping[str, bytes], message: str) -> str:
    """Return the id of a commit that adds files to a branch whose tip is `tip`; the index follows, where it can.

    `branch` is a full reference name. What is staged stays staged and is not committed. Raises ServiceError where the
    branch has moved meanwhile, or git knows no name to commit by; what cannot be signed raises as `make_commit` does.
    """
    try:
        git = pygit2.Repository(str(folder))
        person = git.default_signature
        tree = pygit2.Index()
        tree.read_tree(git[pygit2.Oid(hex=tip)].peel(pygit2.Tree))
        entries = [pygit2.IndexEntry(path, git.create_blob(content), FileMode.BLOB) for path, content in files.items()]
        for entry in entries:
            tree.add(entry)
        parent = pygit2.Oid(hex=tip)
        commit = make_commit(git, person, message, tree_id=tree.write_tree(git), parents=[parent])
        _move(git, branch, commit, message, parent=parent)
        if not git.is_bare and git.references["HEAD"].target == branch:
            for entry in entries:
                git.index.add(entry)
            git.index.write()
    except KeyError as exc:
        hint = "set it with `git config user.name` and `git config user.email`"
        raise ServiceError(Problem(Location(str(folder)), f"git knows no name to commit by: {exc}", hint)) from exc
    except pygit2.GitError as exc:
        hint = "`git pull --ff-only` and run `promoter record` again: what is recorded stays, what is missing is added"
        raise ServiceError(Problem(Location(str(folder)), f"the records are not committed: {exc}", hint)) from exc
    return str(commit)


def _move(git: pygit2.Repository, branch: str, commit: pygit2.Oid, message: str, *, parent: pygit2.Oid) -> None:
    """Move a branch from a commit to its child, or make it there. Raises GitError where it points elsewhere by now."""
    reference = git.references.get(branch)
    if reference is None:
        git.references.create(branch, commit)
        return
    if reference.target != parent:
        raise pygit2.GitError("the current tip is not the first parent")
    # libgit2 compares what stands there with what was read, under the branch's lock.
    reference.set_target(commit, f"commit: {message.partition(chr(10))[0]}")
