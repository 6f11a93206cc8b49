"""Holds the age of a version's data, at the moment of the decision, against a bound per role.

## Checks
For each data set of a bounded role: the newest row, from the evidence that covers it where that has a timestamp
column, else the last day that the manifest declares, is at most so many days old and does not lie in the future.
A declared last day that differs from the newest row by more than a day is a failure of its own.

## Why
A model that was measured on last year's rows is promised for last year. A date in the future is a broken clock or
an invented window, and would make every age bound pass.

## Parameters
`bounds` (`role`, `max_age_days`), `future_minutes`.

## Decision rule
age_days = (moment of the decision - newest row) / 86,400 s; for a declared day, whole days between the two dates in
UTC. Passes where age_days <= max_age_days. The moment is an argument of the judgement, never the clock.

## Undecidable when
A timestamp column holds no moment that can be read. A data set without any date is a failure: the date is missing
evidence, and its author can add it.

## Example
```yaml
schema: promoter.policy/1
id: evaluation-recency
title: The model was evaluated on recent data
category: data
owner: model-validation
rationale: An evaluation ages with the world that it was made in.
gate: freshness
parameters:
  bounds:
    - {role: evaluation, max_age_days: 365}
    - {role: current, max_age_days: 30}
severity: medium
enforcement: block
near_miss: {relative: 0.1}
remediation: The newest row is {value} days old, {bound} are allowed; evaluate on a newer window.
```

## Sources
EU AI Act, Article 10(3) (relevant and sufficiently representative data). SR 11-7, section V (ongoing monitoring).
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

from pydantic import Field

from promoter.document.strict import Strict
from promoter.errors import Location
from promoter.gates.contract.candidate import Candidate, Context, Release, table_of
from promoter.gates.contract.finding import Finding, hold
from promoter.gates.contract.gate import Gate, Parameters
from promoter.gates.contract.missing import advise
from promoter.measure.measurement import Measurement
from promoter.measure.request import Measurements, Request, TableProfile
from promoter.policy.bound import Bound
from promoter.policy.policy import Category
from promoter.registry.datasets import Dataset, DatasetRole
from promoter.registry.evidence import Evidence

_DAY = timedelta(days=1)


class AgeBound(Strict):
    """How old the data of one role may be."""

    role: DatasetRole = Field(description="Role of the data sets that it bounds.")
    max_age_days: float = Field(description="Days, 0 or more; the age itself passes.", ge=0)


class FreshnessParameters(Parameters):
    """Greatest ages by role."""

    bounds: tuple[AgeBound, ...] = Field(description="Greatest age in days per role.", min_length=1)
    future_minutes: float = Field(
        default=5.0,
        ge=0,
        le=1440,
        description="Minutes, 0 to 1440, by which a date may lie after the decision; 5 allows for clocks that differ.",
    )


def _requests(parameters: FreshnessParameters, release: Release) -> Iterator[tuple[str, TableProfile]]:
    """Yield data set and request of each evidence file that has timestamps and covers a bounded role."""
    roles = {bound.role for bound in parameters.bounds}
    bounded = {dataset.id for dataset in release.manifest.datasets if dataset.role in roles}
    for evidence in release.manifest.evidence:
        if evidence.dataset in bounded and evidence.columns.timestamp is not None:
            yield evidence.dataset, _profile(evidence)


def _profile(evidence: Evidence) -> TableProfile:
    return TableProfile(table=table_of(evidence))


def measures(parameters: FreshnessParameters, candidate: Candidate) -> Sequence[Request]:
    """Return a table profile for each evidence file with timestamps that covers data of a bounded role."""
    return tuple(dict.fromkeys(request for _, request in _requests(parameters, candidate.release)))


def judge(parameters: FreshnessParameters, measurements: Measurements, context: Context) -> Sequence[Finding]:
    """Return a finding a bounded data set, and further ones for future dates and untrue declarations."""
    release = context.candidate.release
    latest: dict[str, list[str | None]] = {}
    for dataset_id, request in _requests(parameters, release):
        latest.setdefault(dataset_id, []).append(measurements[request].facts.get("latest"))
    findings: list[Finding] = []
    for bound in parameters.bounds:
        chosen = [(i, entry) for i, entry in enumerate(release.manifest.datasets) if entry.role is bound.role]
        if not chosen:
            findings.append(_no_dataset(bound, release))
        for index, dataset in chosen:
            findings += _dataset(index, dataset, bound, latest.get(dataset.id), parameters, context)
    return findings


def _no_dataset(bound: AgeBound, release: Release) -> Finding:
    return Finding(
        satisfied=False,
        measure="age_days",
        message=f"the manifest lists no data set of role {bound.role}, whose age the policy bounds",
        location=release.locate("datasets"),
        hint=f"add the data set with `role: {bound.role}` and its collected_to",
    )


def _dataset(
    index: int,
    dataset: Dataset,
    bound: AgeBound,
    latest: list[str | None] | None,
    parameters: FreshnessParameters,
    context: Context,
) -> Iterator[Finding]:
    location = context.candidate.release.locate("datasets", index, "collected_to")
    if latest is not None:
        moments = [moment for text in latest if (moment := _moment(text)) is not None]
        if len(moments) < len(latest):
            yield _unread(dataset, location)
            return
        newest = max(moments)
        yield from _age(dataset, newest, (context.at - newest) / _DAY, bound, parameters, context, location)
        yield from _declared(dataset, newest, location)
    elif dataset.collected_to is not None:
        day = datetime(dataset.collected_to.year, dataset.collected_to.month, dataset.collected_to.day, tzinfo=UTC)
        age_days = float((context.at.astimezone(UTC).date() - dataset.collected_to).days)
        yield from _age(dataset, day, age_days, bound, parameters, context, location)
    else:
        yield Finding(
            satisfied=False,
            measure="age_days",
            slice=(("dataset", dataset.id),),
            message=f"data set {dataset.id} has no date: neither a timestamp column nor collected_to",
            location=location,
            hint="map a timestamp column in the evidence that covers it, or declare collected_to",
        )


def _age(
    dataset: Dataset,
    newest: datetime,
    age_days: float,
    bound: AgeBound,
    parameters: FreshnessParameters,
    context: Context,
    location: Location,
) -> Iterator[Finding]:
    """Yield the comparison with the bound, or the refusal of a moment in the future."""
    if newest > context.at + timedelta(minutes=parameters.future_minutes):
        yield Finding(
            satisfied=False,
            measure="age_days",
            slice=(("dataset", dataset.id),),
            value=age_days,
            unit="day",
            message=f"data set {dataset.id} reaches to {newest.isoformat()}, after the decision at"
            f" {context.at.isoformat()}",
            location=location,
            hint="correct the date, or the clock that wrote it",
        )
        return
    age = Measurement(measure="age_days", slice=(("dataset", dataset.id),), value=age_days, n=1, unit="day")
    finding = hold(age, Bound(at_most=bound.max_age_days), location=location, near_miss=context.near_miss)
    yield advise(finding, failed=f"use {dataset.role} data of a newer window", undecided="declare collected_to")


def _declared(dataset: Dataset, newest: datetime, location: Location) -> Iterator[Finding]:
    """Yield a failure where the declared last day is not the newest row's, give or take a day for time zones."""
    declared = dataset.collected_to
    if declared is None or abs((newest.astimezone(UTC).date() - declared).days) <= 1:
        return
    yield Finding(
        satisfied=False,
        measure="collected_to",
        slice=(("dataset", dataset.id),),
        message=f"data set {dataset.id} declares {declared} as its last day, its newest row is of {newest.date()}",
        location=location,
        hint=f"declare collected_to: {newest.date()}, or pin the evidence that covers the declared window",
    )


def _unread(dataset: Dataset, location: Location) -> Finding:
    return Finding(
        satisfied=None,
        measure="age_days",
        slice=(("dataset", dataset.id),),
        message=f"the timestamp column of the evidence for {dataset.id} holds no moment that can be read",
        location=location,
        hint="write ISO 8601 moments, such as 2026-01-31T09:00:00Z, into the column",
    )


def _moment(text: str | None) -> datetime | None:
    """Return the moment of an ISO 8601 text, in UTC where it names no zone, or None where it is none."""
    try:
        moment = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


GATE = Gate(
    name="freshness",
    category=Category.DATA,
    parameters=FreshnessParameters,
    measures=measures,
    judge=judge,
)
