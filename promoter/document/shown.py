"""Text from a file as an error may show it: escaped to ASCII and cut."""

import json

_LONGEST = 60


def shown(value: object) -> str:
    """Return a value as JSON in ASCII, at most 60 characters, so that nothing invisible or alike hides in it."""
    if isinstance(value, dict):
        return f"a mapping of {len(value)} keys" if value else "an empty mapping"
    if isinstance(value, list | tuple):
        return f"a list of {len(value)} items" if value else "an empty list"
    text = json.dumps(value[: _LONGEST + 1] if isinstance(value, str) else value)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
