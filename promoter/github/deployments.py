"""Changes of stages as GitHub deployments: one a recorded change, found again by the record that it names.

A deployment is made in two requests, and the one before it is ended by a third; each is asked for only where it is
missing, so that a run which ended anywhere is gone on with by the next.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from promoter.github.client import Client, Json

TASK = "promoter"
"""Tells our deployments from those of others."""

_MOST_CHARS = 140
"""Of a description, by GitHub's description of its interface."""


class State(StrEnum):
    """How a deployment stands: it serves, it was merged without a sound record, or it served before."""

    SUCCESS = "success"
    FAILURE = "failure"
    INACTIVE = "inactive"


@dataclass(frozen=True, slots=True, kw_only=True)
class StageChange:
    """What one recorded change did to a stage. `payload` holds at least `record` and `commit`, which identify it.

    `state` is INACTIVE for a stage that serves nothing any more.
    """

    environment: str
    commit: str
    is_production: bool
    state: State
    description: str
    payload: Mapping[str, Any]


def newest_commit(client: Client) -> str | None:
    """Return the merge that the newest of our deployments is about, or None where there is none yet."""
    newest = next(iter(client.pages("deployments", task=TASK)), None)
    return None if newest is None else str(newest["sha"])


def is_announced(client: Client, change: StageChange) -> bool:
    """Say whether a change has its deployment, with whatever status."""
    return bool(_deployments_of(client, change))


def announce(client: Client, change: StageChange) -> None:
    """Make the one deployment of a change and its status, and end the deployment that it replaces."""
    found = _deployments_of(client, change)
    if not found:
        client.post("deployments", _body(change))
        found = _deployments_of(client, change)  # a request that failed may have been carried out: there may be two
    for deployment in found[:1]:
        if _state(client, deployment) is None:
            _post_state(client, deployment, change.state, change.description)
    for twin in found[1:]:
        if _state(client, twin) != State.INACTIVE:
            _post_state(client, twin, State.INACTIVE, "made twice")
    if change.state is not State.FAILURE and found:
        _end_previous(client, change, int(found[0]["id"]))


def _body(change: StageChange) -> Json:
    return {
        "ref": change.commit,
        "task": TASK,
        "auto_merge": False,
        "required_contexts": [],  # what had to be checked was checked before the merge
        "payload": dict(change.payload),
        "environment": change.environment,
        "description": change.description[:_MOST_CHARS],
        "transient_environment": False,
        "production_environment": change.is_production,
    }


def _deployments_of(client: Client, change: StageChange) -> list[Json]:
    """Return the deployments of a change, oldest first."""
    query = {"sha": change.commit, "task": TASK, "environment": change.environment}
    found = [
        entry
        for entry in client.pages("deployments", **query)
        if _payload(entry).get("record") == change.payload["record"]
    ]
    return sorted(found, key=lambda entry: int(entry["id"]))


def _payload(entry: Json) -> Mapping[str, Any]:
    """Return a deployment's payload, which GitHub gives back as an object or as its text."""
    payload = entry.get("payload")
    if isinstance(payload, str):
        try:
            payload = json.loads(payload)
        except ValueError:
            payload = None
    return payload if isinstance(payload, dict) else {}


def _end_previous(client: Client, change: StageChange, number: int) -> None:
    """Make the deployment before inactive: GitHub does so by itself everywhere but in production."""
    for entry in _older(client, change, number):
        state = _state(client, entry)
        if state == State.SUCCESS:
            _post_state(client, entry, State.INACTIVE, f"replaced: {change.description}")
        if state in (State.SUCCESS, State.INACTIVE):
            return


def _older(client: Client, change: StageChange, number: int) -> Iterator[Json]:
    """Yield the earlier deployments of the same stage, newest first."""
    for entry in client.pages("deployments", task=TASK, environment=change.environment):
        if int(entry["id"]) < number:
            yield entry


def _state(client: Client, deployment: Json) -> str | None:
    newest = next(iter(client.pages(f"deployments/{deployment['id']}/statuses")), None)
    return None if newest is None else str(newest["state"])


def _post_state(client: Client, deployment: Json, state: State, description: str) -> None:
    body = {"state": state.value, "description": description[:_MOST_CHARS], "auto_inactive": False}
    client.post(f"deployments/{deployment['id']}/statuses", body)
