"""SecretScan: where a text holds what looks like a secret; type and line are told, the secret never is."""

from collections.abc import Iterator
from typing import BinaryIO

from promoter.errors import Undecidable
from promoter.measure.families.family import ContentFamily, number
from promoter.measure.reports.request import SecretScan
from promoter.measure.reports.secret_patterns import find_secrets
from promoter.measure.request import Measured

LARGEST_BYTES = 32 * 1024 * 1024
_MOST_SHOWN = 100


def read(request: SecretScan, stream: BinaryIO) -> Measured:
    """Return how many secrets a text seems to hold. Raises Undecidable where it is too large to be a text."""
    content = stream.read(LARGEST_BYTES + 1)
    if len(content) > LARGEST_BYTES:
        raise Undecidable(f"the file is larger than {LARGEST_BYTES:,} bytes, too large to search; keep it in a store")
    text = _decoded(content)
    if text is None:
        return Measured(values=(number("secrets", 0, n=0),), facts={"secrets": [], "is_text": False})
    found = list(_by_line(text, sorted((place, kind) for kind, place in _find(text, request))))
    return Measured(
        values=(number("secrets", len(found), n=text.count("\n") + 1),),
        facts={"secrets": [{"type": kind, "line": line} for line, kind in found[:_MOST_SHOWN]], "is_text": True},
    )


def _find(text: str, request: SecretScan) -> Iterator[tuple[str, int]]:
    return find_secrets(text, with_entropy=request.with_entropy)


def _by_line(text: str, found: list[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    """Yield (line, type) once each, in order; lines are counted on the way, so that none is kept."""
    line, seen_to, types = 1, 0, set[str]()
    for place, kind in found:
        lines = text.count("\n", seen_to, place)
        line, seen_to = line + lines, place
        types = types if lines == 0 else set()
        if kind not in types:
            types.add(kind)
            yield line, kind


def _decoded(content: bytes) -> str | None:
    """Return the text, of whatever encoding its byte-order mark names, or None for binary content.

    Text that is not UTF-8 is read byte by byte: secrets are ASCII in every such encoding.
    """
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", "replace")
    if b"\0" in content[:8192]:
        return None
    return content.decode("utf-8", "replace")


FAMILY = ContentFamily(content=lambda request: request.content, read=read)
