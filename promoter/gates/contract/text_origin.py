"""Whether a text was written for its version: no copy of another's, no section that says what another says."""

from collections.abc import Iterator, Mapping
from typing import Any

from promoter.errors import Location
from promoter.gates.contract.claim import claim
from promoter.gates.contract.finding import Finding, hold
from promoter.measure.measurement import Measurement
from promoter.measure.statistics.resemblance import resemblance
from promoter.policy.bound import Bound
from promoter.policy.policy import NearMiss

_AGAIN = "measure it again with this version of promoter"
_REWRITE = "describe this version: what changed, its numbers, its limits"


def hold_originality(
    facts: Mapping[str, Any],
    other_text: Mapping[str, Any],
    *,
    whose: str,
    max_resemblance: float,
    place: Location,
    near_miss: NearMiss | None,
) -> Iterator[Finding]:
    """Yield whether the text is word for word another version's, and how much of it the two share otherwise.

    `whose` names the other in messages, such as "the champion's".
    """
    own, other = facts.get("text_digest"), other_text.get("text_digest")
    if own is None or other is None:
        message = "the measuring engine gave no text_digest for this text"
        yield claim("text_digest", satisfied=None, message=message, location=place, hint=_AGAIN)
        return
    message = f"the text is word for word {whose}" if own == other else f"the text is not {whose}"
    yield claim("text_digest", satisfied=own != other, message=message, location=place, hint=_REWRITE)
    if own == other:
        return
    shared = resemblance(facts.get("sketch") or (), other_text.get("sketch") or ())
    if shared is None:
        message = f"how much the text resembles {whose} cannot be told: one of them has fewer than five words"
        yield claim("resemblance", satisfied=None, message=message, location=place, hint=_REWRITE)
        return
    found = Measurement(measure="resemblance", value=shared, n=len(facts["sketch"]), unit="fraction")
    yield hold(found, Bound(at_most=max_resemblance), location=place, near_miss=near_miss)


def find_boilerplate(facts: Mapping[str, Any], place: Location) -> Iterator[Finding]:
    """Yield a finding a section whose words are those of an earlier one of its level, or one that there is none."""
    sections = [entry for entry in facts.get("sections", ()) if entry["words"]]
    if any(entry.get("text_digest") is None for entry in sections):
        message = "the measuring engine gave no text_digest for the sections"
        yield claim("boilerplate", satisfied=None, message=message, location=place, hint=_AGAIN)
        return
    first: dict[tuple[int, str], str] = {}
    is_repeated = False
    for entry in sections:
        earlier = first.setdefault((entry["level"], entry["text_digest"]), entry["heading"])
        if earlier != entry["heading"]:
            is_repeated = True
            message = f"section {entry['heading']!r} says word for word what section {earlier!r} says"
            location = Location(place.path, entry.get("line"))
            hint = "write what is particular to this section, or leave it out"
            yield claim("boilerplate", satisfied=False, message=message, location=location, hint=hint)
    if not is_repeated:
        yield claim("boilerplate", satisfied=True, message="no section repeats another", location=place, hint="")
