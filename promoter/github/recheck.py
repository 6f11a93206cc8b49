"""Which open pull requests must be judged again, and the request for it."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from promoter.errors import Location, Problem, ServiceError
from promoter.github.client import Client, Json
from promoter.github.concern import EVERY_MODEL, concerned_models
from promoter.github.event import CommitId, Number, Payload
from promoter.policy.selector import matches_glob
from promoter.registry.layout import Place, place_of

GATE_WORKFLOW = "gate.yml"
COMMAND = "/promoter recheck"
MOST_COMPARED_FILES, MOST_LISTED_FILES = 300, 3000
_ABSENT = "0" * 40
_MAY_ASK = {"admin", "maintain", "write"}


class _Account(Payload):
    login: str


class _Words(Payload):
    body: str | None = None
    user: _Account | None = None


class _Issue(Payload):
    number: Number
    state: str
    pull_request: Json | None = None


class _Comment(Payload):
    issue: _Issue
    comment: _Words


class _Run(Payload):
    head_sha: CommitId


class _Reviewed(Payload):
    workflow_run: _Run


class _Push(Payload):
    before: CommitId
    after: CommitId


Form = TypeVar("Form", bound=Payload)


def pulls_to_recheck(client: Client, event_name: str, event: Json) -> tuple[int, ...]:
    """Return the numbers of the open pull requests that an event concerns, in order.

    Raises ServiceError for another event than these three, and for a payload that is not GitHub's.
    """
    match event_name:
        case "issue_comment":
            found = _asked(client, _read(_Comment, event))
        case "workflow_run":
            found = _reviewed(client, _read(_Reviewed, event).workflow_run.head_sha)
        case "push":
            found = _concerned(client, _pushed_models(client, _read(_Push, event)))
        case _:
            message, hint = f"{event_name!r} asks for nothing", "name push, workflow_run or issue_comment"
            raise ServiceError(Problem(Location("--event-name"), message, hint))
    return tuple(sorted(set(found)))


def _read(form: type[Form], event: Json) -> Form:
    try:
        return form.model_validate(event)
    except ValidationError as error:
        misfits = error.errors(include_url=False, include_input=False)[:3]
        told = "; ".join(f"{'.'.join(map(str, misfit['loc']))}: {misfit['msg']}" for misfit in misfits)
        raise ServiceError(_unusable(f"it is not one of GitHub's: {told}")) from error


def _unusable(message: str) -> Problem:
    return Problem(Location("event"), message, "run this in recheck.yml, or pass --event FILE with GitHub's payload")


def request_gate(client: Client, number: int, *, branch: str) -> None:
    """Start the gate's workflow, as the default branch has it, for one pull request."""
    path = f"actions/workflows/{GATE_WORKFLOW}/dispatches"
    client.post(path, {"ref": branch, "inputs": {"pull": str(number)}})


def read_payload(path: Path) -> Json:
    """Return GitHub's payload of the event. Raises ServiceError where the file is no JSON object."""
    try:
        payload: Any = json.loads(path.read_bytes())
    except OSError as error:
        raise ServiceError(_unusable(f"it cannot be read: {error.strerror}")) from error
    except (ValueError, RecursionError) as error:
        raise ServiceError(_unusable("it is no JSON")) from error
    if not isinstance(payload, dict):
        raise ServiceError(_unusable("it is no JSON object"))
    return payload


def _asked(client: Client, event: _Comment) -> Iterator[int]:
    """Yield the pull request on which somebody with write permission asks; the words must be the whole comment."""
    issue, comment = event.issue, event.comment
    is_command = (comment.body or "").strip() == COMMAND
    if not is_command or comment.user is None or issue.pull_request is None or issue.state != "open":
        return
    permission = client.get(f"collaborators/{comment.user.login}/permission")
    if permission.get("role_name") in _MAY_ASK or permission.get("permission") in _MAY_ASK:
        yield issue.number


def _reviewed(client: Client, head: str) -> Iterator[int]:
    for pull in client.pages(f"commits/{head}/pulls"):
        if pull["state"] == "open" and pull["head"]["sha"] == head:
            yield int(pull["number"])


def _concerned(client: Client, models: frozenset[str]) -> Iterator[int]:
    """Yield the open pull requests that touch a model of these globs; all of them where every model is concerned."""
    if not models:
        return
    for pull in client.pages("pulls", state="open"):
        number = int(pull["number"])
        if EVERY_MODEL in models or _touches(client, number, models):
            yield number


def _touches(client: Client, number: int, models: frozenset[str]) -> bool:
    """Say whether a pull request touches one of the models; one with more files than GitHub lists always does."""
    listed = 0
    for entry in client.pages(f"pulls/{number}/files"):
        listed += 1
        touched = {model_of(str(name)) for name in (entry["filename"], entry.get("previous_filename")) if name}
        if any(model is not None and matches_glob(model, glob) for model in touched for glob in models):
            return True
    return listed >= MOST_LISTED_FILES


def _pushed_models(client: Client, event: _Push) -> frozenset[str]:
    """Return globs of the models that a push concerns: all of them where it is not known what it changed."""
    paths = _pushed_paths(client, event)
    if paths is None:
        return frozenset({EVERY_MODEL})
    return concerned_models(client, paths, before=event.before, after=event.after)


def _pushed_paths(client: Client, event: _Push) -> Sequence[str] | None:
    """Return the paths that a push changed, or None where that is not known: then everything is concerned.

    The payload that Actions gets names no files (docs.github.com, "Events that trigger workflows", push), and a
    comparison names 300 at most.
    """
    if _ABSENT in (event.before, event.after):
        return None
    files = client.get(f"compare/{event.before}...{event.after}").get("files")
    if files is None or len(files) >= MOST_COMPARED_FILES:
        return None
    return [str(name) for entry in files for name in (entry["filename"], entry.get("previous_filename")) if name]


def model_of(path: str) -> str | None:
    """Return the model to whose folder a path belongs, else None; an unknown path by its folder alone."""
    place = place_of(path)
    if isinstance(place, Place):
        return place.model
    parts = path.split("/")
    return "/".join(parts[1:3]) if len(parts) > 3 and parts[0] == "models" else None
