"""A walker over protobuf's wire format that reads lengths and skips content: no schema compiler, no copies.

Source: protobuf.dev/programming-guides/encoding. Groups, which no format of ours has, are refused.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Protocol

from promoter.errors import Undecidable

_MOST_FIELDS = 2_000_000
_DEEPEST = 64


class Buffer(Protocol):
    """Bytes by place: bytes or an mmap."""

    def __len__(self) -> int:
        """Return the number of bytes."""

    def __getitem__(self, key: slice, /) -> bytes:
        """Return some bytes."""


@dataclass(slots=True)
class Budget:
    """What a walk may still cost; a file that costs more is refused, not waited for."""

    fields: int = field(default=_MOST_FIELDS)

    def spend(self) -> None:
        """Count one field. Raises Undecidable when there are too many."""
        self.fields -= 1
        if self.fields < 0:
            raise Undecidable(f"the file has more than {_MOST_FIELDS:,} fields; export it with packed tensors")


@dataclass(frozen=True, slots=True)
class Message:
    """A message at [start, end) of a buffer."""

    buffer: Buffer
    start: int
    end: int
    budget: Budget
    depth: int = 0

    def fields(self) -> Iterator[tuple[int, "int | Message"]]:
        """Yield (number, integer or message-or-bytes) in file order. Raises Undecidable on malformed bytes."""
        if self.depth > _DEEPEST:
            raise Undecidable(f"the file nests deeper than {_DEEPEST} messages; it is no model")
        place = self.start
        while place < self.end:
            self.budget.spend()
            tag, place = self._varint(place)
            number, wire = tag >> 3, tag & 7
            if wire == 0:
                value, place = self._varint(place)
                yield number, value
            elif wire == 2:
                length, place = self._varint(place)
                yield number, Message(self.buffer, place, self._after(place, length), self.budget, self.depth + 1)
                place += length
            elif wire in (1, 5):
                size = 8 if wire == 1 else 4
                raw = self.buffer[place : self._after(place, size)]
                yield number, int(struct.unpack("<Q" if wire == 1 else "<I", raw)[0])
                place += size
            else:
                raise Undecidable(f"byte {place} is no protobuf field; the file is of another format or damaged")

    def text(self, *, longest: int = 4096) -> str:
        """Return the bytes as text, cut at `longest` bytes; what is not UTF-8 is shown as U+FFFD."""
        return bytes(self.buffer[self.start : min(self.end, self.start + longest)]).decode("utf-8", "replace")

    def _after(self, place: int, length: int) -> int:
        if place + length > self.end:
            raise Undecidable(f"the field at byte {place} ends beyond the file; it is cut off or of another format")
        return place + length

    def _varint(self, place: int) -> tuple[int, int]:
        value = 0
        for shift, byte in zip(range(0, 70, 7), self.buffer[place : min(place + 10, self.end)], strict=False):
            value |= (byte & 0x7F) << shift
            place += 1
            if byte < 0x80:
                return value, place
        raise Undecidable(f"the number before byte {place} does not end; the file is cut off or of another format")
