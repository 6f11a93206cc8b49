"""The commits that Promoter makes itself: changed files, merges, reverts; objects and branches, no checkout."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pygit2
from pygit2.enums import CheckoutStrategy, FileMode, MergeFavor

from promoter.errors import Location, Problem, ProposalError, ServiceError
from promoter.git.commit import Person
from promoter.git.committing import make_commit

_HEADS = "refs/heads/"
_Parts = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """Who commits, when, and what is said."""

    author: Person
    at: datetime
    message: str

    @property
    def signature(self) -> pygit2.Signature:
        """The stamp as git writes it."""
        return pygit2.Signature(self.author.name, self.author.email, int(self.at.timestamp()), 0)


@contextmanager
def _told(branch: str) -> Iterator[None]:
    """Turn what libgit2 raises where it cannot write into a ServiceError; it takes OSError for much of that."""
    try:
        yield
    except (pygit2.GitError, OSError) as exc:
        hint = "end other git commands, see what `git branch --list` has under this name, and whether the disk is full"
        raise ServiceError(Problem(Location(branch), f"git cannot write the branch: {exc}", hint)) from exc


class Writer:
    """Writes objects and moves branches of one repository; its working tree stays as it is.

    Commits are signed where git's configuration says so: what cannot be signed raises as `make_commit` does, and moves
    no branch.
    """

    def __init__(self, git: pygit2.Repository) -> None:
        self._git = git

    @classmethod
    def create(cls, folder: Path) -> "Writer":
        """Return a writer of a new repository whose branch is main."""
        return cls(pygit2.init_repository(str(folder), initial_head="main"))

    @classmethod
    def create_unsigned(cls, folder: Path) -> "Writer":
        """Return a writer of a new repository that signs nothing: whoever commits there is made up."""
        git = pygit2.init_repository(str(folder), initial_head="main")
        git.config["commit.gpgsign"] = False
        return cls(git)

    @classmethod
    def open(cls, folder: Path) -> "Writer":
        """Return a writer of the repository at a folder. Raises ServiceError where git does not open it."""
        try:
            return cls(pygit2.Repository(str(folder)))
        except pygit2.GitError as exc:
            hint = "name the folder of a registry's clone"
            raise ServiceError(Problem(Location(str(folder)), f"git does not open it: {exc}", hint)) from exc

    def tip(self, branch: str) -> str | None:
        """Return the commit at the tip of a branch, or None where there is no such branch."""
        reference = self._git.references.get(_HEADS + branch)
        return None if reference is None else str(reference.target)

    def commit_files(
        self, branch: str, files: Mapping[str, bytes | None], stamp: Stamp, *, onto: str | None = None
    ) -> str:
        """Return the id of a commit that puts these files (None removes one) over `onto`, else over the tip.

        Raises ServiceError where git cannot write: a full disk, a lock, a branch whose name begins this one's.
        """
        parent = onto or self.tip(branch)
        tree = self._commit_at(parent).tree if parent else None
        with _told(branch):
            made = self._tree_with(tree, {tuple(path.split("/")): content for path, content in files.items()})
            return self._commit(branch, str(made.write()), stamp, [parent] if parent else [])

    def merge(self, branch: str, head: str, stamp: Stamp) -> str:
        """Return the id of the commit that merges `head` into a branch, as GitHub's merge button makes it.

        Raises ProposalError where the two conflict.
        """
        tip = self._known(branch)
        index = self._git.merge_commits(self._commit_at(tip), self._commit_at(head), favor=MergeFavor.NORMAL)
        if index.conflicts is not None:
            path = next(iter(entry.path for sides in index.conflicts for entry in sides if entry is not None))
            raise ProposalError(Problem(Location(path), f"{head} conflicts with {branch}", "rebase the branch"))
        return self._commit(branch, str(index.write_tree(self._git)), stamp, [tip, head])

    def revert(self, branch: str, merge: str, stamp: Stamp, *, onto: str) -> str:
        """Return the id of a commit on a branch that undoes a merge commit: `git revert -m 1`.

        Raises ProposalError where later changes stand in the way.
        """
        index = self._git.revert_commit(self._commit_at(merge), self._commit_at(onto), 1)
        if index.conflicts is not None:
            message, hint = f"{merge} cannot be undone: later changes touch the same files", "move the pointer instead"
            raise ProposalError(Problem(Location(branch), message, hint))
        return self._commit(branch, str(index.write_tree(self._git)), stamp, [onto])

    def changed_paths(self, before: str, after: str) -> tuple[str, ...]:
        """Return the paths that two commits hold differently, sorted."""
        diff = self._git.diff(self._commit_at(before), self._commit_at(after))
        return tuple(sorted({delta.new_file.path for delta in diff.deltas}))

    def configured_person(self, environment: Mapping[str, str]) -> Person | None:
        """Return who commits here: GIT_AUTHOR_NAME and GIT_AUTHOR_EMAIL, else git's configuration; None: neither says.

        libgit2 reads the configuration alone.
        """
        given = environment.get("GIT_AUTHOR_NAME"), environment.get("GIT_AUTHOR_EMAIL")
        if all(given):
            return Person(*map(str, given))
        try:
            signature = self._git.default_signature
        except KeyError:
            return None
        return Person(given[0] or signature.name, given[1] or signature.email)

    def is_within(self, commit: str, tip: str) -> bool:
        """Say whether a commit is a tip, or in its history; one that this clone does not have is not."""
        known = self._git.get(pygit2.Oid(hex=commit)) is not None
        return known and (commit == tip or self._git.descendant_of(tip, commit))

    def is_checked_out(self, branch: str) -> bool:
        """Say whether a working tree of this repository, its first or another, shows the branch."""
        found = self._git.branches.local.get(branch)
        return found is not None and found.is_checked_out()

    def check_out(self, branch: str) -> None:
        """Write a branch's files to the working tree, over whatever is there; for repositories of our own making."""
        self._git.checkout(_HEADS + branch, strategy=CheckoutStrategy.FORCE)

    def _tree_with(self, tree: pygit2.Tree | None, files: Mapping[_Parts, bytes | None]) -> pygit2.TreeBuilder:
        """Return a tree with these files; only their own folders are opened, however large the rest is."""
        builder = self._git.TreeBuilder(tree) if tree is not None else self._git.TreeBuilder()
        below: dict[str, dict[_Parts, bytes | None]] = {}
        for (name, *rest), content in files.items():
            if rest:
                below.setdefault(name, {})[tuple(rest)] = content
            elif content is not None:
                builder.insert(name, self._git.create_blob(content), FileMode.BLOB)
            elif builder.get(name) is not None:
                builder.remove(name)
        for name, inside in below.items():
            folder = builder.get(name)
            made = self._tree_with(folder if isinstance(folder, pygit2.Tree) else None, inside)
            if len(made):
                builder.insert(name, made.write(), FileMode.TREE)
            elif folder is not None:
                builder.remove(name)
        return builder

    def _commit(self, branch: str, tree_id: str, stamp: Stamp, parents: list[str]) -> str:
        """Return the commit, made now; the branch's tip, where it says the same but for the moment, by the same key."""
        tip = self.tip(branch)
        is_there = tip is not None and tip not in parents and self._says(self._commit_at(tip), tree_id, stamp, parents)
        commit = make_commit(
            self._git,
            stamp.signature,
            stamp.message,
            tree_id=pygit2.Oid(hex=tree_id),
            parents=[pygit2.Oid(hex=parent) for parent in parents],
            again=tip if is_there else None,
        )
        self._git.references.create(_HEADS + branch, commit, force=True)
        return str(commit)

    @staticmethod
    def _says(commit: pygit2.Commit, tree_id: str, stamp: Stamp, parents: list[str]) -> bool:
        author = Person(commit.author.name, commit.author.email)
        is_same = (str(commit.tree_id), list(map(str, commit.parent_ids))) == (tree_id, parents)
        return is_same and (author, commit.message) == (stamp.author, stamp.message)

    def _commit_at(self, commit_id: str) -> pygit2.Commit:
        found = self._git.get(pygit2.Oid(hex=commit_id))
        if not isinstance(found, pygit2.Commit):
            raise ProposalError(Problem(Location(commit_id), "this is no commit here", "fetch it with `git fetch`"))
        return found

    def _known(self, branch: str) -> str:
        tip = self.tip(branch)
        if tip is None:
            raise ProposalError(Problem(Location(branch), "there is no such branch", "see `git branch --list`"))
        return tip
