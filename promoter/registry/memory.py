"""A tree of files that lies in memory: what the core reads where there is no repository, such as a policy's test."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from promoter.errors import Location, Problem, ProposalError


@dataclass(frozen=True, slots=True)
class MemoryEntry:
    """A file or folder at a path; `object_id` is a digest of its content."""

    path: str
    object_id: str


@dataclass(frozen=True, slots=True)
class MemoryTree:
    """Files by path; a `promoter.registry.tree.Tree`."""

    files: Mapping[str, bytes]

    def entry(self, path: str) -> MemoryEntry | None:
        """Return what stands at a path, or None."""
        if path in self.files:
            return MemoryEntry(path, hashlib.sha256(self.files[path]).hexdigest())
        tree_id = self.tree_id_of(path)
        return None if tree_id is None else MemoryEntry(path, tree_id)

    def tree_id_of(self, path: str) -> str | None:
        """Return the id of a folder, or None."""
        below = [f"{entry.path}\0{entry.object_id}" for entry in self.walk(path)]
        return hashlib.sha256("\n".join(below).encode()).hexdigest() if below else None

    def children(self, path: str) -> tuple[MemoryEntry, ...]:
        """Return the entries of a folder in the order of their names; none where there is no folder."""
        prefix = f"{path}/"
        names = {name.removeprefix(prefix).split("/", 1)[0] for name in self.files if name.startswith(prefix)}
        found = (self.entry(prefix + name) for name in sorted(names))
        return tuple(entry for entry in found if entry is not None)

    def walk(self, path: str) -> Iterator[MemoryEntry]:
        """Yield every file below a folder in the order of their paths."""
        for name in sorted(self.files):
            if name.startswith(f"{path}/"):
                yield MemoryEntry(name, hashlib.sha256(self.files[name]).hexdigest())

    def size(self, path: str) -> int:
        """Return a file's size in bytes. Raises ProposalError where there is no file."""
        return len(self._content(path))

    def read(self, path: str, *, limit_bytes: int) -> bytes:
        """Return a file's bytes. Raises ProposalError where it is missing or larger."""
        content = self._content(path)
        if len(content) > limit_bytes:
            message = f"{len(content):,} bytes, and at most {limit_bytes:,} are read"
            raise ProposalError(Problem(Location(path), message, "make the file smaller"))
        return content

    def _content(self, path: str) -> bytes:
        if path not in self.files:
            raise ProposalError(Problem(Location(path), "the file is missing", "add it, or correct the name"))
        return self.files[path]
