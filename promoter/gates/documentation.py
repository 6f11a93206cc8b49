"""Requires the documents that people must read before they agree, with their sections written out.

## Checks
Each required document is listed and present, has its sections, each with some words, and enough words in all; holds
no placeholder (TODO, TBD, lorem ipsum) and no section that repeats another; is not the text of the champion or of an
earlier version under a new one, nor nearly so; its links and figures resolve in the version's folder; and the numbers
that a model card's tables state of this version are the measured ones.

## Why
A reviewer decides from the model card. A copied card describes another model, and a heading without text hides that
nobody thought about it.

## Parameters
`documents` (`kind`, `sections`, `min_words`), `min_section_words`, `placeholders`, `boilerplate`, `copies`,
`max_resemblance`, `links`, `numbers`, `quoted`.

## Decision rule
A section counts where a heading, without case, numbering and punctuation, begins with the required words. Word counts
pass at their bound, and are near it within the policy's band, in words. A copy is a text whose normalised digest equals
the champion's document of the same kind, or whose resemblance with it (share of common runs of five words) is above the
bound. At registration the file of the same path in the three newest versions counts like the champion's, and so does
any version's that is the same to the byte. A stated number agrees where it is the measured one, rounded to its own last
digit; only rows named after a measure over all rows are compared. Such a row fails where no column of its table is
headed by a version, `champion` or `value`, or where all tables are about other versions.

## Undecidable when
The text was not searched for placeholders, digested or read for tables by the measuring engine, is too short to
compare, or states a number that could not be measured.

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
Mitchell et al. 2019, Model Cards for Model Reporting, section 4 (the sections' names). Broder 1997, On the resemblance
and containment of documents. EU AI Act, Article 11 and Annex IV (technical documentation).
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

from pydantic import Field

from promoter.document.strict import Strict
from promoter.errors import Location
from promoter.gates.contract.candidate import Candidate, Context, Release, table_of
from promoter.gates.contract.finding import Finding
from promoter.gates.contract.gate import Gate, Parameters
from promoter.gates.contract.text_links import resolve_targets
from promoter.gates.contract.text_numbers import compare_numbers
from promoter.gates.contract.text_origin import find_boilerplate, hold_originality
from promoter.gates.contract.text_outline import find_placeholders, hold_section, hold_words
from promoter.measure.request import DocumentText, Measurements, Quality, Request
from promoter.policy.policy import Category
from promoter.registry.evidence import EvidenceKind
from promoter.registry.manifest import DocumentFile

Kind = Literal["model-card", "design-notes", "data-provenance", "decision-log"]
_CARD: Kind = "model-card"
_NEAREST = 3
"""A text is measured against so many of the newest versions, so that a long history costs no more."""


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
        description="What the own text of the champion or an earlier version means; refused by default: it describes"
        " another model.",
    )
    boilerplate: Literal["refuse", "allow"] = Field(
        default="refuse",
        description="Sections that repeat another word for word; refused by default: they say nothing.",
    )
    max_resemblance: float = Field(
        default=0.9,
        gt=0,
        le=1,
        description="Share of runs of five words in common with another version's text, (0, 1]; 0.9 by default: two"
        " cards of one model share their data and purpose, seldom more than two thirds of their words.",
    )
    links: Literal["resolve", "ignore"] = Field(
        default="resolve", description="Whether links and figures must resolve; by default: a reviewer follows them."
    )
    numbers: Literal["agree", "ignore"] = Field(
        default="agree",
        description="Whether stated numbers must be the measured ones; by default: reviewers quote them.",
    )
    quoted: tuple[str, ...] = Field(
        default=(), description="Measures that a model card must state of this version; none by default."
    )


def _key(release: Release, kind: str) -> str | None:
    """Return the content key of a release's document of a kind, or None where it has none."""
    entry = _entry(release, kind)
    return release.files.get(entry[1].path) if entry else None


def _entry(release: Release, kind: str) -> tuple[int, DocumentFile] | None:
    entries = enumerate(release.manifest.documents)
    return next(((index, document) for index, document in entries if document.kind == kind), None)


