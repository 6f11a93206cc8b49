"""Foreign text for each surface: it reads as it was written, and makes no mention, link, image, tag or row.

A backslash or an entity does not stop GitHub's filters for mentions, references and emoji: they run over the
rendered text. A zero-width space behind the first character does; inside of code they do not run at all.
"""

import html
import re

from promoter.report.plain import NAME_LENGTH, PROSE_LENGTH, plain

_BREAK = "\u200b"

_MARKDOWN = str.maketrans(
    {character: f"\\{character}" for character in "\\`*[]~|"}
    | {"<": "&lt;", "&": "&amp;", "@": f"@{_BREAK}", "$": "<span>$</span>"}
)
_CODE = re.compile(r"`(?P<quoted>[^`\s][^`]*)`|(?<![0-9A-Za-z])(?:sha256:)?[0-9a-f]{7,64}(?![0-9A-Za-z])")
_REFERENCE = re.compile(r"(#|\bGH-)(?=\d)", re.IGNORECASE)
_LINK = re.compile(r"(?<=:)(?=//)|(?<=www)(?=\.)", re.IGNORECASE)
_UNDERSCORE = re.compile(r"(?<![0-9A-Za-z])_|_(?![0-9A-Za-z])")
_EMOJI = re.compile(r":(?=[\w+-]+(?::|$))")
_BLOCK_START = re.compile(r"^(?=[+-](?![0-9A-Za-z])|[#=:>])|^(\d{1,9})(?=[.)](?:\s|$))")

_MERMAID_UNSAFE = re.compile(r"[^\w /.@-]|^[.-]|[.-](?=\s|$)")


class Safe(str):
    """Markdown that is ours, or that went through the escaper; everything else is escaped when it is printed."""

    __slots__ = ()


def markdown_text(text: str, *, limit: int = NAME_LENGTH) -> Safe:
    """Return foreign text for a line, a list item or a cell; digests and what it quotes as `...` stand as code."""
    line = plain(text, limit=limit)
    pieces, end = [], 0
    for match in _CODE.finditer(line):
        pieces += [_inert(line[end : match.start()]), markdown_code(match["quoted"] or match[0])]
        end = match.end()
    return Safe(_BLOCK_START.sub(r"\1\\", "".join([*pieces, _inert(line[end:])])))


def markdown_prose(text: str) -> Safe:
    """Return a foreign sentence for a line, a list item or a table's cell."""
    return markdown_text(text, limit=PROSE_LENGTH)


def markdown_code(text: str) -> Safe:
    """Return foreign text as code, for a line or a table's cell: a fence longer than any inside.

    A pipe ends a cell even in a code span, so text with one becomes a `code` element with the pipe as an entity.
    """
    line = plain(text) or "(empty)"
    if "|" in line:
        return Safe(f"<code>{_inert(line).replace(chr(92) + '|', '&#124;')}</code>")
    longest = max((len(run) for run in re.findall("`+", line)), default=0)
    fence = "`" * (longest + 1)
    pad = " " if line.startswith("`") or line.endswith("`") else ""
    return Safe(f"{fence}{pad}{line}{pad}{fence}")


def html_text(text: str, *, limit: int = NAME_LENGTH) -> str:
    """Return foreign text for an HTML element or a quoted attribute."""
    return html.escape(plain(text, limit=limit), quote=True)


def mermaid_label(text: str) -> str:
    """Return foreign text for a quoted Mermaid label: what could end it or be read as Markdown stands as an entity."""
    return _MERMAID_UNSAFE.sub(lambda match: f"#{ord(match[0])};", plain(text))


def workflow_data(text: str) -> str:
    """Return text for the message of a workflow command; line ends cannot start another command."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def workflow_property(text: str) -> str:
    """Return text for a property of a workflow command."""
    return workflow_data(text).replace(":", "%3A").replace(",", "%2C")


def _inert(text: str) -> str:
    """Return text that no Markdown parser and no filter of GitHub's turns into anything else."""
    text = _EMOJI.sub(f":{_BREAK}", _LINK.sub(_BREAK, text))
    text = _REFERENCE.sub(rf"\1{_BREAK}", text).translate(_MARKDOWN)
    return _UNDERSCORE.sub(r"\\_", text)
