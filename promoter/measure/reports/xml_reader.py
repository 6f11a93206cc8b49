"""Foreign XML read with limits: no document type, so no entity; bounded size, elements and depth."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO, NoReturn, Protocol
from xml.parsers import expat

from promoter.errors import Undecidable

_CHUNK = 1 << 22
"""Large, since expat before 2.6.0 reads an unfinished token again with every chunk (CVE-2023-52425)."""


class Handler(Protocol):
    """What is told of a document as it is read; names are `namespace}name`, or `name` where there is no namespace."""

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Take the beginning of an element."""

    def text(self, text: str) -> None:
        """Take a part of an element's text."""

    def end(self, tag: str) -> None:
        """Take the end of an element."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a document may cost; `advice` says what to do with one that costs more."""

    largest_bytes: int
    most_elements: int
    deepest: int
    advice: str


def read_xml(stream: BinaryIO, handler: Handler, limits: Limits) -> None:
    """Tell a handler of a document. Raises Undecidable where it is no XML, too costly, or declares a document type."""
    elements = depth = 0

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal elements, depth
        elements, depth = elements + 1, depth + 1
        if elements > limits.most_elements or depth > limits.deepest:
            cost = f"more than {limits.most_elements:,} elements or {limits.deepest} levels"
            raise Undecidable(f"the report has {cost}; {limits.advice}")
        handler.start(tag, attributes)

    def end(tag: str) -> None:
        nonlocal depth
        depth -= 1
        handler.end(tag)

    parser = expat.ParserCreate(namespace_separator="}")
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = handler.text
    parser.StartDoctypeDeclHandler = _refuse
    parser.EntityDeclHandler = _refuse
    try:
        for chunk in _chunks(stream, limits):
            parser.Parse(chunk, False)  # noqa: FBT003 - expat takes it by position alone
        parser.Parse(b"", True)  # noqa: FBT003
    except expat.ExpatError as error:
        raise Undecidable(f"the file is not XML or is cut off: {error}; write it again with the tool") from error
    except (LookupError, ValueError) as error:
        raise Undecidable(f"the file's encoding is not known: {error}; write it as UTF-8") from error


def _refuse(*_: Any) -> NoReturn:
    """Refuse what a report has no use for, and an attacker has: entities (billion laughs, external files)."""
    raise Undecidable("the report declares a document type, which could hide entities; remove the <!DOCTYPE>")


def _chunks(stream: BinaryIO, limits: Limits) -> Iterator[bytes]:
    total = 0
    while chunk := stream.read(_CHUNK):
        total += len(chunk)
        if total > limits.largest_bytes:
            raise Undecidable(f"the report is larger than {limits.largest_bytes:,} bytes; {limits.advice}")
        yield chunk
