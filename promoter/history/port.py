"""What history needs of git; see `promoter.git.history.HistoryReader`. Ids are 20 bytes, paths are bytes."""

from collections.abc import Callable, Iterator, Sequence
from typing import Protocol

RawEntry = tuple[bytes, bytes, bytes]
"""Mode in octal digits, name, object id."""

_TYPE_BITS, _FOLDER_BITS, _SUBMODULE_BITS = 0o170000, 0o040000, 0o160000


class Difference(Protocol):
    """A name that two trees hold differently; None where one of them lacks it."""

    @property
    def name(self) -> bytes:
        """The name in its folder."""

    @property
    def before(self) -> RawEntry | None:
        """The entry in the first tree."""

    @property
    def after(self) -> RawEntry | None:
        """The entry in the second tree."""


class Trees(Protocol):
    """Trees and blobs by id."""

    def compare(self, path: bytes, before: bytes | None, after: bytes | None) -> Sequence[Difference]:
        """Return the names that two trees at a path hold differently; None is no folder."""

    def blob(self, object_id: bytes) -> bytes:
        """Return a file's bytes."""


class Link(Protocol):
    """One commit of the first-parent line."""

    @property
    def commit_id(self) -> bytes:
        """Its id."""

    @property
    def tree_id(self) -> bytes:
        """The id of its root tree."""

    @property
    def committed_at(self) -> int:
        """The committer's time in Unix seconds."""


class Reader(Trees, Protocol):
    """Trees, blobs, and the line of commits."""

    def line(self, tip: str, is_known: Callable[[bytes], bool]) -> Iterator[Link]:
        """Yield `tip` and its first parents up to but without a known one, else to the first commit."""


def folder_id(entry: RawEntry | None) -> bytes | None:
    """Return the id of an entry that is a folder."""
    return entry[2] if entry is not None and _type_bits(entry) == _FOLDER_BITS else None


def file_id(entry: RawEntry | None) -> bytes | None:
    """Return the id of an entry that is a file or a link; a submodule has no bytes here and counts as nothing."""
    is_file = entry is not None and _type_bits(entry) not in (_FOLDER_BITS, _SUBMODULE_BITS)
    return entry[2] if entry is not None and is_file else None


def _type_bits(entry: RawEntry) -> int:
    try:
        return int(entry[0], 8) & _TYPE_BITS
    except ValueError:
        return _SUBMODULE_BITS


def joined(folder: bytes, name: bytes) -> bytes:
    """Return the path of a name in a folder; the root is empty."""
    return folder + b"/" + name if folder else name
