"""Patterns of CODEOWNERS: a path glob close to gitignore's, with GitHub's exceptions.

A pattern is read in three steps.

1. The text is cut at `/` into segments; a segment is literal characters, `?` (one character) and `*` (any number).
2. The segments become tokens, of which MANY stands for zero or more whole segments of a path:

       foo          MANY foo MANY      no slash, or only a trailing one: at any depth
       /foo  a/foo  foo MANY           a leading or inner slash anchors at the root; a name covers what lies below it
       foo/         MANY foo * MANY    a trailing slash, like a trailing `/**`: what lies below, not foo itself
       docs/*  /*   docs *             a trailing `/*`: direct children only
       a/**/b       a MANY b MANY      zero or more directories

3. The tokens become one regular expression over the path with a slash after every segment. A segment can end in one
   place only and the first match after MANY leaves the most path to the rest, so both are atomic groups and
   matching takes polynomial time on any input.

`**` beside other characters of a segment means `*`, as in gitignore. Sources: docs.github.com, About code owners,
"CODEOWNERS syntax"; the messages of GitHub's codeowners/errors endpoint, as its users quote them
(open-sauced/pizza-cli#100 for brackets, github/docs#19818 for `!`, the endpoint's schema for `/`).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

MAX_SHOWN = 60
MAX_LENGTH = 4_096
"""Characters of a pattern: no checkout has longer paths (Linux PATH_MAX), and it bounds the cost of a match."""


class Wild(Enum):
    """The wildcards inside of a segment."""

    ONE = "?"
    ANY = "*"


class Gap(Enum):
    """The wildcard between segments."""

    MANY = "**"


MANY = Gap.MANY
Segment = tuple[str | Wild, ...]
Token = Segment | Gap
ANY_SEGMENT: Segment = (Wild.ANY,)


class InvalidPattern(ValueError):  # noqa: N818 - a reason to skip a line, which the parser lists
    """The text is no pattern; `reason` says why and `hint` what to write."""

    def __init__(self, reason: str, hint: str) -> None:
        self.reason = reason
        self.hint = hint
        super().__init__(f"{reason}; {hint}")


@dataclass(frozen=True, slots=True)
class Pattern:
    """A pattern as written, its tokens, and the expression that they compile to."""

    text: str
    tokens: tuple[Token, ...]
    expression: re.Pattern[str]

    def matches(self, path: str) -> bool:
        """Return whether the pattern covers a file; `path` is relative to the root, without `.`, `..` or `//`."""
        return self.expression.match(path + "/") is not None


def compile_pattern(text: str) -> Pattern:
    """Return the pattern that `text` writes, escapes included. Raises InvalidPattern with the reason."""
    refuse_unsupported(text)
    segments = [_read_segment(part) for part in text.strip("/").split("/")]
    is_anchored = "/" in text.rstrip("/")
    tokens = tuple(_normalise(_tokens(segments, is_anchored=is_anchored, is_directory=text.endswith("/"))))
    return Pattern(text, tokens, re.compile(_expression(tokens)))


def refuse_unsupported(text: str) -> None:
    """Raise InvalidPattern for what gitignore knows and GitHub does not, and for what can never match."""
    if len(text) > MAX_LENGTH:
        raise InvalidPattern(f"a pattern of {len(text)} characters, above {MAX_LENGTH}", "shorten it with `*` or `**`")
    if text.startswith("!"):
        raise InvalidPattern("`!` does not negate here", "clear paths with a later line that has no owners")
    if "\\#" in text:
        raise InvalidPattern("`\\#` is not supported", "write `?` for the `#`")
    if "***" in text:
        raise InvalidPattern(
            "three or more `*` in a row", f"did you mean `{_shorten(re.sub(r'[*]{3,}', '**', text))}`?"
        )
    if not text.strip("/"):
        raise InvalidPattern(f"`{_shorten(text)}` never matches anything", "did you mean `*`?")
    if "//" in text:
        raise InvalidPattern("an empty segment `//` never matches", "write one slash")
    if any(part in {".", ".."} for part in text.split("/")):
        raise InvalidPattern("a segment `.` or `..` never matches", "write the path from the root: `/dir/file`")


def _read_segment(text: str) -> Segment:
    """Return a segment's characters and wildcards; a backslash makes the next character literal."""
    atoms: list[str | Wild] = []
    characters = iter(text)
    for character in characters:
        if character == "\\":
            atoms.append(_escaped(characters))
        elif character in "[]":
            raise InvalidPattern(
                "both `[` and `]` must be escaped with a backslash", "write `\\[` and `\\]`; ranges are unsupported"
            )
        elif character == "#":
            raise InvalidPattern(
                "`#` inside of a pattern is ambiguous", "write `?` for it, or a space before a comment"
            )
        elif character == "?":
            atoms.append(Wild.ONE)
        elif character != "*":
            atoms.append(character)
        elif atoms[-1:] != [Wild.ANY]:
            atoms.append(Wild.ANY)
    return tuple(atoms) if text != "**" else ()


def _escaped(characters: Iterator[str]) -> str:
    escaped = next(characters, None)
    if escaped is None:
        raise InvalidPattern("a backslash with nothing to escape", "escape a space, `*`, `?`, `[` or `]`, or remove it")
    return escaped


def _tokens(segments: list[Segment], *, is_anchored: bool, is_directory: bool) -> Iterator[Token]:
    """Yield the tokens of step 2; an empty segment stands for `**`."""
    if not is_anchored:
        yield MANY
    yield from (segment or MANY for segment in segments)
    last = segments[-1]
    if is_directory or not last:
        yield ANY_SEGMENT
    if is_directory or last != ANY_SEGMENT:
        yield MANY


def _normalise(tokens: Iterator[Token]) -> Iterator[Token]:
    """Yield equivalent tokens in which MANY never precedes MANY or `*`: `** *` and `* **` mean the same."""
    is_open = False
    for token in tokens:
        if token is MANY:
            is_open = True
            continue
        if is_open and token != ANY_SEGMENT:
            yield MANY
            is_open = False
        yield token
    if is_open:
        yield MANY


def _expression(tokens: tuple[Token, ...]) -> str:
    """Return the expression of step 3; a trailing MANY needs no text, because `match` leaves the end open."""
    chunks = [""]
    for token in tokens:
        if isinstance(token, Gap):
            chunks.append("")
        else:
            chunks[-1] += segment_expression(token) + "/"
    if tokens[-1] is not MANY:
        chunks[-1] += r"\Z"
    first, *others = chunks
    return first + "".join(f"(?>(?:[^/]+/)*?{chunk})" for chunk in others if chunk)


def segment_expression(segment: Segment) -> str:
    """Return the expression of one segment, without the slash after it."""
    pieces = [""]
    for atom in segment:
        if atom is Wild.ANY:
            pieces.append("")
        else:
            pieces[-1] += "[^/]" if isinstance(atom, Wild) else re.escape(atom)
    first, *others = pieces
    if not others:
        return first
    *middle, last = others
    return first + "".join(f"(?>[^/]*?{piece})" for piece in middle) + f"[^/]*{last}"


def _shorten(text: str) -> str:
    return text if len(text) <= MAX_SHOWN else text[: MAX_SHOWN - 1] + "…"
