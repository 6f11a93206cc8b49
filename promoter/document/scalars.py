"""What a plain scalar means: the JSON-like core, and a refusal where YAML readers disagree.

    null true false               as in JSON, in lower case alone; nothing at all is null
    12  -3  0.5  1e3  2.5E-7      numbers as JSON writes them: integers up to 2**53, finite floats
    2026-01-31  3.1.0  12:30:99   strings: no reader of YAML 1.2 takes them for anything else, and a date
                                  that is text until a type asks for a date loses nothing
    012 0x1F 1_000 12:30 .5 +1 1. yes NO on ~ True .nan 1e999 -0
                                  refused: some reader takes them for another value, or they are not finite

A quoted scalar is always a string, so the way out of every refusal is to quote or to write the number plainly.
Source: YAML 1.2.2 section 10.2 (JSON schema) for what is read, YAML 1.1 types bool, int and float for what is refused.
"""

import math
import re

Scalar = str | int | float | bool | None

LARGEST_INTEGER = 2**53
"""Above it JSON readers that hold numbers as IEEE doubles lose digits (RFC 8259 section 6)."""

_WORDS: dict[str, bool | None] = {"": None, "null": None, "true": True, "false": False}
_MISREAD_WORDS = frozenset(
    form
    for word in ("yes", "no", "on", "off", "true", "false", "null")
    for form in (word, word.capitalize(), word.upper())
    if form not in _WORDS
) | {"~"}
_NUMERIC_STARTS = frozenset("0123456789+-.")
_JSON_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")
_READ_AS_NUMBER_ELSEWHERE = re.compile(
    r"[-+]?(?:0[xX][0-9a-fA-F_]+|0[bB][01_]+|0[oO][0-7_]+"
    r"|[0-9][0-9_]*(?:\.[0-9_]*)?(?:[eE][-+]?[0-9]+)?|\.[0-9][0-9_]*(?:[eE][-+]?[0-9]+)?"
    r"|[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?)"
)
_NOT_FINITE = re.compile(r"[-+]?\.(?:inf|Inf|INF|nan|NaN|NAN)")
_LONGEST_SHOWN = 40


class ScalarRefusedError(Exception):
    """A plain scalar has no one safe reading; holds what is wrong and what to write instead."""

    def __init__(self, message: str, hint: str) -> None:
        self.message = message
        self.hint = hint
        super().__init__(message, hint)


def resolve(text: str) -> Scalar:
    """Return the value of a plain scalar; raises ScalarRefusedError where readers would disagree."""
    if text[:1] in _NUMERIC_STARTS:
        return _resolve_number(text)
    if text in _WORDS:
        return _WORDS[text]
    if text in _MISREAD_WORDS:
        kind = "null" if text.lower() in {"~", "null"} else "true or false"
        raise ScalarRefusedError(
            f"{text} is a word that some YAML readers take for {kind}",
            f'quote it if it is text: "{text}"; else write {kind}',
        )
    return text


def _resolve_number(text: str) -> Scalar:
    match = _JSON_NUMBER.fullmatch(text)
    if match is None:
        _refuse_misread_number(text)
        return text
    if match[1] is None and match[2] is None:
        return _resolve_integer(text)
    value = float(text)
    if not math.isfinite(value):
        raise ScalarRefusedError(
            f"{_cut(text)} is not finite as a 64-bit float", f'write a finite number, or quote text: "{_cut(text)}"'
        )
    if value == 0 and (text[0] == "-" or re.search("[1-9]", re.split("[eE]", text)[0])):
        raise ScalarRefusedError(f"{_cut(text)} becomes a signed or rounded zero", "write 0.0")
    return value


def _resolve_integer(text: str) -> int:
    if text == "-0":
        raise ScalarRefusedError("-0 is a signed zero", "write 0")
    if len(text) > len(f"-{LARGEST_INTEGER}") or abs(int(text)) > LARGEST_INTEGER:
        raise ScalarRefusedError(
            f"the integer {_cut(text)} is beyond 2**53, where readers lose digits",
            f'quote it if it is an identifier: "{_cut(text)}"',
        )
    return int(text)


def _refuse_misread_number(text: str) -> None:
    if _NOT_FINITE.fullmatch(text):
        raise ScalarRefusedError(f"{text} is not a finite number", f'write a finite number, or quote text: "{text}"')
    if _READ_AS_NUMBER_ELSEWHERE.fullmatch(text):
        raise ScalarRefusedError(
            f"{_cut(text)} is read as different numbers by different YAML readers",
            f'quote it if it is text: "{_cut(text)}"; else write a plain decimal number',
        )


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}… ({len(text)} characters)"
