"""A repository that remembers which objects were read of it: what a proof must carry, and no more."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pygit2
from pygit2.enums import ObjectType

from promoter.errors import Location, Problem, ServiceError
from promoter.git.history import HistoryReader
from promoter.git.repository import Repository

MAIN = "refs/heads/main"


class Trace(pygit2.OdbBackend):
    """Passes every question on to the objects of another repository, and keeps what was found, by id."""

    def __init__(self, source: pygit2.Odb) -> None:
        super().__init__()
        self._source = source
        self.found: dict[str, tuple[int, bytes]] = {}

    def read_cb(self, object_id: Any) -> tuple[int, bytes]:
        """Return type and bytes; KeyError is libgit2's cue to ask the next store."""
        name = str(object_id)
        if name not in self.found:
            object_type, content = self._source.read(pygit2.Oid(hex=name))
            self.found[name] = int(object_type), bytes(content)
        return self.found[name]

    def read_prefix_cb(self, prefix: Any) -> tuple[int, bytes, pygit2.Oid]:
        """Return type, bytes and id of the object that a whole id means."""
        found = self.exists_prefix_cb(prefix)
        return *self.read_cb(found), found

    def read_header_cb(self, object_id: Any) -> tuple[int, int]:
        """Return type and size in bytes."""
        object_type, content = self.read_cb(object_id)
        return object_type, len(content)

    def exists_cb(self, object_id: Any) -> bool:
        """Return whether the object is there; one that is belongs to the answer."""
        try:
            self.read_cb(object_id)
        except KeyError:
            return False
        return True

    def exists_prefix_cb(self, prefix: Any) -> pygit2.Oid:
        """Return a whole id as it is; here nothing is asked for by less. KeyError where it is not there."""
        self.read_cb(prefix)
        return pygit2.Oid(hex=str(prefix))

    def refresh_cb(self) -> None:
        """Nothing to look up again: history does not change."""


class TracedRepository(Repository):
    """A repository whose one branch is main, and whose objects all come from another, each read remembered."""

    _has_own_objects = False

    def __init__(self, git: pygit2.Repository, trace: Trace) -> None:
        super().__init__(git)
        self._trace = trace

    @classmethod
    def create(cls, folder: Path, source: Repository, *, tip: str) -> "TracedRepository":
        """Return a repository in an empty folder that shows `source` up to a commit.

        Raises ServiceError where that commit is not there.
        """
        git = pygit2.init_repository(str(folder), bare=True, initial_head="main")
        trace = Trace(source.objects)
        git.odb.add_backend(trace, 1)
        try:
            git.references.create(MAIN, pygit2.Oid(hex=tip))
        except pygit2.GitError as exc:
            message, hint = f"object missing: commit {tip} is not there", "fetch it with `git fetch origin`"
            raise ServiceError(Problem(Location(str(source.folder)), message, hint)) from exc
        return cls(git, trace)

    @property
    def found(self) -> dict[str, tuple[str, bytes]]:
        """Every object that was read so far, in the order of ids: id to type (commit, tree, blob) and bytes."""
        found = sorted(self._trace.found.items())
        return {name: (ObjectType(number).name.lower(), content) for name, (number, content) in found}

    def reader(self) -> HistoryReader:
        """Return a reader of the history whose reads are remembered too."""
        return HistoryReader(self._git)


def write_objects(folder: Path, objects: Mapping[str, tuple[str, bytes]], *, tip: str) -> tuple[str, ...]:
    """Write objects into a new bare repository whose branch main is at `tip`; return the names that are not their ids.

    Types are commit, tree and blob. A name that is not the id of its bytes proves nothing: the branch is made only
    where all of them are.
    """
    git = pygit2.init_repository(str(folder), bare=True, initial_head="main")
    forged = tuple(
        name
        for name, (kind, content) in objects.items()
        if str(git.odb.write(ObjectType[kind.upper()], content)) != name
    )
    if not forged and pygit2.Oid(hex=tip) in git.odb:
        git.references.create(MAIN, pygit2.Oid(hex=tip))
    return forged
