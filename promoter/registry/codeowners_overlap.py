"""Whether one pattern covers, or may share paths with, another: what a lint decides without a list of files.

`covers` is cautious: True is certain, False may mean "not provably". `may_share_paths` is cautious the other way:
False is certain. Both are exact where one of the two is a literal path. Each fills a table over the positions in both
token lists, from the ends; an entry says whether the rests after these positions are in the relation.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import accumulate

from promoter.registry.codeowners_pattern import ANY_SEGMENT, MANY, Gap, Segment, Token, Wild, segment_expression

Tokens = tuple[Token, ...]
Row = list[bool]


def covers(outer: Tokens, inner: Tokens) -> bool:
    """Return True where every path of `inner` is certainly a path of `outer`."""
    if _differ_at_once(outer, inner):
        return False
    tail = _open_tail(outer)
    row = _tail_row(outer[tail:], inner)
    for token in reversed(outer[:tail]):
        row = list(_covers_row(token, inner, row))[::-1]
    return row[0]


def _covers_row(token: Token, inner: Tokens, after: Row) -> Iterator[bool]:
    """Yield a row's entries from its end, for one token of outer, given the row after it."""
    holds = False
    for start in range(len(inner), -1, -1):
        other = inner[start] if start < len(inner) else MANY
        if isinstance(token, Gap):
            holds = holds or after[start]
        else:
            holds = not isinstance(other, Gap) and after[start + 1] and _segment_covers(token, other)
        yield holds


def _open_tail(tokens: Tokens) -> int:
    """Return where a run of `*` with a MANY after it begins at the end: "so many segments or more, whichever"."""
    tail = len(tokens)
    if tokens[-1] is MANY:
        tail -= 1
        while tail and tokens[tail - 1] == ANY_SEGMENT:
            tail -= 1
    return tail


def _tail_row(tail: Tokens, inner: Tokens) -> Row:
    """Return the row of outer's tail: only the end where it is empty, else wherever inner has as many segments left."""
    if not tail:
        return [False] * len(inner) + [True]
    left = [*accumulate((token is not MANY for token in reversed(inner)), initial=0)][::-1]
    return [segments >= len(tail) - 1 for segments in left]


def may_share_paths(one: Tokens, other: Tokens) -> bool:
    """Return False where certainly no path is in both."""
    if _differ_at_once(one, other):
        return False
    row = [all(token is MANY for token in other[start:]) for start in range(len(other) + 1)]
    for token in reversed(one):
        row = list(_share_row(token, other, row))[::-1]
    return row[0]


def _share_row(token: Token, others: Tokens, after: Row) -> Iterator[bool]:
    """Yield a row's entries from its end, for one token, given the row after it."""
    holds = False
    for start in range(len(others), -1, -1):
        other = others[start] if start < len(others) else None
        if isinstance(token, Gap) or isinstance(other, Gap):  # the gap swallows a token of the other side, or ends
            holds = holds or after[start]
        else:
            holds = other is not None and after[start + 1] and _segments_may_share(token, other)
        yield holds


def _differ_at_once(one: Tokens, other: Tokens) -> bool:
    """Return whether both begin with different literal segments: the cheap and most frequent answer."""
    first, second = one[0], other[0]
    if isinstance(first, Gap) or isinstance(second, Gap) or first == second:
        return False
    return _literal(first) is not None and _literal(second) is not None


@lru_cache(maxsize=4096)
def _literal(segment: Segment) -> str | None:
    """Return the text of a segment without wildcards, else None."""
    characters = [atom for atom in segment if not isinstance(atom, Wild)]
    return "".join(characters) if len(characters) == len(segment) else None


@lru_cache(maxsize=4096)
def _segment_covers(outer: Segment, inner: Segment) -> bool:
    text = _literal(inner)
    if outer in (ANY_SEGMENT, inner):
        return True
    return text is not None and re.fullmatch(segment_expression(outer), text) is not None


@lru_cache(maxsize=4096)
def _segments_may_share(one: Segment, other: Segment) -> bool:
    """Compare exactly where one is literal; else only what stands before the first and after the last wildcard."""
    if _literal(one) is not None:
        return _segment_covers(other, one)
    if _literal(other) is not None:
        return _segment_covers(one, other)
    return all(
        first.startswith(second) or second.startswith(first)
        for first, second in (
            (_literal_start(one), _literal_start(other)),
            (_literal_start(one[::-1]), _literal_start(other[::-1])),
        )
    )


def _literal_start(segment: Segment) -> str:
    wild = next((index for index, atom in enumerate(segment) if isinstance(atom, Wild)), len(segment))
    return _literal(segment[:wild]) or ""
