"""The facts of the smallest document that passes: build them, change one thing."""

from typing import Any

from promoter.gates.contract.finding import Finding
from promoter.measure.request import Measured
from tests.support.candidates import measured

CARD = {"kind": "model-card", "sections": ["Intended use"], "min_words": 50}


def text(
    *, words: int = 50, heading: str = "Intended use", section_words: int = 10, digest: str = "own", **facts: object
) -> Measured:
    """Return the facts of a document with one section."""
    sections = [section(heading, words=section_words)]
    return measured(
        **{
            "words": words,
            "sections": sections,
            "placeholders": [],
            "text_digest": digest,
            "sketch": [1, 2, 3, 4],
            "links": [],
            "images": [],
            "tables": [],
            **facts,
        }
    )


def section(
    heading: str, *, words: int = 10, line: int = 7, level: int = 2, digest: str | None = None
) -> dict[str, Any]:
    """Return a section whose words are its own unless a digest is given."""
    own = digest or f"words of {heading}"
    return {"heading": heading, "level": level, "words": words, "line": line, "text_digest": own}


def of(measure: str, findings: list[Finding]) -> list[Finding]:
    """Return the findings on one measure."""
    return [finding for finding in findings if finding.measure == measure]
