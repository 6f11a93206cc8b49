"""DocumentText: a Markdown document's sections, words, links and placeholders; code blocks are no text."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

from promoter.digest import sha256_bytes
from promoter.errors import Undecidable
from promoter.measure.families.document_tables import tables_of
from promoter.measure.families.family import ContentFamily, number
from promoter.measure.request import DocumentText, Measured
from promoter.measure.statistics.resemblance import sketch

_LARGEST_DOCUMENT = 4 * 1024 * 1024
_PLACEHOLDERS = re.compile(
    r"\b(?:TODO|TBD|TBA|FIXME|XXX)\b|\[(?:insert|fill in|your|add|more information needed)\b[^\]]*\]"
    r"|\{\{[^}]*\}\}|lorem ipsum",
    re.IGNORECASE,
)
_WORD = re.compile(r"\w")


@dataclass(frozen=True, slots=True)
class _Block:
    """A run of text: its first line counted from 1, and its heading level, 0 for a paragraph."""

    line: int
    level: int
    text: str


def read(_request: DocumentText, stream: BinaryIO) -> Measured:
    """Return the facts of a document. Raises Undecidable where it is too large or not UTF-8."""
    content = stream.read(_LARGEST_DOCUMENT + 1)
    if len(content) > _LARGEST_DOCUMENT:
        raise Undecidable(f"the document is larger than {_LARGEST_DOCUMENT:,} bytes; shorten it")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Undecidable(f"the document is not UTF-8 (byte {error.start}); save it as UTF-8") from error
    tokens = _parse(text)
    blocks = tuple(_blocks(tokens))
    words = sum(_count_words(block.text) for block in blocks)
    plain = " ".join(" ".join(block.text for block in blocks).split())
    return Measured(
        values=(number("words", words, n=1, unit="word"),),
        facts={
            "sections": [_section(blocks, place) for place, block in enumerate(blocks) if block.level],
            "words": words,
            "links": _targets(tokens, kind="link_open", attribute="href"),
            "images": _targets(tokens, kind="image", attribute="src"),
            "placeholders": [found for block in blocks for found in _placeholders(block)],
            "text_digest": sha256_bytes(plain.encode()),
            "sketch": list(sketch(plain)),
            "tables": tables_of(tokens),
        },
    )


def _parse(text: str) -> list[Any]:
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark").enable("table").parse(text)


def _blocks(tokens: Iterable[Any]) -> Iterator[_Block]:
    level = 0
    for token in tokens:
        if token.type == "heading_open":
            level = int(token.tag[1:])
        elif token.type == "heading_close":
            level = 0
        elif token.type == "inline":
            line = token.map[0] + 1 if token.map else 1
            yield _Block(line, level, "".join(_texts(token.children or ())))


def _texts(children: Iterable[Any]) -> Iterator[str]:
    for child in children:
        if child.type in ("text", "code_inline", "image"):
            yield child.content
        elif child.type in ("softbreak", "hardbreak"):
            yield "\n"


def _section(blocks: tuple[_Block, ...], place: int) -> dict[str, Any]:
    """Return a section with the words below its heading, down to the next heading of its level or above."""
    heading = blocks[place]
    texts: list[str] = []
    for block in blocks[place + 1 :]:
        if block.level and block.level <= heading.level:
            break
        texts += [] if block.level else [block.text]
    return {
        "heading": heading.text,
        "level": heading.level,
        "words": sum(map(_count_words, texts)),
        "line": heading.line,
        "text_digest": sha256_bytes(" ".join(" ".join(texts).casefold().split()).encode()),
    }


def _count_words(text: str) -> int:
    return sum(1 for word in text.split() if _WORD.search(word))


def _targets(tokens: Iterable[Any], *, kind: str, attribute: str) -> list[str]:
    children = (child for token in tokens for child in token.children or ())
    return [str(child.attrs.get(attribute, "")) for child in children if child.type == kind]


def _placeholders(block: _Block) -> Iterator[dict[str, Any]]:
    for match in _PLACEHOLDERS.finditer(block.text):
        yield {"text": match.group(), "line": block.line + block.text.count("\n", 0, match.start())}


FAMILY = ContentFamily(content=lambda request: request.content, read=read)
