"""A registry's history opened for reading: what `history`, `status`, `resolve`, `record` and `audit` stand on."""

import os
from dataclasses import dataclass
from datetime import datetime
from functools import cache, cached_property
from pathlib import Path

from promoter.commands.caching import cache_folder
from promoter.digest import sha256_bytes
from promoter.errors import Location, Problem, ProposalError
from promoter.git.history import HistoryReader
from promoter.git.repository import Repository, open_repository
from promoter.git.snapshot import Snapshot
from promoter.history.cache import Cache
from promoter.history.event import Credit
from promoter.history.timeline import Timeline


@dataclass(frozen=True)
class Past:
    """The default branch of a registry, with its history. `tip` is a commit id."""

    repository: Repository
    reader: HistoryReader
    tip: str

    @cached_property
    def timeline(self) -> Timeline:
        """The history; raises ServiceError in a shallow clone."""
        return Timeline(self.reader, self.tip, Cache(self.index_folder))

    @property
    def index_folder(self) -> Path:
        """Where the index of the history is kept: in the user's cache, by the repository's place."""
        name = sha256_bytes(os.fsencode(self.reader.git_folder)).removeprefix("sha256:")[:16]
        return cache_folder() / "history" / name

    def tree_at(self, position: int) -> Snapshot:
        """Return the tree of the commit at a position of the line."""
        return Snapshot(self.repository, self.timeline.line.tree_id(position).hex())

    @property
    def tree(self) -> Snapshot:
        """The tree at the tip."""
        return Snapshot(self.repository, self.repository.commit(self.tip).tree_id)

    def credit(self, commit_id: str) -> Credit:
        """Return who made a commit, as it says."""
        author, committer, subject = self.reader.people(commit_id)
        return Credit(author=author, committer=committer, subject=subject)

    def position_at(self, moment: datetime | None) -> int:
        """Return the last position of the line at a moment, None being now. Raises ProposalError before the first."""
        line = self.timeline.line
        position = len(line) - 1 if moment is None else line.position_at(moment)
        if position is None:
            message = f"the registry's first commit is of {line.at(0).isoformat()}"
            raise ProposalError(Problem(Location("--as-of"), message, "name a later moment"))
        return position

    def position_of(self, revision: str, *, option: str) -> int:
        """Return the position of a commit. Raises ProposalError where it is not on the default branch's line."""
        commit_id = self.repository.resolve(revision)
        position = self.timeline.line.position_of(commit_id)
        if position is None:
            message = f"{commit_id} is not among the first parents of the default branch"
            hint = "history was rewritten, or it came in by a merge: name the merge commit"
            raise ProposalError(Problem(Location(option), message, hint))
        return position


def open_past(folder: Path) -> Past:
    """Return the history of the registry that holds a folder, up to the tip of its default branch."""
    return past_of(open_repository(folder))


@cache
def past_of(repository: Repository) -> Past:
    """Return the history of a repository's default branch, read at most once in a process."""
    return past_before(repository, repository.resolve(repository.default_branch()))


@cache
def past_before(repository: Repository, tip: str) -> Past:
    """Return the history that ends at a commit."""
    return Past(repository, repository.reader(), tip)
