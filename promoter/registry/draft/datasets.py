"""The data sets of a version: the terms of the version before, with the digests of the files that are new."""

from collections.abc import Mapping
from typing import Any

from promoter.document.writing import Quoted
from promoter.registry.datasets import Dataset, DatasetRole
from promoter.registry.draft.given import Gap, GivenFile, Part, Wish
from promoter.registry.evidence import EvidenceKind

_OPTIONS = {
    EvidenceKind.PREDICTIONS: "--predictions FILE",
    EvidenceKind.FEATURES_REFERENCE: "--reference FILE",
    EvidenceKind.FEATURES_CURRENT: "--current FILE",
}
_ROLES = {
    EvidenceKind.PREDICTIONS: (DatasetRole.EVALUATION,),
    EvidenceKind.FEATURES_REFERENCE: (DatasetRole.REFERENCE, DatasetRole.TRAINING),
    EvidenceKind.FEATURES_CURRENT: (DatasetRole.CURRENT, DatasetRole.EVALUATION),
}
"""Which role's data set an evidence file covers, first choice first, where no version before says it."""


def option_of(kind: str) -> str:
    """Return the option that names a file of an evidence kind."""
    return next((option for known, option in _OPTIONS.items() if known == kind), f"--evidence {kind}:FORMAT=FILE")


def draft_datasets(wish: Wish, files: Mapping[str, GivenFile]) -> Part:
    """Return the data sets; `files` maps paths in the version's folder to files.

    What was filled in stands as it is, a file of the folder with its digest. Else the version before gives ids,
    terms and parents; a data set that is a file of its folder takes the digest of the new file of the same kind.
    """
    filled = wish.fill.get("datasets")
    if isinstance(filled, list):
        return Part(value=[_pinned(entry, files) for entry in filled])
    if wish.previous is None:
        message = "no version before tells on what terms the data may be used"
        hint = "write datasets (id, role, uri, personal_data, licence, ...) to a YAML file and name it with --fill"
        return Part(gaps=(Gap(key="datasets", message=message, hint=hint),))
    entries, notes, gaps = [], [], []
    for dataset in wish.previous.datasets:
        kind = _kind_in_folder(dataset, wish)
        if kind is None:
            entries.append(_dump(dataset))
            continue
        found = [(path, file) for path, file in files.items() if file.part == kind]
        if not found:
            message = (
                f"data set {dataset.id} is {wish.previous.version}'s own file of kind {kind}, and no new one is given"
            )
            hint = f"name it with {option_of(kind)}, or write datasets without it for --fill"
            gaps.append(Gap(key="datasets", message=message, hint=hint))
            continue
        path, file = found[0]
        entries.append({**_dump(dataset), "uri": path, "digest": file.digest})
        if file.digest != dataset.digest:
            notes.append(f"datasets: {dataset.id} is a new file on {wish.previous.version}'s terms and days")
    return Part(value=entries, notes=tuple(notes), gaps=tuple(gaps))


def covered_dataset(file: GivenFile, wish: Wish, datasets: list[dict[str, Any]]) -> str | None:
    """Return the id of the data set whose rows an evidence file covers, or None where nothing tells it."""
    known = {str(entry.get("id")) for entry in datasets}
    before = wish.entry_before(file)
    if before is not None and before.dataset in known:
        return before.dataset
    for role in next((roles for kind, roles in _ROLES.items() if kind == file.part), ()):
        found = [str(entry["id"]) for entry in datasets if entry.get("role") == role and "id" in entry]
        if len(found) == 1:
            return found[0]
    return None


def _kind_in_folder(dataset: Dataset, wish: Wish) -> str | None:
    """Return the kind of the evidence file that a data set of the version before is, or None where it is none."""
    entries = wish.previous.evidence if wish.previous else ()
    return next((entry.kind.value for entry in entries if entry.uri == dataset.uri and "://" not in entry.uri), None)


def _pinned(entry: Any, files: Mapping[str, GivenFile]) -> Any:
    if not isinstance(entry, dict) or entry.get("uri") not in files or "digest" in entry or "version" in entry:
        return entry
    first = {key: entry[key] for key in ("id", "role", "uri") if key in entry}
    return {**first, "digest": files[entry["uri"]].digest, **entry}


def _dump(dataset: Dataset) -> dict[str, Any]:
    entry = dataset.model_dump(mode="json", exclude_unset=True)
    return {key: Quoted(value) if key == "version" else value for key, value in entry.items()}
