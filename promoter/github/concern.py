"""Which models a push to the default branch concerns: their own files, and the policies and waivers that moved."""

from collections.abc import Iterator, Sequence

from promoter.document.bind import bind
from promoter.document.reader import read_yaml
from promoter.errors import ProposalError
from promoter.github.client import Client
from promoter.github.content import read_content
from promoter.policy.policy import Policy
from promoter.policy.waiver import Waiver
from promoter.registry.layout import RULES_KINDS, FileKind, Place, place_of

EVERY_MODEL = "**"
MOST_READ = 20
"""Files of policies and waivers that are read at both ends; where more moved, every model is concerned."""

_POLICIES = {FileKind.POLICY, FileKind.PACK, FileKind.OVERLAY}
_READ = {*_POLICIES, FileKind.WAIVER}
_EVERYBODYS = (RULES_KINDS | {FileKind.CHANGE}) - _READ - {FileKind.POLICY_TEST}


def concerned_models(client: Client, paths: Sequence[str], *, before: str, after: str) -> frozenset[str]:
    """Return globs of the models that a push concerns, from the paths that it changed.

    A policy concerns the models that it selects at either end; tier, task and domain are left aside, so that more is
    judged again rather than less. Whatever else belongs to the rules, and what cannot be read, concerns every model.
    """
    places = [place_of(path) for path in paths]
    known = [place for place in places if isinstance(place, Place) and place.kind is not FileKind.RECORD]
    read = [place for place in known if place.kind in _READ]
    is_unknown = any(not isinstance(place, Place) for place in places)
    if is_unknown or len(read) > MOST_READ or any(place.kind in _EVERYBODYS for place in known):
        return frozenset({EVERY_MODEL})
    moved = (
        glob
        for place in read
        for ref in (before, after)
        for glob in _selected(read_content(client, place.path, ref=ref), place)
    )
    return frozenset([*moved, *(place.model for place in known if place.model)])


def _selected(content: bytes | None, place: Place) -> Iterator[str]:
    """Yield globs of the models that one state of a policy or waiver is about: none where the file is not there."""
    if content is None:
        return
    try:
        document = read_yaml(content, path=place.path)
        if place.kind is FileKind.WAIVER:
            yield bind(document, Waiver).model or EVERY_MODEL
        else:
            yield from bind(document, Policy).applies_to.models or (EVERY_MODEL,)
    except ProposalError:
        yield EVERY_MODEL
