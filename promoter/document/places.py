"""Where each value of a document stands: a tree beside the data, its marks packed into integers."""

from promoter.errors import Location

COLUMN_BITS = 18
"""A mark is `line << COLUMN_BITS | column`, both from 0: one small integer, in reading order."""

_COLUMN_MASK = (1 << COLUMN_BITS) - 1
LARGEST_FILE_BYTES = 1 << COLUMN_BITS
"""256 KiB: no column of such a file overflows its bits."""

Key = str | int
"""A step into a document: the key of a mapping, or the index in a list."""

Keys = tuple[Key, ...]

Place = tuple[int, int, "Places | None"]
"""Packed mark of the key (of the item itself in a list), packed mark of the value, places of its children."""

Places = dict[str, Place] | list[Place]


def unpack(mark: int, *, path: str) -> Location:
    """Return the place of a packed mark, counted from 1."""
    return Location(path, (mark >> COLUMN_BITS) + 1, (mark & _COLUMN_MASK) + 1)


def child(places: Places | None, key: Key) -> Place | None:
    """Return the place of a child, or None where there is no such child."""
    if isinstance(places, dict):
        return places.get(key) if isinstance(key, str) else None
    if places is None or isinstance(key, str) or not 0 <= key < len(places):
        return None
    return places[key]
