"""Characters that make a file read differently than it looks: each is named, and neutralised for the parser."""

import re
import unicodedata
from collections.abc import Iterator
from itertools import islice

from promoter.document.encoding import locate
from promoter.errors import Problem, ProposalError

MOST_PROBLEMS = 100
"""Told about one file; more have one cause, and the answer must stay small."""

_HARMLESS_ASCII = bytes([*range(0x20, 0x7F), 0x0A])
_BIDI = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
_INVISIBLE = (
    "\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200d\u2060-\u2065\u206a-\u206f\u3164\ufeff\uffa0"
    "\ufff0-\ufffb\U000e0000-\U000e0fff"
)
_LINE_BREAKS = "\u0085\u2028\u2029"
_CONTROLS = "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff"
_REFUSED = re.compile(f"[{_BIDI}{_INVISIBLE}{_LINE_BREAKS}{_CONTROLS}]")
_IS_BIDI = re.compile(f"[{_BIDI}]")
_IS_INVISIBLE = re.compile(f"[{_INVISIBLE}]")
_LONGEST_NAME = 20
_TAB_INDENT = re.compile("^ *\t", re.MULTILINE)
_BARE_RETURN = re.compile("\r(?!\n)")

_NOT_NFC = "text is not in Unicode normal form NFC: it looks like another text and compares unequal"
_TO_NFC = "retype it, or normalise the file, for example with `uconv -x any-nfc`"


def neutralise(text: str, *, path: str) -> tuple[str, list[Problem]]:
    """Return text in which nothing misleads a parser, with the problems found; characters keep their places.

    Raises ProposalError when tabs indent the text: then its structure is not what its author sees.
    """
    if text.isascii() and not text.encode().translate(None, _HARMLESS_ASCII) and "%" not in text:
        return text, []
    problems = [*islice(_problems(text, path), MOST_PROBLEMS)]
    if _TAB_INDENT.search(text):
        raise ProposalError(*problems)
    clean = _REFUSED.sub("\N{REPLACEMENT CHARACTER}", _BARE_RETURN.sub("\n", text))
    for start, _ in _directives(clean):
        clean = f"{clean[:start]}#{clean[start + 1 :]}"
    return clean, problems


def refusal_of(value: str) -> tuple[str, str] | None:
    """Return what is wrong with a value that was written with escapes and what to do, or None."""
    if match := _REFUSED.search(value):
        return _describe(match[0])
    return None if unicodedata.is_normalized("NFC", value) else (_NOT_NFC, _TO_NFC)


def _problems(text: str, path: str) -> Iterator[Problem]:
    if _TAB_INDENT.search(text):
        for match in _TAB_INDENT.finditer(text):
            place = locate(text, match.end() - 1, path=path)
            yield Problem(place, "a tab is used as indentation", "indent with spaces")
    if bare_return := _BARE_RETURN.search(text):
        message = f"{len(_BARE_RETURN.findall(text))} lines end in a carriage return alone"
        yield Problem(
            locate(text, bare_return.start(), path=path), message, "save the file with line feed (LF) line ends"
        )
    for match in _REFUSED.finditer(text):
        yield Problem(locate(text, match.start(), path=path), *_describe(match[0]))
    if not unicodedata.is_normalized("NFC", text):
        yield from _denormal_lines(text, path)
    for start, name in _directives(text):
        message = f"the directive {name} is refused"
        yield Problem(locate(text, start, path=path), message, "delete the line: no directive is needed")


def _directives(text: str) -> list[tuple[int, str]]:
    """Return the place and the name of each directive; they stand before the first line of content."""
    found, start = [], 0
    for line in text.split("\n"):
        if line.startswith("%"):
            found.append((start, line.split()[0][:_LONGEST_NAME]))
        elif line.strip() and not line.lstrip().startswith("#"):
            break
        start += len(line) + 1
    return found[:MOST_PROBLEMS]


def _denormal_lines(text: str, path: str) -> Iterator[Problem]:
    start = 0
    for line in text.splitlines(keepends=True):
        normal = unicodedata.normalize("NFC", line)
        if normal != line:
            length = next((i for i, pair in enumerate(zip(line, normal, strict=False)) if pair[0] != pair[1]), 0)
            yield Problem(locate(text, start + length, path=path), _NOT_NFC, _TO_NFC)
        start += len(line)


def _describe(character: str) -> tuple[str, str]:
    code = f"U+{ord(character):04X} {unicodedata.name(character, '')}".rstrip()
    if character == "\0":
        return "NUL character U+0000", "delete it: the file is not plain text"
    if character in _LINE_BREAKS:
        what = f"{code or 'U+0085'} is a line break to YAML readers and none in a diff"
        return what, "use a normal line break, or a space"
    if _IS_BIDI.match(character):
        return f"{code} changes the direction in which text is read", "delete it"
    if _IS_INVISIBLE.match(character):
        return f"{code} cannot be seen", "delete it"
    kind = "control character" if unicodedata.category(character) == "Cc" else "noncharacter"
    return f"{kind} {code}", "delete it"
