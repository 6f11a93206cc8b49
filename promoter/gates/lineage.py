"""Follows every piece of evidence back to raw data, and every hop to something pinned.

## Checks
Each evidence file about rows names a data set; each data set is pinned by digest or version; its parents exist and
lead to a root without a cycle; data that a version was evaluated on is neither its training data nor made from it;
there is training data; the source commit is pinned.

## Why
A number is worth as much as the rows under it. An evaluation on training rows flatters every model, and a model
whose data nobody can find again can neither be explained nor rebuilt.

## Parameters
`roots`, `requires_training_run`.

## Decision rule
Exact, on the manifest alone. A data set of a root role may have no parents; every other must reach a root by each of
its parents. Training and evaluation data may share an ancestor: that is a split.

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

from collections.abc import Iterator, Mapping, Sequence

from pydantic import Field

from promoter.gates.contract.candidate import Candidate, Context, Release
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


def measures(parameters: LineageParameters, candidate: Candidate) -> Sequence[Request]:  # noqa: ARG001
    """Return no request: the manifest says all."""
    return ()


def judge(
    parameters: LineageParameters,
    measurements: Measurements,  # noqa: ARG001
    context: Context,
) -> Sequence[Finding]:
    """Return a finding an evidence file, a data set, an evaluation set, and for training data and source."""
    release = context.candidate.release
    datasets = {dataset.id: dataset for dataset in release.manifest.datasets}
    findings = list(_evidence(release, datasets))
    for index, dataset in enumerate(release.manifest.datasets):
        findings.append(_pinned(index, dataset, release))
        findings.append(_reaches_root(index, dataset, datasets, parameters, release))
        if dataset.role is DatasetRole.EVALUATION:
            findings.append(_is_held_out(index, dataset, datasets, release))
    findings.append(_has_training(release))
    findings.append(_source(parameters, release))
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
    gap = _gap(dataset, datasets, parameters.roots, above=())
    roots = " or ".join(parameters.roots)
    return Finding(
        satisfied=gap is None,
        measure="dataset_chain",
        message=f"data set {dataset.id} {gap or f'leads back to {roots} data'}",
        location=release.locate("datasets", index, "parents"),
        hint=None if gap is None else f"list the missing data sets down to one of role {roots}, each as a parent once",
    )


def _gap(
    dataset: Dataset, datasets: Mapping[str, Dataset], roots: Sequence[DatasetRole], *, above: tuple[str, ...]
) -> str | None:
    """Return what breaks the chain from a data set to a root, depth first in the manifest's order, or None."""
    path = (*above, dataset.id)
    way = " <- ".join(path)
    if dataset.id in above:
        return f"is made from itself: {way}"
    if not dataset.parents:
        return None if dataset.role in roots else f"ends at {dataset.id}, of role {dataset.role}: {way}"
    for parent in dataset.parents:
        if parent not in datasets:
            return f"has parent {parent}, which datasets does not list: {way} <- {parent}"
        gap = _gap(datasets[parent], datasets, roots, above=path)
        if gap is not None:
            return gap
    return None


def _is_held_out(index: int, dataset: Dataset, datasets: Mapping[str, Dataset], release: Release) -> Finding:
    training = [other for other in datasets.values() if other.role is DatasetRole.TRAINING]
    overlap = next((reason for other in training if (reason := _overlap(dataset, other, datasets))), None)
    return Finding(
        satisfied=overlap is None,
        measure="evaluation_held_out",
        message=f"evaluation data {dataset.id} {overlap or 'is apart from the training data'}",
        location=release.locate("datasets", index),
        hint=None if overlap is None else "evaluate on rows that no training data set holds",
    )


def _overlap(evaluation: Dataset, training: Dataset, datasets: Mapping[str, Dataset]) -> str | None:
    if evaluation.digest is not None and evaluation.digest == training.digest:
        return f"is the same file as training data {training.id}"
    if training.id in _ancestors(evaluation, datasets):
        return f"is made from training data {training.id}"
    if evaluation.id in _ancestors(training, datasets):
        return f"was used to make training data {training.id}"
    return None


def _ancestors(dataset: Dataset, datasets: Mapping[str, Dataset]) -> set[str]:
    found: set[str] = set()
    waiting = list(dataset.parents)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += datasets[name].parents if name in datasets else ()
    return found


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
