"""Write the folder of a version (artifact, evidence, texts, manifest), the model's file and its stages."""

import shutil
import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from examples.attached import attach
from examples.common import EXAMPLES, MODELS, digest, write_parquet
from examples.spec import FeatureColumn, Spec
from examples.texts import DOCUMENTS, write_documents
from examples.training import Trained
from examples.yaml_text import Inline, Quoted, yaml_text

REPOSITORY = "https://github.com/promoter/promoter"
SCHEMAS = "schemas"
STAGES = ("staging", "production")


def publish(spec: Spec, *, model: Mapping[str, Any], versions: Iterable[Trained]) -> None:
    """Write the folder of each version in turn, model.yaml, and the pointers of all stages at the champion."""
    facts: dict[str, Any] = {}
    for trained in versions:
        facts[trained.version] = trained.facts
        _publish_version(spec, trained, facts=facts)
    folder = MODELS / spec.model
    _write(folder / "model.yaml", {"schema": "promoter.model/1", "model": spec.model, **model}, schema="model")
    for stage in STAGES:
        ticket = spec.ticket if stage == STAGES[-1] else None
        pointer = {"version": Quoted(spec.champion), "change": None if ticket is None else Quoted(ticket)}
        _write(folder / "stages" / f"{stage}.yaml", pointer, schema="stage")


def _publish_version(spec: Spec, trained: Trained, *, facts: Mapping[str, Any]) -> None:
    """Write models/<model>/versions/<version>; `facts` are the numbers of every version so far."""
    version = trained.version
    folder = MODELS / spec.model / "versions" / version
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    commit = _training_commit()
    (folder / "model.onnx").write_bytes(trained.artifact)
    for kind, table in trained.tables.items():
        write_parquet(folder / _evidence_path(kind), table)
    package = Path(spec.script).parent.name
    attached = attach(folder, model=spec.model, package=package, version=version, commit=commit)
    write_documents(folder, spec, trained, facts=facts)
    manifest = {
        "schema": "promoter.manifest/1",
        "model": spec.model,
        "version": Quoted(version),
        "summary": spec.summaries[version],
        "artifact": _file(folder, "model.onnx", format="onnx"),
        "source": {"repository": REPOSITORY, "commit": Quoted(commit), "path": spec.script},
        "signature": {
            "features": [Inline(_feature(spec.features[name])) for name in trained.features],
            "prediction": dict(spec.prediction),
        },
        "decision": None if spec.threshold is None else {"threshold": spec.threshold},
        "datasets": _datasets(spec, version=version, folder=folder),
        "evidence": [
            *(_evidence(spec, version=version, folder=folder, kind=kind) for kind in trained.tables),
            *({"id": name, "kind": kind, **_file(folder, path, format=form)} for name, kind, form, path in attached),
        ],
        "documents": [Inline(kind=kind, path=f"{kind}.md") for kind in DOCUMENTS],
        "deployment": dict(spec.deployment),
        "monitoring": dict(spec.monitoring),
        "rollback": {
            "to_version": Quoted(spec.rollback[version]) if version in spec.rollback else None,
            "procedure": "Run `promoter rollback` for the stage; the pull request reverts the pointer, nothing else.",
        },
    }
    _write(folder / "manifest.yaml", manifest, schema="manifest")


def _datasets(spec: Spec, *, version: str, folder: Path) -> list[dict[str, Any]]:
    terms = spec.datasets[version]
    raw = [
        entry if "version" in entry else {**entry, "digest": digest(EXAMPLES.parent / entry["uri"])}
        for entry in terms["raw"]
    ]
    derived = [
        {"id": role, "role": role, "uri": uri, "digest": digest(folder / uri), **terms[role]}
        for role, kind in (("training", "features-reference"), ("evaluation", "features-current"))
        for uri in (_evidence_path(kind),)
    ]
    return [_ordered(entry) for entry in (*raw, *derived)]


def _ordered(entry: Mapping[str, Any]) -> dict[str, Any]:
    first = ("id", "role", "uri", "digest", "version")
    dated = {key: str(value) if key.startswith("collected") else value for key, value in entry.items()}
    return {
        **{key: dated[key] for key in first if key in dated},
        **{key: dated[key] for key in dated if key not in first},
    }


def _evidence(spec: Spec, *, version: str, folder: Path, kind: str) -> dict[str, Any]:
    is_training = kind == "features-reference"
    return {
        "id": kind,
        "kind": kind,
        **_file(folder, _evidence_path(kind), format="parquet"),
        "dataset": spec.datasets[version]["training"].get("id", "training") if is_training else "evaluation",
        "columns": Inline(spec.columns) if kind == "predictions" else Inline(id="id", label="y_true"),
    }


def _evidence_path(kind: str) -> str:
    return f"evidence/{kind.replace('-', '_')}.parquet"


def _file(folder: Path, uri: str, *, format: str) -> dict[str, Any]:  # noqa: A002 - the manifest's own word
    path = folder / uri
    return {"uri": uri, "format": format, "digest": digest(path), "size_bytes": path.stat().st_size}


def _feature(feature: FeatureColumn) -> dict[str, Any]:
    return {
        "name": feature.name,
        "dtype": feature.dtype,
        "minimum": feature.minimum,
        "maximum": feature.maximum,
        "origin": feature.origin,
    }


def _training_commit() -> str:
    """Return the last commit that touched examples/: the code that a version was trained with.

    Raises ValueError where examples/ differs from it: a manifest must not name a commit that did not train it.
    """
    if _git("status", "--porcelain", "--", "examples"):
        raise ValueError("examples/ has changes that are not committed; commit them first, then train")
    return _git("log", "-1", "--format=%H", "--", "examples")


def _git(*arguments: str) -> str:
    command = ("git", *arguments)
    return subprocess.run(command, cwd=EXAMPLES.parent, check=True, capture_output=True, text=True).stdout.strip()


def _write(path: Path, document: Mapping[str, Any], *, schema: str) -> None:
    """Write the YAML file; its schema is named by the relative path, so that editors find it offline."""
    up = "../" * len(path.relative_to(MODELS.parent).parent.parts)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(yaml_text(document, schema=f"{up}{SCHEMAS}/{schema}.schema.json"), encoding="utf-8")
