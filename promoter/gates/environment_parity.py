"""Holds the environment in which a version would run against the one in which the stage before has run it.

## Checks
A move from one stage to the next keeps image, runtime, resources and data schema: those of the stage before are what
its pointer and the manifest of the version that it serves state; those of the candidate likewise. The version would
run in every region in which the champion does; and the columns of the current features table have the types of the
reference table.

## Why
What passed in staging passed on staging's image, with staging's libraries, cores and columns. A difference is a change
that no test before the move has seen.

## Parameters
`components` (`name`, `agree`), `image`, `resources`, `regions`, `data_schema`, `require_deployment`.

## Decision rule
An environment is the manifest's deployment, over which the stage's pointer may state what differs (`environment`).
Image digests are equal. Component versions are compared number by number: exact compares the whole text, minor the
first two numbers, major the first. Under at_least the candidate has at least the cores and the memory of the stage
before, and its accelerator; equality passes. A stated data schema is equal, and so are names and types of the
features. Types of tables are exact; columns that only one of the two tables has are named, and fail.

## Undecidable when
The stage before serves nothing, one side states no image, no version of a component or no resources, a version does
not begin with a number, or columns were not listed. Where no stage comes before, a component need only be stated.

## Example
```yaml
schema: promoter.policy/1
id: same-environment
title: A version runs in production as it ran in staging
category: operations
owner: platform
rationale: A difference in the environment is a change that nobody judged.
gate: environment_parity
parameters:
  components:
    - {name: python, agree: minor}
    - {name: onnxruntime, agree: exact}
  resources: at_least
severity: medium
enforcement: block
near_miss: {relative: 0.1}
remediation: Bring the stage before to what production would run, let it soak there, and promote again.
```

## Sources
The Twelve-Factor App, X (dev/prod parity). NIST SP 800-218, PO.5 (secure environments). ONNX Runtime, compatibility.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Literal

from pydantic import Field

from promoter.document.strict import Strict
from promoter.gates.contract.candidate import Candidate, Context, Release, Upstream, table_of
from promoter.gates.contract.claim import claim
from promoter.gates.contract.finding import Finding
from promoter.gates.contract.gate import Gate, Parameters
from promoter.gates.contract.parity import compare_images, compare_resources, compare_schemas
from promoter.gates.contract.surroundings import Surroundings, surroundings_of
from promoter.measure.request import Measurements, Request, TableProfile
from promoter.policy.policy import Category
from promoter.registry.deployment import Deployment
from promoter.registry.evidence import Evidence, EvidenceKind

Agreement = Literal["exact", "minor", "major"]
_NUMBERS = {"minor": 2, "major": 1}


class Component(Strict):
    """A part of the runtime whose version must agree with the one of the stage before."""

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
    image: Literal["same", "ignore"] = Field(
        default="same", description="Whether the image has the digest of the stage before; by default: it was tried."
    )
    resources: Literal["same", "at_least", "ignore"] = Field(
        default="at_least",
        description="Cores, memory and accelerator: same as in the stage before; at_least, the default, since more"
        " does no harm; or ignore.",
    )
    regions: Literal["cover", "ignore"] = Field(
        default="cover", description="Whether all regions of the champion are covered; they are by default."
    )
    data_schema: Literal["same", "ignore"] = Field(
        default="same",
        description="Whether the data schema is that of the stage before, and current features have the reference's"
        " columns and types; by default.",
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
    """Return the findings on each part of the environment, the champion's regions and the features tables."""
    release, champion = context.candidate.release, context.candidate.champion
    deployment = release.manifest.deployment
    findings: list[Finding] = []
    if deployment is None:
        message, hint = "the manifest does not say in what the version would run", "add deployment with its runtime"
        place = release.locate("deployment")
        findings.append(claim("deployment", satisfied=False, message=message, location=place, hint=hint))
    else:
        findings += _environment(parameters, context)
        if parameters.regions == "cover" and champion is not None and champion.manifest.deployment is not None:
            findings += _regions(deployment, champion.manifest.deployment, release)
    if parameters.data_schema == "same":
        findings += _schemas(release, measurements)
    return findings


def _environment(parameters: EnvironmentParityParameters, context: Context) -> Iterator[Finding]:
    """Yield how the candidate's environment stands to that of the stage before, or what it states without one."""
    candidate = context.candidate
    own, upstream = surroundings_of(candidate.release, candidate.pointer), candidate.upstream
    before = context.pipeline.stage_before(candidate.stage) if candidate.stage else None
    if before is None:
        yield from (_stated(component, own, candidate.release) for component in parameters.components)
        return
    if upstream is None:
        message = f"{before} serves nothing, so nobody knows in what the version has run"
        hint = f"promote the version to {before} first"
        yield claim("environment", satisfied=None, message=message, location=candidate.place, hint=hint)
        return
    other = surroundings_of(upstream.release, upstream.pointer)
    if parameters.image == "same":
        yield compare_images(own, other, upstream, candidate)
    for component in parameters.components:
        yield _component(component, own, other, upstream, candidate.release)
    if parameters.resources != "ignore":
        is_exact = parameters.resources == "same"
        yield from compare_resources(own, other, candidate, is_exact=is_exact, near_miss=context.near_miss)
    if parameters.data_schema == "same":
        yield from compare_schemas(own, other, upstream, candidate)


def _stated(component: Component, own: Surroundings, release: Release) -> Finding:
    version = own.version_of(component.name)
    message = f"the runtime has {component.name} {version}; no stage comes before that it could differ from"
    if version is None:
        message = f"the runtime states no version of {component.name}"
    return _runtime(component, message, release, satisfied=version is not None)


def _component(
    component: Component, own: Surroundings, other: Surroundings, upstream: Upstream, release: Release
) -> Finding:
    version, known = own.version_of(component.name), other.version_of(component.name)
    satisfied: bool | None
    if version is None:
        satisfied, message = False, f"the runtime states no version of {component.name}"
    else:
        satisfied = None if known is None else _agree(version, known, component.agree)
        ends = {True: "agrees with", False: "does not agree with", None: "cannot be compared with"}
        message = f"{component.name} {version} {ends[satisfied]} {known or 'the unstated one'} of {upstream.stage}"
        message = f"{message} ({component.agree})"
    return _runtime(component, message, release, satisfied=satisfied)


def _runtime(component: Component, message: str, release: Release, *, satisfied: bool | None) -> Finding:
    return claim(
        "runtime",
        satisfied=satisfied,
        message=message,
        location=release.locate("deployment", "runtime", component.name),
        hint=f"run the stage before on the same {component.name} first, or state its version in deployment.runtime",
        slice_=(("component", component.name),),
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
