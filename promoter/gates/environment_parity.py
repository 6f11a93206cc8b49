"""Holds the environment of a version against the one that production runs in, and its data against the training's.

## Checks
Each component that the policy names has a version in the deployment's runtime, and agrees with the champion's as
closely as the policy asks; the version would run in every region in which the champion does; and the columns of the
current features table have the types of the reference table.

## Why
What passed in staging passed with staging's libraries. A runtime that differs in one component, or a column that
became text on its way, is a difference that no test before the move has seen.

## Parameters
`components` (`name`, `agree`), `regions`, `data_schema`, `require_deployment`.

## Decision rule
Versions are compared number by number: exact compares the whole text, minor the first two numbers, major the first.
Types are exact; columns that only one of the two tables has are named, and fail.

## Undecidable when
A champion has no deployment to compare with, a version does not begin with a number, or columns were not listed.
Without a champion a component need only be stated.

## Example
```yaml
schema: promoter.policy/1
id: same-environment
title: A version runs in the environment that production runs in
category: operations
owner: platform
rationale: A difference in the runtime is a change that nobody judged.
gate: environment_parity
parameters:
  components:
    - {name: python, agree: minor}
    - {name: onnxruntime, agree: exact}
  regions: cover
severity: medium
enforcement: block
remediation: Build the image on the platform's base image, or move the champion to the new runtime first.
```

## Sources
The Twelve-Factor App, X (dev/prod parity). NIST SP 800-218, PO.5 (secure environments). ONNX Runtime, compatibility.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Literal

from pydantic import Field

from promoter.document.strict import Strict
from promoter.gates.contract.candidate import Candidate, Context, Release, table_of
from promoter.gates.contract.claim import claim
from promoter.gates.contract.finding import Finding
from promoter.gates.contract.gate import Gate, Parameters
from promoter.measure.request import Measurements, Request, TableProfile
from promoter.policy.policy import Category
from promoter.registry.deployment import Deployment
from promoter.registry.evidence import Evidence, EvidenceKind

Agreement = Literal["exact", "minor", "major"]
_NUMBERS = {"minor": 2, "major": 1}


class Component(Strict):
    """A part of the runtime whose version must agree with the champion's."""

    name: str = Field(description="Component, as deployment.runtime names it, such as python.", min_length=1)
    agree: Agreement = Field(
        default="minor",
        description="How far versions agree: exact, the whole text; minor, the default, the first two numbers, since"
        " patches are meant to be taken; major, the first.",
    )


class EnvironmentParityParameters(Parameters):
    """What must be the same."""

    components: tuple[Component, ...] = Field(
        default=(Component(name="python"),),
        min_length=1,
        description="Components held, one or more; python by default: every runtime here has one.",
    )
    regions: Literal["cover", "ignore"] = Field(
        default="cover", description="Whether all regions of the champion are covered; they are by default."
    )
    data_schema: Literal["same", "ignore"] = Field(
        default="same", description="Whether current features have the reference's columns and types; by default."
    )
    require_deployment: bool = Field(
        default=False,
        description="Whether the manifest must have a deployment; not by default: a version may be registered before"
        " it is known how it will run.",
    )


def _tables(release: Release, kind: EvidenceKind) -> list[tuple[int, Evidence, TableProfile]]:
    entries = release.evidence_of(kind)
    return [(index, entry, TableProfile(table=table_of(entry))) for index, entry in entries]


def measures(parameters: EnvironmentParityParameters, candidate: Candidate) -> Sequence[Request]:
    """Return a profile of each features table, where their types are compared."""
    if parameters.data_schema == "ignore":
        return ()
    kinds = (EvidenceKind.FEATURES_REFERENCE, EvidenceKind.FEATURES_CURRENT)
    profiles = [profile for kind in kinds for _, _, profile in _tables(candidate.release, kind)]
    return tuple(dict.fromkeys(profiles))


