"""SPDX licence expressions: read from text, and held against lists of licences.

    expression = term { "OR" term }      term = factor { "AND" factor }
    factor     = "(" expression ")" | licence [ "WITH" exception ]

WITH binds before AND, AND before OR; operators are all upper or all lower case; ids are compared without case.
Source: SPDX Specification 3.0.1, Annex B (SPDX licence expressions).
"""

import re
from collections.abc import Collection
from dataclasses import dataclass

_TOKEN = re.compile(r"\s*(?:(?P<mark>[()])|(?P<word>(?:DocumentRef-[A-Za-z0-9.-]+:)?[A-Za-z0-9][A-Za-z0-9.-]*\+?))")
_OPERATORS = {"AND", "OR", "WITH", "and", "or", "with"}
_LONGEST, _DEEPEST = 1_000, 20
UNSTATED = frozenset({"none", "noassertion"})
"""Words that SPDX documents use where no licence is known."""


@dataclass(frozen=True, slots=True)
class Licence:
    """A licence, or one that any later version may stand for (`+`), with an exception or without."""

    id: str
    exception: str | None = None

    def __str__(self) -> str:
        return f"{self.id} WITH {self.exception}" if self.exception else self.id

    def is_listed(self, listed: Collection[str]) -> bool:
        """Say whether a list (casefolded) names it: whole, or without what only widens it (exception, `+`)."""
        base = self.id.casefold()
        return bool({str(self).casefold(), base, base.removesuffix("+")} & set(listed))


@dataclass(frozen=True, slots=True)
class Choice:
    """Licences of which one may be chosen (`is_any`), or all of which apply."""

    parts: tuple["Expression", ...]
    is_any: bool


Expression = Licence | Choice


def parse_licence(text: str) -> Expression:
    """Return the expression of a text. Raises ValueError with what is wrong and where, counted from 1."""
    if len(text) > _LONGEST:
        raise ValueError(f"the expression has {len(text):,} characters, at most {_LONGEST:,} are read")
    reader = _Reader(_tokens(text))
    expression = reader.either(depth=0)
    if reader.word is not None:
        raise ValueError(
            f"{reader.word!r} at character {reader.place} is one word too many; join licences by AND or OR"
        )
    return expression


def refusals(expression: Expression, *, allow: Collection[str], deny: Collection[str]) -> tuple[Licence, ...]:
    """Return the licences that keep an expression from being acceptable, none where it is.

    A licence is acceptable where deny does not name it and allow is empty or names it; an exception named whole in
    allow lifts the denial of its licence. Of a choice the part with the fewest refusals counts, the first among equals.
    """
    if isinstance(expression, Licence):
        allowed, denied = ({name.casefold() for name in names} for names in (allow, deny))
        is_lifted = expression.exception is not None and str(expression).casefold() in allowed
        is_denied = expression.id.casefold() in UNSTATED or (expression.is_listed(denied) and not is_lifted)
        is_allowed = not allowed or expression.is_listed(allowed)
        return () if is_allowed and not is_denied else (expression,)
    found = [refusals(part, allow=allow, deny=deny) for part in expression.parts]
    if expression.is_any:
        return min(found, key=len)
    return tuple(dict.fromkeys(licence for part in found for licence in part))


def _tokens(text: str) -> tuple[tuple[str, int], ...]:
    tokens, end = [], len(text.rstrip())
    position = 0
    while position < end:
        match = _TOKEN.match(text, position)
        if match is None:
            rest = text[position:].lstrip()
            raise ValueError(
                f"{rest[0]!r} at character {text.index(rest, position) + 1} is no part of an SPDX expression"
            )
        group = "mark" if match["mark"] else "word"
        tokens.append((match[group], match.start(group) + 1))
        position = match.end()
    return tuple(tokens)


class _Reader:
    """Reads tokens from left to right."""

    def __init__(self, tokens: tuple[tuple[str, int], ...]) -> None:
        self._tokens = tokens
        self._next = 0

    @property
    def word(self) -> str | None:
        """The next token, or None at the end."""
        return self._tokens[self._next][0] if self._next < len(self._tokens) else None

    @property
    def place(self) -> int:
        """Where the next token begins, counted from 1; at the end: behind the last."""
        if self._next < len(self._tokens):
            return self._tokens[self._next][1]
        return self._tokens[-1][1] + len(self._tokens[-1][0]) if self._tokens else 1

    def either(self, *, depth: int) -> Expression:
        """Return one term, or the choice of several."""
        parts = [self._both(depth=depth)]
        while self.word in ("OR", "or"):
            self._next += 1
            parts.append(self._both(depth=depth))
        return parts[0] if len(parts) == 1 else Choice(tuple(parts), is_any=True)

    def _both(self, *, depth: int) -> Expression:
        parts = [self._factor(depth=depth)]
        while self.word in ("AND", "and"):
            self._next += 1
            parts.append(self._factor(depth=depth))
        return parts[0] if len(parts) == 1 else Choice(tuple(parts), is_any=False)

    def _factor(self, *, depth: int) -> Expression:
        if self.word != "(":
            return self._licence()
        if depth == _DEEPEST:
            raise ValueError(f"parentheses are more than {_DEEPEST} deep at character {self.place}")
        self._next += 1
        inner = self.either(depth=depth + 1)
        if self.word != ")":
            raise ValueError(f"a parenthesis is not closed at character {self.place}")
        self._next += 1
        return inner

    def _licence(self) -> Licence:
        name = self._id("a licence")
        if self.word not in ("WITH", "with"):
            return Licence(name)
        self._next += 1
        return Licence(name, self._id("an exception"))

    def _id(self, what: str) -> str:
        if self.word is None or self.word in _OPERATORS or self.word in "()":
            raise ValueError(f"{what} is missing at character {self.place}")
        word = self.word
        self._next += 1
        return word
