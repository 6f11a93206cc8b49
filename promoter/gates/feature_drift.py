"""Holds how far the features have moved since training against bounds, feature by feature.

## Checks
For each feature of the signature: each bound whose measure exists for its kind, between the features-reference and
every features-current evidence. Bins, and the kernel that compares vectors, are pinned on the reference.

## Why
A model is only known to work on rows like those that it was trained and evaluated on. A shift of one feature is the
earliest sign of trouble, long before labels arrive.

## Parameters
`bounds` (`measure`, `at_least` or `at_most`, `decide_on`), `min_n`, `bins`, `max_drifted_share`, `within_null`,
`significance` (`alpha`, `correction`), `exempt` (`feature`, `reason`).

## Decision rule
Effect size decides; equality with the bound passes. A PSI beyond its bound but at or below the 95 % quantile of its
own null, (1/n + 1/m) chi-squared(B - 1), could come from no drift at all: it means what `within_null` says. With
`significance`, the same holds for every measure whose corrected p-value is above alpha. With `max_drifted_share` the
share of drifted features decides, and single features are reported.

## Undecidable when
Fewer than min_n rows, a measure has no value, no bound covers the feature's kind (of a vector only embedding_drift is
a distance), or the feature is a time and is not exempt.

## Example
```yaml
schema: promoter.policy/1
id: stable-features
title: The features look as they did in training
category: drift
owner: model-validation
rationale: Beyond a PSI of 0.25 the population is another one.
gate: feature_drift
parameters:
  bounds:
    - {measure: psi, at_most: 0.25}
    - {measure: ks, at_most: 0.2}
    - {measure: new_categories, at_most: 0}
    - {measure: embedding_drift, at_most: 0.05}
  exempt:
    - {feature: application-year, reason: It grows by one every year.}
severity: medium
enforcement: block
near_miss: {relative: 0.2}
remediation: "{measure} of {slice} is {value}, the bound is {bound}; retrain on current rows."
```

## Sources
Siddiqi 2006, Credit Risk Scorecards (PSI and its 0.1 and 0.25). Yurdakul 2018 (PSI's null distribution).
Gretton et al. 2012 (embedding_drift, the squared maximum mean discrepancy). Benjamini and Hochberg 1995; Holm 1979.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from pydantic import Field

from promoter.errors import Location
from promoter.gates.contract.candidate import Candidate, Context, Release, table_of
from promoter.gates.contract.chance import Significance, excuse_chance
from promoter.gates.contract.features import WITH_VECTORS, ExemptFeature, feature_columns, left_out_features
from promoter.gates.contract.finding import Finding, hold
from promoter.gates.contract.gate import Gate, Parameters
from promoter.gates.contract.missing import advise, missing_evidence
from promoter.gates.contract.movement import DriftBound, WithinNull, hold_drift, satisfied_within_null
from promoter.measure.measurement import Measurement
from promoter.measure.request import Drift, Measured, Measurements, Request
from promoter.policy.bound import Bound
from promoter.policy.policy import Category
from promoter.registry.evidence import Evidence, EvidenceKind

_REFERENCE, _CURRENT = EvidenceKind.FEATURES_REFERENCE, EvidenceKind.FEATURES_CURRENT


class FeatureDriftParameters(Parameters):
    """Bounds per feature, and what may be left out."""

    bounds: tuple[DriftBound, ...] = Field(description="Bounds, each on the features that have it.", min_length=1)
    min_n: int = Field(
        default=100, ge=1, description="Rows below which nothing is decided, 1 or more; 100 fills ten bins with ten."
    )
    bins: int = Field(default=10, ge=2, le=100, description="Bins of numeric features, 2 to 100; deciles by default.")
    max_drifted_share: float | None = Field(
        default=None,
        ge=0,
        lt=1,
        description="Share of compared features that may drift, in [0, 1); by default every feature decides.",
    )
    within_null: WithinNull = Field(
        default="inconclusive",
        description="What a drift that chance explains means; inconclusive by default: too few rows prove nothing.",
    )
    significance: Significance | None = Field(
        default=None, description="Demand of p-values beside the effect size; none by default."
    )
    exempt: tuple[ExemptFeature, ...] = Field(default=(), description="Features that may move, each with its reason.")


def _pairs(parameters: FeatureDriftParameters, release: Release) -> Iterator[tuple[int, Drift]]:
    """Yield the place of each current table, and its request against the first reference."""
    columns, references = _columns(parameters, release), release.evidence_of(_REFERENCE)
    if not columns or not references:
        return
    for index, current in release.evidence_of(_CURRENT):
        yield index, _request(parameters, columns, references[0][1], current)


def _columns(parameters: FeatureDriftParameters, release: Release) -> tuple[tuple[str, str], ...]:
    return feature_columns(release, exempt=parameters.exempt, kinds=WITH_VECTORS)


def _request(
    parameters: FeatureDriftParameters, columns: tuple[tuple[str, str], ...], reference: Evidence, current: Evidence
) -> Drift:
    return Drift(reference=table_of(reference), current=table_of(current), columns=columns, bins=parameters.bins)


def measures(parameters: FeatureDriftParameters, candidate: Candidate) -> Sequence[Request]:
    """Return one drift request a features-current file."""
    return tuple(request for _, request in _pairs(parameters, candidate.release))


def judge(parameters: FeatureDriftParameters, measurements: Measurements, context: Context) -> Sequence[Finding]:
    """Return a finding a feature and bound, one a feature that is left out, and the share where it decides."""
    release = context.candidate.release
    missing = [kind for kind in (_REFERENCE, _CURRENT) if not release.evidence_of(kind)]
    findings = [missing_evidence(release, kind, purpose="feature drift") for kind in missing]
    findings += left_out_features(release, exempt=parameters.exempt, what="distance", kinds=WITH_VECTORS)
    if not _columns(parameters, release):
        findings.append(_nothing(release))
    for index, request in _pairs(parameters, release):
        location = release.locate("evidence", index, "uri")
        findings += _table(parameters, request, measurements[request], location, context)
    return findings


def _nothing(release: Release) -> Finding:
    return Finding(
        satisfied=None,
        measure="compared",
        message="no feature of the signature is compared",
        location=release.locate("signature", "features"),
        hint="let the policy's owner exempt fewer features, or bind the policy to other models",
    )


def _table(
    parameters: FeatureDriftParameters, request: Drift, measured: Measured, location: Location, context: Context
) -> Iterator[Finding]:
    held = [
        finding
        for name, kind in request.columns
        for finding in _feature(name, kind, parameters, measured, location, context)
    ]
    satisfied = satisfied_within_null(parameters.within_null)
    findings = excuse_chance(held, measured, significance=parameters.significance, satisfied=satisfied)
    if parameters.max_drifted_share is None:
        yield from findings
        return
    yield from (_tolerated(finding) for finding in findings)
    yield _share(findings, parameters.max_drifted_share, location, context)


def _feature(
    name: str, kind: str, parameters: FeatureDriftParameters, measured: Measured, location: Location, context: Context
) -> Iterator[Finding]:
    """Yield the comparisons of one feature; one undecided finding where no bound has a distance of its kind."""
    found = list(
        hold_drift(
            name,
            parameters.bounds,
            measured,
            min_n=parameters.min_n,
            failed="retrain on current rows, or ask the policy's owner to exempt the feature with a reason",
            at=location,
            near_miss=context.near_miss,
        )
    )
    yield from found
    is_compared = kind != "vector" or any(finding.measure == "embedding_drift" for finding in found)
    if not (found and is_compared):
        bounded = ", ".join(bound.measure for bound in parameters.bounds)
        yield Finding(
            satisfied=None,
            measure="compared",
            slice=(("feature", name),),
            message=f"{kind} feature {name} has no distance that the policy bounds ({bounded})",
            location=location,
            hint=f"let the policy's owner bound {'embedding_drift' if kind == 'vector' else 'a measure such as psi'}",
        )


def _tolerated(finding: Finding) -> Finding:
    if finding.satisfied is True:
        return finding
    state = "undecided" if finding.satisfied is None else "drifted"
    return replace(finding, satisfied=True, message=f"{finding.message}; counted as {state} in drifted_share")


def _share(findings: Sequence[Finding], max_share: float, location: Location, context: Context) -> Finding:
    """Return the finding that decides by the share; undecided features count on both sides."""
    states: dict[str, set[bool | None]] = {}
    for compared in findings:
        states.setdefault(dict(compared.slice)["feature"], set()).add(compared.satisfied)
    drifted = [name for name, state in states.items() if False in state]
    undecided = [name for name, state in states.items() if None in state and False not in state]
    n = len(states)
    share = Measurement(measure="drifted_share", value=len(drifted) / n, n=n, unit="fraction")
    finding = hold(share, Bound(at_most=max_share), location=location, near_miss=context.near_miss)
    message = f"{finding.message}: {len(drifted)} of {n} features drifted ({', '.join(drifted) or 'none'})"
    if finding.satisfied and (len(drifted) + len(undecided)) / n > max_share:
        finding = replace(finding, satisfied=None)
        message = f"{message}, and {', '.join(undecided)} could not be decided"
    finding = replace(finding, message=message)
    return advise(finding, failed="retrain on current rows", undecided="add rows for the features that are undecided")


GATE = Gate(
    name="feature_drift",
    category=Category.DRIFT,
    parameters=FeatureDriftParameters,
    measures=measures,
    judge=judge,
)
