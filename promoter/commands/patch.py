"""The difference of a text as git prints it, so that `git apply` takes it."""

import difflib
import re

_LINES = re.compile(r"[^\n]*\n|[^\n]+")
_NO_END = "\n\\ No newline at end of file\n"


def patch(before: str | None, after: str, *, path: str, path_before: str | None = None) -> str:
    """Return a unified difference with three lines of context, empty where nothing differs; None is a new file.

    Lines end with a line feed alone, as for git; a last line without one is marked.
    """
    source = "/dev/null" if before is None else f"a/{path_before or path}"
    lines = difflib.unified_diff(_LINES.findall(before or ""), _LINES.findall(after), source, f"b/{path}")
    return "".join(line if line.endswith("\n") else line + _NO_END for line in lines)
