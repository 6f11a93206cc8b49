"""The first-parent line of a repository and what its trees hold differently: built to be asked 100,000 times.

libgit2's own diff takes minutes there. Here a tree is read once, and the entry that changed is found by halving.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import pygit2
from pygit2.enums import ObjectType

from promoter.errors import Location, Problem, ServiceError
from promoter.git.entry import OBJECT_ID_BYTES, RawEntry

_COMMIT = re.compile(
    rb"tree ([0-9a-f]{40})\n(?:parent ([0-9a-f]{40})\n)?(?:parent [0-9a-f]{40}\n)*"
    rb"author [^\n]*\ncommitter [^\n]*> (-?[0-9]{1,18}) [^\n]*\n"
)
_ENTRY = re.compile(rb"([^ \0]*) ([^\0]*)\0(.{20})", re.DOTALL)
_UNSHALLOW = "this clone is shallow: `git fetch --unshallow`, or `fetch-depth: 0` in the workflow"
_COMPLETE = "a partial clone lacks it: `git fetch --refetch --no-filter`; in any other run `git fsck`"
_CALENDAR = range(-62_135_596_800, 253_402_300_800)
"""Unix seconds of the years 1 to 9999, which a calendar holds."""


class Link(NamedTuple):
    """One commit of the line: ids as 20 bytes, the committer's time in Unix seconds."""

    commit_id: bytes
    tree_id: bytes
    committed_at: int


class Difference(NamedTuple):
    """A name that two trees hold differently; None where one of them lacks it."""

    name: bytes
    before: RawEntry | None
    after: RawEntry | None


@dataclass(frozen=True, slots=True)
class _Listing:
    """A tree as read: its bytes, its entries, and where each of them ends."""

    raw: bytes
    entries: tuple[RawEntry, ...]
    ends: tuple[int, ...]


