"""Follows every piece of evidence back to raw data, and every hop to something pinned.

## Checks
Each evidence file about rows names a data set; each data set is pinned by digest or version; its parents exist and
lead to a root without a cycle; data that a version was evaluated on is neither its training data nor made from it;
there is training data; the source commit is pinned. A feature whose origin is a Feast reference (`view:feature`) is
looked up in the exported registry: view and feature are there, the type fits, and the view rests on data sources.

## Why
A number is worth as much as the rows under it. An evaluation on training rows flatters every model, and a model
whose data nobody can find again can neither be explained nor rebuilt.

## Parameters
`roots`, `requires_training_run`, `feature_store`.

## Decision rule
Exact, on the manifest and the exported registry. A data set of a root role may have no parents; every other must reach
a root by each of its parents. Training and evaluation data may share an ancestor: that is a split. A whole number of
the feature store may feed a float feature, nothing else is converted.

## Undecidable when
Never: a gap is a failure with the name of the hop that is missing.

## Example
```yaml
schema: promoter.policy/1
id: data-lineage
title: Every number can be followed back to raw data
category: data
owner: data-governance
rationale: Supervisors ask where the data came from; a gap cannot be closed years later.
gate: lineage
parameters:
  roots: [raw]
severity: high
enforcement: block
remediation: Add the missing data set, or its digest, to datasets in the manifest.
```

## Sources
EU AI Act, Article 10(2)(b) (data collection and origin). SR 11-7, section IV (data quality). W3C PROV-DM.
"""

from collections.abc import Container, Iterator, Mapping, Sequence
from typing import Literal

from pydantic import Field

from promoter.gates.contract.ancestry import End, climb
from promoter.gates.contract.candidate import Candidate, Context, Release
from promoter.gates.contract.feature_origins import registry_requests, resolve_features
from promoter.gates.contract.finding import Finding
from promoter.gates.contract.gate import Gate, Parameters
from promoter.measure.request import Measurements, Request
from promoter.policy.policy import Category
from promoter.registry.datasets import Dataset, DatasetRole
from promoter.registry.evidence import EvidenceKind

_ABOUT_ROWS = frozenset(
    {EvidenceKind.PREDICTIONS, EvidenceKind.SHADOW, EvidenceKind.FEATURES_REFERENCE, EvidenceKind.FEATURES_CURRENT}
)
_SCORED = frozenset({EvidenceKind.PREDICTIONS, EvidenceKind.SHADOW})


class LineageParameters(Parameters):
    """Where a chain of data sets may begin."""

    roots: tuple[DatasetRole, ...] = Field(
        default=(DatasetRole.RAW,),
        min_length=1,
        description="Roles of data sets that need no parents; raw by default: what was collected, as it was collected.",
    )
    requires_training_run: bool = Field(
        default=False,
        description="Whether source names the run in the experiment tracker; not by default, since a pinned commit is"
        " enough to train again.",
    )
    feature_store: Literal["resolve", "ignore"] = Field(
        default="resolve",
        description="Whether origins of the form view:feature are looked up in an exported Feast registry; they are by"
        " default. Other origins are words for people.",
    )


def measures(parameters: LineageParameters, candidate: Candidate) -> Sequence[Request]:
    """Return a request an exported feature registry, where features come from one; the manifest says the rest."""
    return registry_requests(candidate.release) if parameters.feature_store == "resolve" else ()


def judge(parameters: LineageParameters, measurements: Measurements, context: Context) -> Sequence[Finding]:
    """Return a finding an evidence file, a data set, an evaluation set, for training data, source and each feature."""
    release = context.candidate.release
    datasets = {dataset.id: dataset for dataset in release.manifest.datasets}
    findings = list(_evidence(release, datasets))
    for index, dataset in enumerate(release.manifest.datasets):
        findings.append(_pinned(index, dataset, release))
        findings.append(_reaches_root(index, dataset, datasets, parameters, release))
    findings += _held_out(release, datasets)
    findings.append(_has_training(release))
    findings.append(_source(parameters, release))
    if parameters.feature_store == "resolve":
        findings += resolve_features(release, measurements)
    return findings


def _evidence(release: Release, datasets: Mapping[str, Dataset]) -> Iterator[Finding]:
    for index, entry in enumerate(release.manifest.evidence):
        if entry.kind not in _ABOUT_ROWS:
            continue
        dataset = datasets.get(entry.dataset or "")
        if dataset is None:
            problem, hint = "names no data set", "name the data set whose rows it covers: `dataset: <id>`"
        elif entry.kind in _SCORED and dataset.role is DatasetRole.TRAINING:
            problem, hint = f"scores rows of training data {dataset.id}", "score rows that were held out"
        else:
            problem, hint = None, None
        yield Finding(
            satisfied=problem is None,
            measure="evidence_dataset",
            message=f"evidence {entry.id} {problem or f'covers data set {entry.dataset}'}",
            location=release.locate("evidence", index, "dataset"),
            hint=hint,
        )


