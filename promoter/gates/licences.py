"""Holds the licence of every data set, or of every package, against what the organisation may use.

## Checks
Each data set of the bounded roles, or each package of every bill of materials (evidence of kind sbom), states a
licence; the licence is an SPDX expression that can be read; what it leaves to choose from is allowed and not denied.

## Why
A model is made from its data sets, and runs with its packages. One that forbids commercial use, or that nobody may pass
on, makes the model a breach of contract from its first prediction, and no later change of the model mends that.

## Parameters
`allow`, `deny`, `missing`, `subjects`, `roles`, `require_sbom`.

## Decision rule
Of `A OR B` one part must be acceptable, of `A AND B` all. A licence is acceptable where `deny` does not name it and
`allow` is empty or names it. `X WITH Y` and `X+` are covered by `X`, since both only add permissions; to accept an
exception to a denied licence, allow `X WITH Y` whole. NONE and NOASSERTION are never acceptable.

## Undecidable when
A data set or package states no licence and `missing` says inconclusive. Packages are not judged where nothing would be
deployed and no bill of materials is listed, unless the policy requires one.

## Example
```yaml
schema: promoter.policy/1
id: data-licences
title: Every data set may be used for this
category: compliance
owner: compliance
rationale: Rights that are missing at training cannot be added later.
gate: licences
parameters:
  allow: [MIT, Apache-2.0, BSD-3-Clause, CC0-1.0, LicenseRef-US-Government-Work]
  deny: [CC-BY-NC-4.0]
severity: high
enforcement: block
remediation: Use another data set, or ask compliance to review the licence and add it to the list.
```

## Sources
SPDX Specification 3.0.1, Annex B. EU AI Act, Article 53(1)(c) (copyright). ISO/IEC 5230:2020 (OpenChain).
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Literal

from pydantic import Field, field_validator

from promoter.gates.contract.candidate import Candidate, Context, Release
from promoter.gates.contract.claim import claim
from promoter.gates.contract.finding import Finding
from promoter.gates.contract.gate import Gate, Parameters
from promoter.gates.contract.missing import missing_evidence
from promoter.gates.contract.spdx import Licence, parse_licence, refusals
from promoter.measure.request import Measurements, Request
from promoter.measure.requests_licences import PackageLicences
from promoter.policy.policy import Category
from promoter.registry.datasets import Dataset, DatasetRole
from promoter.registry.evidence import Evidence, EvidenceKind


class LicencesParameters(Parameters):
    """Which licences are acceptable, of which data sets."""

    allow: tuple[str, ...] = Field(
        description="Licences that are acceptable, as SPDX ids, `X WITH Y` or LicenseRef-; empty: all but denied ones."
    )
    deny: tuple[str, ...] = Field(
        default=(), description="Licences that are not, whatever allow says; none by default: allow says enough."
    )
    missing: Literal["fail", "inconclusive"] = Field(
        default="fail", description="What no licence means; a failure by default: without one nothing is permitted."
    )
    subjects: Literal["data_sets", "packages"] = Field(
        default="data_sets",
        description="What is held: data_sets of the manifest, the default, or packages of its bills of materials; their"
        " lists differ, so each has a policy of its own.",
    )
    require_sbom: bool = Field(
        default=False,
        description="Whether packages are held though nothing would be deployed; not by default: what a version runs"
        " with is not known before.",
    )
    roles: tuple[DatasetRole, ...] = Field(
        default=tuple(DatasetRole), min_length=1, description="Roles of the data sets that are held; all by default."
    )

    @field_validator("allow", "deny")
    @classmethod
    def _are_single_licences(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        """Refuse what is no single licence, so that a list means what it shows."""
        joined = [name for name in names if not isinstance(parse_licence(name), Licence)]
        if joined:
            raise ValueError(f"{joined[0]!r} is an expression; list each of its licences by itself")
        return names


def _bills(release: Release) -> tuple[tuple[int, Evidence, PackageLicences], ...]:
    entries = release.evidence_of(EvidenceKind.SBOM)
    return tuple((index, entry, PackageLicences(content=entry.digest)) for index, entry in entries)


def measures(parameters: LicencesParameters, candidate: Candidate) -> Sequence[Request]:
    """Return a request a bill of materials, where packages are held; the manifest says all of data sets."""
    if parameters.subjects == "data_sets":
        return ()
    return tuple(dict.fromkeys(request for _, _, request in _bills(candidate.release)))


def judge(parameters: LicencesParameters, measurements: Measurements, context: Context) -> Sequence[Finding]:
    """Return one finding a data set of the bounded roles, or one a package that is not acceptable and one a bill."""
    release = context.candidate.release
    if parameters.subjects == "packages":
        return list(_packages(parameters, measurements, release))
    datasets = enumerate(release.manifest.datasets)
    return [
        _licence(index, dataset, parameters, release) for index, dataset in datasets if dataset.role in parameters.roles
    ]


def _packages(parameters: LicencesParameters, measurements: Measurements, release: Release) -> Iterator[Finding]:
    """Yield what is not acceptable in each bill of materials, and how many packages are."""
    bills = _bills(release)
    if not bills:
        yield missing_evidence(release, EvidenceKind.SBOM, purpose="reading the packages' licences")
    for index, entry, request in bills:
        location = release.locate("evidence", index, "uri")
        packages = measurements[request].facts.get("packages", ())
        accepted = 0
        for package in packages:
            satisfied, message, hint = _reading(package["licence"], parameters, names=package["names"])
            accepted += satisfied is True
            name = f"{package['name']} {package['version'] or ''}".rstrip()
            if satisfied is not True:
                told = f"package {name} {message}"
                where = (("package", name),)
                yield claim("licence", satisfied=satisfied, message=told, location=location, hint=hint, slice_=where)
        if accepted == len(packages):
            end = "no package" if not packages else f"{accepted} packages, all of them acceptable"
            hint = "write the bill of materials of what is deployed, such as with `cyclonedx-py environment`"
            message = f"{entry.id} lists {end}"
            yield claim("licence", satisfied=bool(packages), message=message, location=location, hint=hint)


def _licence(index: int, dataset: Dataset, parameters: LicencesParameters, release: Release) -> Finding:
    satisfied, message, hint = _reading(dataset.licence, parameters)
    return claim(
        "licence",
        satisfied=satisfied,
        message=f"data set {dataset.id} {message}",
        location=release.locate("datasets", index, "licence"),
        hint=hint,
        slice_=(("dataset", dataset.id),),
    )


def _reading(
    text: str | None, parameters: LicencesParameters, *, names: Sequence[str] = ()
) -> tuple[bool | None, str, str]:
    """Return whether a licence is acceptable, why in words, and what to do where it is not."""
    if text is None:
        satisfied = None if parameters.missing == "inconclusive" else False
        hint = "state its licence as an SPDX expression, such as `licence: CC0-1.0`"
        return satisfied, f"states no SPDX licence{f', only {names[0]!r}' if names else ''}", hint
    try:
        expression = parse_licence(text)
    except ValueError as error:
        hint = "write an SPDX expression; a licence that SPDX does not list is LicenseRef-<name>"
        return False, f"states licence {text[:80]!r}, which cannot be read: {error}", hint
    refused = refusals(expression, allow=parameters.allow, deny=parameters.deny)
    if not refused:
        return True, f"is licensed {text}, which is acceptable", ""
    hint = f"use other data, or ask the policy's owner to review {_list(refused)}"
    return False, f"is licensed {text}; not acceptable: {_list(refused)}", hint


def _list(licences: Iterable[Licence]) -> str:
    return ", ".join(map(str, licences))


def _why_not(parameters: LicencesParameters, candidate: Candidate) -> str | None:
    manifest = candidate.release.manifest
    if parameters.subjects == "packages":
        is_judged = parameters.require_sbom or manifest.deployment or _bills(candidate.release)
        return None if is_judged else "the manifest has no deployment and lists no bill of materials"
    roles = {dataset.role for dataset in manifest.datasets}
    return None if roles & set(parameters.roles) else f"no data set has a role of {', '.join(parameters.roles)}"


GATE = Gate(
    name="licences",
    category=Category.COMPLIANCE,
    parameters=LicencesParameters,
    measures=measures,
    judge=judge,
    not_applicable=_why_not,
)
