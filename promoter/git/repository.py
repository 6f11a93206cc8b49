"""The registry's repository: revisions, commits, merges, and the working tree. Nothing here writes to disk."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

import pygit2

from promoter.errors import Location, Problem, ProposalError, ServiceError
from promoter.git.commit import Commit, as_commit
from promoter.git.difference import PathChange
from promoter.git.history import HistoryReader
from promoter.git.memory import ABOVE_EVERY_STORE, MemoryBackend
from promoter.git.merge import merged_tree
from promoter.git.objects import ObjectStore
from promoter.git.undo import undone_paths
from promoter.git.worktree import write_worktree

_MAX_CACHED_COMMITS = 1_024
_UNSHALLOW = "this clone is shallow: `git fetch --unshallow`, or `fetch-depth: 0` in the workflow"


def open_repository(path: Path) -> "Repository":
    """Return the repository that holds a folder.

    Raises ProposalError where there is none, ServiceError where git does not open it.
    """
    try:
        found = pygit2.discover_repository(str(path))
        if found is not None:
            return Repository(pygit2.Repository(found))
    except KeyError:
        pass
    except pygit2.GitError as exc:
        message = f"git does not open it: {exc}"
        hint = "if another user owns it, `git config --global --add safe.directory <folder>`"
        if "object format" in str(exc):
            hint = "Promoter reads repositories of SHA-1 objects, as GitHub keeps them; clone it from there"
        raise ServiceError(Problem(Location(str(path)), message, hint)) from exc
    hint = "run this inside a registry, or name one with --repo"
    raise ProposalError(Problem(Location(str(path)), "no git repository here or above", hint))


class Repository(ObjectStore):
    """One git repository. Revisions are what git takes; ids are 40 hex digits."""

    _has_own_objects = True
    """Whether another handle of the same folder finds the same objects."""

    def __init__(self, git: pygit2.Repository) -> None:
        super().__init__(git)
        self._commits: dict[str, Commit] = {}
        self._rehearsals: pygit2.Repository | None = None

    @property
    def folder(self) -> Path:
        """The working tree's root; of a bare repository its own folder."""
        return Path(self._git.workdir or self._git.path)

    @property
    def objects(self) -> pygit2.Odb:
        """The objects by id, for another reader of the same repository."""
        return self._git.odb

    def reader(self) -> HistoryReader:
        """Return a reader of the merge history. Raises ServiceError where git does not open it again."""
        return HistoryReader.open(self.folder)

    def resolve(self, revision: str) -> str:
        """Return the id of the commit that a revision means. Raises ProposalError where there is none."""
        if revision in self._commits:
            return revision
        try:
            return str(self._git.revparse_single(revision).peel(pygit2.Commit).id)
        except (KeyError, ValueError, pygit2.GitError) as exc:
            cause = "nothing has this name" if isinstance(exc, KeyError) else "it is ambiguous or malformed"
            message = f"{revision!a} is no commit of this repository: {cause}"
            raise self._refused(message, "see `git branch --all`, or fetch it with `git fetch origin`") from exc

    def references(self, prefixes: tuple[str, ...]) -> Iterator[tuple[str, str]]:
        """Yield name and commit of each reference below one of these prefixes, by name; those of no commit are not."""
        for name in sorted(self._git.references):
            if name.startswith(prefixes):
                with suppress(ProposalError):
                    yield name, self.resolve(name)

    def commit(self, commit_id: str) -> Commit:
        """Return a commit by id. Raises ServiceError where this repository lacks it."""
        if commit_id not in self._commits:
            if len(self._commits) >= _MAX_CACHED_COMMITS:
                self._commits.clear()
            self._commits[commit_id] = as_commit(self._pygit2_commit(commit_id))
        return self._commits[commit_id]

    def merge_base(self, first: str, second: str) -> str:
        """Return a best common ancestor of two commits. Raises ProposalError where they share no history."""
        common = self._git.merge_base(self._pygit2_commit(first).id, self._pygit2_commit(second).id)
        if common is None:
            message = f"commits {first} and {second} share no history"
            raise self._refused(message, "branch from the default branch, and commit there")
        return str(common)

    def default_branch(self) -> str:
        """Return the full reference name of the default branch, which no tag can shadow.

        What origin/HEAD points at; of a bare repository what its HEAD does; else main, else master; of each, the
        local branch before origin's.
        """
        references = self._git.references
        if not list(references):
            raise self._refused("there is no commit yet", "lay out a registry with `promoter init`, and commit it")
        remote_head = references.get("refs/remotes/origin/HEAD")
        if remote_head is not None and isinstance(remote_head.target, str) and remote_head.target in references:
            return remote_head.target
        head = references["HEAD"].target if self._git.is_bare else None
        if isinstance(head, str) and head in references:
            return head
        for name in ("main", "master"):
            for reference in (f"refs/heads/{name}", f"refs/remotes/origin/{name}"):
                if reference in references:
                    return reference
        message = "no default branch: neither origin/HEAD nor main nor master exists"
        raise self._refused(message, "`git remote set-head origin --auto`, or name the base with --base")

    def merged_tree(self, base: str, head: str) -> str:
        """Return the tree id of commit `head` merged into commit `base`, made in memory.

        Raises ProposalError with every path in conflict, or where the head's trees are not canonical.
        """
        return merged_tree(self, self._git, base=base, head=head, fork_point=self.merge_base(base, head))

    def undone_paths(self, changes: Sequence[PathChange]) -> tuple[str, ...]:
        """Return the paths that are not as before once a merge of these changes is reverted; made in memory.

        Where nothing is in memory yet it is that of a second handle: libgit2 asks memory, which is Python, before any
        object that it reads from then on.
        """
        if self.writes_into_memory or not self._has_own_objects:
            self.write_into_memory()
            return undone_paths(self._git, changes)
        if self._rehearsals is None:
            self._rehearsals = pygit2.Repository(self._git.path)
            self._rehearsals.odb.add_backend(MemoryBackend(), ABOVE_EVERY_STORE)
        return undone_paths(self._rehearsals, changes)

    def worktree_tree(self) -> str:
        """Return the tree id of the files as they stand, uncommitted and untracked ones too, made in memory."""
        if self._git.workdir is None:
            raise self._refused("a bare repository has no working tree", "name a commit with --head")
        self.write_into_memory()
        return write_worktree(self._git, self.folder)

    def first_parents(self, tip: str, since: str | None = None) -> Iterator[Commit]:
        """Yield `tip`, its first parent, and so on; up to but without `since`, else to the first commit.

        Raises ServiceError where `since` is not among them (history was rewritten) or a shallow clone ends early.
        """
        next_id: str | None = tip
        while next_id is not None and next_id != since:
            raw = self._pygit2_commit(next_id)
            yield as_commit(raw)
            next_id = str(raw.parent_ids[0]) if raw.parent_ids else None
            if next_id is None and b"\nparent " in raw.read_raw().partition(b"\n\n")[0]:
                message = f"history ends at commit {raw.id}, which has parents"
                raise ServiceError(Problem(Location(str(self.folder)), message, _UNSHALLOW))
        if since is not None and next_id is None:
            message = f"commit {since} is not among the first parents of {tip}: history was rewritten"
            hint = "find who pushed with force, in the branch's activity on GitHub"
            raise ServiceError(Problem(Location(str(self.folder)), message, hint))

    def commits_since(self, base: str, head: str) -> Iterator[Commit]:
        """Yield every commit that `head` reaches and `base` does not, over all parents.

        Raises ServiceError where a shallow clone ends early: a commit that is not seen could be anybody's.
        """
        walker = self._git.walk(self._pygit2_commit(head).id)
        walker.hide(self._pygit2_commit(base).id)
        try:
            for raw in walker:
                yield self.commit(str(raw.id))
        except (KeyError, pygit2.GitError) as exc:
            message = f"the commits between {base} and {head} are not all in this repository"
            raise ServiceError(Problem(Location(str(self.folder)), message, _UNSHALLOW)) from exc

    def _pygit2_commit(self, commit_id: str) -> pygit2.Commit:
        try:
            found = self._git[pygit2.Oid(hex=commit_id)]
        except (KeyError, ValueError, pygit2.GitError) as exc:
            hint = _UNSHALLOW if self._git.is_shallow else "fetch it with `git fetch origin`"
            message = f"object missing: commit {commit_id} is not in this repository"
            raise ServiceError(Problem(Location(str(self.folder)), message, hint)) from exc
        if not isinstance(found, pygit2.Commit):
            raise self._refused(f"{commit_id} is a {found.type_str}, not a commit", "name a commit")
        return found

    def _refused(self, message: str, hint: str) -> ProposalError:
        """Blame a shallow clone first: it makes every revision look absent."""
        problem = Problem(Location(str(self.folder)), message, _UNSHALLOW if self._git.is_shallow else hint)
        return ProposalError(problem)
