"""libyaml's complaints in words that say what to do."""

from yaml import MarkedYAMLError

from promoter.errors import Location, Problem

_HINTS = (
    ("mapping values are not allowed", "quote the value if it holds ': ', and check the indentation of the line"),
    ("could not find expected ':'", "write a ':' and a space after the key, and check the indentation of the line"),
    ("cannot start any token", "quote the value: no plain text starts with this character"),
    ("undefined tag handle", "remove the tag: tags are refused"),
    ("invalid Unicode character escape", "write the character itself: a lone surrogate is no character"),
    ("unexpected end of stream", "close the quote"),
    ("expected ',' or", "close the bracket, and separate the items with commas"),
    ("unknown escape character", "double the backslash, or use single quotes"),
    ("tab character", "indent with spaces"),
    ("expected key", "align the keys of the mapping in one column"),
    ("expected '-' indicator", "align the items of the list in one column"),
    ("unknown anchor", "write the value out: anchors and aliases are refused"),
)


def syntax_problem(error: MarkedYAMLError, *, path: str, line_count: int) -> Problem:
    """Return the place and the words of a syntax error; nothing after it can be read.

    libyaml tells what was left open at the line after the last: the problem stands where it was opened.
    """
    mark, began = error.problem_mark, error.context_mark
    what = str(error.problem or error.context or "unreadable")
    is_left_open = mark is None or mark.line >= line_count or "could not find expected ':'" in what
    at = began or mark if is_left_open else mark
    place = Location(path, min(at.line + 1, line_count), at.column + 1) if at else Location(path)
    since = f" that began at line {began.line + 1}" if began and at and began.line != at.line else ""
    during = f" {error.context}{since}" if error.context else ""
    hint = next((hint for words, hint in _HINTS if words in what), "mend the line, then check again")
    return Problem(place, f"not YAML{during}: {what}", hint)
