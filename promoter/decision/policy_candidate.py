"""The smallest valid candidate, as files: what a policy's test changes one thing of."""

import json
from collections.abc import Mapping
from typing import Any

from promoter.policy.testcase import CandidatePatch, PolicyTest
from promoter.registry.changes import ChangeKind
from promoter.registry.layout import MODELS
from promoter.registry.memory import MemoryTree

CANDIDATE, CHAMPION = "2.0.0", "1.0.0"

_MODEL: dict[str, Any] = {
    "schema": "promoter.model/1",
    "model": "example/model",
    "title": "The model of a policy's test",
    "task": "binary",
    "risk_tier": "high",
    "owners": ["modellers"],
    "domain": "example",
    "sensitive_attributes": [{"name": "group", "basis": "The policy's test"}],
    "intended_use": {
        "purpose": "To show what a policy says.",
        "users": ["Policy owners"],
        "affected": ["Nobody"],
        "human_oversight": "The policy's owner decides.",
    },
}


def _digest(number: int) -> str:
    return f"sha256:{number:064x}"


def _evidence(kind: str, *, number: int, dataset: str, **columns: str) -> dict[str, Any]:
    return {
        "id": kind,
        "kind": kind,
        "format": "parquet",
        "uri": f"evidence/{kind}.parquet",
        "digest": _digest(number),
        "size_bytes": 1000,
        "dataset": dataset,
        "columns": {"id": "id", **columns},
    }


def _dataset(role: str, *, number: int, parents: tuple[str, ...] = ("raw",)) -> dict[str, Any]:
    return {
        "id": role,
        "role": role,
        "uri": f"https://data.example/{role}.parquet",
        "digest": _digest(number),
        "collected_from": "2026-01-01",
        "collected_to": "2026-05-01",
        "personal_data": False,
        "parents": list(parents),
    }


def _manifest(version: str) -> dict[str, Any]:
    """Return a manifest with predictions, features, documents and lineage; its digests are its version's own."""
    first = 100 * int(version[0])
    return {
        "schema": "promoter.manifest/1",
        "model": _MODEL["model"],
        "version": version,
        "summary": f"Version {version}.",
        "artifact": {"uri": "model.onnx", "format": "onnx", "digest": _digest(first), "size_bytes": 1000},
        "source": {"repository": "https://code.example/training", "commit": "a" * 40},
        "signature": {
            "features": [{"name": "income", "dtype": "float", "origin": "raw.income"}],
            "prediction": {"name": "y_score", "dtype": "float"},
        },
        "decision": {"threshold": 0.5},
        "datasets": [
            _dataset("raw", number=1, parents=()),
            _dataset("training", number=2),
            _dataset("evaluation", number=3),
        ],
        "evidence": [
            _evidence("predictions", number=first + 1, dataset="evaluation", label="y_true", score="y_score"),
            _evidence("features-reference", number=first + 2, dataset="training", label="y_true"),
            _evidence("features-current", number=first + 3, dataset="evaluation"),
        ],
        "documents": [
            {"kind": kind, "path": f"{kind}.md"}
            for kind in ("model-card", "design-notes", "data-provenance", "decision-log")
        ],
    }


def merged(value: Any, patch: Any) -> Any:
    """Return a value with a merge patch applied. Source: RFC 7396, section 2."""
    if not isinstance(patch, Mapping):
        return patch
    result = dict(value) if isinstance(value, Mapping) else {}
    for key, change in patch.items():
        if change is None:
            result.pop(key, None)
        else:
            result[key] = merged(result.get(key), change)
    return result


def model_of(case: PolicyTest) -> str:
    """Return the id of the case's model."""
    return str(case.candidate.model.get("model", _MODEL["model"]))


def tree_of(case: PolicyTest) -> MemoryTree:
    """Return the registry that a case describes: one model, its versions, its stages after the change."""
    folder = f"{MODELS}/{model_of(case)}"
    files = {f"{folder}/model.yaml": _text(merged(_MODEL, case.candidate.model))}
    files |= _version(folder, CANDIDATE, case.candidate, model_of(case))
    if case.champion is not None or CHAMPION in case.serving.values():
        files |= _version(folder, CHAMPION, case.champion or CandidatePatch(), model_of(case))
    for stage, version in case.serving.items():
        files[f"{folder}/stages/{stage}.yaml"] = _text({"version": version})
    if case.kind is not ChangeKind.REGISTRATION:
        files[f"{folder}/stages/{case.stage}.yaml"] = _text(merged({"version": CANDIDATE}, case.pointer))
    for path, content in case.registry.items():
        files[f"{folder}/{path}"] = _text(content)
    return MemoryTree(files)


def _version(folder: str, version: str, patch: CandidatePatch, model: str) -> dict[str, bytes]:
    manifest = merged({**_manifest(version), "model": model}, patch.manifest)
    base = f"{folder}/versions/{version}"
    named = [manifest.get("artifact", {}).get("uri", "")]
    named += [entry.get("uri", "") for entry in manifest.get("evidence", ())]
    named += [entry.get("path", "") for entry in manifest.get("documents", ())]
    files = {f"{base}/{path}": f"{version} {path}\n".encode() for path in named if path and "://" not in path}
    return {f"{base}/manifest.yaml": _text(manifest), **files}


def _text(value: Any) -> bytes:
    """Return a value as JSON, which every reader of YAML reads; one key a line, so that places are lines."""
    return json.dumps(value, indent=1).encode()
