"""SecretScan: where a text holds what looks like a secret; type and line are told, the secret never is.

Own patterns and detect-secrets' detectors are asked alike; a string that both know counts once, under the own name.
"""

from bisect import bisect_left
from collections.abc import Iterator
from itertools import accumulate
from typing import BinaryIO

from promoter.errors import Undecidable
from promoter.measure.families.family import ContentFamily, number
from promoter.measure.reports.request import SecretScan
from promoter.measure.reports.secret_patterns import find_secrets, is_reference
from promoter.measure.reports.secret_plugins import find_listed
from promoter.measure.request import Measured

LARGEST_BYTES = 32 * 1024 * 1024
_MOST_SHOWN = 100


def read(request: SecretScan, stream: BinaryIO) -> Measured:
    """Return how many secrets a text seems to hold. Raises Undecidable where it is too large to be a text."""
    content = stream.read(LARGEST_BYTES + 1)
    if len(content) > LARGEST_BYTES and not _is_binary(content):
        raise Undecidable(f"the file is larger than {LARGEST_BYTES:,} bytes, too large to search; keep it in a store")
    text = _decoded(content)
    if text is None:
        return Measured(values=(number("secrets", 0, n=0),), facts={"secrets": [], "is_text": False})
    found = list(_by_line(text, _find(text, request.with_entropy)))
    return Measured(
        values=(number("secrets", len(found), n=text.count("\n") + 1),),
        facts={"secrets": [{"type": kind, "line": line} for line, kind in found[:_MOST_SHOWN]], "is_text": True},
    )


def _find(text: str, with_entropy: bool) -> list[tuple[int, str]]:  # noqa: FBT001 - the request's own
    """Return (place, type) in order; what a detector finds within a string that was found already is left out."""
    own = sorted({(start, end, kind) for kind, start, end in find_secrets(text, with_entropy=with_entropy)})
    starts = [start for start, _, _ in own]
    found = [(start, kind) for start, _, kind in own]
    furthest = list(accumulate((end for _, end, _ in own), max))
    for kind, start, end in find_listed(text, with_entropy=with_entropy):
        before = bisect_left(starts, end)
        is_known = before > 0 and furthest[before - 1] > start
        if not is_known and not is_reference(text[start:end]):
            found.append((start, kind))
    return sorted(set(found))


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
    if _is_binary(content):
        return None
    is_utf16 = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    return content.decode("utf-16" if is_utf16 else "utf-8", "replace")


def _is_binary(content: bytes) -> bool:
    return b"\0" in content[:8192] and not content.startswith((b"\xff\xfe", b"\xfe\xff"))


FAMILY = ContentFamily(content=lambda request: request.content, read=read)