class HistoryReader:
    """Reads commits, trees and blobs of merged history by id; every object's type is checked, none is written."""

    def __init__(self, git: pygit2.Repository) -> None:
        self._git = git
        self._read = git.odb.read
        self._listings: dict[bytes, tuple[bytes, _Listing]] = {}

    @classmethod
    def open(cls, folder: Path) -> "HistoryReader":
        """Return a reader of the repository at a folder. Raises ServiceError where git does not open it."""
        try:
            return cls(pygit2.Repository(str(folder)))
        except pygit2.GitError as exc:
            message = f"git does not open it: {exc}"
            raise ServiceError(Problem(Location(str(folder)), message, "name the folder of a clone")) from exc

    @property
    def git_folder(self) -> Path:
        """The folder that holds the objects; it names the repository on this machine."""
        return Path(self._git.path).resolve()

    def line(self, tip: str, is_known: Callable[[bytes], bool]) -> Iterator[Link]:
        """Yield `tip`, its first parent, and so on, up to but without a known commit, else to the first commit.

        Raises ServiceError where a shallow clone ends early, or a commit cannot be read or has no time that exists.
        """
        next_id: bytes | None = bytes.fromhex(tip)
        while next_id is not None and not is_known(next_id):
            match = _COMMIT.match(self._object(next_id, ObjectType.COMMIT))
            if match is None:
                message = f"commit {next_id.hex()} has a header that git would not write"
                raise ServiceError(Problem(Location("."), message, "run `git fsck`"))
            tree, parent, at = match.groups()
            if int(at) not in _CALENDAR:
                message = f"commit {next_id.hex()} has the time {int(at)}, which no calendar holds"
                raise ServiceError(Problem(Location("."), message, "take it off the branch: nothing is after it"))
            yield Link(next_id, bytes.fromhex(tree.decode()), int(at))
            next_id = bytes.fromhex(parent.decode()) if parent else None

    def people(self, commit_id: str) -> tuple[str, str, str]:
        """Return author, committer (each `name <email>`) and subject of a commit, as it says."""
        header, _, message = self._object(bytes.fromhex(commit_id), ObjectType.COMMIT).partition(b"\n\n")
        found = {key: value for key, _, value in (line.partition(b" ") for line in header.split(b"\n")) if value}
        author, committer = (found.get(key, b"").rpartition(b">")[0] + b">" for key in (b"author", b"committer"))
        subject = message.strip().partition(b"\n")[0]
        return _text(author), _text(committer), _text(subject)

    def commit(self, commit_id: str) -> bytes:
        """Return a commit object's bytes."""
        return self._object(bytes.fromhex(commit_id), ObjectType.COMMIT)

    def blob(self, object_id: bytes) -> bytes:
        """Return a file's bytes."""
        return self._object(object_id, ObjectType.BLOB)

    def compare(self, path: bytes, before: bytes | None, after: bytes | None) -> tuple[Difference, ...]:
        """Return the names of a folder that two trees (None: no folder) hold differently.

        Trees last seen at `path` are kept, so that a walk along the line reads each tree once.
        """
        if before == after:
            return ()
        old = None if before is None else self._listing(path, before)
        if old is not None and after is not None:
            raw = self._object(after, ObjectType.TREE)
            changed = _only_change(old, raw)
            if changed is not None:
                position, entry = changed
                self._listings[path] = (after, _replaced(old, raw, position, entry))
                return (Difference(entry[1], old.entries[position], entry),)
        new = None if after is None else self._listing(path, after)
        old_names = {} if old is None else {entry[1]: entry for entry in old.entries}
        new_names = {} if new is None else {entry[1]: entry for entry in new.entries}
        names = sorted({name for name, _ in old_names.items() ^ new_names.items()})
        return tuple(Difference(name, old_names.get(name), new_names.get(name)) for name in names)

    def _listing(self, path: bytes, tree_id: bytes) -> _Listing:
        kept = self._listings.get(path)
        if kept is not None and kept[0] == tree_id:
            return kept[1]
        raw = self._object(tree_id, ObjectType.TREE)
        found = list(_ENTRY.finditer(raw))
        ends = tuple(match.end() for match in found)
        if (ends[-1] if ends else 0) != len(raw):
            message = f"tree {tree_id.hex()} is malformed"
            raise ServiceError(Problem(Location(path.decode(errors="replace") or "."), message, "run `git fsck`"))
        listing = _Listing(raw, tuple((match[1], match[2], match[3]) for match in found), ends)
        self._listings[path] = (tree_id, listing)
        return listing

    def _object(self, object_id: bytes, expected: ObjectType) -> bytes:
        try:
            object_type, content = self._read(pygit2.Oid(raw=object_id))
        except (KeyError, pygit2.GitError) as exc:
            hint = _UNSHALLOW if self._git.is_shallow else _COMPLETE
            message = f"object {object_id.hex()} of the history is missing or cannot be read"
            raise ServiceError(Problem(Location(str(self.git_folder)), message, hint)) from exc
        if object_type != expected:
            message = f"object {object_id.hex()} is no {expected.name.lower()}, and the history says that it is"
            raise ServiceError(Problem(Location(str(self.git_folder)), message, "run `git fsck`"))
        return bytes(content)


def _only_change(old: _Listing, raw: bytes) -> tuple[int, RawEntry] | None:
    """Return the one entry whose id alone differs and its position; None where more than that differs."""
    if len(raw) != len(old.raw):
        return None
    was, ends = old.raw, old.ends
    low, high = 0, len(ends) - 1
    while low < high:
        middle = (low + high) // 2
        if was[: ends[middle]] == raw[: ends[middle]]:
            low = middle + 1
        else:
            high = middle
    end = ends[low]
    start = end - OBJECT_ID_BYTES
    if was[:start] != raw[:start] or was[end:] != raw[end:]:
        return None
    mode, name, _ = old.entries[low]
    return low, (mode, name, raw[start:end])


def _replaced(old: _Listing, raw: bytes, position: int, entry: RawEntry) -> _Listing:
    return _Listing(raw, (*old.entries[:position], entry, *old.entries[position + 1 :]), old.ends)


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "replace")
