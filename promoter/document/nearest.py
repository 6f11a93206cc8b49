"""The valid word that a misspelt one most likely meant."""

from collections.abc import Iterable
from difflib import get_close_matches

_LONGEST_COMPARED = 64
"""Characters; difflib is quadratic, and no key of ours is longer."""


def nearest(word: str, choices: Iterable[str]) -> str | None:
    """Return the choice most like `word` (Ratcliff-Obershelp ratio of at least 0.6), or None.

    Case is ignored when nothing is like it as written: `Production` means `production`.
    """
    if len(word) > _LONGEST_COMPARED:
        return None
    known = list(choices)
    if matches := get_close_matches(word, known, n=1):
        return matches[0]
    folded = {choice.casefold(): choice for choice in known}
    matches = get_close_matches(word.casefold(), folded, n=1)
    return folded[matches[0]] if matches else None


def did_you_mean(word: str, choices: Iterable[str]) -> str:
    """Return "did you mean 'x'? " or the empty string."""
    choice = nearest(word, choices)
    return "" if choice is None else f"did you mean '{choice}'? "
