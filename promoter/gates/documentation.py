"""Requires the documents that people must read before they agree, with their sections written out.

## Checks
Each required document is listed and present, has its sections, each with some words, and enough words in all; holds
no placeholder (TODO, TBD, lorem ipsum); and is not the champion's text under a new version.

## Why
A reviewer decides from the model card. A copied card describes another model, and a heading without text hides that
nobody thought about it.

## Parameters
`documents` (`kind`, `sections`, `min_words`), `min_section_words`, `placeholders`, `copies`.

## Decision rule
A section counts where a heading, without case, numbering and punctuation, begins with the required words. Word counts
pass at their bound. A copy is a text whose normalised digest equals the champion's document of the same kind.

## Undecidable when
The text was not searched for placeholders or not digested by the measuring engine.

## Example
```yaml
schema: promoter.policy/1
id: model-card
title: The model card answers what a reviewer asks
category: documentation
owner: model-validation
rationale: People who did not train the model must be able to judge its limits.
gate: documentation
parameters:
  documents:
    - kind: model-card
      sections: [Intended use, Factors, Metrics, Evaluation data, Training data, Ethical considerations, Caveats]
      min_words: 200
severity: medium
enforcement: block
remediation: Write the missing section of the model card; docs/templates has an outline.
```

## Sources
Mitchell et al. 2019, Model Cards for Model Reporting, section 4 (the sections' names). EU AI Act, Article 11 and
Annex IV (technical documentation).
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

from pydantic import Field

from promoter.document.strict import Strict
from promoter.errors import Location
from promoter.gates.contract.candidate import Candidate, Context, Release
from promoter.gates.contract.finding import Finding
from promoter.gates.contract.gate import Gate, Parameters
from promoter.measure.request import DocumentText, Measured, Measurements, Request
from promoter.policy.policy import Category
from promoter.registry.manifest import DocumentFile

Kind = Literal["model-card", "design-notes", "data-provenance", "decision-log"]


class DocumentRule(Strict):
    """A document that must be there, and what it must hold."""

    kind: Kind = Field(description="Kind of document.")
    sections: tuple[str, ...] = Field(default=(), description="Headings that it must have, in any order and depth.")
    min_words: int = Field(
        default=100, ge=1, description="Words in all, 1 or more; 100 is about ten lines, less says nothing."
    )


class DocumentationParameters(Parameters):
    """Required documents and what makes them count as written."""

    documents: tuple[DocumentRule, ...] = Field(description="Documents required, one entry a kind.", min_length=1)
    min_section_words: int = Field(
        default=10, ge=1, description="Words below each required heading, 1 or more; 10 is one sentence."
    )
    placeholders: Literal["refuse", "allow"] = Field(
        default="refuse", description="What TODO, TBD and lorem ipsum mean; refused by default: the text is unfinished."
    )
    copies: Literal["refuse", "allow"] = Field(
        default="refuse",
        description="What the champion's own text means; refused by default: it describes another model.",
    )


def _key(release: Release, kind: str) -> str | None:
    """Return the content key of a release's document of a kind, or None where it has none."""
    entry = _entry(release, kind)
    return release.files.get(entry[1].path) if entry else None


def _entry(release: Release, kind: str) -> tuple[int, DocumentFile] | None:
    entries = enumerate(release.manifest.documents)
    return next(((index, document) for index, document in entries if document.kind == kind), None)


def measures(parameters: DocumentationParameters, candidate: Candidate) -> Sequence[Request]:
    """Return one request a required document that is there, and one for the champion's of the same kind."""
    releases = [candidate.release, candidate.champion] if candidate.champion else [candidate.release]
    keys = [_key(release, rule.kind) for release in releases for rule in parameters.documents]
    return tuple(DocumentText(content=key) for key in dict.fromkeys(keys) if key is not None)


def judge(parameters: DocumentationParameters, measurements: Measurements, context: Context) -> Sequence[Finding]:
    """Return the findings of each required document: presence, words, sections, placeholders, originality."""
    findings: list[Finding] = []
    for rule in parameters.documents:
        findings += _document(rule, parameters, measurements, context.candidate)
    return findings


def _document(
    rule: DocumentRule, parameters: DocumentationParameters, measurements: Measurements, candidate: Candidate
) -> Iterator[Finding]:
    release = candidate.release
    entry, key = _entry(release, rule.kind), _key(release, rule.kind)
    if entry is None or key is None:
        yield _missing(rule, entry, release)
        return
    index, document = entry
    facts = measurements[DocumentText(content=key)].facts
    listed = release.locate("documents", index, "path")
    yield _words(rule, facts, listed, name=document.path)
    place = Location(f"{listed.path.rpartition('/')[0]}/{document.path}")
    for section in rule.sections:
        yield _section(section, parameters.min_section_words, facts, place)
    if parameters.placeholders == "refuse":
        yield from _placeholders(facts, place)
    champion_key = _key(candidate.champion, rule.kind) if candidate.champion else None
    is_other = candidate.champion is not None and candidate.champion.version != release.version
    if parameters.copies == "refuse" and champion_key is not None and is_other:
        yield _original(facts, measurements[DocumentText(content=champion_key)], place)


def _missing(rule: DocumentRule, entry: tuple[int, DocumentFile] | None, release: Release) -> Finding:
    if entry is None:
        message, location = f"the manifest lists no document of kind {rule.kind}", release.locate("documents")
    else:
        message = f"{entry[1].path} is listed as {rule.kind} but is not in the version's folder"
        location = release.locate("documents", entry[0], "path")
    return Finding(
        satisfied=False,
        measure="document",
        message=message,
        location=location,
        hint=f"write it, and list it in documents with `kind: {rule.kind}`",
    )


def _words(rule: DocumentRule, facts: Mapping[str, Any], location: Location, *, name: str) -> Finding:
    words = int(facts.get("words", 0))
    return Finding(
        satisfied=words >= rule.min_words,
        measure="words",
        message=f"{name} has {words} words, needs at least {rule.min_words}",
        location=location,
        value=float(words),
        unit="word",
        comparator=">=",
        bound=float(rule.min_words),
        margin=float(words - rule.min_words),
        hint=None if words >= rule.min_words else f"write it out: {rule.min_words - words} words are missing",
    )


def _section(section: str, min_words: int, facts: Mapping[str, Any], place: Location) -> Finding:
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


def _placeholders(facts: Mapping[str, Any], place: Location) -> Iterator[Finding]:
    found = facts.get("placeholders")
    if found is None:
        yield _unknown("placeholders", place)
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


def _original(facts: Mapping[str, Any], champion: Measured, place: Location) -> Finding:
    own, other = facts.get("text_digest"), champion.facts.get("text_digest")
    if own is None or other is None:
        return _unknown("text_digest", place)
    return Finding(
        satisfied=own != other,
        measure="text_digest",
        message="the text is word for word the champion's" if own == other else "the text is not the champion's",
        location=place,
        hint="describe this version: what changed, its numbers, its limits" if own == other else None,
    )


def _unknown(fact: str, place: Location) -> Finding:
    return Finding(
        satisfied=None,
        measure=fact,
        message=f"the measuring engine gave no {fact} for this text",
        location=place,
        hint="measure it again with this version of promoter",
    )


GATE = Gate(
    name="documentation",
    category=Category.DOCUMENTATION,
    parameters=DocumentationParameters,
    measures=measures,
    judge=judge,
)
