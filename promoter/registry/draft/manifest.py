"""The manifest of a version, put together from its files, the version before and what was filled in."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from promoter.document.writing import Inline, Quoted
from promoter.registry.draft.columns import column_notes, draft_columns, require_columns
from promoter.registry.draft.datasets import covered_dataset, draft_datasets, option_of
from promoter.registry.draft.given import Gap, GivenFile, Part, Wish
from promoter.registry.draft.signature import draft_signature
from promoter.registry.evidence import EvidenceKind
from promoter.registry.model import Task

_SUFFIXES = {"safetensors": ".safetensors", "lightgbm-text": ".txt", "xgboost-json": ".json", "pmml": ".pmml"}
"""Ending of an artifact by its format; ONNX is the rest."""

_FILL = "write it to a YAML file and name it with --fill"


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A manifest as plain data in the order in which it is written; `files` maps paths in the folder to files."""

    document: Mapping[str, Any]
    files: Mapping[str, GivenFile]
    notes: tuple[str, ...]
    gaps: tuple[Gap, ...]


def draft_manifest(wish: Wish) -> Draft:
    """Return the manifest as far as it can be told. Raises ProposalError for named columns that are not there."""
    require_columns(wish)
    files = name_files(wish)
    datasets = draft_datasets(wish, files)
    parts: dict[str, Part] = {
        "schema": Part(value="promoter.manifest/1"),
        "model": Part(value=wish.model.model),
        "version": Part(value=Quoted(wish.version)),
        "summary": _summary(wish),
        "artifact": _artifact(wish, files),
        "source": _source(wish),
        "signature": draft_signature(wish),
        "decision": _decision(wish),
        "datasets": datasets,
        "evidence": _evidence(wish, files, datasets.value or []),
        "documents": Part(value=_documents(wish, files) or None),
        "deployment": Part(),
        "monitoring": _monitoring(wish),
        "rollback": _rollback(wish),
    }
    document = {key: _filled(part.value, wish.fill.get(key)) for key, part in parts.items()}
    document["datasets"] = datasets.value
    told = {key: value for key, value in document.items() if value is not None}
    return Draft(
        document=told,
        files=files,
        notes=(
            *(note for key, part in parts.items() if key not in wish.fill for note in part.notes),
            *_left_out(wish),
        ),
        gaps=tuple(gap for part in parts.values() for gap in part.gaps if gap.key not in wish.fill),
    )


def name_files(wish: Wish) -> dict[str, GivenFile]:
    """Return the path of every file in the version's folder: as in the version before, else by its part."""
    files: dict[str, GivenFile] = {}
    for file in (*((wish.artifact,) if wish.artifact else ()), *wish.evidence, *wish.documents):
        path, before = _default_name(file, wish), _name_before(file, wish)
        if before is not None and "://" not in before and before.endswith(file.suffix):
            path = before
        stem, dot, ending = path.rpartition(".")
        count = 2
        while path in files:
            path, count = f"{stem}_{count}{dot}{ending}", count + 1
        files[path] = file
    return files


def _name_before(file: GivenFile, wish: Wish) -> str | None:
    """Return the name of the file of the version before whose place a file takes, or None."""
    if wish.previous is None:
        return None
    if file is wish.artifact:
        return wish.previous.artifact.uri
    entry = wish.entry_before(file)
    texts = [text.path for text in wish.previous.documents if text.kind == file.part]
    return entry.uri if entry else next(iter(texts), None)


def _default_name(file: GivenFile, wish: Wish) -> str:
    if file is wish.artifact:
        return f"model{_SUFFIXES.get(file.format, '.onnx')}"
    if file in wish.documents:
        return f"{file.part}.md"
    return f"evidence/{file.part.replace('-', '_')}{file.suffix or '.json'}"


def _summary(wish: Wish) -> Part:
    if wish.summary:
        return Part(value=wish.summary)
    return Part(gaps=(Gap(key="summary", message="nobody but its author can say what is new", hint="--summary TEXT"),))


def _artifact(wish: Wish, files: Mapping[str, GivenFile]) -> Part:
    if wish.artifact is None:
        return Part(gaps=(Gap(key="artifact", message="no file was given", hint="name it with --artifact FILE"),))
    path = next(path for path, file in files.items() if file is wish.artifact)
    return Part(value=_pinned(path, wish.artifact))


