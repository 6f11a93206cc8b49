"""Foreign JSON read with limits, and walked with a place for each complaint."""

import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, BinaryIO, NoReturn

from promoter.errors import Undecidable

LARGEST_BYTES = 32 * 1024 * 1024
MOST_PARTS = 2_000_000
DEEPEST = 64
LONGEST_TEXT = 500


@dataclass(frozen=True, slots=True)
class Node:
    """A value of a JSON document and its place in it; an absent value is a node of None.

    Every method raises Undecidable, naming the place, where the value is of another kind.
    """

    value: Any
    place: str = "$"

    def __getitem__(self, key: str) -> "Node":
        """Return a member of an object; absent where the object has none or is absent itself."""
        if self.value is None:
            return Node(None, f"{self.place}.{key}")
        if not isinstance(self.value, dict):
            self._expected("an object")
        return Node(self.value.get(key), f"{self.place}.{key}")

    def each(self) -> Iterator["Node"]:
        """Yield the items of a list; none where it is absent."""
        if self.value is None:
            return
        if not isinstance(self.value, list):
            self._expected("a list")
        for index, item in enumerate(self.value):
            yield Node(item, f"{self.place}[{index}]")

    def members(self) -> Iterator[tuple[str, "Node"]]:
        """Yield the members of an object; none where it is absent."""
        if self.value is None:
            return
        if not isinstance(self.value, dict):
            self._expected("an object")
        for key, item in self.value.items():
            yield key, Node(item, f"{self.place}.{key}")

    def text(self) -> str | None:
        """Return a text, cut at LONGEST_TEXT characters, without control characters; None where it is absent."""
        if self.value is None:
            return None
        if not isinstance(self.value, str):
            self._expected("a text")
        return "".join(letter if letter.isprintable() else " " for letter in self.value[:LONGEST_TEXT])

    def required_text(self) -> str:
        """Return a text that must be there."""
        found = self.text()
        if not found:
            self._expected("a text")
        return found

    def texts(self) -> list[str]:
        """Return a list of texts; none where it is absent."""
        return [node.required_text() for node in self.each()]

    def number(self) -> float | None:
        """Return a number; None where it is absent."""
        if self.value is None:
            return None
        if isinstance(self.value, bool) or not isinstance(self.value, int | float):
            self._expected("a number")
        try:
            return float(self.value)
        except OverflowError:
            self._expected("a number that a float holds")

    def instant(self) -> str | None:
        """Return a moment as ISO 8601 in UTC; None where it is absent or empty. A time without a zone counts as UTC."""
        found = self.text()
        return utc_instant(found, place=self.place) if found else None

    def require(self, *keys: str, what: str) -> None:
        """Raise Undecidable unless this is an object that has these members."""
        missing = [key for key in keys if not isinstance(self.value, dict) or key not in self.value]
        if missing:
            raise Undecidable(f"the file is no {what}: {self.place} has no {missing[0]!r}; check its format")

    def _expected(self, what: str) -> NoReturn:
        found = {dict: "an object", list: "a list", str: "a text", type(None): "nothing"}.get(type(self.value))
        raise Undecidable(f"{self.place}: expected {what}, found {found or repr(self.value)[:40]}; check its format")


def read_json(stream: BinaryIO) -> Node:
    """Return a JSON document. Raises Undecidable where it is too large, deep or rich in parts, or is not JSON.

    The number of parts is bounded by the commas and brackets of the raw bytes, before anything is built: memory stays
    below about 20 times the file. A key that stands twice, NaN and infinities are refused: readers differ on them.
    """
    content = stream.read(LARGEST_BYTES + 1)
    if len(content) > LARGEST_BYTES:
        raise Undecidable(f"the file is larger than {LARGEST_BYTES:,} bytes; report what matters alone")
    return Node(parse_json(content))


def parse_json(content: bytes) -> Any:
    """Return the value of JSON bytes. Raises Undecidable where they are no JSON that all readers read alike."""
    if sum(content.count(mark) for mark in (b"[", b"{", b",")) > MOST_PARTS:
        raise Undecidable(f"the file has more than {MOST_PARTS:,} parts; report what matters alone")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Undecidable(f"the file is not UTF-8 (byte {error.start}); save it as UTF-8") from error
    try:
        value = json.loads(text, object_pairs_hook=_object, parse_constant=_refuse_constant)
    except RecursionError as error:
        raise Undecidable(f"the file nests deeper than {DEEPEST} levels; write it again with the tool") from error
    except json.JSONDecodeError as error:
        raise Undecidable(f"the file is not JSON or is cut off: {error}; write it again with the tool") from error
    except ValueError as error:
        limit = sys.get_int_max_str_digits()
        raise Undecidable(
            f"the file holds a number of more than {limit:,} digits; write it as the tool does"
        ) from error
    _limit_depth(value)
    return value


def utc_instant(text: str, *, place: str) -> str:
    """Return a moment as ISO 8601 in UTC to the second. Raises Undecidable where the text is none."""
    try:
        moment = datetime.fromisoformat(_shorten_fraction(text))
    except ValueError as error:
        raise Undecidable(f"{place}: {text!r} is no time; expected ISO 8601") from error
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    try:
        return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    except OverflowError as error:
        raise Undecidable(f"{place}: {text!r} is no time that a calendar holds") from error


def _shorten_fraction(text: str) -> str:
    """Cut nanoseconds, which Go writes and Python does not read, to microseconds."""
    head, point, tail = text.partition(".")
    digits = len(tail) - len(tail.lstrip("0123456789"))
    return f"{head}{point}{tail[: min(digits, 6)]}{tail[digits:]}"


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        times = Counter(key for key, _ in pairs)
        twice = next(key for key in times if times[key] > 1)
        raise Undecidable(
            f"the key {twice[:60]!r} stands twice in one object; readers differ on which counts: write it once"
        )
    return found


def _refuse_constant(name: str) -> NoReturn:
    raise Undecidable(f"the file holds {name}, which JSON does not know; write a number or null")


def _limit_depth(value: Any) -> None:
    level = [value]
    for _ in range(DEEPEST):
        level = [child for item in level for child in _children(item)]
        if not level:
            return
    raise Undecidable(f"the file nests deeper than {DEEPEST} levels; write it again with the tool")


def _children(item: Any) -> Iterable[Any]:
    if isinstance(item, dict):
        return item.values()
    return item if isinstance(item, list) else ()
