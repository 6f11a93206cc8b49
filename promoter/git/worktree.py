"""The working tree as a tree object, made in memory."""

from pathlib import Path

import pygit2
from pygit2.enums import DeltaStatus, DiffOption

from promoter.errors import Location, Problem, ProposalError, ServiceError
from promoter.git.names import shown

# GitHub refuses a push that holds a larger file. Source: docs.github.com, About large files on GitHub.
MAX_FILE_BYTES = 100 * 1024 * 1024

_DIFF_OPTIONS = (
    DiffOption.INCLUDE_UNTRACKED
    | DiffOption.RECURSE_UNTRACKED_DIRS
    | DiffOption.INCLUDE_IGNORED
    | DiffOption.INCLUDE_TYPECHANGE
)


def write_worktree(git: pygit2.Repository, folder: Path) -> str:
    """Return the id of the tree that `git add -A` and a commit would make; writes to the store of `git` alone.

    Git's own filters and ignore rules apply. The index is read, changed in memory and thrown away.
    Raises ProposalError on unresolved conflicts, on a file over 100 MiB and on a repository inside this one.
    """
    index = git.index
    index.read(force=True)
    try:
        if index.conflicts is not None:
            paths = {side.path for conflict in index.conflicts for side in conflict if side is not None}
            hint = "resolve it and `git add` it"
            raise ProposalError(*(Problem(Location(shown(path)), "an unresolved conflict", hint) for path in paths))
        for delta in list(index.diff_to_workdir(_DIFF_OPTIONS).deltas):
            path = delta.new_file.path
            if delta.status is DeltaStatus.DELETED:
                index.remove(path)
            elif delta.status is DeltaStatus.IGNORED:
                _check_ignored(git, folder, path)
            else:
                _check_file(folder, path)
                index.add(path)
        return str(index.write_tree())
    except (pygit2.GitError, OSError) as exc:
        message = f"the working tree cannot be read: {exc}"
        raise ServiceError(Problem(Location(str(folder)), message, "see `git status`, then try again")) from exc
    finally:
        index.read(force=True)


def _check_ignored(git: pygit2.Repository, folder: Path, path: str) -> None:
    """Refuse a repository that no rule ignores: libgit2 calls it ignored all the same, git would add it."""
    if (folder / path / ".git").exists() and not git.path_is_ignored(path):
        raise _nested(path)


def _check_file(folder: Path, path: str) -> None:
    if path.endswith("/"):
        raise _nested(path)
    size = (folder / path).lstat().st_size
    if size > MAX_FILE_BYTES:
        message = f"{size:,} bytes, and GitHub takes at most {MAX_FILE_BYTES:,}"
        hint = "ignore it in .gitignore, or keep it in an evidence store"
        raise ProposalError(Problem(Location(shown(path)), message, hint))


def _nested(path: str) -> ProposalError:
    message, hint = "a git repository inside this one", "move it out, or ignore it in .gitignore"
    return ProposalError(Problem(Location(shown(path)), message, hint))
