"""Holds personal data to a purpose, a lawful basis, an end, a place outside of git, and a use.

## Checks
Each data set about people states what it was collected for, a lawful basis and how long it may be kept, within the
policy's limit, and that time is not over; data made from personal data do not claim to be about nobody; rows about
people do not lie in the version's folder; no feature of a reference table is the same in every row, or missing in all;
and, where the policy asks for it, none is shown to tell next to nothing of the label.

## Why
Without a basis nothing may be processed at all. Git keeps every version of every file for ever, so rows in it can
never be erased. A feature that never varies cannot change a prediction, and one that tells nothing measurable of what
is predicted was collected for nothing.

## Parameters
`purpose`, `purposes`, `lawful_bases`, `max_retention_days`, `expired`, `derived`, `rows_in_git`, `constant_features`,
`min_label_strength`, `exempt` (`feature`, `reason`).

## Decision rule
retention_days passes where it is at most max_retention_days; equality passes. A data set is expired on the days after
collected_to + retention_days, in UTC. A feature adds nothing where it has at most one distinct value, missing aside. It
adds nothing measurable where the upper end of the 95 % interval of its strength (see `leakage`: rank order, bins or
categories against the label) is below min_label_strength: few rows show nothing, and hold nothing back.

## Undecidable when
A reference table's distinct values were not counted, or a strength is asked for and the table names no label or has no
interval of it. Models without personal data are not judged.

## Example
```yaml
schema: promoter.policy/1
id: personal-data
title: Personal data have a basis, an end and a use
category: privacy
owner: compliance
rationale: GDPR, Articles 5 and 6.
gate: privacy
parameters:
  lawful_bases: [consent, contract, legal obligation, legitimate interest]
  max_retention_days: 1825
  min_label_strength: 0.05
severity: critical
enforcement: block
near_miss: {relative: 0.05}
remediation: Ask the data protection officer for the basis and the period, and write both into the data set.
```

## Sources
GDPR, Articles 5(1)(b), (c) and (e) (purpose, minimisation, storage), 6 and 17. NIST Privacy Framework 1.0, CT.DM-P.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, timedelta
from typing import Literal

from pydantic import Field

from promoter.errors import Location
from promoter.gates.contract.candidate import Candidate, Context, Release
from promoter.gates.contract.claim import claim
from promoter.gates.contract.features import ExemptFeature
from promoter.gates.contract.finding import Finding, hold
from promoter.gates.contract.gate import Gate, Parameters
from promoter.gates.contract.minimisation import find_constant, find_idle, profiles_of, strengths_of
from promoter.gates.contract.missing import advise
from promoter.measure.measurement import Measurement
from promoter.measure.request import Measurements, Request
from promoter.policy.bound import Bound
from promoter.policy.policy import Category
from promoter.registry.datasets import Dataset


class PrivacyParameters(Parameters):
    """What personal data must state, and what may be done with them."""

    purpose: Literal["state", "ignore"] = Field(
        default="state",
        description="Whether each data set about people says what it was collected for; by default: what nobody wrote"
        " down cannot be kept to.",
    )
    purposes: tuple[str, ...] = Field(
        default=(), description="Words of which a purpose holds one, without case; empty by default: any text."
    )
    lawful_bases: tuple[str, ...] = Field(
        default=(), description="Words with which a lawful basis may begin, without case; empty by default: any text."
    )
    max_retention_days: int | None = Field(
        default=None,
        gt=0,
        description="Days, 1 or more, that a data set may be kept at most; none by default: the period must be stated,"
        " and laws differ in how long it may be.",
    )
    expired: Literal["refuse", "ignore"] = Field(
        default="refuse",
        description="What data mean that should be gone by now; refused by default. Ignore it where the period does"
        " not run from the last day of collection.",
    )
    derived: Literal["refuse", "allow"] = Field(
        default="refuse",
        description="What data mean that are made from personal data and claim to be about nobody; refused by default:"
        " dropping names does not make rows anonymous.",
    )
    rows_in_git: Literal["refuse", "allow"] = Field(
        default="refuse",
        description="Rows about people in the version's folder; refused by default: git never forgets.",
    )
    constant_features: Literal["refuse", "allow"] = Field(
        default="refuse",
        description="Features that are the same in every row; refused by default: data that change nothing need not"
        " be collected.",
    )
    min_label_strength: float | None = Field(
        default=None,
        gt=0,
        le=1,
        description="Strength with which each feature must be able to tell the label by itself, (0, 1]; none by"
        " default, since a feature may count only together with others.",
    )
    exempt: tuple[ExemptFeature, ...] = Field(
        default=(), description="Features that are needed although they tell little by themselves, with the reason."
    )


def measures(parameters: PrivacyParameters, candidate: Candidate) -> Sequence[Request]:
    """Return a profile of each reference table and what its features tell of the label, where features are held."""
    requests: list[Request] = []
    if parameters.constant_features == "refuse":
        requests += [profile for _, _, profile in profiles_of(candidate.release)]
    if parameters.min_label_strength is not None:
        strengths = strengths_of(candidate.release, parameters.exempt)
        requests += [request for _, _, request in strengths if request is not None]
    return tuple(dict.fromkeys(requests))


def judge(parameters: PrivacyParameters, measurements: Measurements, context: Context) -> Sequence[Finding]:
    """Return the findings of each data set about people, of the rows in git, and of the features."""
    release = context.candidate.release
    datasets = {dataset.id: dataset for dataset in release.manifest.datasets}
    findings: list[Finding] = []
    for index, dataset in enumerate(release.manifest.datasets):
        if dataset.personal_data:
            findings += _terms(index, dataset, parameters, context)
        elif parameters.derived == "refuse":
            findings += _claims_nobody(index, dataset, datasets, release)
    if parameters.rows_in_git == "refuse":
        findings += _rows_in_git(datasets, release)
    if parameters.constant_features == "refuse":
        findings += find_constant(release, measurements)
    if parameters.min_label_strength is not None:
        findings += find_idle(
            release,
            measurements,
            min_strength=parameters.min_label_strength,
            exempt=parameters.exempt,
            near_miss=context.near_miss,
        )
    return findings


def _terms(index: int, dataset: Dataset, parameters: PrivacyParameters, context: Context) -> Iterator[Finding]:
    """Yield whether a data set states its basis and its period, and keeps within both."""
    where = (("dataset", dataset.id),)
    if parameters.purpose == "state":
        yield _purpose(index, dataset, parameters, context.candidate.release)
    basis = dataset.lawful_basis or ""
    is_known = bool(basis.strip()) and (
        not parameters.lawful_bases or basis.casefold().startswith(tuple(map(str.casefold, parameters.lawful_bases)))
    )
    yield claim(
        "lawful_basis",
        satisfied=is_known,
        message=f"data set {dataset.id} is about people, on the basis: {basis or 'none stated'}",
        location=context.candidate.release.locate("datasets", index, "lawful_basis"),
        hint=f"state lawful_basis, beginning with {' or '.join(parameters.lawful_bases) or 'its legal ground'}",
        slice_=where,
    )
    location = context.candidate.release.locate("datasets", index, "retention_days")
    days = dataset.retention_days
    if days is None:
        message, hint = f"data set {dataset.id} does not say how long it may be kept", "state retention_days"
        yield claim("retention_days", satisfied=False, message=message, location=location, hint=hint, slice_=where)
        return
    if parameters.max_retention_days is not None:
        kept = Measurement(measure="retention_days", slice=where, value=float(days), n=1, unit="day")
        limit = Bound(at_most=parameters.max_retention_days)
        finding = hold(kept, limit, location=location, near_miss=context.near_miss)
        yield advise(finding, failed="shorten retention_days, or have a longer period agreed with the policy's owner")
    if parameters.expired == "refuse" and dataset.collected_to is not None:
        yield _expiry(dataset, days, context, location)


def _purpose(index: int, dataset: Dataset, parameters: PrivacyParameters, release: Release) -> Finding:
    """Return whether the rows' purpose is stated, and is one that the policy takes."""
    purpose = (dataset.purpose or "").strip()
    fits = any(word.casefold() in purpose.casefold() for word in parameters.purposes)
    return claim(
        "purpose",
        satisfied=bool(purpose) and (fits or not parameters.purposes),
        message=f"data set {dataset.id} is about people, collected for: {purpose or 'no stated purpose'}",
        location=release.locate("datasets", index, "purpose"),
        hint=f"state purpose, with one of {', '.join(parameters.purposes)}"
        if parameters.purposes
        else "state what the rows were collected for as purpose",
        slice_=(("dataset", dataset.id),),
    )


