"""Whether what a text points to is there: files of the version's folder, and headings of the text itself."""

import posixpath
import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote, urlsplit

from promoter.errors import Location
from promoter.gates.contract.candidate import Release
from promoter.gates.contract.claim import claim
from promoter.gates.contract.finding import Finding

_ELSEWHERE = frozenset({"https", "http", "mailto"})


def resolve_targets(facts: Mapping[str, Any], release: Release, *, path: str, place: Location) -> Iterator[Finding]:
    """Yield a finding a link or figure that leads nowhere, or one that all lead somewhere.

    `path` is the text's place in the version's folder. Addresses on the web are not fetched; a figure must lie in the
    folder, since a figure elsewhere may change after the review.
    """
    links, images = facts.get("links"), facts.get("images")
    if links is None or images is None:
        message, hint = (
            "links and figures of the text were not listed",
            "measure it again with this version of promoter",
        )
        yield claim("links", satisfied=None, message=message, location=place, hint=hint)
        return
    anchors = {_anchor(entry["heading"]) for entry in facts.get("sections", ())}
    targets = [*(("link", target) for target in links), *(("figure", target) for target in images)]
    broken = 0
    for kind, target in dict.fromkeys(targets):
        why = _why_broken(target, release, path=path, anchors=anchors, may_be_elsewhere=kind == "link")
        if why is not None:
            broken += 1
            hint = f"add the file to the version's folder, or correct the {kind}"
            message = f"{kind} {target[:200]!r} {why}"
            yield claim("links", satisfied=False, message=message, location=place, hint=hint)
    if not broken:
        message = f"all {len(links)} links and {len(images)} figures resolve"
        yield claim("links", satisfied=True, message=message, location=place, hint="")


def _why_broken(target: str, release: Release, *, path: str, anchors: set[str], may_be_elsewhere: bool) -> str | None:
    """Return why a target leads nowhere, or None."""
    try:
        parts = urlsplit(target)
    except ValueError:
        return "is no address"
    if parts.scheme or parts.netloc:
        if parts.scheme not in _ELSEWHERE:
            return f"leads to a {parts.scheme or 'nameless'} address, which no reader can follow"
        return None if may_be_elsewhere else "lies elsewhere, where it may change after the review"
    name = unquote(parts.path)
    if not name:
        is_known = not parts.fragment or unquote(parts.fragment).casefold() in anchors
        return None if is_known and target else "leads to no heading of the text"
    full = posixpath.normpath(posixpath.join(posixpath.dirname(path), name))
    if full.startswith(("../", "/")) or full == "..":
        return "leads out of the version's folder"
    return None if full in release.files else "leads to no file of the version's folder"


def _anchor(heading: str) -> str:
    """Return the anchor that GitHub gives a heading: lower case, words joined by hyphens, no punctuation."""
    return re.sub(r"\s", "-", re.sub(r"[^\w\s-]", "", heading.casefold()).strip())
