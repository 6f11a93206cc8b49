"""Which files that make events two trees hold differently; folders that make none are never opened."""

from collections.abc import Iterator
from typing import NamedTuple

from promoter.history.port import Difference, Trees, file_id, folder_id, joined

_MANIFEST = b"manifest.yaml"
_SILENT = frozenset({b"incidents", b"observations"})
"""Folders of a model that make no events; their names are reserved, so no model has one."""


class FileChange(NamedTuple):
    """A file that changed; None where it was or is absent. `path` may name a folder outside of the registry's own."""

    path: str
    before: bytes | None
    after: bytes | None
    is_altered_version: bool = False
    version_folder: bytes | None = None
    """The tree of the version's folder after the change, where the file is its manifest."""


def changed_files(trees: Trees, before: bytes | None, after: bytes | None) -> Iterator[FileChange]:
    """Yield the changes from one root tree to the next that can make events.

    Below versions/ a new manifest is one change, and so is any change of a version that had one. What lies at the
    root beside models/, policies/ and reports/ is one change a name, file or folder.
    """
    for item in trees.compare(b"", before, after):
        if item.name in (b"models", b"policies"):
            yield from _below(trees, item.name, folder_id(item.before), folder_id(item.after))
        elif item.name != b"reports":
            yield FileChange(_text(item.name), item.before and item.before[2], item.after and item.after[2])


def difference_at(trees: Trees, path: str, before: bytes | None, after: bytes | None) -> Difference | None:
    """Return what two root trees hold differently at a path, a file or a folder, or None; no other folder is opened."""
    *folders, name = path.encode("utf-8", "surrogateescape").split(b"/")
    folder = b""
    for part in folders:
        item = next((item for item in trees.compare(folder, before, after) if item.name == part), None)
        if item is None:
            return None
        folder, before, after = joined(folder, part), folder_id(item.before), folder_id(item.after)
    return next((item for item in trees.compare(folder, before, after) if item.name == name), None)


def changes_of_model(trees: Trees, model: str, before: bytes | None, after: bytes | None) -> Iterator[FileChange]:
    """Yield the changes of `changed_files` that lie in one model's folder; no other model's is opened."""
    path = f"models/{model}"
    item = difference_at(trees, path, before, after)
    if item is not None:
        yield from _below(trees, path.encode(), folder_id(item.before), folder_id(item.after))


def replaced_files(trees: Trees, folder: bytes, before: bytes, after: bytes) -> Iterator[str]:
    """Yield the files below a folder of the root that were there before and are changed or gone."""
    for item in trees.compare(b"", before, after):
        if item.name == folder:
            yield from _replaced(trees, folder, folder_id(item.before), folder_id(item.after))


def _replaced(trees: Trees, path: bytes, before: bytes | None, after: bytes | None) -> Iterator[str]:
    for item in trees.compare(path, before, after):
        name, old_folder = joined(path, item.name), folder_id(item.before)
        if old_folder is not None:
            yield from _replaced(trees, name, old_folder, folder_id(item.after))
        elif item.before is not None:
            yield _text(name)


def _below(trees: Trees, path: bytes, before: bytes | None, after: bytes | None) -> Iterator[FileChange]:
    for item in trees.compare(path, before, after):
        name = joined(path, item.name)
        old_folder, new_folder = folder_id(item.before), folder_id(item.after)
        if old_folder != new_folder and not (path.startswith(b"models/") and item.name in _SILENT):
            below = _versions if item.name == b"versions" and path.startswith(b"models/") else _below
            yield from below(trees, name, old_folder, new_folder)
        old_file, new_file = file_id(item.before), file_id(item.after)
        if old_file != new_file:
            yield FileChange(_text(name), old_file, new_file)


def _versions(trees: Trees, path: bytes, before: bytes | None, after: bytes | None) -> Iterator[FileChange]:
    for item in trees.compare(path, before, after):
        folder = joined(path, item.name)
        name, lies = joined(folder, _MANIFEST), folder_id(item.after)
        old = _manifest_id(trees, folder, folder_id(item.before))
        new = _manifest_id(trees, folder, lies)
        if old is not None or new is not None:
            yield FileChange(_text(name), old, new, is_altered_version=old is not None, version_folder=lies)


def _manifest_id(trees: Trees, path: bytes, folder: bytes | None) -> bytes | None:
    entries = trees.compare(path, None, folder)
    return next((file_id(item.after) for item in entries if item.name == _MANIFEST), None)


def _text(path: bytes) -> str:
    return path.decode("utf-8", "surrogateescape")
