"""Holds the tables of a version against bounds on what they lack, repeat and reveal.

## Checks
For each evidence table of the chosen kinds: rows, repeated and missing ids, repeated rows, and per feature the share
of missing and infinite values, constant columns and ranges; patterns of personal data in every text; the smallest
group of people that share their quasi-identifiers.

## Why
A join that went wrong shows as nulls and repeated rows long before it shows as a worse model. What is committed to a
repository can be read by all who can read it, and stays in its history.

## Parameters
`evidence`, `bounds` (`measure`, `at_least` or `at_most`, `decide_on`), `columns` (`column`, `minimum`,
`maximum`, `max_missing_rate`, `categories`), `exempt` (`feature`, `reason`), `personal_data` (`evidence`, `exempt`),
`anonymity` (`evidence`, `quasi_identifiers`, `k`).

## Decision rule
Exact counts over all rows of a table; equality with a bound passes. repeated_rows is the share of rows beyond the
first that equal another in all features, in tables of features. missing_rate and infinite_rate hold for each
feature; distinct at_least 2 refuses constant features. A pattern of personal data in any column, declared or not,
fails unless the column is exempt. Anonymity passes where each combination of quasi-identifiers that occurs has at
least k rows.

## Undecidable when
A count was not made (ids without an id column, more distinct values than are counted, a range of no numbers), or too
many different texts of a column look like personal data to read them.

## Example
```yaml
schema: promoter.policy/1
id: tables-are-sound
title: Tables are complete, without repetition, and reveal nobody
category: data
owner: data-governance
rationale: Bad tables make bad numbers, and a repository forgets nothing.
gate: data_quality
parameters:
  evidence: [predictions, features-reference, features-current]
  bounds:
    - {measure: rows, at_least: 200}
    - {measure: repeated_ids, at_most: 0}
    - {measure: missing_rate, at_most: 0.05}
    - {measure: distinct, at_least: 2}
  personal_data: {}
  anonymity: {quasi_identifiers: [sex, age_band], k: 5}
applies_to:
  models: [health/*]
severity: high
enforcement: block
remediation: "{measure} of {slice} is {value}, the bound is {bound}; mend the export and register a new version."
```

## Sources
EU AI Act, Article 10(3) (free of errors and complete). GDPR, Article 5(1)(c) (data minimisation). Sweeney 2002
(k-anonymity).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from pydantic import Field, model_validator

from promoter.document.strict import Strict
from promoter.errors import Location
from promoter.gates.contract.candidate import Candidate, Context, Release, table_of
from promoter.gates.contract.columns import (
    ColumnRule,
    ExemptColumn,
    absent_column,
    anonymity_finding,
    column_findings,
    personal_findings,
)
from promoter.gates.contract.features import ExemptFeature
from promoter.gates.contract.finding import Finding, hold
from promoter.gates.contract.gate import Gate, Parameters
from promoter.gates.contract.missing import advise, missing_evidence
from promoter.measure.measurement import Measurement, Slice
from promoter.measure.request import Measured, Measurements, Request, TableProfile
from promoter.measure.requests_data import Anonymity, Overlap, PersonalTexts
from promoter.policy.bound import MeasureBound
from promoter.policy.policy import Category
from promoter.registry.evidence import Evidence, EvidenceKind

TableKind = Literal["predictions", "features-reference", "features-current", "shadow", "latency"]
_ALL: tuple[TableKind, ...] = ("predictions", "features-reference", "features-current")
_PROFILED = {"repeated_ids": "duplicate_ids"}
_RATES = {"missing_rate": "missing", "infinite_rate": "infinite"}
_PER_FEATURE = (*_RATES, "distinct")
_NEVER_INFINITE = frozenset({"string", "bool", "timestamp"})
_NOT_COUNTED = "no such count was made: the table lacks rows, the column, or the part that it plays"


class QualityBound(MeasureBound):
    """A bound on what a table, or each feature of it, lacks or repeats."""

    measure: Literal[
        "rows", "repeated_ids", "missing_ids", "repeated_rows", "missing_rate", "infinite_rate", "distinct"
    ] = Field(description="Rates and repeated_rows are fractions in [0, 1], the others counts.")


class PersonalDataRule(Strict):
    """No pattern of personal data in the texts of these tables."""

    evidence: tuple[TableKind, ...] = Field(default=_ALL, description="Kinds of evidence searched.", min_length=1)
    exempt: tuple[ExemptColumn, ...] = Field(default=(), description="Columns that may; none by default.")


class AnonymityRule(Strict):
    """Every combination of quasi-identifiers is shared by at least k rows."""

    evidence: tuple[TableKind, ...] = Field(default=("predictions",), description="Kinds of evidence.", min_length=1)
    quasi_identifiers: tuple[str, ...] = Field(
        description="Columns by which a person could be recognised together.", min_length=1
    )
    k: int = Field(default=5, ge=2, description="Fewest rows that share a combination; 5 is the usual floor.")


class DataQualityParameters(Parameters):
    """Which tables are held against what."""

    evidence: tuple[TableKind, ...] = Field(
        default=_ALL, description="Kinds of evidence that bounds and columns hold for.", min_length=1
    )
    bounds: tuple[QualityBound, ...] = Field(default=(), description="Bounds of each table, and of each feature.")
    columns: tuple[ColumnRule, ...] = Field(default=(), description="Rules for single columns.")
    exempt: tuple[ExemptFeature, ...] = Field(
        default=(), description="Features that the bounds do not hold for, each with its reason; none by default."
    )
    personal_data: PersonalDataRule | None = Field(
        default=None, description="Search for personal data; none by default, since not all tables are about people."
    )
    anonymity: AnonymityRule | None = Field(default=None, description="Least group size of people; none by default.")

    @model_validator(mode="after")
    def _asks_something(self) -> "DataQualityParameters":
        if not (self.bounds or self.columns or self.personal_data or self.anonymity):
            raise ValueError("needs bounds, columns, personal_data or anonymity")
        return self


def _tables(release: Release, kinds: Sequence[str]) -> Iterator[tuple[int, Evidence]]:
    for kind in kinds:
        yield from release.evidence_of(EvidenceKind(kind))


def _is_features(evidence: Evidence) -> bool:
    return evidence.kind in (EvidenceKind.FEATURES_REFERENCE, EvidenceKind.FEATURES_CURRENT)


def _columns(release: Release, evidence: Evidence) -> tuple[str, ...]:
    """Return the columns of a table that something rests on: the features, or the parts of a predictions file."""
    if _is_features(evidence):
        return tuple(feature.name for feature in release.manifest.signature.features)
    parts = evidence.columns
    named = (parts.label, parts.score, parts.prediction, *parts.class_scores.values())
    return tuple(dict.fromkeys(name for name in named if name is not None))


def _repeated(release: Release, evidence: Evidence) -> Overlap:
    table = replace(table_of(evidence), id=None)
    return Overlap(reference=table, current=table, columns=_columns(release, evidence))


def _anonymity(rule: AnonymityRule, evidence: Evidence) -> Anonymity:
    return Anonymity(table=table_of(evidence), quasi_identifiers=rule.quasi_identifiers, k=rule.k)


def measures(parameters: DataQualityParameters, candidate: Candidate) -> Sequence[Request]:
    """Return a profile a table, and what the rules on repetition, personal data and anonymity need."""
    release, personal, anonymity = candidate.release, parameters.personal_data, parameters.anonymity
    requests: list[Request] = []
    for _, evidence in _tables(release, parameters.evidence):
        if parameters.bounds or parameters.columns:
            requests.append(TableProfile(table=table_of(evidence)))
        if _is_features(evidence) and any(bound.measure == "repeated_rows" for bound in parameters.bounds):
            requests.append(_repeated(release, evidence))
    if personal:
        requests += [PersonalTexts(table=table_of(entry)) for _, entry in _tables(release, personal.evidence)]
    if anonymity:
        requests += [_anonymity(anonymity, entry) for _, entry in _tables(release, anonymity.evidence)]
    return tuple(dict.fromkeys(requests))


def judge(parameters: DataQualityParameters, measurements: Measurements, context: Context) -> Sequence[Finding]:
    """Return a finding a table and bound, a feature and bound, a column rule, and a pattern of personal data."""
    release, personal, anonymity = context.candidate.release, parameters.personal_data, parameters.anonymity
    kinds = [EvidenceKind(kind) for kind in (*parameters.evidence, *(anonymity.evidence if anonymity else ()))]
    findings = [
        missing_evidence(release, kind, purpose="data quality")
        for kind in dict.fromkeys(kinds)
        if not release.evidence_of(kind)
    ]
    if parameters.bounds or parameters.columns:
        columns: set[str] = set()
        for index, evidence in _tables(release, parameters.evidence):
            table = _Table(evidence, release.locate("evidence", index, "uri"), context)
            profile = measurements[TableProfile(table=table_of(evidence))]
            findings += _bounds(parameters, table, profile, measurements)
            findings += column_findings(parameters.columns, profile, of=evidence.id, location=table.location)
            columns |= set(profile.facts.get("columns", {}))
        findings += [
            absent_column(rule, location=release.locate("evidence"))
            for rule in parameters.columns
            if rule.column not in columns
        ]
    if personal:
        reasons = {entry.column: entry.reason for entry in personal.exempt}
        for index, evidence in _tables(release, personal.evidence):
            location = release.locate("evidence", index, "uri")
            found = measurements[PersonalTexts(table=table_of(evidence))]
            findings += personal_findings(found, of=evidence.id, exempt=reasons, location=location)
    if anonymity:
        for index, evidence in _tables(release, anonymity.evidence):
            location = release.locate("evidence", index, "uri")
            groups = measurements[_anonymity(anonymity, evidence)]
            findings.append(anonymity_finding(groups, of=evidence.id, location=location, near_miss=context.near_miss))
    return findings


@dataclass(frozen=True, slots=True)
class _Table:
    """An evidence table, its place, and what the gate knows beside its numbers."""

    evidence: Evidence
    location: Location
    context: Context


def _bounds(
    parameters: DataQualityParameters, table: _Table, profile: Measured, measurements: Measurements
) -> Iterator[Finding]:
    """Yield each bound on the table, and on each of its columns that something rests on."""
    release = table.context.candidate.release
    exempt = {entry.feature: entry.reason for entry in parameters.exempt}
    for bound in parameters.bounds:
        if bound.measure == "repeated_rows":
            if _is_features(table.evidence):
                found = measurements[_repeated(release, table.evidence)].find("repeated_rows")
                yield _held(found, bound, (), table)
        elif bound.measure not in _PER_FEATURE:
            yield _held(profile.find(_PROFILED.get(bound.measure, bound.measure)), bound, (), table)
        else:
            for name in _columns(release, table.evidence):
                if name in exempt:
                    yield _exempt(bound.measure, name, exempt[name], table)
                else:
                    yield _held(_of_column(profile, bound.measure, name), bound, (("feature", name),), table)


def _of_column(profile: Measured, measure: str, name: str) -> Measurement | None:
    """Return a column's count, or its share of the table's rows where the measure is a rate."""
    where = (("column", name),)
    found = profile.find(_RATES.get(measure, measure), where)
    if measure == "infinite_rate" and profile.facts.get("columns", {}).get(name) in _NEVER_INFINITE:
        rows = profile.find("missing", where)
        return replace(rows, measure=measure, value=0.0, unit="fraction") if rows is not None else None
    if found is None or found.value is None or measure not in _RATES:
        return found
    return replace(found, value=found.value / found.n, unit="fraction") if found.n else None


def _held(found: Measurement | None, bound: QualityBound, where: Slice, table: _Table) -> Finding:
    """Return the finding of one bound; a count that was not made is undecided."""
    found = found or Measurement(measure=bound.measure, n=0, undecidable=_NOT_COUNTED)
    named = Measurement(
        measure=bound.measure,
        n=found.n,
        value=found.value,
        unit=found.unit,
        slice=where,
        interval=found.interval,
        undecidable=found.undecidable,
    )
    finding = hold(named, bound, location=table.location, near_miss=table.context.near_miss)
    return advise(
        replace(finding, message=f"{table.evidence.id}: {finding.message}"),
        failed="mend the export or the pipeline that wrote the table, or let the policy's owner exempt the feature",
        undecided="export the column under the name and type that the signature gives it, with rows in it",
    )


def _exempt(measure: str, name: str, reason: str, table: _Table) -> Finding:
    return Finding(
        satisfied=True,
        measure=measure,
        slice=(("feature", name),),
        message=f"{table.evidence.id}: {measure} of feature {name} is exempt: {reason}",
        location=table.location,
    )


GATE = Gate(
    name="data_quality",
    category=Category.DATA,
    parameters=DataQualityParameters,
    measures=measures,
    judge=judge,
)
