"""Who took part in a merged change: what GitHub said of its commit, and what git holds of the proposal."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError

from promoter.commands.case import Case
from promoter.commands.reviewing import ReviewedCommits, traces_of
from promoter.decision.docket import Item
from promoter.decision.scope import scope_paths
from promoter.document.strict import Strict
from promoter.errors import Location, Problem, ServiceError
from promoter.history.event import Event
from promoter.history.people import Merged, People, hands_of
from promoter.registry.address import Commit

MERGES = "merges.json"
BRING_AGAIN = "run `promoter record bring` again"


class Brought(Strict):
    """What the job with a token wrote for the job without: the tip that it saw, and each commit without a record."""

    schema_: Literal["promoter.merges/1"] = Field(alias="schema", description="Format of this file.")
    tip: Commit = Field(description="Tip of the default branch.")
    commits: dict[str, Merged] = Field(description="Commit to how it came in.")


def read_brought(folder: Path) -> Brought:
    """Return what was brought. Raises ServiceError where it is not of its form."""
    path = folder / MERGES
    try:
        return Brought.model_validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        told = f"{error.error_count()} misfits" if isinstance(error, ValidationError) else error.strerror
        raise ServiceError(Problem(Location(str(path)), f"unusable facts of merges: {told}", BRING_AGAIN)) from error


def write_brought(folder: Path, *, tip: str, commits: Mapping[str, Merged]) -> None:
    """Write what was brought."""
    told = {key: merged.model_dump(mode="json", by_alias=True) for key, merged in commits.items()}
    text = json.dumps({"schema": "promoter.merges/1", "tip": tip, "commits": told}, indent=1)
    (folder / MERGES).write_text(text, encoding="utf-8")


def people_of(event: Event, case: Case | None, items: list[Item], brought: Mapping[str, Merged]) -> People:
    """Return the people of one change. Without a case, which no rules could open, nobody's approval is asked.

    Raises ServiceError where GitHub was not asked about the commit, or a proposed commit is not in the repository.
    """
    merged = brought.get(event.commit)
    if merged is None:
        raise ServiceError(Problem(Location(event.commit), "GitHub was not asked about this commit", BRING_AGAIN))
    if case is None or merged.reviews is None or merged.head is None:
        return People.model_validate({"schema": "promoter.people/1", "merged": merged})
    paths = tuple(sorted({path for item in items for path in scope_paths(item)}))
    read = ReviewedCommits(case.repository)
    seen = sorted({review.commit for review in merged.reviews.reviews if review.commit is not None})
    return People.model_validate(
        {
            "schema": "promoter.people/1",
            "merged": merged,
            "hands": hands_of(traces_of(case, merged.head)),
            "reviewed": {commit: objects if (objects := read(commit, paths)) else None for commit in seen},
        }
    )
