"""One tree of the repository, read by path."""

from collections.abc import Iterator
from dataclasses import dataclass

from promoter.errors import Location, Problem, ProposalError
from promoter.git.entry import Entry, EntryKind, RawEntry, joined, kind_of, path_bytes, path_text
from promoter.git.names import shown
from promoter.git.objects import ObjectStore


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All files of one tree. Paths run from its root with `/` between names; the root itself is ``.

    Nothing is checked out: bytes are those of the blobs, before any filter or attribute. A tree that has not
    passed `check_trees` may hold hostile names; they are values here and never touch a file system.
    """

    repository: ObjectStore
    tree_id: str

    def entry(self, path: str) -> Entry | None:
        """Return what stands at a path, or None. The root has no entry."""
        raw_path, tree_id = path_bytes(path), self.tree_id
        folder, _, name = raw_path.rpartition(b"/")
        if folder:
            found = self.tree_id_of(path_text(folder))
            if found is None:
                return None
            tree_id = found
        raw = self.repository.names(tree_id, path=path_text(folder)).get(name)
        return None if raw is None else as_entry(raw_path, raw)

    def tree_id_of(self, path: str) -> str | None:
        """Return the id of a folder's tree, or None where there is no folder at this path."""
        return self.repository.folder_id(self.tree_id, path_bytes(path))

    def children(self, path: str) -> tuple[Entry, ...]:
        """Return the entries of a folder in git's order; none where there is no folder."""
        tree_id = self.tree_id_of(path)
        if tree_id is None:
            return ()
        folder = path_bytes(path)
        listing = self.repository.names(tree_id, path=path)
        return tuple(as_entry(joined(folder, name), raw) for name, raw in listing.items())

    def walk(self, path: str) -> Iterator[Entry]:
        """Yield every entry below a folder that is not itself a folder: files, and links and submodules too."""
        pending = list(reversed(self.children(path)))
        while pending:
            entry = pending.pop()
            if entry.kind is EntryKind.TREE:
                pending.extend(reversed(self.children(entry.path)))
            else:
                yield entry

    def size(self, path: str) -> int:
        """Return a file's size in bytes, from the object's header. Raises ProposalError where there is no file."""
        return self.repository.header(self._file(path).object_id, path=path)[1]

    def read(self, path: str, *, limit_bytes: int) -> bytes:
        """Return a file's bytes; the size is checked before they are loaded.

        Raises ProposalError where there is no file or it is larger, ServiceError where the object is missing.
        """
        entry = self._file(path)
        return self.repository.load_file(entry.object_id, path=path, limit_bytes=limit_bytes)

    def _file(self, path: str) -> Entry:
        entry = self.entry(path)
        if entry is not None and entry.kind is EntryKind.BLOB:
            return entry
        found = "nothing" if entry is None else f"a {entry.kind}"
        message = f"a file is needed here, and there is {found}"
        raise ProposalError(Problem(Location(shown(path)), message, "add the file, or correct what names it"))


def as_entry(path: bytes, raw: RawEntry) -> Entry:
    """Return an entry at its path. Raises ProposalError where git knows no such mode."""
    mode, _, object_id = raw
    kind = kind_of(mode)
    if kind is None:
        message = f"git knows no mode {shown(mode)}"
        raise ProposalError(Problem(Location(shown(path)), message, "write the commit again with git"))
    return Entry(path_text(path), object_id.hex(), int(mode, 8), kind)
