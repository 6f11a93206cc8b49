"""What started a run: GitHub's event payload, of which only numbers, ids and moments are taken."""

import json
import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from promoter.errors import Location, Problem, ServiceError

CommitId = Annotated[str, Field(pattern=r"^[0-9a-f]{40}$")]
Number = Annotated[int, Field(gt=0, lt=2**31)]

_QUEUED = re.compile(r"refs/heads/gh-readonly-queue/.+/pr-([1-9]\d{0,8})-[0-9a-f]+")
"""GitHub's own name for the branch of a merge group; it ends in the pull request that the group adds."""


class Payload(BaseModel):
    """A part of GitHub's payload: what is named here is checked, the rest is left aside."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class _Tip(Payload):
    sha: CommitId


class _Pull(Payload):
    number: Number
    head: _Tip
    updated_at: datetime


class _GroupCommit(Payload):
    timestamp: datetime


class _Group(Payload):
    head_sha: CommitId
    base_sha: CommitId
    head_ref: str
    head_commit: _GroupCommit


class _Inputs(Payload):
    pull: Number


class _Event(Payload):
    pull_request: _Pull | None = None
    merge_group: _Group | None = None
    inputs: _Inputs | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """What is to be judged. A merge group has no number, but one whose reviews count; a re-evaluation only a number.

    `at` is the event's own time, so that a run that is started again decides the same.
    """

    number: int | None = None
    reviewed: int | None = None
    head: str | None = None
    group_base: str | None = None
    at: datetime | None = None


def read_event(path: Path) -> Event:
    """Return the event that GITHUB_EVENT_PATH holds.

    Raises ServiceError where it is none of pull_request_target, pull_request, merge_group or a dispatch with `pull`.
    """
    try:
        event = _Event.model_validate(json.loads(path.read_bytes()))
    except OSError as error:
        raise ServiceError(_unusable(path, f"the event cannot be read: {error.strerror}")) from error
    except (ValidationError, ValueError) as error:
        misfits = error.errors(include_url=False, include_input=False) if isinstance(error, ValidationError) else []
        told = "; ".join(f"{'.'.join(map(str, misfit['loc']))}: {misfit['msg']}" for misfit in misfits[:3])
        raise ServiceError(_unusable(path, f"the event is not one of GitHub's: {told or 'it is no JSON'}")) from error
    if event.pull_request is not None:
        pull = event.pull_request
        return Event(number=pull.number, reviewed=pull.number, head=pull.head.sha, at=pull.updated_at)
    if event.merge_group is not None:
        group = event.merge_group
        queued = _QUEUED.fullmatch(group.head_ref)
        reviewed = int(queued[1]) if queued is not None else None
        return Event(reviewed=reviewed, head=group.head_sha, group_base=group.base_sha, at=group.head_commit.timestamp)
    if event.inputs is not None:
        return Event(number=event.inputs.pull, reviewed=event.inputs.pull)
    raise ServiceError(_unusable(path, "the event names no pull request and no merge group"))


def _unusable(path: Path, message: str) -> Problem:
    return Problem(Location(path.name), message, "run this in the gate's workflow, or pass --event FILE")
