"""The published form of a stored record, `promoter.record/1`, as a type; tools/generate.py writes its schema.

history/record.py writes records from the events themselves and never through this: an audit compares bytes.
"""

from typing import Any, Literal

from pydantic import Field

from promoter.history.people import People
from promoter.report.record import Count, DecisionRecord, Recorded


class RecordFile(Recorded):
    """One decision record: what a commit of the default branch did, who took part, and the decision on it."""

    schema_: Literal["promoter.record/1"] = Field(alias="schema", description="Name and version of this form.")
    sequence: int = Field(description="Number in its folder, from 1, without a gap.", ge=1)
    previous: str | None = Field(description="SHA-256 of the record before it in its folder; null for the first.")
    kind: Literal["registration", "restoration", "promotion", "rollback", "retirement", "withdrawal", "unreadable"] = (
        Field(description="What the commit did; unreadable: it left a pointer that names no version.")
    )
    model: str = Field(description="Model id.")
    stage: str | None = Field(description="Stage that moved; null for registrations, restorations and withdrawals.")
    version: str | None = Field(description="Version that moved; null where a stage was left without one.")
    replaced: str | None = Field(description="Version that the stage served before.")
    commit: str = Field(description="Commit of the default branch that did it.", pattern="^[0-9a-f]{40,64}$")
    pull_request: Count | None = Field(
        description="Number of the pull request; as the commit's message claims it where GitHub was not asked."
    )
    author: str = Field(description="Author of the commit, as it claims.")
    merger: str = Field(description="Login of who merged; the committer, as it claims, where GitHub was not asked.")
    waivers: tuple[str, ...] = Field(description="Waivers that the decision rests on, by id.")
    people: People | None = Field(description="Who took part, by GitHub; null where it was not asked.")
    decision: DecisionRecord = Field(description="The decision on this change alone.")


def record_schema() -> dict[str, Any]:
    """Return the published JSON Schema, draft 2020-12; schemas/record.schema.json holds it."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:promoter:record:1",
        **RecordFile.model_json_schema(by_alias=True),
    }