def _source(wish: Wish) -> Part:
    """Return repository, script and commit; the training run of the version before is not this one's.

    Neither is its script where another repository was filled in.
    """
    if wish.previous is None:
        message = "nothing tells which code trained it"
        return Part(gaps=(Gap(key="source", message=message, hint=f"repository and commit: {_FILL}"),))
    before = wish.previous.source
    filled = wish.fill.get("source")
    repository = filled.get("repository") if isinstance(filled, Mapping) else None
    note = f"source: the commit is {wish.previous.version}'s; --source-commit names another"
    value = {
        "repository": before.repository,
        "commit": Quoted(wish.commit or before.commit),
        "path": before.path if repository in (None, before.repository) else None,
    }
    return Part(value=value, notes=() if wish.commit else (note,))


def _decision(wish: Wish) -> Part:
    before = wish.previous.decision if wish.previous else None
    if wish.threshold is not None:
        return Part(value={"threshold": wish.threshold})
    if before is None or wish.model.task is not Task.BINARY:
        return Part()
    note = f"decision: the threshold {before.threshold:g} is {wish.previous.version if wish.previous else ''}'s"
    return Part(value={"threshold": before.threshold}, notes=(note,))


def _evidence(wish: Wish, files: Mapping[str, GivenFile], datasets: list[dict[str, Any]]) -> Part:
    """Return an entry for each evidence file; predictions are asked of every version."""
    paths = {id(file): path for path, file in files.items()}
    ids: list[str] = []
    entries = []
    for file in wish.evidence:
        before = wish.entry_before(file)
        name = before.id if before else file.part
        ids.append(name)
        entries.append(
            {
                "id": name if ids.count(name) == 1 else f"{name}-{ids.count(name)}",
                "kind": file.part,
                **_pinned(paths[id(file)], file),
                "dataset": covered_dataset(file, wish, datasets),
                "columns": Inline(draft_columns(file, wish)) or None,
            }
        )
    notes = tuple(note for file in wish.evidence for note in column_notes(file, wish))
    if any(file.part == EvidenceKind.PREDICTIONS for file in wish.evidence):
        return Part(value=entries, notes=notes)
    hint = f"name it with {option_of(EvidenceKind.PREDICTIONS)}; `promoter measure predictions` writes it"
    gap = Gap(key="evidence", message="no file of predictions was given", hint=hint)
    return Part(value=entries or None, notes=notes, gaps=(gap,))


def _documents(wish: Wish, files: Mapping[str, GivenFile]) -> list[Inline]:
    return [Inline(kind=file.part, path=path) for path, file in files.items() if file in wish.documents]


def _monitoring(wish: Wish) -> Part:
    plan = wish.previous.monitoring if wish.previous else None
    return Part(value=plan.model_dump(mode="json", exclude_unset=True) if plan else None)


def _rollback(wish: Wish) -> Part:
    """Return the plan of the version before; it returns to what the last stage serves now, and no drill is claimed."""
    plan = wish.previous.rollback if wish.previous else None
    if plan is None or wish.previous is None:
        return Part()
    target = wish.serving if plan.to_version is not None and wish.serving != wish.version else None
    note = f"rollback: the drill of {wish.previous.version} is not this version's; write tested_on after its own"
    to_version = target or plan.to_version
    value = {"to_version": Quoted(to_version) if to_version else None, "procedure": plan.procedure}
    return Part(value=value, notes=(note,) if plan.tested_on else ())


def _left_out(wish: Wish) -> tuple[str, ...]:
    """Return what the version before had and this one has not: it was about that version's own files."""
    before = wish.previous
    if before is None:
        return ()
    given = {file.part for file in (*wish.evidence, *wish.documents)}
    had = [*(entry.kind.value for entry in before.evidence), *(entry.kind for entry in before.documents)]
    lost = [part for part in dict.fromkeys(had) if part not in given]
    lost += ["deployment"] if before.deployment is not None and "deployment" not in wish.fill else []
    return (f"{before.version} also has {', '.join(lost)}: give this version's own",) if lost else ()


def _pinned(path: str, file: GivenFile) -> dict[str, Any]:
    return {"uri": path, "format": file.format, "digest": file.digest, "size_bytes": file.size_bytes}


def _filled(drafted: Any, filled: Any) -> Any:
    """Return what was filled in over what was drafted: key by key in mappings, after it in lists."""
    if isinstance(drafted, Mapping) and isinstance(filled, Mapping):
        return {**drafted, **filled}
    if isinstance(drafted, list) and isinstance(filled, list):
        return [*drafted, *filled]
    return drafted if filled is None else filled
