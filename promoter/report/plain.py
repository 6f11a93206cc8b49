"""Foreign text on one line: nothing in it is invisible, moves the cursor, turns the reading direction or runs on."""

import re
import unicodedata

NAME_LENGTH = 200
"""Characters shown of a name, a value or a slice; a longer one has no honest reason."""

PROSE_LENGTH = 500
"""Characters shown of a sentence: a message, a hint, a remediation."""

_CREDENTIALS = re.compile(r"(?<=://)[^/\s]+@")
_SPACES = re.compile(" {2,}")
_LAYOUT = frozenset("\t\n\r")
_JOINT = "\N{NO-BREAK SPACE}"
_UNSEEN = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"})
_BLANK_LETTERS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u3164\uffa0")


def plain(text: str, *, limit: int = NAME_LENGTH) -> str:
    """Return text on one line, at most `limit` characters; what cannot be seen stands as its code point, ⟨U+202E⟩."""
    seen = _SPACES.sub(" ", "".join(map(_visible, text[: limit + 1]))).strip(f" {_JOINT}")
    return seen if len(text) <= limit and len(seen) <= limit else f"{seen[: limit - 1].rstrip()}…"


def without_credentials(text: str) -> str:
    """Return text without the user and the password of each URL in it, up to the last `@` before its path."""
    return _CREDENTIALS.sub("", text)


def _visible(character: str) -> str:
    category = unicodedata.category(character)
    if character in _LAYOUT or (category == "Zs" and character != _JOINT):
        return " "
    if category in _UNSEEN or character in _BLANK_LETTERS:
        return f"⟨U+{ord(character):04X}⟩"
    return character
