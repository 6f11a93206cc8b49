"""CycloneDX as XML, made the same document that its JSON form is, so that one reader serves both.

In XML a list is an element of its own around its items, some members are attributes, and a licence stands in its list
as `license` or `expression`. Elements of other namespaces are extensions, and say nothing here. Format: CycloneDX
1.4 to 1.6, bom-1.6.xsd; ECMA-424.
"""

import re
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from promoter.errors import Undecidable
from promoter.measure.reports.json_node import DEEPEST, LARGEST_BYTES, Node, read_json
from promoter.measure.reports.xml_reader import Limits, read_xml

_NAMESPACE = re.compile(r"http://cyclonedx\.org/schema/bom/(1\.\d{1,2})")
_LISTS = {
    "components": {"component"},
    "vulnerabilities": {"vulnerability"},
    "ratings": {"rating"},
    "references": {"reference"},
    "affects": {"target"},
    "hashes": {"hash"},
    "properties": {"property"},
    "tools": {"tool"},
    "licenses": {"license", "expression"},
}
_READ = {
    "bom",
    "metadata",
    "component",
    "vulnerability",
    "rating",
    "analysis",
    "target",
    "reference",
    "license",
    "tool",
}
"""Elements whose members are read: there nothing may stand twice."""

_TEXT_MEMBERS = {"hash": "content", "property": "value"}
"""Members that an element's own text is, where it has attributes beside it."""

_LIMITS = Limits(
    largest_bytes=LARGEST_BYTES, most_elements=1_000_000, deepest=2 * DEEPEST, advice="report what matters alone"
)


def read_bom(stream: BinaryIO) -> Node:
    """Return a CycloneDX document of either form. Raises Undecidable as the reader of its form does."""
    head = stream.read(256)
    stream.seek(0)
    if not head.lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n\0").startswith(b"<"):
        return read_json(stream)
    reader = _Reader()
    read_xml(stream, reader, _LIMITS)
    return Node(reader.document)


@dataclass(slots=True)
class _Open:
    """An element that is being read. `items` is its list where it is one, `members` what else it holds."""

    name: str
    members: dict[str, Any] = field(default_factory=dict)
    items: list[Any] = field(default_factory=list)
    text: list[str] = field(default_factory=list)
    has_children: bool = False


class _Reader:
    """Builds the document; an element of a foreign namespace is skipped with all that is in it."""

    def __init__(self) -> None:
        self.document: Any = None
        self._open: list[_Open] = []
        self._namespace = ""
        self._skipped = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Open an element. Raises Undecidable where the root is no CycloneDX document."""
        namespace, _, name = tag.rpartition("}")
        if not self._open and not self._skipped:
            found = _NAMESPACE.fullmatch(namespace)
            if name != "bom" or found is None:
                raise Undecidable(f"the file is no CycloneDX document: its root is <{tag[:80]}>; check its format")
            self._namespace = namespace
            self._open.append(_Open(name, {"bomFormat": "CycloneDX", "specVersion": found[1]}))
        elif self._skipped or namespace != self._namespace:
            self._skipped += 1
        else:
            self._open[-1].has_children = True
            own = {key: value for key, value in attributes.items() if "}" not in key}
            self._open.append(_Open(name, dict(own)))

    def text(self, text: str) -> None:
        """Keep an element's text."""
        if self._open and not self._skipped:
            self._open[-1].text.append(text)

    def end(self, _tag: str) -> None:
        """Close an element, and put it where its JSON form stands."""
        if self._skipped:
            self._skipped -= 1
            return
        closed = self._open.pop()
        if not self._open:
            self.document = closed.members
            return
        self._put(closed.name, _value(closed), self._open[-1])

    def _put(self, name: str, value: Any, holder: _Open) -> None:
        if name in _LISTS.get(holder.name, ()):
            holder.items.append({name: value} if holder.name == "licenses" else value)
        elif name in holder.members and holder.name in _READ:
            raise Undecidable(f"<{holder.name[:60]}> has <{name[:60]}> twice; readers differ on which counts")
        else:
            holder.members[name] = value


def _value(closed: _Open) -> Any:
    """Return what JSON has in an element's place: a list, an object, a number or a text."""
    text = "".join(closed.text).strip()
    if closed.name in _LISTS and not closed.members:
        return closed.items
    if closed.items:
        raise Undecidable(f"<{closed.name}> mixes list items with other members; write it again with the tool")
    if closed.name in _TEXT_MEMBERS:
        return {**closed.members, _TEXT_MEMBERS[closed.name]: text}
    if closed.has_children:
        return closed.members
    return _score(text) if closed.name == "score" else text


def _score(text: str) -> float:
    try:
        return float(text)
    except ValueError as error:
        raise Undecidable(f"<score> is {text[:40]!r}, no number; write the report again with the tool") from error