def _expiry(dataset: Dataset, days: int, context: Context, location: Location) -> Finding:
    collected = dataset.collected_to or context.at.date()
    left = days - (context.at.astimezone(UTC).date() - collected).days
    end = f"ends on {collected + timedelta(days=days)}" if left >= 0 else f"ended {-left} days ago"
    return claim(
        "expired",
        satisfied=left >= 0,
        message=f"the {days} days for which data set {dataset.id} may be kept {end}",
        location=location,
        hint="erase the data set and what was made from it, and train on newer rows",
        slice_=(("dataset", dataset.id),),
    )


def _claims_nobody(
    index: int, dataset: Dataset, datasets: Mapping[str, Dataset], release: Release
) -> Iterator[Finding]:
    people = [name for name in dataset.parents if name in datasets and datasets[name].personal_data]
    if people:
        yield claim(
            "derived",
            satisfied=False,
            message=f"data set {dataset.id} claims to be about nobody, and is made from {', '.join(people)}, which is"
            " about people",
            location=release.locate("datasets", index, "personal_data"),
            hint="set personal_data to true with basis and period, or let compliance allow it after an assessment",
            slice_=(("dataset", dataset.id),),
        )


def _rows_in_git(datasets: Mapping[str, Dataset], release: Release) -> Iterator[Finding]:
    for index, entry in enumerate(release.manifest.evidence):
        dataset = datasets.get(entry.dataset or "")
        if dataset is None or not dataset.personal_data:
            continue
        is_outside = "://" in entry.uri
        yield claim(
            "rows_in_git",
            satisfied=is_outside,
            message=f"evidence {entry.id}, rows of {dataset.id}, lies {'in a store' if is_outside else 'in git'}",
            location=release.locate("evidence", index, "uri"),
            hint="move the file to an allowed store and pin it by digest; rewrite the branch, so that git forgets it",
        )


def _why_not(parameters: PrivacyParameters, candidate: Candidate) -> str | None:
    has_people = any(dataset.personal_data for dataset in candidate.release.manifest.datasets)
    return None if has_people else "no data set is about people"


GATE = Gate(
    name="privacy",
    category=Category.PRIVACY,
    parameters=PrivacyParameters,
    measures=measures,
    judge=judge,
    not_applicable=_why_not,
)
