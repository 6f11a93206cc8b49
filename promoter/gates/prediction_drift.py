"""Holds how far predictions and labels have moved against bounds, beside the drift of the features.

## Checks
For each comparison: how far the label, or the prediction, of the current evidence lies from the reference's. By
default the label since training, and the version's predictions from those of what the stage serves now.

## Why
Features may drift without harm, and stand still while what they predict moves. A shift of the label says that the
world has changed; a shift of the score at one threshold changes how many are selected, whatever the AUC says.

## Parameters
`comparisons` (`column`, `reference`, `current`), `bounds` (`measure`, `at_least` or `at_most`, `decide_on`), `min_n`,
`bins`, `within_null`, `significance` (`alpha`, `correction`), `without_champion`.

## Decision rule
The label is compared as categories, or as numbers for a regression; the prediction is the score of a binary model,
the class of a multi-class one, the value of a regression. Bins are pinned on the reference, missing values have their
own. Effect size decides, each bound on the columns that have its measure; equality passes. A PSI at or below the 95 %
quantile of its own null, (1/n + 1/m) chi-squared(B - 1), could come from no drift at all and means what `within_null`
says; with `significance` the same holds for each measure whose corrected p-value is above alpha.

## Undecidable when
A side names no such column, the two sides name it differently, fewer than min_n rows, a measure has no value, or no
bound covers the column's kind. A comparison with a champion that does not exist is left out.

## Example
```yaml
schema: promoter.policy/1
id: stable-predictions
title: Predictions and labels look as they did
category: drift
owner: model-validation
rationale: A moved score selects other people at the same threshold.
gate: prediction_drift
parameters:
  comparisons:
    - {column: label, reference: features-reference, current: features-current}
    - {column: prediction, reference: champion-predictions, current: predictions}
  bounds:
    - {measure: psi, at_most: 0.2}
    - {measure: ks, at_most: 0.15}
severity: medium
enforcement: block
near_miss: {relative: 0.2}
remediation: "{measure} of the {slice} is {value}, the bound is {bound}; set the threshold again, or say why it moved."
```

## Sources
Siddiqi 2006 (PSI). Yurdakul 2018 (PSI's null distribution). Moreno-Torres et al. 2012 (prior probability shift).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from pydantic import Field

from promoter.document.strict import Strict
from promoter.errors import Location
from promoter.gates.contract.candidate import Candidate, Context, Release, table_of
from promoter.gates.contract.chance import Significance, excuse_chance
from promoter.gates.contract.finding import Finding
from promoter.gates.contract.gate import Gate, Parameters
from promoter.gates.contract.missing import missing_evidence
from promoter.gates.contract.movement import DriftBound, WithinNull, hold_drift, satisfied_within_null
from promoter.measure.request import Drift, Measured, Measurements, Request
from promoter.policy.policy import Category
from promoter.registry.evidence import Evidence, EvidenceKind
from promoter.registry.model import Task

_OF_CHAMPION = "champion-predictions"


class Compared(Strict):
    """Two pieces of evidence, and the part of both that is compared."""

    column: Literal["label", "prediction"] = Field(description="What truly happened, or what the model says.")
    reference: Literal["features-reference", "features-current", "predictions", "champion-predictions"] = Field(
        description="Evidence on which bins are pinned; champion-predictions are those of what the stage serves now."
    )
    current: Literal["features-current", "predictions", "shadow"] = Field(description="Evidence that may have moved.")


class PredictionDriftParameters(Parameters):
    """What is compared with what, and how far it may have moved."""

    comparisons: tuple[Compared, ...] = Field(
        default=(
            Compared(column="label", reference="features-reference", current="features-current"),
            Compared(column="prediction", reference="champion-predictions", current="predictions"),
        ),
        min_length=1,
        description="Pairs of evidence; by default the label since training, and the score since the champion.",
    )
    bounds: tuple[DriftBound, ...] = Field(
        description="Bounds, each on the columns that have its measure.", min_length=1
    )
    min_n: int = Field(
        default=100, ge=1, description="Rows below which nothing is decided, 1 or more; 100 fills ten bins with ten."
    )
    bins: int = Field(default=10, ge=2, le=100, description="Bins of numbers, 2 to 100; deciles by default.")
    within_null: WithinNull = Field(
        default="inconclusive",
        description="What a drift that chance explains means; inconclusive by default: too few rows prove nothing.",
    )
    significance: Significance | None = Field(
        default=None, description="Demand of p-values beside the effect size; none by default."
    )
    without_champion: Literal["skip", "inconclusive"] = Field(
        default="skip", description="What a stage that serves nothing means; skip by default: nothing can have moved."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pair:
    """One comparison of two files: where it is told, the request or why there is none."""

    compared: Compared
    location: Location
    request: Drift | None
    problem: str | None = None


def not_applicable(parameters: PredictionDriftParameters, candidate: Candidate) -> str | None:
    """Return why nothing can have moved: only comparisons with a champion, and there is none."""
    needs_champion = all(compared.reference == _OF_CHAMPION for compared in parameters.comparisons)
    if needs_champion and candidate.champion is None and parameters.without_champion == "skip":
        return f"stage {candidate.stage or 'of a registration'} serves nothing yet: no prediction can have moved"
    return None


def _sides(compared: Compared, candidate: Candidate) -> tuple[Evidence | None, tuple[tuple[int, Evidence], ...]]:
    """Return the reference, and the current files with their places."""
    release = candidate.champion if compared.reference == _OF_CHAMPION else candidate.release
    kind = EvidenceKind.PREDICTIONS if compared.reference == _OF_CHAMPION else EvidenceKind(compared.reference)
    references = release.evidence_of(kind) if release is not None else ()
    currents = candidate.release.evidence_of(EvidenceKind(compared.current))
    return (references[0][1] if references else None), currents


def _part(compared: Compared, evidence: Evidence, release: Release) -> tuple[str | None, str]:
    """Return the column that plays a part, and its kind."""
    task, parts = release.model.task, evidence.columns
    is_class = task in (Task.BINARY, Task.MULTICLASS)
    if compared.column == "label":
        return parts.label, "categorical" if is_class else "numeric"
    if task is Task.MULTICLASS:
        return parts.prediction, "categorical"
    return (parts.score or parts.prediction) if task is not Task.REGRESSION else parts.prediction, "numeric"


def _pairs(parameters: PredictionDriftParameters, candidate: Candidate) -> Iterator[_Pair]:
    """Yield each comparison of a reference with a current file; those without a file are told by `_gaps`."""
    for compared in parameters.comparisons:
        reference, currents = _sides(compared, candidate)
        if reference is None:
            continue
        for index, current in currents:
            location = candidate.release.locate("evidence", index, "uri")
            before, kind = _part(compared, reference, candidate.release)
            after, _ = _part(compared, current, candidate.release)
            if before is None or after is None:
                side = reference.id if before is None else current.id
                problem = f"{side} names no column as its {compared.column}"
            elif before != after:
                problem = f"the {compared.column} is {before!r} in {reference.id} and {after!r} in {current.id}"
            else:
                columns = ((before, kind),)
                request = Drift(
                    reference=table_of(reference), current=table_of(current), columns=columns, bins=parameters.bins
                )
                yield _Pair(compared=compared, location=location, request=request)
                continue
            yield _Pair(compared=compared, location=location, request=None, problem=problem)


def measures(parameters: PredictionDriftParameters, candidate: Candidate) -> Sequence[Request]:
    """Return one drift request a pair of files."""
    requests = (pair.request for pair in _pairs(parameters, candidate))
    return tuple(dict.fromkeys(request for request in requests if request is not None))


def judge(parameters: PredictionDriftParameters, measurements: Measurements, context: Context) -> Sequence[Finding]:
    """Return a finding a comparison and bound, and what could not be compared."""
    findings = list(_gaps(parameters, context.candidate))
    satisfied = satisfied_within_null(parameters.within_null)
    for pair in _pairs(parameters, context.candidate):
        if pair.request is None:
            findings.append(_undecided(pair, pair.problem or ""))
            continue
        measured = measurements[pair.request]
        held = list(_held(parameters, pair, measured, context))
        excused = excuse_chance(held, measured, significance=parameters.significance, satisfied=satisfied)
        findings += [_named(finding, pair.compared) for finding in excused]
    return findings


def _gaps(parameters: PredictionDriftParameters, candidate: Candidate) -> Iterator[Finding]:
    """Yield what a comparison lacks: evidence of the version, or a champion with predictions."""
    for compared in parameters.comparisons:
        reference, currents = _sides(compared, candidate)
        if not currents:
            yield missing_evidence(candidate.release, EvidenceKind(compared.current), purpose="prediction drift")
        if reference is not None:
            continue
        if compared.reference != _OF_CHAMPION:
            yield missing_evidence(candidate.release, EvidenceKind(compared.reference), purpose="prediction drift")
        elif candidate.champion is not None or parameters.without_champion == "inconclusive":
            location = candidate.release.locate("evidence")
            pair = _Pair(compared=compared, location=location, request=None)
            yield _undecided(pair, "there is no champion with predictions to compare with")


def _undecided(pair: _Pair, problem: str) -> Finding:
    return Finding(
        satisfied=None,
        measure="compared",
        slice=(("column", pair.compared.column),),
        message=f"the {pair.compared.column} was not compared: {problem}",
        location=pair.location,
        hint="name the same column for that part in the columns of both files, and register a new version",
    )


def _held(
    parameters: PredictionDriftParameters, pair: _Pair, measured: Measured, context: Context
) -> Iterator[Finding]:
    """Yield each bound that the column has a measure for; one undecided finding where it has none."""
    name = pair.request.columns[0][0] if pair.request else ""
    found = list(
        hold_drift(
            name,
            parameters.bounds,
            measured,
            min_n=parameters.min_n,
            failed="set the threshold again for the scores of today, or say in the version's documents why they moved",
            at=pair.location,
            near_miss=context.near_miss,
        )
    )
    yield from found
    if not found:
        bounded = ", ".join(bound.measure for bound in parameters.bounds)
        undecided = _undecided(pair, f"it has no measure that the policy bounds ({bounded})")
        yield replace(undecided, slice=(("feature", name),), hint="let the policy's owner bound psi, or both kinds")


def _named(finding: Finding, compared: Compared) -> Finding:
    """Return a finding that says what was compared with what, rather than a feature's name."""
    message = f"{compared.column}, {compared.reference} to {compared.current}: {finding.message}"
    return replace(finding, slice=(("column", compared.column),), message=message)


GATE = Gate(
    name="prediction_drift",
    category=Category.DRIFT,
    parameters=PredictionDriftParameters,
    measures=measures,
    judge=judge,
    not_applicable=not_applicable,
)
