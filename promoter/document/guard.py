"""YAML events to data, with everything refused that one file could mean to two readers.

Events are streamed from libyaml and never composed by it: its composer recurses in C and dies of a deep file
(a segmentation fault at 100,000 brackets), and it follows aliases. The only parser is libyaml's, so that every
machine gives the same answer; a PyYAML without it fails on import.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from yaml import MarkedYAMLError
from yaml._yaml import CParser
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from promoter.document.characters import MOST_PROBLEMS, refusal_of
from promoter.document.places import COLUMN_BITS, LARGEST_FILE_BYTES, Place, Places, unpack
from promoter.document.scalars import Scalar, ScalarRefusedError, resolve
from promoter.document.shown import named, shown
from promoter.document.syntax import syntax_problem
from promoter.errors import Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Caps on one file; each bounds work or memory before it is spent."""

    size_bytes: int = LARGEST_FILE_BYTES
    depth: int = 32
    nodes: int = 32_768
    scalar_characters: int = 16_384


DEFAULT_LIMITS = Limits()

_KEY_NEXT = object()
"""The mapping waits for a key."""

_KEY_REFUSED = object()
"""The key was refused: its value is read for its own problems, and dropped."""


class _Frame:
    """One open collection; the file itself is the list of its documents."""

    __slots__ = ("key", "key_mark", "places", "value")

    def __init__(self, value: dict[str, Any] | list[Any], places: Places) -> None:
        self.value: Any = value
        self.places: Any = places
        self.key: object = _KEY_NEXT if isinstance(value, dict) else None
        self.key_mark = 0


def _mark(event: Event) -> int:
    start: Any = event.start_mark
    mark: int = start.line << COLUMN_BITS | start.column
    return mark


