"""What a git tree lists: entries as they stand in the tree object, and as the rest of Promoter sees them."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

OBJECT_ID_BYTES = 20

RawEntry = tuple[bytes, bytes, bytes]
"""Mode in octal digits, name, and the id's 20 bytes, exactly as the tree object holds them."""

_RAW_ENTRY = re.compile(rb"([^ \0]*) ([^\0]*)\0(.{20})", re.DOTALL)
_TYPE_BITS = 0o170000
_TREE_BITS = 0o040000


class EntryKind(StrEnum):
    """What an entry points at: `LINK` is a symbolic link, `COMMIT` a submodule."""

    BLOB = "blob"
    TREE = "tree"
    LINK = "link"
    COMMIT = "commit"


_KIND_OF_TYPE_BITS = {
    0o100000: EntryKind.BLOB,
    _TREE_BITS: EntryKind.TREE,
    0o120000: EntryKind.LINK,
    0o160000: EntryKind.COMMIT,
}


@dataclass(frozen=True, slots=True)
class Entry:
    """A file, folder, link or submodule at a path of a tree.

    `path` runs from the root with `/` between names; bytes that are not UTF-8 are surrogate escapes.
    """

    path: str
    object_id: str
    mode: int
    kind: EntryKind


def parse_listing(raw: bytes) -> tuple[RawEntry, ...]:
    """Return the entries of a tree object in their order. Raises ValueError where the bytes are no tree."""
    entries = _RAW_ENTRY.findall(raw)
    parsed_bytes = sum(len(mode) + len(name) for mode, name, _ in entries) + (2 + OBJECT_ID_BYTES) * len(entries)
    if parsed_bytes != len(raw):
        message = f"only {parsed_bytes} of {len(raw)} bytes read as tree entries"
        raise ValueError(message)
    return tuple(entries)


def encode_listing(entries: Iterable[RawEntry]) -> bytes:
    """Return the tree object that lists these entries in git's order."""
    in_order = sorted(entries, key=order_key)
    return b"".join(mode + b" " + name + b"\0" + object_id for mode, name, object_id in in_order)


def order_key(entry: RawEntry) -> bytes:
    """Return what git sorts a tree by: the name, with `/` behind a folder's. Source: git, base_name_compare."""
    mode, name, _ = entry
    return name + b"/" if is_tree(mode) else name


@lru_cache(maxsize=64)
def kind_of(mode: bytes) -> EntryKind | None:
    """Return what a mode's type bits say, or None where they say nothing that git knows."""
    try:
        return _KIND_OF_TYPE_BITS.get(int(mode, 8) & _TYPE_BITS)
    except ValueError:
        return None


def is_tree(mode: bytes) -> bool:
    """Return whether a mode is a folder's, zero-padded or not."""
    return mode == b"40000" or kind_of(mode) is EntryKind.TREE


def path_text(path: bytes) -> str:
    """Return a path as text; bytes that are not UTF-8 become surrogate escapes."""
    return path.decode("utf-8", "surrogateescape")


def path_bytes(path: str) -> bytes:
    """Return the bytes of a path, undoing `path_text`."""
    return path.encode("utf-8", "surrogateescape")


def joined(folder: bytes, name: bytes) -> bytes:
    """Return the path of a name in a folder; the root is empty."""
    return folder + b"/" + name if folder else name