def judge(parameters: EnvironmentParityParameters, measurements: Measurements, context: Context) -> Sequence[Finding]:
    """Return a finding a component, a region of the champion, and a pair of features tables."""
    release, champion = context.candidate.release, context.candidate.champion
    deployment = release.manifest.deployment
    findings: list[Finding] = []
    if deployment is None:
        message, hint = "the manifest does not say in what the version would run", "add deployment with its runtime"
        place = release.locate("deployment")
        findings.append(claim("deployment", satisfied=False, message=message, location=place, hint=hint))
    else:
        findings += [_component(component, deployment, release, champion) for component in parameters.components]
        if parameters.regions == "cover" and champion is not None and champion.manifest.deployment is not None:
            findings += _regions(deployment, champion.manifest.deployment, release)
    if parameters.data_schema == "same":
        findings += _schemas(release, measurements)
    return findings


def _component(component: Component, deployment: Deployment, release: Release, champion: Release | None) -> Finding:
    name, version = component.name, deployment.runtime.get(component.name)
    satisfied: bool | None
    if version is None:
        satisfied, message = False, f"the runtime states no version of {name}"
    elif champion is None:
        satisfied, message = True, f"the runtime has {name} {version}; there is no champion to agree with"
    elif champion.manifest.deployment is None:
        satisfied, message = None, f"the runtime has {name} {version}; champion {champion.version} states no deployment"
    else:
        other = champion.manifest.deployment.runtime.get(name)
        satisfied = None if other is None else _agree(version, other, component.agree)
        ends = {True: "agrees with", False: "does not agree with", None: "cannot be compared with"}
        message = f"{name} {version} {ends[satisfied]} the champion's {other or 'unstated one'} ({component.agree})"
    return claim(
        "runtime",
        satisfied=satisfied,
        message=message,
        location=release.locate("deployment", "runtime", name),
        hint=f"build on the image that production runs, or state the version of {name} in deployment.runtime",
        slice_=(("component", name),),
    )


def _agree(version: str, other: str, agreement: Agreement) -> bool | None:
    """Say whether two versions agree; None where one does not begin with as many numbers as are compared."""
    if agreement == "exact":
        return version == other
    count = _NUMBERS[agreement]
    found = [re.match(r"v?(\d+(?:\.\d+)*)", text) for text in (version, other)]
    numbers = [[int(part) for part in match[1].split(".")[:count]] if match else [] for match in found]
    return numbers[0] == numbers[1] if all(len(each) == count for each in numbers) else None


def _regions(deployment: Deployment, served: Deployment, release: Release) -> Iterator[Finding]:
    for region in served.regions:
        is_covered = region in deployment.regions
        yield claim(
            "region",
            satisfied=is_covered,
            message=f"the champion runs in {region}, this version {'would too' if is_covered else 'would not'}",
            location=release.locate("deployment", "regions"),
            hint=f"add {region} to deployment.regions, or retire the champion there first",
            slice_=(("region", region),),
        )


def _schemas(release: Release, measurements: Measurements) -> Iterator[Finding]:
    """Yield whether each current table has the columns and types of each reference table, features alone."""
    names = {feature.name for feature in release.manifest.signature.features}
    for index, entry, profile in _tables(release, EvidenceKind.FEATURES_CURRENT):
        for _, reference, known in _tables(release, EvidenceKind.FEATURES_REFERENCE):
            now, then = (measurements[each].facts.get("columns") for each in (profile, known))
            differing = [
                f"{name} is {(now or {}).get(name, 'missing')}, was {(then or {}).get(name, 'missing')}"
                for name in sorted(names)
                if (now or {}).get(name) != (then or {}).get(name)
            ]
            is_same = None if now is None or then is None else not differing
            ends = {True: "has the features' types", False: "; ".join(differing[:5]), None: "was not listed"}
            yield claim(
                "data_schema",
                satisfied=is_same,
                message=f"{entry.id} against {reference.id}: {ends[is_same]}",
                location=release.locate("evidence", index, "uri"),
                hint="export both tables by the same feature code",
            )


def _why_not(parameters: EnvironmentParityParameters, candidate: Candidate) -> str | None:
    is_judged = candidate.release.manifest.deployment or parameters.require_deployment
    return None if is_judged else "the manifest has no deployment"


GATE = Gate(
    name="environment_parity",
    category=Category.OPERATIONS,
    parameters=EnvironmentParityParameters,
    measures=measures,
    judge=judge,
    not_applicable=_why_not,
)
