"""What a report draws of a change: asked for beside what the gates ask, and never part of the decision.

A drawing brings no file: only contents are drawn that the gates' own requests name.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from promoter.decision.docket import Item
from promoter.gates.contract.candidate import Candidate, Release, table_of
from promoter.gates.contract.features import UNIVARIATE, feature_columns
from promoter.measure.request import Drift, GroupRates, Measurements, Quality, Request, Table
from promoter.measure.requests_drawing import Distribution, PredictionBins, ScoreCurve
from promoter.registry.evidence import EvidenceKind
from promoter.registry.model import Task

SCHEMA = "promoter.drawings/1"

MOST_CHANGES = 20
"""Changes of one pull request up to which there are drawings: a reader of more looks at the table."""


class Shape(StrEnum):
    """What is drawn."""

    CURVE = "curve"
    BINS = "bins"
    CONFUSION = "confusion"
    GROUPS = "groups"
    DRIFT = "drift"
    DISTRIBUTION = "distribution"


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """One thing to draw, of one evidence entry of one version."""

    shape: Shape
    version: str
    is_champion: bool
    evidence: str
    request: Request


def drawings_of(item: Item) -> tuple[Drawing, ...]:
    """Return what there is to draw of a change, the candidate's first."""
    if item.candidate is None:
        return ()
    asked = {key for request in item.requests for key in request.contents}
    return tuple(drawing for drawing in _all(item.candidate) if drawing.request.contents <= asked)


def drawing_requests(items: Sequence[Item]) -> tuple[Request, ...]:
    """Return what must be measured to draw the changes; nothing where there are too many of them."""
    if len(items) > MOST_CHANGES:
        return ()
    return tuple(dict.fromkeys(drawing.request for item in items for drawing in drawings_of(item)))


def drawings_json(items: Sequence[Item], measurements: Measurements) -> dict[str, Any]:
    """Return what was measured for drawing, by change in the docket's order: the form promoter.drawings/1."""
    is_too_much = len(items) > MOST_CHANGES
    return {
        "schema": SCHEMA,
        "left_out": f"plots are made for up to {MOST_CHANGES} changes, here are {len(items)}" if is_too_much else None,
        "changes": [
            {
                "model": item.change.model,
                "version": item.change.version,
                "stage": item.change.stage,
                "drawings": [
                    _json(drawing, measurements) for drawing in drawings_of(item) if drawing.request in measurements
                ],
            }
            for item in items
        ],
    }


def no_drawings() -> dict[str, Any]:
    """Return the form where nothing was judged."""
    return drawings_json((), {})


def _json(drawing: Drawing, measurements: Measurements) -> dict[str, Any]:
    return {
        "shape": drawing.shape.value,
        "version": drawing.version,
        "is_champion": drawing.is_champion,
        "evidence": drawing.evidence,
        "request": drawing.request.as_json(),
        "measured": measurements[drawing.request].as_json(),
    }


def _all(candidate: Candidate) -> Iterator[Drawing]:
    yield from _of_release(candidate.release, is_champion=False)
    yield from _of_drift(candidate.release)
    if candidate.champion is not None:
        yield from _of_release(candidate.champion, is_champion=True)


def _of_release(release: Release, *, is_champion: bool) -> Iterator[Drawing]:
    ask = _REQUESTS.get(release.model.task)
    if ask is None:
        return
    for _, evidence in release.evidence_of(EvidenceKind.PREDICTIONS):
        for shape, request in ask(release, table_of(evidence)):
            yield Drawing(
                shape=shape,
                version=release.version,
                is_champion=is_champion,
                evidence=evidence.id,
                request=request,
            )


def _of_binary(release: Release, table: Table) -> Iterator[tuple[Shape, Request]]:
    threshold = release.manifest.decision.threshold if release.manifest.decision else None
    yield Shape.CURVE, ScoreCurve(table=table, threshold=threshold)
    attributes = tuple((attribute.name,) for attribute in release.model.sensitive_attributes)
    if attributes:
        yield Shape.GROUPS, GroupRates(table=table, threshold=threshold, attributes=attributes)


def _of_classes(release: Release, table: Table) -> Iterator[tuple[Shape, Request]]:
    threshold = release.manifest.decision.threshold if release.manifest.decision else None
    yield Shape.CONFUSION, Quality(table=table, task=release.model.task.value, threshold=threshold)


def _of_quantities(_release: Release, table: Table) -> Iterator[tuple[Shape, Request]]:
    yield Shape.BINS, PredictionBins(table=table)


_REQUESTS: dict[Task, Callable[[Release, Table], Iterator[tuple[Shape, Request]]]] = {
    Task.BINARY: _of_binary,
    Task.MULTICLASS: _of_classes,
    Task.REGRESSION: _of_quantities,
}


def _of_drift(release: Release) -> Iterator[Drawing]:
    """Yield drift and distributions of the first current table against the first reference, as feature_drift does."""
    references = release.evidence_of(EvidenceKind.FEATURES_REFERENCE)
    currents = release.evidence_of(EvidenceKind.FEATURES_CURRENT)
    columns = feature_columns(release, kinds=UNIVARIATE)
    if not (references and currents and columns):
        return
    reference, current = table_of(references[0][1]), table_of(currents[0][1])
    asked: tuple[tuple[Shape, Request], ...] = (
        (Shape.DRIFT, Drift(reference=reference, current=current, columns=columns)),
        (Shape.DISTRIBUTION, Distribution(reference=reference, current=current, columns=columns)),
    )
    for shape, request in asked:
        yield Drawing(
            shape=shape,
            version=release.version,
            is_champion=False,
            evidence=currents[0][1].id,
            request=request,
        )
