"""What every stage served at one commit of the line, and since which commit: read backward, no further than needed."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Union

from promoter.history.line import Line
from promoter.history.pointer import read_version
from promoter.history.port import Trees, file_id, folder_id, joined
from promoter.registry.address import StageAddress
from promoter.registry.layout import FileKind, Place, place_of

_MODELS = b"models"
_WITHOUT_POINTERS = frozenset({b"versions", b"incidents", b"observations"})

Pending = dict[bytes, Union["Pending", StageAddress]]
"""Names of folders and pointers that are not settled yet, as a tree."""


@dataclass(frozen=True, slots=True)
class Standing:
    """The version that a stage serves (None: its pointer names none) and the position of the commit that set it."""

    version: str | None
    position: int


def read_standings(trees: Trees, line: Line, position: int) -> dict[StageAddress, Standing]:
    """Return what each stage serves after the commit at a position, sorted by address.

    1. Find the pointers of that commit's tree. 2. Go back commit by commit, looking only into folders that hold
    pointers whose setter is not found. 3. Stop when there is none; what is left came with the first commit.
    """
    versions: dict[StageAddress, str | None] = {}
    pending: Pending = {}
    for path, address, object_id in _pointers(trees, b"", line.tree_id(position)):
        versions[address] = read_version(trees.blob(object_id))
        _insert(pending, path, address)
    setters = dict.fromkeys(versions, 0)
    for current in range(position, 0, -1):
        if not pending:
            break
        for address in _settled(trees, b"", line.tree_id(current), line.tree_id(current - 1), pending):
            setters[address] = current
    return {address: Standing(versions[address], setters[address]) for address in sorted(versions)}


def _pointers(trees: Trees, path: bytes, folder: bytes | None) -> Iterator[tuple[bytes, StageAddress, bytes]]:
    """Yield path, address and object id of each stage pointer of a tree."""
    for item in trees.compare(path, None, folder):
        name, object_id = joined(path, item.name), file_id(item.after)
        if (path or item.name == _MODELS) and item.name not in _WITHOUT_POINTERS:
            yield from _pointers(trees, name, folder_id(item.after))
        if object_id is not None and path.endswith(b"/stages"):
            place = place_of(name.decode("utf-8", "surrogateescape"))
            if isinstance(place, Place) and place.kind is FileKind.STAGE:
                yield name, StageAddress(place.model or "", place.name or ""), object_id


def _insert(pending: Pending, path: bytes, address: StageAddress) -> None:
    *folders, name = path.split(b"/")
    for folder in folders:
        below = pending.setdefault(folder, {})
        if isinstance(below, dict):
            pending = below
    pending[name] = address


def _settled(
    trees: Trees, path: bytes, newer: bytes | None, older: bytes | None, pending: Pending
) -> Iterator[StageAddress]:
    """Yield the pending addresses whose version the newer tree set, and take them out of `pending`."""
    # The newer tree was read in the step before: as the first of the two it is found again.
    for item in trees.compare(path, newer, older):
        below = pending.get(item.name)
        if isinstance(below, dict):
            yield from _settled(trees, joined(path, item.name), folder_id(item.before), folder_id(item.after), below)
            if not below:
                del pending[item.name]
        elif below is not None and _version(trees, file_id(item.before)) != _version(trees, file_id(item.after)):
            del pending[item.name]
            yield below


def _version(trees: Trees, object_id: bytes | None) -> tuple[str | None] | None:
    """Return the version that a pointer names, in a tuple so that no pointer differs from one that names none."""
    return None if object_id is None else (read_version(trees.blob(object_id)),)
