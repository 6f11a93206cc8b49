"""Holds how long a version's requests take, and what it needs, against bounds and against the champion.

## Checks
Percentiles of the latency evidence, their ratio to those of what the stage serves now, timed by turns on the same
machine in the same run; resident memory; the artifact's size.

## Why
A better model that answers too late is not used, or takes the service down with it. Milliseconds of two machines say
nothing of two models, so only a ratio of one run compares them.

## Parameters
`bounds` (`measure`, `at_least` or `at_most`, `decide_on`), `min_n`, `column`, `artifact_column`, `memory_column`,
`correction`, `without_champion`, `without_evidence`.

## Decision rule
latency_p95 is the smallest latency that 95 % of the requests do not exceed; its interval is of order statistics and
assumes no distribution. latency_p95_ratio is the candidate's over the champion's. Rows are taken by the artifact's
digest in `artifact_column`, so that a file about another artifact is no evidence. decide_on point: the value decides,
equality passes. decide_on interval: the whole interval must be inside; a failure is wholly outside, and fails after
`correction` too. artifact_size_bytes is the manifest's, which is held against the file when it is read.

## Undecidable when
The file holds no request to the artifact (or, for a ratio, to the champion's), a latency is missing, infinite or not
positive, fewer than min_n requests, or too few for an interval (p99 needs 368 at 95 %). A blanked slow request makes
the file undecidable; it is never left out. Ratios are skipped where the stage serves nothing. A version without latency
evidence fails, unless the policy lets it go while what the stage serves has none either: what was once timed stays
timed.

## Example
```yaml
schema: promoter.policy/1
id: answers-in-time
title: Requests are answered in time, and not slower than before
category: operations
owner: platform
rationale: The service promises 50 ms, of which the model may take 20.
gate: latency
parameters:
  bounds:
    - {measure: latency_p95, at_most: 20, decide_on: interval}
    - {measure: latency_p95_ratio, at_most: 1.5}
    - {measure: artifact_size_bytes, at_most: 100000000}
severity: medium
enforcement: block
near_miss: {relative: 0.1}
remediation: "{measure} is {value}, the bound is {bound}; measure with `promoter measure latency`, or make it smaller."
```

## Sources
David and Nagaraja 2003, section 7.1 (intervals of quantiles). Zou and Donner 2008 (ratio). Dean and Barroso 2013, The
Tail at Scale.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from pydantic import Field

from promoter.errors import Location
from promoter.gates.contract.candidate import Candidate, Context, table_of
from promoter.gates.contract.correction import Held, correct_failures
from promoter.gates.contract.finding import Finding, hold
from promoter.gates.contract.gate import Gate, Parameters
from promoter.gates.contract.missing import advise, missing_evidence, too_few_rows
from promoter.measure.measurement import Measurement
from promoter.measure.request import Measured, Measurements, Request
from promoter.measure.requests_data import Latency
from promoter.measure.statistics.margin_test import Correction
from promoter.policy.bound import MeasureBound
from promoter.policy.policy import Category
from promoter.registry.evidence import Evidence, EvidenceKind

_FAILED = "profile the requests that took longest, and make the model smaller or the batch shorter"
_UNMEASURED = "measure both versions in one run with `promoter measure latency`"
_SIZE = "artifact_size_bytes"
_MEMORY = frozenset({"memory_bytes", "memory_ratio"})
_RATIOS = frozenset({"latency_p50_ratio", "latency_p95_ratio", "latency_p99_ratio", "memory_ratio"})


class LatencyBound(MeasureBound):
    """A bound on time, memory or size."""

    measure: Literal[
        "latency_p50",
        "latency_p95",
        "latency_p99",
        "latency_p50_ratio",
        "latency_p95_ratio",
        "latency_p99_ratio",
        "memory_bytes",
        "memory_ratio",
        "artifact_size_bytes",
    ] = Field(description="Latencies in ms, memory and size in bytes; a ratio is the candidate's over the champion's.")


class LatencyParameters(Parameters):
    """Bounds on time, memory and size, and how the evidence names its columns."""

    bounds: tuple[LatencyBound, ...] = Field(description="Bounds, each in its measure's unit.", min_length=1)
    min_n: int = Field(
        default=100,
        ge=1,
        description="Requests below which nothing is decided, 1 or more; p95 needs 72 for an interval.",
    )
    column: str = Field(default="latency_ms", description="Column of milliseconds; the harness writes latency_ms.")
    artifact_column: str | None = Field(
        default="artifact",
        description="Column of the digest of the artifact that answered, as the harness writes it; null where the file"
        " is of the candidate alone, which leaves no ratio.",
    )
    memory_column: str = Field(
        default="memory_bytes", description="Column of resident bytes, read where memory is bounded."
    )
    correction: Correction = Field(
        default="none",
        description="Correction of failures on intervals over all bounds; none by default: each is its own promise.",
    )
    without_champion: Literal["skip", "inconclusive"] = Field(
        default="skip", description="What a ratio means where the stage serves nothing; skip by default."
    )
    without_evidence: Literal["fail", "not_applicable"] = Field(
        default="fail",
        description="What a version without latency evidence means; fail by default. not_applicable holds only while"
        " the champion has none either, so that leaving it out is no way around the policy.",
    )


def not_applicable(parameters: LatencyParameters, candidate: Candidate) -> str | None:
    """Return why nothing can be compared: no champion for ratios alone, or nobody has timed either version yet."""
    if parameters.without_evidence == "not_applicable" and _needs_file(parameters) and not _is_timed(candidate):
        return "neither the version nor what the stage serves has latency evidence"
    has_only_ratios = all(bound.measure in _RATIOS for bound in parameters.bounds)
    if has_only_ratios and candidate.champion is None and parameters.without_champion == "skip":
        return f"stage {candidate.stage or 'of a registration'} serves nothing yet: there is no ratio to a champion"
    return None


def _is_timed(candidate: Candidate) -> bool:
    versions = (candidate.release, candidate.champion)
    return any(version is not None and version.evidence_of(EvidenceKind.LATENCY) for version in versions)


def _request(parameters: LatencyParameters, candidate: Candidate, evidence: Evidence) -> Latency:
    champion = candidate.champion
    has_memory = any(bound.measure in _MEMORY for bound in parameters.bounds)
    return Latency(
        table=table_of(evidence),
        column=parameters.column,
        artifact=candidate.release.manifest.artifact.digest,
        champion=champion.manifest.artifact.digest if champion is not None else None,
        artifact_column=parameters.artifact_column,
        memory_column=parameters.memory_column if has_memory else None,
    )


def _needs_file(parameters: LatencyParameters) -> bool:
    return any(bound.measure != _SIZE for bound in parameters.bounds)


def measures(parameters: LatencyParameters, candidate: Candidate) -> Sequence[Request]:
    """Return one request a latency file; none where only the size is bounded."""
    if not _needs_file(parameters):
        return ()
    files = candidate.release.evidence_of(EvidenceKind.LATENCY)
    return tuple(_request(parameters, candidate, evidence) for _, evidence in files)


def judge(parameters: LatencyParameters, measurements: Measurements, context: Context) -> Sequence[Finding]:
    """Return one finding a file and bound, and one a bound on the size."""
    release = context.candidate.release
    held: list[Held] = [_size(bound, context) for bound in parameters.bounds if bound.measure == _SIZE]
    if _needs_file(parameters):
        files = release.evidence_of(EvidenceKind.LATENCY)
        if not files:
            finding = missing_evidence(release, EvidenceKind.LATENCY, purpose="latency")
            held.append((replace(finding, hint=f"{finding.hint}; `promoter measure latency` makes it"), None))
        for index, evidence in files:
            measured = measurements[_request(parameters, context.candidate, evidence)]
            held += _of_file(parameters, measured, release.locate("evidence", index, "uri"), context)
    return correct_failures(held, correction=parameters.correction)


def _size(bound: LatencyBound, context: Context) -> Held:
    release = context.candidate.release
    found = Measurement(measure=_SIZE, value=float(release.manifest.artifact.size_bytes), n=1, unit="byte")
    location = release.locate("artifact", "size_bytes")
    finding = hold(found, bound, location=location, near_miss=context.near_miss)
    return advise(finding, failed="prune, quantise or compress the artifact, and register it as a new version"), bound


def _of_file(parameters: LatencyParameters, measured: Measured, location: Location, context: Context) -> list[Held]:
    held: list[Held] = []
    for bound in parameters.bounds:
        is_skipped = bound.measure in _RATIOS and context.candidate.champion is None
        if bound.measure == _SIZE or (is_skipped and parameters.without_champion == "skip"):
            continue
        reason = "the stage serves nothing, so there is no ratio" if is_skipped else "it was not measured"
        found = measured.find(bound.measure) or Measurement(measure=bound.measure, n=0, undecidable=reason)
        is_few = found.n < parameters.min_n and found.value is not None and bound.measure not in _MEMORY
        if is_few:
            held.append(
                (too_few_rows(found, min_n=parameters.min_n, bound=bound, satisfied=None, location=location), None)
            )
        else:
            finding = hold(found, bound, location=location, near_miss=context.near_miss)
            undecided = _UNMEASURED if found.value is None else "measure more requests with `promoter measure latency`"
            held.append((advise(finding, failed=_FAILED, undecided=undecided), bound))
    return held


GATE = Gate(
    name="latency",
    category=Category.OPERATIONS,
    parameters=LatencyParameters,
    measures=measures,
    judge=judge,
    not_applicable=not_applicable,
)
