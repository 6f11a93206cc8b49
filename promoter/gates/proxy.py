"""Holds how strongly each feature stands for a sensitive attribute against a bound.

## Checks
For each sensitive attribute and each feature of the signature: the feature's strength for the attribute, over the
rows whose predictions and features are both in the evidence.

## Why
A model that was given no race may be given a postcode. A feature that tells the attribute lets the model treat people
by it, and a reviewer should know before a court asks.

## Parameters
`bounds` (`measure`, `at_least` or `at_most`, `decide_on`), `attributes`, `exempt` (`feature`, `reason`), `min_n`,
`correction`, `without_attributes`.

## Decision rule
proxy_strength lies in [0, 1], 0 for none and 1 for a feature that gives the attribute away: Cramer's V of categories,
or for numbers the strongest of rank order (attributes of two values), quantile bins, and missing or not. decide_on
point: the value decides, equality passes. decide_on interval: the whole interval must be inside; a failure is wholly
outside, and fails after `correction` over all features and attributes too. A feature that is the attribute itself
passes only where model.yaml gives its justification. A constant feature tells nothing and passes.

## Undecidable when
No features-current evidence covers the data set of a predictions file, the attribute is constant, or fewer than min_n
rows. Row ids of features and predictions that differ end in an error. A model that declares no attribute fails unless
the policy says otherwise. Features that tell the attribute only together are not seen.

## Example
```yaml
schema: promoter.policy/1
id: no-proxies
title: No feature stands for a sensitive attribute
category: fairness
owner: compliance
rationale: What may not be used may not be used under another name.
gate: proxy
parameters:
  bounds:
    - {measure: proxy_strength, at_most: 0.5}
  exempt:
    - {feature: postcode, reason: Used for the flood risk only; reviewed by compliance.}
severity: high
enforcement: warn
near_miss: {absolute: 0.05}
remediation: "{measure} of {slice} is {value}, {bound} is allowed; drop or coarsen the feature, or say why it stays."
```

## Sources
Cramer 1946, section 21.9. Datta et al. 2017 (proxy use). 12 CFR 1002, supplement I, 1002.6(a)-2 (effects test).
NIST AI RMF 1.0, MEASURE 2.11.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Literal

from pydantic import Field

from promoter.errors import Location
from promoter.gates.contract.candidate import Candidate, Context, Release, table_of
from promoter.gates.contract.correction import Held, correct_failures
from promoter.gates.contract.features import ExemptFeature, feature_columns, left_out_features
from promoter.gates.contract.finding import Finding
from promoter.gates.contract.gate import Gate, Parameters
from promoter.gates.contract.missing import missing_evidence
from promoter.gates.contract.strength import hold_strength
from promoter.measure.measurement import Measurement
from promoter.measure.request import Measured, Measurements, Request
from promoter.measure.requests_data import Association
from promoter.measure.statistics.margin_test import Correction
from promoter.policy.bound import MeasureBound
from promoter.policy.policy import Category
from promoter.registry.evidence import Evidence, EvidenceKind


class ProxyBound(MeasureBound):
    """A bound on how strongly a feature tells an attribute."""

    measure: Literal["proxy_strength"] = Field(description="Strength in [0, 1]; see the decision rule.")


class ProxyParameters(Parameters):
    """How strongly a feature may stand for an attribute, and which may."""

    bounds: tuple[ProxyBound, ...] = Field(description="Bounds on each feature and attribute.", min_length=1)
    attributes: tuple[str, ...] = Field(
        default=(), description="Columns of the predictions file; by default the model's sensitive attributes."
    )
    exempt: tuple[ExemptFeature, ...] = Field(
        default=(), description="Features that may stand for an attribute, each with its reason; none by default."
    )
    min_n: int = Field(
        default=100,
        ge=1,
        description="Rows below which nothing is decided, 1 or more; below 100 chance alone is strong.",
    )
    correction: Correction = Field(
        default="holm", description="Correction of failures on intervals over all features; holm by default."
    )
    without_attributes: Literal["fail", "not_applicable"] = Field(
        default="fail",
        description="What a model that declares no sensitive attribute means; fail by default: leaving them out must"
        " not be a way around the policy.",
    )


def not_applicable(parameters: ProxyParameters, candidate: Candidate) -> str | None:
    """Return why there is no attribute to stand for, where the policy allows that."""
    if parameters.without_attributes == "not_applicable" and not _attributes(parameters, candidate.release):
        return "the model declares no sensitive attribute"
    return None


def _attributes(parameters: ProxyParameters, release: Release) -> tuple[str, ...]:
    return parameters.attributes or tuple(attribute.name for attribute in release.model.sensitive_attributes)


def _justified(release: Release) -> dict[str, str]:
    """Return the attributes that may be features all the same, with the reason that model.yaml gives."""
    attributes = release.model.sensitive_attributes
    return {entry.name: entry.justification for entry in attributes if entry.justification is not None}


def _tables(release: Release) -> Iterator[tuple[int, Evidence, Evidence | None]]:
    """Yield each predictions file and its place, with the features of the same data set, or None."""
    features = release.evidence_of(EvidenceKind.FEATURES_CURRENT)
    for index, predictions in release.evidence_of(EvidenceKind.PREDICTIONS):
        yield index, predictions, next((own for _, own in features if own.dataset == predictions.dataset), None)


def _requests(parameters: ProxyParameters, release: Release) -> Iterator[tuple[int, Association]]:
    columns = feature_columns(release, exempt=parameters.exempt)
    for index, predictions, features in _tables(release):
        if features is None or not columns:
            continue
        for attribute in _attributes(parameters, release):
            request = Association(
                table=table_of(features),
                target_table=table_of(predictions),
                target=attribute,
                target_kind="categorical",
                columns=columns,
            )
            yield index, request


def measures(parameters: ProxyParameters, candidate: Candidate) -> Sequence[Request]:
    """Return one request a predictions file and attribute."""
    return tuple(dict.fromkeys(request for _, request in _requests(parameters, candidate.release)))


def judge(parameters: ProxyParameters, measurements: Measurements, context: Context) -> Sequence[Finding]:
    """Return one finding a feature and attribute, and what could not be compared."""
    release = context.candidate.release
    if not _attributes(parameters, release):
        return [_undeclared(release)]
    if not release.evidence_of(EvidenceKind.PREDICTIONS):
        return [missing_evidence(release, EvidenceKind.PREDICTIONS, purpose="proxies")]
    findings = list(left_out_features(release, exempt=parameters.exempt, what="strength for an attribute"))
    findings += [
        _uncovered(predictions, release.locate("evidence", index, "uri"))
        for index, predictions, features in _tables(release)
        if features is None
    ]
    held: list[Held] = []
    for _, request in _requests(parameters, release):
        held += _of_attribute(parameters, request, measurements[request], context)
    return findings + correct_failures(held, correction=parameters.correction)


def _undeclared(release: Release) -> Finding:
    return Finding(
        satisfied=False,
        measure="sensitive_attributes",
        message="the model declares no sensitive attribute, so no feature can be held against one",
        location=release.locate("model"),
        hint="declare sensitive_attributes in model.yaml, and keep their columns in the predictions file",
    )


def _uncovered(predictions: Evidence, location: Location) -> Finding:
    return Finding(
        satisfied=None,
        measure="proxy_strength",
        message=f"no features-current evidence covers the data set of {predictions.id}",
        location=location,
        hint="add the features of the evaluated rows, under the same ids and the same data set",
    )


def _of_attribute(
    parameters: ProxyParameters, request: Association, measured: Measured, context: Context
) -> Iterator[Held]:
    release = context.candidate.release
    names = [feature.name for feature in release.manifest.signature.features]
    justified, constant = _justified(release), set(measured.facts.get("constant", ()))
    views = measured.facts.get("views", {})
    for name, _ in request.columns:
        where = (("feature", name), ("attribute", request.target))
        location = release.locate("signature", "features", names.index(name))
        found = measured.find("strength", (("feature", name), ("target", request.target)))
        passes = "it is constant and tells nothing" if name in constant else None
        if name == request.target and name in justified:
            passes = f"it is the attribute itself, justified in model.yaml: {justified[name]}"
        for bound in parameters.bounds:
            if passes is not None:
                message = f"feature {name} was not held against {request.target}: {passes}"
                yield (
                    Finding(satisfied=True, measure=bound.measure, slice=where, message=message, location=location),
                    None,
                )
                continue
            value = found or Measurement(measure="strength", n=0, undecidable="it was not measured")
            named = replace(value, measure=bound.measure, slice=where)
            yield hold_strength(
                named,
                bound,
                min_n=parameters.min_n,
                view=views.get(name),
                at=location,
                near_miss=context.near_miss,
            )


GATE = Gate(
    name="proxy",
    category=Category.FAIRNESS,
    parameters=ProxyParameters,
    measures=measures,
    judge=judge,
    not_applicable=not_applicable,
)
