"""A YAML file as data in which every value knows its place."""

import re
from dataclasses import dataclass, field, replace
from typing import Any

from promoter.document.characters import MOST_PROBLEMS, neutralise
from promoter.document.encoding import decode
from promoter.document.guard import DEFAULT_LIMITS, Guard, Limits
from promoter.document.places import Key, Keys, Place, child, unpack
from promoter.document.scalars import ScalarRefusedError, resolve
from promoter.errors import Location, Problem, ProposalError

__all__ = ["DEFAULT_LIMITS", "Document", "Key", "Keys", "Limits", "read_yaml"]

_PLAIN = re.compile(r"[^\s,\[\]{}]+")


@dataclass(frozen=True, slots=True)
class Document:
    """One document: plain data (dict, list, str, int, float, bool, None) and where each of its values stands."""

    value: Any
    path: str
    content: bytes = field(repr=False)
    _place: Place = field(repr=False)
    _located: dict[Keys, Location] = field(default_factory=dict, init=False, repr=False, compare=False)

    def location(self, keys: Keys = ()) -> Location:
        """Return the place of a value, or of its nearest ancestor that exists; gates ask for few, again and again."""
        if keys not in self._located:
            place, _ = self._find(keys)
            self._located[keys] = unpack(place[1], path=self.path)
        return self._located[keys]

    def key_location(self, keys: Keys) -> Location:
        """Return the place of the key of a value (of the item itself in a list), or of its nearest ancestor."""
        place, is_found = self._find(keys)
        return unpack(place[0] if is_found else place[1], path=self.path)

    def at(self, keys: Keys) -> "Document":
        """Return the part of the document below `keys`; its places stay true. Raises KeyError if there is none."""
        place, is_found = self._find(keys)
        if not is_found:
            raise KeyError(keys)
        value = self.value
        for key in keys:
            value = value[key]
        return replace(self, value=value, _place=place)

    def written(self, keys: Keys = ()) -> str | None:
        """Return a number, true, false or null as its author wrote it (`1.10`, not 1.1); None for other values."""
        place, is_found = self._find(keys)
        if not is_found or place[2] is not None:
            return None
        where = unpack(place[1], path=self.path)
        lines = self.content.decode().split("\n")
        line, column = (where.line or 1) - 1, (where.column or 1) - 1
        plain = _PLAIN.match(lines[line], column) if line < len(lines) else None
        try:
            return plain[0] if plain and not isinstance(resolve(plain[0]), str) else None
        except ScalarRefusedError:
            return None

    def _find(self, keys: Keys) -> tuple[Place, bool]:
        place = self._place
        for key in keys:
            below = child(place[2], key)
            if below is None:
                return place, False
            place = below
        return place, True


def read_yaml(content: bytes, *, path: str, limits: Limits = DEFAULT_LIMITS) -> Document:
    """Return the one document of a file; raises ProposalError with every problem that can be found in it.

    `path` names the file in the problems. What is read and what is refused: `scalars`, `characters`, `guard`.
    """
    if len(content) > limits.size_bytes:
        message = f"the file has {len(content):,} bytes, more than {limits.size_bytes:,}"
        raise ProposalError(Problem(Location(path), message, "split it, or keep large content in evidence files"))
    text, problems = neutralise(decode(content, path=path), path=path)
    guard = Guard(path=path, limits=limits)
    root = guard.read(text)
    problems += guard.problems
    document = Document(root[0], path, content, root[1]) if root else None
    if not problems and (document is None or (document.value is None and document.written() is None)):
        problems.append(Problem(Location(path, 1, 1), "the document is empty", "write its keys, or remove the file"))
    if problems or document is None:
        raise ProposalError(*problems[:MOST_PROBLEMS])
    return document