def _qualities(parameters: DocumentationParameters, release: Release) -> tuple[Quality, ...]:
    """Return the requests for the numbers that a model card may state, where one is required and there."""
    is_card = any(rule.kind == _CARD and _key(release, _CARD) is not None for rule in parameters.documents)
    if parameters.numbers == "ignore" or not is_card:
        return ()
    decision = release.manifest.decision
    return tuple(
        Quality(
            table=table_of(entry), task=release.model.task.value, threshold=decision.threshold if decision else None
        )
        for _, entry in release.evidence_of(EvidenceKind.PREDICTIONS)
    )


def measures(parameters: DocumentationParameters, candidate: Candidate) -> Sequence[Request]:
    """Return a request a required document and those that it is held against, and those of a card's numbers."""
    own = [key for rule in parameters.documents if (key := _key(candidate.release, rule.kind)) is not None]
    others = [key for rule in parameters.documents for key in _other_texts(rule, candidate)]
    texts = [DocumentText(content=key) for key in dict.fromkeys((*own, *others))]
    return (*texts, *dict.fromkeys(_qualities(parameters, candidate.release)))


def judge(parameters: DocumentationParameters, measurements: Measurements, context: Context) -> Sequence[Finding]:
    """Return the findings of each required document, in the order of the page's checks."""
    findings: list[Finding] = []
    for rule in parameters.documents:
        findings += _document(rule, parameters, measurements, context)
    return findings


def _document(
    rule: DocumentRule, parameters: DocumentationParameters, measurements: Measurements, context: Context
) -> Iterator[Finding]:
    release = context.candidate.release
    entry, key = _entry(release, rule.kind), _key(release, rule.kind)
    if entry is None or key is None:
        yield _missing(rule, entry, release)
        return
    index, document = entry
    facts = measurements[DocumentText(content=key)].facts
    listed = release.locate("documents", index, "path")
    near_miss = context.near_miss
    yield hold_words(rule.min_words, facts, listed, name=document.path, near_miss=near_miss)
    place = Location(f"{listed.path.rpartition('/')[0]}/{document.path}")
    for section in rule.sections:
        yield hold_section(section, parameters.min_section_words, facts, place, near_miss=near_miss)
    if parameters.placeholders == "refuse":
        yield from find_placeholders(facts, place)
    if parameters.boilerplate == "refuse":
        yield from find_boilerplate(facts, place)
    if parameters.copies == "refuse":
        yield from _originality(rule, facts, parameters, measurements, context, place)
    if parameters.links == "resolve":
        yield from resolve_targets(facts, release, path=document.path, place=place)
    qualities = _qualities(parameters, release) if rule.kind == _CARD else ()
    if qualities:
        measured = [value for quality in qualities for value in measurements[quality].values]
        yield from compare_numbers(facts, measured, version=release.version, quoted=parameters.quoted, place=place)


def _originality(
    rule: DocumentRule,
    facts: Mapping[str, Any],
    parameters: DocumentationParameters,
    measurements: Measurements,
    context: Context,
    place: Location,
) -> Iterator[Finding]:
    """Yield how the text stands to each other version's that it is held against."""
    for key, whose in _other_texts(rule, context.candidate).items():
        yield from hold_originality(
            facts,
            measurements[DocumentText(content=key)].facts,
            whose=whose,
            max_resemblance=parameters.max_resemblance,
            place=place,
            near_miss=context.near_miss,
        )


def _other_texts(rule: DocumentRule, candidate: Candidate) -> dict[str, str]:
    """Return content key to whose text it is: the champion's; at registration the nearest versions', and any copied."""
    entry, own = _entry(candidate.release, rule.kind), _key(candidate.release, rule.kind)
    if entry is None or own is None:
        return {}
    found: dict[str, str] = {}
    champion = candidate.champion
    key = _key(champion, rule.kind) if champion and champion.version != candidate.release.version else None
    if key is not None:
        found[key] = "the champion's"
    for index, earlier in enumerate(candidate.earlier):
        key = earlier.files.get(entry[1].path)
        if key is not None and (index < _NEAREST or key == own):
            found.setdefault(key, f"that of {earlier.version}")
    return found


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


GATE = Gate(
    name="documentation",
    category=Category.DOCUMENTATION,
    parameters=DocumentationParameters,
    measures=measures,
    judge=judge,
)
