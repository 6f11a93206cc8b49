"""Which `.gitattributes` may stand in a registry: none that hides or rewrites what is reviewed.

An attribute can collapse a diff (`-diff`, `binary`, `linguist-generated`) or change the bytes of a checkout (`filter`,
`ident`, `working-tree-encoding`, `eol=crlf`), so that a reviewer reads something else than Promoter judges.
"""

import re

from promoter.errors import Location, Problem
from promoter.git.names import shown

GOVERNED_FOLDERS = ("models", "policies", "reports", "promoter", ".github")
"""The folders whose content decides, or is decided on."""

MAX_ATTRIBUTES_BYTES = 64 * 1024
_HARMLESS = frozenset({"text", "text=auto", "-text", "!text", "eol=lf"})
_GLOB_CHARACTERS = frozenset('*?[\\"')
_QUOTED_PATTERN = re.compile(r'\s*("(?:[^"\\]|\\.)*")(.*)')
_HINT = "keep only text, text=auto, -text and eol=lf, or anchor the pattern to a folder that is not governed"


def attribute_problems(content: bytes) -> tuple[Problem, ...]:
    """Return one problem a line of the root's `.gitattributes` that gives governed paths a harmful attribute.

    A pattern is taken to cover governed paths unless it is anchored (holds a slash before its end) and its first
    name is literal and not a governed folder's, whatever its case.
    """
    problems = []
    for number, line in enumerate(content.decode("utf-8", "replace").splitlines(), start=1):
        quoted, words = _QUOTED_PATTERN.match(line), line.split()
        if quoted:
            words = [quoted[1], *quoted[2].split()]
        if not words or words[0].startswith("#"):
            continue
        harmful = [word for word in words[1:] if word not in _HARMLESS]
        if harmful and _may_cover_governed_paths(words[0]):
            location = Location(".gitattributes", number)
            message = f"{shown(words[0])} gives governed paths the attribute {shown(harmful[0])}"
            problems.append(Problem(location, message, _HINT))
    return tuple(problems)


def _may_cover_governed_paths(pattern: str) -> bool:
    if pattern.startswith("[attr]") or "/" not in pattern.rstrip("/"):
        return True
    first_name = pattern.removeprefix("/").partition("/")[0]
    return bool(_GLOB_CHARACTERS.intersection(first_name)) or first_name.casefold() in GOVERNED_FOLDERS