def _pinned(index: int, dataset: Dataset, release: Release) -> Finding:
    pin = dataset.digest or dataset.version
    return Finding(
        satisfied=pin is not None,
        measure="dataset_pinned",
        message=f"data set {dataset.id} is {f'pinned as {pin}' if pin else 'pinned by neither digest nor version'}",
        location=release.locate("datasets", index, "digest" if dataset.digest else "version"),
        hint=None if pin else "add the sha256 of its file as digest, or the version in its store",
    )


def _reaches_root(
    index: int, dataset: Dataset, datasets: Mapping[str, Dataset], parameters: LineageParameters, release: Release
) -> Finding:
    gap = _gap(dataset, datasets, parameters.roots)
    roots = " or ".join(parameters.roots)
    return Finding(
        satisfied=gap is None,
        measure="dataset_chain",
        message=f"data set {dataset.id} {gap or f'leads back to {roots} data'}",
        location=release.locate("datasets", index, "parents"),
        hint=None if gap is None else f"list the missing data sets down to one of role {roots}, each as a parent once",
    )


def _gap(start: Dataset, datasets: Mapping[str, Dataset], roots: Sequence[DatasetRole]) -> str | None:
    """Return what breaks the chain from a data set to a root, depth first in the manifest's order, or None."""

    def parents_of(name: str) -> Sequence[str] | None:
        return datasets[name].parents if name in datasets else None

    for way in climb(start.id, parents_of=parents_of):
        last = way.names[-1]
        if way.end is End.CYCLE:
            return f"is made from itself: {way}"
        if way.end is End.UNKNOWN:
            return f"has parent {last}, which datasets does not list: {way}"
        if datasets[last].role not in roots:
            return f"ends at {last}, of role {datasets[last].role}: {way}"
    return None


def _held_out(release: Release, datasets: Mapping[str, Dataset]) -> Iterator[Finding]:
    """Yield one finding an evaluation set; the training data's ancestors are followed once for all of them."""
    training = [dataset for dataset in datasets.values() if dataset.role is DatasetRole.TRAINING]
    by_digest = {dataset.digest: dataset.id for dataset in training if dataset.digest is not None}
    made: dict[str, str] = {}
    for dataset in training:
        for ancestor in _ancestors(dataset, datasets, known=made):
            made[ancestor] = dataset.id
    names = {dataset.id for dataset in training}
    for index, dataset in enumerate(release.manifest.datasets):
        if dataset.role is not DatasetRole.EVALUATION:
            continue
        parent = next((name for name in _ancestors(dataset, datasets, known=()) if name in names), None)
        overlap = f"was used to make training data {made[dataset.id]}" if dataset.id in made else None
        if dataset.digest in by_digest:
            overlap = f"is the same file as training data {by_digest[dataset.digest]}"
        elif parent is not None:
            overlap = f"is made from training data {parent}"
        yield Finding(
            satisfied=overlap is None,
            measure="evaluation_held_out",
            message=f"evaluation data {dataset.id} {overlap or 'is apart from the training data'}",
            location=release.locate("datasets", index),
            hint=None if overlap is None else "evaluate on rows that no training data set holds",
        )


def _ancestors(dataset: Dataset, datasets: Mapping[str, Dataset], *, known: Container[str]) -> list[str]:
    """Return the data sets that one was made from, itself left out unless it is its own, and those known left out."""
    found: dict[str, None] = {}
    waiting = list(dataset.parents)
    while waiting:
        name = waiting.pop()
        if name not in found and name not in known:
            found[name] = None
            waiting += datasets[name].parents if name in datasets else ()
    return list(found)


def _has_training(release: Release) -> Finding:
    names = [dataset.id for dataset in release.manifest.datasets if dataset.role is DatasetRole.TRAINING]
    return Finding(
        satisfied=bool(names),
        measure="training_data",
        message=f"training data: {', '.join(names) or 'no data set has the role training'}",
        location=release.locate("datasets"),
        hint=None if names else "list the data that the model was trained on with `role: training`",
    )


def _source(parameters: LineageParameters, release: Release) -> Finding:
    source = release.manifest.source
    is_short = parameters.requires_training_run and source.training_run is None
    made = f"the artifact was made at commit {source.commit[:12]} of {source.repository}"
    return Finding(
        satisfied=not is_short,
        measure="source_pinned",
        message=f"{made}, but no training run is named" if is_short else made,
        location=release.locate("source", "training_run" if is_short else "commit"),
        hint="add the run's id as `training_run` to source" if is_short else None,
    )


GATE = Gate(
    name="lineage",
    category=Category.DATA,
    parameters=LineageParameters,
    measures=measures,
    judge=judge,
)
