"""Which of the records that were made belong onto a branch as it is now: the next of their folders, and no others."""

from collections.abc import Mapping

from promoter.digest import sha256_bytes
from promoter.errors import Location, Problem, ServiceError
from promoter.history.record import MAX_BYTES, parse_record, record_names, sequence_of
from promoter.registry.layout import FileKind, Place, place_of
from promoter.registry.tree import Tree

_AGAIN = "run the workflow again: it records what is missing then"


def place_records(tree: Tree, made: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return the records that are to be added to a tree; one that it holds already is left out.

    Raises ServiceError where a path is no record's, or a record does not follow the last one of its folder: somebody
    else recorded meanwhile. Whoever wrote the files, they can add records and do nothing else.
    """
    folders: dict[str, list[str]] = {}
    for path in made:
        place = place_of(path)
        if not isinstance(place, Place) or place.kind is not FileKind.RECORD:
            raise ServiceError(Problem(Location(path), "this is no path of a decision record", _AGAIN))
        folders.setdefault(path.rpartition("/")[0], []).append(path)
    added: dict[str, bytes] = {}
    for folder, paths in sorted(folders.items()):
        added |= _following(tree, folder, {path: made[path] for path in paths})
    return added


def _following(tree: Tree, folder: str, made: Mapping[str, bytes]) -> dict[str, bytes]:
    names = record_names(tree, folder)
    last = names[-1] if names else None
    number = sequence_of(last) or 0 if last else 0
    previous = sha256_bytes(tree.read(f"{folder}/{last}", limit_bytes=MAX_BYTES)) if last else None
    added: dict[str, bytes] = {}
    for path in sorted(made, key=lambda path: sequence_of(path.rpartition("/")[2]) or 0):
        if tree.entry(path) is not None:
            if tree.read(path, limit_bytes=MAX_BYTES) != made[path]:
                raise ServiceError(Problem(Location(path), "another record has this name already", _AGAIN))
            continue
        record = parse_record(path, made[path])
        if (record.sequence, record.value.get("sequence")) != (number + 1, number + 1):
            raise ServiceError(Problem(Location(path), f"the next record has number {number + 1}", _AGAIN))
        if record.value.get("previous") != previous:
            raise ServiceError(Problem(Location(path), "it does not follow the last record of its folder", _AGAIN))
        number, previous = number + 1, record.digest
        added[path] = made[path]
    return added
