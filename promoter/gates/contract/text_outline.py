"""Whether a text is written out: its words, its sections, nothing left to fill in."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from promoter.errors import Location
from promoter.gates.contract.finding import Finding, hold
from promoter.gates.contract.missing import advise
from promoter.measure.measurement import Measurement
from promoter.policy.bound import Bound
from promoter.policy.policy import NearMiss


def hold_words(
    min_words: int, facts: Mapping[str, Any], location: Location, *, name: str, near_miss: NearMiss | None
) -> Finding:
    """Return whether the text has enough words in all; equality passes."""
    return _hold_count("words", int(facts.get("words", 0)), min_words, location, name=name, near_miss=near_miss)


def hold_section(
    section: str, min_words: int, facts: Mapping[str, Any], place: Location, *, near_miss: NearMiss | None
) -> Finding:
    """Return the finding of one required section: its heading exists and has words below it."""
    wanted = _plain(section)
    found = [entry for entry in facts.get("sections", ()) if _plain(entry["heading"]).startswith(wanted)]
    if not found:
        return Finding(
            satisfied=False,
            measure="section",
            message=f"section {section!r} is missing",
            location=place,
            hint=f"add a heading {section!r} and write what a reviewer must know",
        )
    best = max(found, key=lambda entry: int(entry["words"]))
    location = Location(place.path, best.get("line"))
    name = f"section {section!r}"
    return _hold_count("section", int(best["words"]), min_words, location, name=name, near_miss=near_miss)


def _hold_count(
    measure: str, words: int, min_words: int, location: Location, *, name: str, near_miss: NearMiss | None
) -> Finding:
    """Return the finding on a count of words, with its margin and whether it is near."""
    counted = Measurement(measure=measure, value=float(words), n=1, unit="word")
    finding = hold(counted, Bound(at_least=min_words), location=location, near_miss=near_miss)
    message = f"{name} has {words} words, needs at least {min_words}"
    return advise(replace(finding, message=message), failed=f"write it out: {min_words - words} words are missing")


def _plain(heading: str) -> str:
    """Return a heading without case, leading numbers and punctuation."""
    return re.sub(r"[\W_]+", " ", heading.casefold()).strip().lstrip("0123456789 ")


def find_placeholders(facts: Mapping[str, Any], place: Location) -> Iterator[Finding]:
    """Yield a finding a placeholder, at its line, or one that there is none."""
    found = facts.get("placeholders")
    if found is None:
        message = "the measuring engine gave no placeholders for this text"
        hint = "measure it again with this version of promoter"
        yield Finding(satisfied=None, measure="placeholders", message=message, location=place, hint=hint)
    elif not found:
        yield Finding(satisfied=True, measure="placeholders", message="the text holds no placeholder", location=place)
    for entry in found or ():
        yield Finding(
            satisfied=False,
            measure="placeholders",
            message=f"placeholder {entry['text']!r} stands in the text",
            location=Location(place.path, entry.get("line")),
            hint="replace it by what it stands for",
        )