class Guard:
    """Builds the data and the places of one file from its events, and collects its problems."""

    def __init__(self, *, path: str, limits: Limits) -> None:
        self.problems: list[Problem] = []
        self._path = path
        self._limits = limits
        self._documents: list[Any] = []
        self._document_places: list[Place] = []
        self._frame = _Frame(self._documents, self._document_places)
        self._above: list[_Frame] = []
        self._nodes = 0
        self._is_stopped = False

    def read(self, text: str) -> tuple[Any, Place] | None:
        """Return value and place of the one document, or None if the file has none; see `problems` first."""
        parser = CParser(text)
        handlers: dict[type[Event], Callable[[Any], None]] = {
            ScalarEvent: self._scalar,
            MappingStartEvent: self._open,
            SequenceStartEvent: self._open,
            MappingEndEvent: self._close,
            SequenceEndEvent: self._close,
            AliasEvent: self._alias,
            DocumentStartEvent: self._document,
        }
        try:
            while not self._is_stopped and (event := parser.get_event()) is not None:
                if handle := handlers.get(type(event)):
                    handle(event)
        except MarkedYAMLError as error:
            line_count = text.count("\n") + (not text.endswith("\n"))
            self.problems.append(syntax_problem(error, path=self._path, line_count=line_count))
        return (self._documents[0], self._document_places[0]) if self._documents else None

    def _scalar(self, event: ScalarEvent) -> None:
        """Read a key or a value; called for each of them, so it spends no call that it can spare."""
        mark = _mark(event)
        value: Scalar = event.value
        style = event.style
        self._nodes += 1
        if self._nodes > self._limits.nodes:
            self._refuse_size(mark)
        if event.tag is not None or event.anchor is not None:
            self._refuse_properties(event, mark)
        if len(event.value) > self._limits.scalar_characters:
            message = f"a value of {len(event.value)} characters, more than {self._limits.scalar_characters}"
            self._refuse(mark, message, "shorten it, or keep the text in a document of its own")
        if not style:
            value = self._resolve(event.value, mark)
            mark = mark if event.value else self._mark_of_nothing(mark)
        elif style == '"' and not (event.value.isascii() and event.value.isprintable()):
            self._check_escapes(event.value, mark)
        if self._frame.key is _KEY_NEXT:
            self._take_key(value, mark, is_plain=not style)
        else:
            self._add(value, mark, None)

    def _resolve(self, text: str, mark: int) -> Scalar:
        try:
            return resolve(text)
        except ScalarRefusedError as refusal:
            self._refuse(mark, refusal.message, refusal.hint)
            return text

    def _mark_of_nothing(self, mark: int) -> int:
        """A value that is not written stands on the line of its key; libyaml puts that of `? key` past the file."""
        key_mark = self._frame.key_mark
        is_value = isinstance(self._frame.key, str)
        return key_mark if is_value and mark >> COLUMN_BITS > key_mark >> COLUMN_BITS else mark

    def _check_escapes(self, text: str, mark: int) -> None:
        if refusal := refusal_of(text):
            self._refuse(mark, f"an escape hides a character: {refusal[0]}", refusal[1])

    def _take_key(self, key: object, mark: int, *, is_plain: bool) -> None:
        frame = self._frame
        frame.key = _KEY_REFUSED
        if not isinstance(key, str):
            self._refuse(mark, f"the key {shown(key)} is not a string", "quote the key")
        elif is_plain and key == "<<":
            self._refuse(mark, "the merge key << is refused", "write the merged keys out")
        elif first := frame.places.get(key):
            line = unpack(first[0], path=self._path).line
            message = f"duplicate key {named(key)}, which line {line} gives already"
            self._refuse(mark, message, f"keep line {line} or this line, not both")
        else:
            frame.key = key
            frame.key_mark = mark

    def _add(self, value: object, mark: int, places: Places | None) -> None:
        """Put a value under the key that waits for it, or at the end of its list."""
        frame = self._frame
        key = frame.key
        if key is None:
            frame.value.append(value)
            frame.places.append((mark, mark, places))
            return
        frame.key = _KEY_NEXT
        if key is not _KEY_REFUSED:
            frame.value[key] = value
            frame.places[key] = (frame.key_mark, mark, places)

    def _open(self, event: MappingStartEvent | SequenceStartEvent) -> None:
        mark = _mark(event)
        if event.tag is not None or event.anchor is not None:
            self._refuse_properties(event, mark)
        if len(self._above) == self._limits.depth:
            self._refuse(mark, f"nested deeper than {self._limits.depth} levels", "flatten the document")
            self._is_stopped = True
            return
        self._nodes += 1
        if self._nodes > self._limits.nodes:
            self._refuse_size(mark)
        is_mapping = type(event) is MappingStartEvent
        value: dict[str, Any] | list[Any] = {} if is_mapping else []
        places: Places = {} if is_mapping else []
        if self._frame.key is _KEY_NEXT:
            self._refuse(mark, "a key is itself a mapping or a list", "use a string as the key")
            self._frame.key = _KEY_REFUSED
        else:
            self._add(value, mark, places)
        self._above.append(self._frame)
        self._frame = _Frame(value, places)

    def _close(self, _event: MappingEndEvent | SequenceEndEvent) -> None:
        self._frame = self._above.pop()

    def _alias(self, event: AliasEvent) -> None:
        mark = _mark(event)
        self._refuse(
            mark, f"the alias *{named(str(event.anchor))[1:-1]} is refused", "write the value out where it is used"
        )
        if self._frame.key is _KEY_NEXT:
            self._frame.key = _KEY_REFUSED
        else:
            self._add(None, mark, None)

    def _document(self, event: DocumentStartEvent) -> None:
        if self._documents:
            mark = _mark(event)
            self._refuse(mark, "a second document starts here", "keep one document a file")
            self._is_stopped = True

    def _refuse_properties(self, event: ScalarEvent | MappingStartEvent | SequenceStartEvent, mark: int) -> None:
        if event.anchor is not None:
            message = f"the anchor &{named(event.anchor)[1:-1]} is refused"
            self._refuse(mark, message, "write the value out wherever it is used")
        if event.tag is not None:
            tag = event.tag.replace("tag:yaml.org,2002:", "!!", 1)
            self._refuse(mark, f"the tag {named(tag)[1:-1]} is refused", "remove it: the schema gives the type")

    def _refuse_size(self, mark: int) -> None:
        self._refuse(mark, f"more than {self._limits.nodes} keys and values", "split the file")
        self._is_stopped = True

    def _refuse(self, mark: int, message: str, hint: str) -> None:
        self.problems.append(Problem(unpack(mark, path=self._path), message, hint))
        self._is_stopped = self._is_stopped or len(self.problems) >= MOST_PROBLEMS
