"""What the registry needs of a tree of files: the port behind which git objects lie."""

from collections.abc import Iterator
from typing import Protocol


class Entry(Protocol):
    """A file or folder of a tree."""

    @property
    def path(self) -> str:
        """Path from the root, with / between names."""

    @property
    def object_id(self) -> str:
        """Id of its content."""


class Tree(Protocol):
    """Files by path; see `promoter.git.snapshot.Snapshot`."""

    def entry(self, path: str) -> Entry | None:
        """Return what stands at a path, or None."""

    def tree_id_of(self, path: str) -> str | None:
        """Return the id of a folder, or None."""

    def children(self, path: str) -> tuple[Entry, ...]:
        """Return the entries of a folder; none where there is no folder."""

    def walk(self, path: str) -> Iterator[Entry]:
        """Yield every file below a folder."""

    def size(self, path: str) -> int:
        """Return a file's size in bytes without reading it."""

    def read(self, path: str, *, limit_bytes: int) -> bytes:
        """Return a file's bytes; ProposalError where it is missing or larger."""


class Changed(Protocol):
    """A path that two trees hold differently."""

    @property
    def path(self) -> str:
        """Path from the root."""

    @property
    def before(self) -> Entry | None:
        """What stood there, or None where it is new."""

    @property
    def after(self) -> Entry | None:
        """What stands there now, or None where it is gone."""
