"""Whether a text is written out: its words, its sections, nothing left to fill in."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from promoter.errors import Location
from promoter.gates.contract.finding import Finding


def hold_words(min_words: int, facts: Mapping[str, Any], location: Location, *, name: str) -> Finding:
    """Return whether the text has enough words in all; equality passes."""
    words = int(facts.get("words", 0))
    return Finding(
        satisfied=words >= min_words,
        measure="words",
        message=f"{name} has {words} words, needs at least {min_words}",
        location=location,
        value=float(words),
        unit="word",
        comparator=">=",
        bound=float(min_words),
        margin=float(words - min_words),
        hint=None if words >= min_words else f"write it out: {min_words - words} words are missing",
    )


def hold_section(section: str, min_words: int, facts: Mapping[str, Any], place: Location) -> Finding:
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
    words = int(best["words"])
    return Finding(
        satisfied=words >= min_words,
        measure="section",
        message=f"section {section!r} has {words} words, needs at least {min_words}",
        location=Location(place.path, best.get("line")),
        value=float(words),
        unit="word",
        comparator=">=",
        bound=float(min_words),
        margin=float(words - min_words),
        hint=None if words >= min_words else "write at least one whole sentence below the heading",
    )


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
