"""What was found in place of the expected value, and what to write instead."""

import re

from promoter.document.nearest import did_you_mean
from promoter.document.scalars import ScalarRefusedError, resolve
from promoter.document.shown import shown

_QUOTED_WORD = re.compile("'([^']*)'")


def found(value: object, written: str | None) -> str:
    """Return the offending value in words: `the string "0.95"`, `the number 1.10`, `a list of 3 items`."""
    if isinstance(value, str):
        return f"the string {shown(value)}"
    if isinstance(value, int | float) and not isinstance(value, bool):
        return f"the number {written or shown(value)}"
    return shown(value)


def remedy(value: object, expectation: str, written: str | None) -> str:
    """Return what to write where `value` stands and `expectation` was expected."""
    if value is None:
        return f"write {expectation}, or leave the key out if it is optional"
    if expectation == "a string" and isinstance(value, int | float):
        return f'quote it: "{written or shown(value)}"'
    if isinstance(value, str):
        if words := _QUOTED_WORD.findall(expectation):
            return f"{did_you_mean(value, words)}write {expectation}"
        if is_bare(value, expectation):
            return f"remove the quotes: {value}"
    if expectation == "a list" and not isinstance(value, dict | list):
        return f"write a list: [{written or shown(value)}]"
    return f"write {expectation}"


def is_bare(text: str, expectation: str) -> bool:
    """Say whether a string without its quotes would be the number or the truth value that was expected."""
    try:
        value = resolve(text)
    except ScalarRefusedError:
        return False
    if isinstance(value, bool):
        return expectation == "true or false"
    return isinstance(value, int | float) and "number" in expectation
