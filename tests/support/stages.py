"""The smallest pasts that a lifecycle gate can judge: a pipeline of two stages, stays, incidents, change records."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from promoter.gates.contract.candidate import Context, Observed, Release, Upstream
from promoter.gates.contract.record_of_stage import StageRecord, Stay
from promoter.policy.change import ChangeRecord
from promoter.policy.pipeline import Pipeline
from promoter.policy.policy import NearMiss
from promoter.policy.roles import Role
from promoter.registry.stage import Incident, Observation, StagePointer, Withdrawal
from tests.support.candidates import AT, make_context

POINTER = "models/lending/mortgage/stages/production.yaml"
CHANGE: dict[str, Any] = {
    "schema": "promoter.change/1",
    "ticket": "CHG-7",
    "title": "lending/mortgage@2.0.0 to production",
    "reason": "Fewer wrong refusals.",
    "risk": "medium",
    "risk_assessment": "A wrong refusal costs a customer; an underwriter sees each.",
    "rollback_plan": "Run promoter rollback, which reverts the pointer.",
    "requester": "leo",
    "approvers": ["rita"],
    "effective_from": "2026-05-30",
}
ROLES = {
    "risk": {"title": "Risk", "contact": "risk@example.org", "members": [{"login": "rita", "id": 1}]},
    "platform": {"title": "Platform", "contact": "p@example.org", "members": [{"login": "pia", "id": 2}]},
    "lending-models": {"title": "Models", "contact": "m@example.org", "members": [{"login": "leo", "id": 3}]},
}


def stay(version: str, *, days: float, left_days: float | None = None) -> Stay:
    """Return a stay that began so many days before the decision, and ended so many days before it."""
    left_at = None if left_days is None else AT - timedelta(days=left_days)
    return Stay(version=version, entered_at=AT - timedelta(days=days), left_at=left_at)


def make_incident(**changed: Any) -> Incident:
    """Return an open incident of version 2.0.0 in staging, with some values replaced."""
    values = {
        "schema": "promoter.incident/1",
        "id": "outage",
        "version": "2.0.0",
        "stage": "staging",
        "started_at": "2026-05-20T00:00:00Z",
        "summary": "Wrong scores.",
    }
    return Incident.model_validate_json(json.dumps({**values, **changed}))


def make_observation(name: str = "2026-05-31", **changed: Any) -> Observed:
    """Return an observation of version 2.0.0 in staging over six days, with some values replaced."""
    values = {
        "schema": "promoter.observation/1",
        "version": "2.0.0",
        "stage": "staging",
        "observed_from": "2026-05-25T00:00:00Z",
        "observed_to": "2026-05-31T00:00:00Z",
        "uri": f"{name}.parquet",
        "digest": f"sha256:{sha256(name.encode()).hexdigest()}",
        "size_bytes": 10,
        "columns": {"id": "request", "timestamp": "at", "prediction": "answer"},
        "harm": "harm",
    }
    observation = Observation.model_validate_json(json.dumps({**values, **changed}))
    return Observed(path=f"models/lending/mortgage/observations/{name}.yaml", observation=observation)


def make_change(**changed: Any) -> ChangeRecord:
    """Return a change record that holds, with some values replaced."""
    return ChangeRecord.model_validate_json(json.dumps({**CHANGE, **changed}))


def make_pointer(version: str, **values: Any) -> StagePointer:
    """Return a stage's pointer at a version."""
    return StagePointer.model_validate_json(json.dumps({"version": version, **values}))


def make_move(
    release: Release | None = None,
    *,
    stage: str | None = "production",
    champion: Release | None = None,
    serving: Mapping[str, str] | None = None,
    stays: Mapping[str, tuple[Stay, ...]] | None = None,
    incidents: Sequence[Incident] = (),
    changes: Sequence[ChangeRecord] = (),
    ticket: str | None = None,
    withdrawn: Sequence[Withdrawal] = (),
    windows: Sequence[Mapping[str, Any]] = (),
    soak_days: float = 7,
    roles: Mapping[str, Any] = ROLES,
    at: datetime = AT,
    near_miss: NearMiss | None = None,
    upstream: Release | None = None,
    environments: Mapping[str, Any] | None = None,
    observations: Sequence[Observed] = (),
) -> Context:
    """Return what a gate sees of a move of version 2.0.0, through staging, to production.

    `upstream` is what staging serves; `environments` maps a stage to what its pointer says of its environment.
    """
    pipeline = {
        "schema": "promoter.pipeline/1",
        "stages": [{"id": "staging", "title": "Staging"}, {"id": "production", "title": "Production"}],
        "tiers": {"high": {"review_interval_days": 180, "stages": {"production": {"soak_days": soak_days}}}},
        "windows": list(windows),
    }
    context = make_context(release, champion=champion, at=at, near_miss=near_miss)
    candidate = replace(
        context.candidate,
        stage=stage,
        stage_path=POINTER if stage else None,
        pointer=make_pointer("2.0.0", change=ticket, environment=(environments or {}).get(stage)) if stage else None,
        upstream=upstream
        and Upstream(
            stage="staging",
            pointer=make_pointer(upstream.version, environment=(environments or {}).get("staging")),
            release=upstream,
        ),
        withdrawn=tuple(withdrawn),
        observations=tuple(observations),
    )
    return replace(
        context,
        candidate=candidate,
        pipeline=Pipeline.model_validate_json(json.dumps(pipeline)),
        serving={"staging": "2.0.0"} if serving is None else serving,
        record=StageRecord(
            stays=stays or {},
            incidents=tuple(incidents),
            changes={change.ticket: change for change in changes},
            roles={name: Role.model_validate_json(json.dumps(role)) for name, role in roles.items()},
        ),
    )
