"""Holds the licence of every data set against what the organisation may use.

## Checks
Each data set of the bounded roles states a licence; the licence is an SPDX expression that can be read; what it
leaves to choose from is allowed and not denied.

## Why
A model is made from its data sets. One that forbids commercial use, or that nobody may pass on, makes the model a
breach of contract from its first prediction, and no later change of the model mends that.

## Parameters
`allow`, `deny`, `missing`, `roles`.

## Decision rule
Of `A OR B` one part must be acceptable, of `A AND B` all. A licence is acceptable where `deny` does not name it and
`allow` is empty or names it. `X WITH Y` and `X+` are covered by `X`, since both only add permissions; to accept an
exception to a denied licence, allow `X WITH Y` whole. NONE and NOASSERTION are never acceptable.

## Undecidable when
A data set states no licence and `missing` says inconclusive.

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

from collections.abc import Iterable, Sequence
from typing import Literal

from pydantic import Field, field_validator

from promoter.gates.contract.candidate import Candidate, Context, Release
from promoter.gates.contract.claim import claim
from promoter.gates.contract.finding import Finding
from promoter.gates.contract.gate import Gate, Parameters
from promoter.gates.contract.spdx import Licence, parse_licence, refusals
from promoter.measure.request import Measurements, Request
from promoter.policy.policy import Category
from promoter.registry.datasets import Dataset, DatasetRole


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


def measures(parameters: LicencesParameters, candidate: Candidate) -> Sequence[Request]:  # noqa: ARG001
    """Return no request: the manifest says all."""
    return ()


def judge(
    parameters: LicencesParameters,
    measurements: Measurements,  # noqa: ARG001
    context: Context,
) -> Sequence[Finding]:
    """Return one finding a data set of the bounded roles."""
    release = context.candidate.release
    datasets = enumerate(release.manifest.datasets)
    return [
        _licence(index, dataset, parameters, release) for index, dataset in datasets if dataset.role in parameters.roles
    ]


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


def _reading(text: str | None, parameters: LicencesParameters) -> tuple[bool | None, str, str]:
    """Return whether a licence is acceptable, why in words, and what to do where it is not."""
    if text is None:
        satisfied = None if parameters.missing == "inconclusive" else False
        return satisfied, "states no licence", "state its licence as an SPDX expression, such as `licence: CC0-1.0`"
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
    roles = {dataset.role for dataset in candidate.release.manifest.datasets}
    return None if roles & set(parameters.roles) else f"no data set has a role of {', '.join(parameters.roles)}"


GATE = Gate(
    name="licences",
    category=Category.COMPLIANCE,
    parameters=LicencesParameters,
    measures=measures,
    judge=judge,
    not_applicable=_why_not,
)
