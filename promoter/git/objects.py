"""Objects of a repository by id, with their sizes known before their bytes are loaded."""

from collections.abc import Mapping

import pygit2
from pygit2.enums import ObjectType

from promoter.errors import Location, Problem, ProposalError, ServiceError
from promoter.git.entry import RawEntry, encode_listing, is_tree, joined, parse_listing, path_text
from promoter.git.memory import ABOVE_EVERY_STORE, MemoryBackend
from promoter.git.names import shown

# A folder of 100,000 files with names of 255 bytes; git itself has no limit, so a hostile tree could fill memory.
MAX_TREE_BYTES = 32 * 1024 * 1024
# About 300 MB of parsed entries; then the cache starts afresh.
MAX_CACHED_ENTRIES = 1_000_000
# Files that are read again and again: an audit meets a manifest at each of its version's moves. At most 16 MB.
MAX_CACHED_FILES = 512
MAX_CACHED_FILE_BYTES = 32 * 1024
# A case asks two trees for few folders, again and again.
MAX_CACHED_TREES = 16
MAX_CACHED_FOLDERS = 4_096


class ObjectStore:
    """Reads objects of one repository; what it writes stays in memory and dies with it."""

    def __init__(self, git: pygit2.Repository) -> None:
        self._git = git
        self._memory: MemoryBackend | None = None
        self._listings: dict[str, Mapping[bytes, RawEntry]] = {}
        self._cached_entries = 0
        self._files: dict[str, bytes] = {}
        self._folders: dict[str, dict[bytes, str | None]] = {}

    def header(self, object_id: str, *, path: str) -> tuple[ObjectType, int]:
        """Return type and size in bytes without loading the object. Raises ServiceError where it is missing."""
        try:
            object_type, size = self._git.odb.read_header(pygit2.Oid(hex=object_id))
        except (KeyError, pygit2.GitError) as exc:
            raise _unreadable(object_id, path, exc) from exc
        return ObjectType(object_type), size

    def load(self, object_id: str, expected: ObjectType, *, path: str, limit_bytes: int) -> bytes:
        """Return an object's bytes. Raises ProposalError where it is larger than the limit or of another type."""
        object_type, size = self.header(object_id, path=path)
        if object_type != expected:
            message = f"object {object_id} is a {object_type.name.lower()}, its entry says {expected.name.lower()}"
            raise _refused(path, message, "write the commit again with git; no git command makes such a tree")
        if size > limit_bytes:
            message = f"{size:,} bytes, and at most {limit_bytes:,} are read"
            raise _refused(path, message, "make the file smaller, or keep it in an evidence store and name its digest")
        try:
            return self._git.odb.read(pygit2.Oid(hex=object_id))[1]
        except (KeyError, pygit2.GitError) as exc:
            raise _unreadable(object_id, path, exc) from exc

    def load_file(self, object_id: str, *, path: str, limit_bytes: int) -> bytes:
        """Return the bytes of a file that lies, or lay, at a path. Raises as `load` does."""
        content = self._files.get(object_id)
        if content is not None and len(content) <= limit_bytes:
            return content
        content = self.load(object_id, ObjectType.BLOB, path=path, limit_bytes=limit_bytes)
        if len(content) <= MAX_CACHED_FILE_BYTES:
            while len(self._files) >= MAX_CACHED_FILES:
                del self._files[next(iter(self._files))]
            self._files[object_id] = content
        return content

    def entries(self, tree_id: str, *, path: str) -> tuple[RawEntry, ...]:
        """Return the entries of a tree exactly as stored, however hostile. Raises ProposalError on a broken tree."""
        cached = self._listings.get(tree_id)
        if cached is not None:
            return tuple(cached.values())
        raw = self.load(tree_id, ObjectType.TREE, path=path, limit_bytes=MAX_TREE_BYTES)
        try:
            entries = parse_listing(raw)
        except ValueError as exc:
            raise _refused(path, f"tree {tree_id} is malformed: {exc}", "write the commit again with git") from exc
        listing = {entry[1]: entry for entry in entries}
        if len(listing) == len(entries):
            self._keep_listing(tree_id, listing)
        return entries

    def names(self, tree_id: str, *, path: str) -> Mapping[bytes, RawEntry]:
        """Return the entries of a tree by name. Raises ProposalError where two share a name: neither may win."""
        cached = self._listings.get(tree_id)
        if cached is not None:
            return cached
        self.entries(tree_id, path=path)
        if tree_id not in self._listings:
            raise _refused(path, f"tree {tree_id} lists one name twice", "keep one entry a name; write it with git")
        return self._listings[tree_id]

    def folder_id(self, tree_id: str, path: bytes) -> str | None:
        """Return the id of the tree of a folder below a tree, or None where there is no folder at this path."""
        if not path:
            return tree_id
        known = self._folders.get(tree_id)
        if known is None:
            if len(self._folders) >= MAX_CACHED_TREES:
                self._folders.clear()
            known = self._folders[tree_id] = {}
        if path not in known:
            if len(known) >= MAX_CACHED_FOLDERS:
                known.clear()
            self._find_folders(tree_id, path, known)
        return known.get(path)

    def _find_folders(self, tree_id: str, path: bytes, known: dict[bytes, str | None]) -> None:
        """Learn the ids of a folder and of those above it, as far as they are not known; None: no folder is there."""
        found: str | None = tree_id
        folder = b""
        for name in path.split(b"/"):
            above, folder = folder, joined(folder, name)
            if folder not in known:
                raw = None if found is None else self.names(found, path=path_text(above)).get(name)
                known[folder] = raw[2].hex() if raw is not None and is_tree(raw[0]) else None
            found = known[folder]

    def _keep_listing(self, tree_id: str, listing: Mapping[bytes, RawEntry]) -> None:
        if self._cached_entries > MAX_CACHED_ENTRIES:
            self._listings.clear()
            self._cached_entries = 0
        self._cached_entries += len(listing)
        self._listings[tree_id] = listing

    def keep_tree(self, entries: Mapping[bytes, RawEntry]) -> str:
        """Return the id of a tree of these entries, held in memory."""
        self.write_into_memory()
        return str(self._git.odb.write(ObjectType.TREE, encode_listing(entries.values())))

    @property
    def writes_into_memory(self) -> bool:
        """Whether libgit2 already writes objects of this repository to memory."""
        return self._memory is not None

    def write_into_memory(self) -> None:
        """Make sure that from here on libgit2 writes objects of this repository to memory, never to disk."""
        if self._memory is None:
            self._memory = MemoryBackend()
            self._git.odb.add_backend(self._memory, ABOVE_EVERY_STORE)


def _refused(path: str, message: str, hint: str) -> ProposalError:
    return ProposalError(Problem(Location(shown(path)), message, hint))


def _unreadable(object_id: str, path: str, cause: Exception) -> ServiceError:
    if isinstance(cause, KeyError):
        message = f"object missing: {object_id} is not in this repository"
        hint = "a shallow or partial clone lacks it: `git fetch --unshallow`, or `git fetch --refetch --no-filter`"
    else:
        message = f"object {object_id} cannot be read: {cause}"
        hint = "run `git fsck`, and clone again where it reports a broken object"
    return ServiceError(Problem(Location(shown(path)), message, hint))
