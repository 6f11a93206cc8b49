"""The check on a commit: one run, its annotations 50 a request, and its conclusion last of all."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from promoter.github.client import Client
from promoter.report.annotations import Annotation

CHECK_NAME = "promoter"
"""The name that a ruleset requires; no job and no workflow of a registry may bear it."""

ANNOTATIONS_PER_REQUEST = 50
MOST_ANNOTATIONS = 500
"""Ten requests; beyond that nobody reads on, and the report lists them."""

_SUMMARY_CHARS = 65_000
_MESSAGE_CHARS, _TITLE_CHARS = 4_000, 255


class Conclusion(StrEnum):
    """How a check stands. PENDING is no conclusion: only people are missing."""

    SUCCESS = "success"
    FAILURE = "failure"
    PENDING = "pending"


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """What the check says. `title` is one line; `summary` is Markdown."""

    head: str
    conclusion: Conclusion
    title: str
    summary: str
    annotations: tuple[Annotation, ...] = ()
    details_url: str | None = None


def post_check(client: Client, check: Check) -> int:
    """Create the check run and return its id.

    It stays in progress until its last annotation is there: a run that breaks off in the middle blocks.
    """
    told = check.annotations[:MOST_ANNOTATIONS]
    batches = _batches(told) or [()]
    body: dict[str, Any] = {"name": CHECK_NAME, "head_sha": check.head, "status": "in_progress"}
    if check.details_url is not None:
        body["details_url"] = check.details_url
    if len(batches) == 1:
        body |= _ending(check)
    run = int(client.post("check-runs", body | {"output": _output(check, batches[0])})["id"])
    for number, batch in enumerate(batches[1:], start=2):
        ending = _ending(check) if number == len(batches) else {}
        client.patch(f"check-runs/{run}", {**ending, "output": _output(check, batch)})
    return run


def _batches(annotations: Sequence[Annotation]) -> list[tuple[Annotation, ...]]:
    size = ANNOTATIONS_PER_REQUEST
    return [tuple(annotations[start : start + size]) for start in range(0, len(annotations), size)]


def _ending(check: Check) -> Mapping[str, str]:
    if check.conclusion is Conclusion.PENDING:
        return {"status": "in_progress"}
    return {"status": "completed", "conclusion": check.conclusion.value}


def _output(check: Check, batch: Sequence[Annotation]) -> dict[str, Any]:
    left = len(check.annotations) - MOST_ANNOTATIONS
    note = f"\n\n{left:,} more annotations are left out; the report lists what they say.\n" if left > 0 else ""
    return {
        "title": check.title[:_TITLE_CHARS],
        "summary": check.summary[: _SUMMARY_CHARS - len(note)] + note,
        "annotations": [_annotation(entry) for entry in batch],
    }


def _annotation(entry: Annotation) -> dict[str, Any]:
    return {
        "path": entry.path,
        "start_line": entry.line,
        "end_line": entry.line,
        "annotation_level": entry.level.check_level,
        "title": entry.title[:_TITLE_CHARS],
        "message": entry.message[:_MESSAGE_CHARS] or "see the report",
    }
