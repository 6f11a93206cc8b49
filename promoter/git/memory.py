"""A git object store that lives in memory, so that asking a question writes nothing to the repository."""

from collections.abc import Iterator
from typing import Any

import pygit2

# Above the loose (1) and packed (2) stores of libgit2: the first store that can write gets what is written.
ABOVE_EVERY_STORE = 100
_WHOLE_ID = 40
"""Hex digits of an id that stands for no other."""


class MemoryBackend(pygit2.OdbBackend):
    """Takes every object that libgit2 writes, and gives it back when asked.

    A read through `Odb.read` reaches the prefix callbacks even for a full id, so all of them are here.
    """

    def __init__(self) -> None:
        super().__init__()
        self._objects: dict[str, tuple[int, bytes]] = {}

    def __iter__(self) -> Iterator[pygit2.Oid]:
        return (pygit2.Oid(hex=object_id) for object_id in self._objects)

    def read_cb(self, object_id: Any) -> tuple[int, bytes]:
        """Return type and bytes; KeyError is libgit2's cue to ask the next store."""
        return self._objects[str(object_id)]

    def read_prefix_cb(self, prefix: Any) -> tuple[int, bytes, pygit2.Oid]:
        """Return type, bytes and id of the object that a prefix means."""
        found = self.exists_prefix_cb(prefix)
        return *self._objects[str(found)], found

    def read_header_cb(self, object_id: Any) -> tuple[int, int]:
        """Return type and size in bytes."""
        object_type, content = self._objects[str(object_id)]
        return object_type, len(content)

    def exists_cb(self, object_id: Any) -> bool:
        """Return whether the object is here."""
        return str(object_id) in self._objects

    def exists_prefix_cb(self, prefix: Any) -> pygit2.Oid:
        """Return the id that a prefix means; KeyError where none begins with it."""
        wanted = str(prefix)
        if wanted in self._objects:
            return pygit2.Oid(hex=wanted)
        if len(wanted) == _WHOLE_ID:
            raise KeyError(wanted)
        for object_id in self._objects:
            if object_id.startswith(wanted):
                return pygit2.Oid(hex=object_id)
        raise KeyError(wanted)

    def refresh_cb(self) -> None:
        """Nothing to look up again: memory is always current."""

    def write_cb(self, object_id: Any, content: bytes, object_type: int) -> None:
        """Keep an object; libgit2 has computed its id."""
        self._objects[str(object_id)] = (int(object_type), bytes(content))
