"""Text from a file as an error may show it: escaped to ASCII and cut."""

import json

_LONGEST = 60


def shown(value: object) -> str:
    """Return a value as JSON in ASCII, at most 60 characters, so that nothing invisible or alike hides in it."""
    if isinstance(value, dict):
        return "an empty mapping" if not value else f"a mapping of {_counted(len(value), 'key')}"
    if isinstance(value, list | tuple):
        return "an empty list" if not value else f"a list of {_counted(len(value), 'item')}"
    text = json.dumps(value[: _LONGEST + 1] if isinstance(value, str) else value, default=str)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def named(name: str) -> str:
    """Return a key or another name from a file in single quotes, escaped and cut."""
    return "'" + shown(name)[1:].removesuffix('"') + "'"


def _counted(n: int, noun: str) -> str:
    return f"{n} {noun}" if n == 1 else f"{n} {noun}s"
