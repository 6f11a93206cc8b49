"""The smallest candidates that a gate can judge: build one, change one thing."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from promoter.document.bind import bind, bind_value
from promoter.document.reader import read_yaml
from promoter.errors import Location
from promoter.gates.contract.candidate import Candidate, Context, Release
from promoter.gates.contract.finding import Finding
from promoter.gates.contract.gate import Gate
from promoter.measure.measurement import Interval, Measurement, Slice
from promoter.measure.request import Measured, Request
from promoter.policy.pipeline import Pipeline
from promoter.policy.policy import NearMiss
from promoter.policy.selector import ChangeKind
from promoter.policy.settings import Settings
from promoter.registry.manifest import Manifest
from promoter.registry.model import Model

AT = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
ANYWHERE = Location("models/lending/mortgage/versions/2.0.0/manifest.yaml", 1, 1)


def digest_of(letter: str) -> str:
    """Return a digest that is easy to tell from others: one hex digit 64 times."""
    return "sha256:" + letter * 64


MODEL: dict[str, Any] = {
    "schema": "promoter.model/1",
    "model": "lending/mortgage",
    "title": "Mortgage approval",
    "task": "binary",
    "risk_tier": "high",
    "owners": ["lending-models"],
    "domain": "credit",
    "sensitive_attributes": [{"name": "race", "basis": "ECOA"}],
    "intended_use": {
        "purpose": "Rank applications.",
        "users": ["Underwriters"],
        "affected": ["Applicants"],
        "human_oversight": "An underwriter decides.",
    },
}

PREDICTIONS = {
    "id": "predictions",
    "kind": "predictions",
    "format": "parquet",
    "uri": "evidence/predictions.parquet",
    "digest": digest_of("1"),
    "size_bytes": 10,
    "dataset": "evaluation",
    "columns": {"id": "id", "label": "y_true", "score": "y_score"},
}
REFERENCE = {
    **PREDICTIONS,
    "id": "reference",
    "kind": "features-reference",
    "uri": "evidence/reference.parquet",
    "digest": digest_of("2"),
    "dataset": "training",
    "columns": {"id": "id"},
}
CURRENT = {
    **REFERENCE,
    "id": "current",
    "kind": "features-current",
    "uri": "evidence/current.parquet",
    "digest": digest_of("3"),
    "dataset": "evaluation",
}
RAW = {"id": "raw", "role": "raw", "uri": "raw.parquet", "digest": digest_of("a"), "personal_data": True}
TRAINING = {**RAW, "id": "training", "role": "training", "digest": digest_of("b"), "parents": ["raw"]}
EVALUATION = {**RAW, "id": "evaluation", "role": "evaluation", "digest": digest_of("c"), "parents": ["raw"]}

MANIFEST: dict[str, Any] = {
    "schema": "promoter.manifest/1",
    "model": "lending/mortgage",
    "version": "2.0.0",
    "summary": "A second version.",
    "artifact": {"uri": "model.onnx", "format": "onnx", "digest": digest_of("f"), "size_bytes": 100},
    "source": {"repository": "https://example.org/training", "commit": "a" * 40},
    "signature": {
        "features": [{"name": "income", "dtype": "float", "origin": "raw.income"}],
        "prediction": {"name": "y_score", "dtype": "float"},
    },
    "decision": {"threshold": 0.5},
    "datasets": [RAW, TRAINING, EVALUATION],
    "evidence": [PREDICTIONS, REFERENCE, CURRENT],
    "documents": [{"kind": "model-card", "path": "model-card.md"}],
}


def make_release(
    *, model: Mapping[str, Any] | None = None, files: Mapping[str, str] | None = None, **manifest: Any
) -> Release:
    """Return a release whose model and manifest have some top-level values replaced; None takes one away."""
    values = {key: value for key, value in {**MANIFEST, **manifest}.items() if value is not None}
    path = f"models/lending/mortgage/versions/{values['version']}/manifest.yaml"
    document = read_yaml(json.dumps(values, indent=1).encode(), path=path)
    described = read_yaml(json.dumps({**MODEL, **(model or {})}).encode(), path="models/lending/mortgage/model.yaml")
    return Release(
        model=bind(described, Model),
        manifest=bind(document, Manifest),
        document=document,
        files={"model-card.md": "git:own", "model.onnx": "git:model"} if files is None else files,
    )


def make_context(
    release: Release | None = None,
    *,
    champion: Release | None = None,
    near_miss: NearMiss | None = None,
    at: datetime = AT,
) -> Context:
    """Return what a gate sees of a promotion to production."""
    pipeline = {
        "schema": "promoter.pipeline/1",
        "stages": [{"id": "production", "title": "Production"}],
        "tiers": {"high": {"review_interval_days": 180, "stages": {}}},
    }
    settings = {"schema": "promoter.registry/1", "title": "Test"}
    return Context(
        candidate=Candidate(
            kind=ChangeKind.PROMOTION, stage="production", release=release or make_release(), champion=champion
        ),
        at=at,
        pipeline=Pipeline.model_validate_json(json.dumps(pipeline)),
        settings=Settings.model_validate_json(json.dumps(settings)),
        near_miss=near_miss,
    )


def bind_parameters(gate: Gate, **values: Any) -> Any:
    """Return a gate's typed parameters, read as a policy's are."""
    return bind_value(values, gate.parameters, location_of=lambda _: ANYWHERE)


def judge_with(
    gate: Gate, answers: Sequence[Measured] | Measured, context: Context | None = None, **parameters: Any
) -> list[Finding]:
    """Return the gate's findings where its requests get these answers, in their order; one answer serves all."""
    seen = context or make_context()
    bound = bind_parameters(gate, **parameters)
    requests: Sequence[Request] = gate.measures(bound, seen.candidate)
    given = [answers] * len(requests) if isinstance(answers, Measured) else answers
    return list(gate.judge(bound, dict(zip(requests, given, strict=True)), seen))


def number(
    measure: str,
    value: float | None,
    *,
    n: int = 1000,
    slice_: Slice = (),
    interval: tuple[float, float] | None = None,
    undecidable: str | None = None,
) -> Measurement:
    """Return a measurement; `interval` is its 95 % interval."""
    return Measurement(
        measure=measure,
        value=value,
        n=n,
        slice=slice_,
        interval=Interval(*interval, 0.95, "test") if interval else None,
        undecidable=undecidable,
    )


def measured(*values: Measurement, **facts: Any) -> Measured:
    """Return an answer with these numbers and facts."""
    return Measured(values=values, facts=facts)
