"""Keeps withdrawn versions out, and keeps the way back clear of them.

## Checks
The version is not withdrawn; its artifact is not the one of a champion that is withdrawn, under another number; the
version that its rollback plan names is not withdrawn.

## Why
A withdrawal is the promise that nobody meets the version again. A new number on the same bytes breaks it, and so does
an incident at night that rolls back to it.

## Parameters
`artifact`, `rollback_target`.

## Decision rule
Exact, on the model's withdrawn.yaml as the change would leave it.

## Undecidable when
Never.

## Example
```yaml
schema: promoter.policy/1
id: not-withdrawn
title: No withdrawn version comes back
category: lifecycle
owner: risk
rationale: A version that did harm once is not tried again under another name.
gate: withdrawn
applies_to:
  kinds: [registration, promotion, rollback]
severity: critical
enforcement: block
remediation: Register the mended model as a new version, with a rollback plan that names a good one.
```

## Sources
EU AI Act, Article 20(1) (corrective actions: withdraw, disable, recall). SR 11-7, section V.
"""

from collections.abc import Iterator, Sequence
from typing import Literal

from pydantic import Field

from promoter.gates.contract.candidate import Candidate, Context
from promoter.gates.contract.claim import claim
from promoter.gates.contract.finding import Finding
from promoter.gates.contract.gate import Gate, Parameters
from promoter.measure.request import Measurements, Request
from promoter.policy.policy import Category


class WithdrawnParameters(Parameters):
    """Where a withdrawn version may not appear, beside as the candidate itself."""

    artifact: Literal["refuse", "allow"] = Field(
        default="refuse",
        description="What the bytes of a withdrawn champion mean under another version; refused by default: it is the"
        " withdrawn model.",
    )
    rollback_target: Literal["refuse", "allow"] = Field(
        default="refuse",
        description="What a rollback plan to a withdrawn version means; refused by default: it would fail when used.",
    )


def measures(parameters: WithdrawnParameters, candidate: Candidate) -> Sequence[Request]:
    """Return no request: withdrawn.yaml and manifests say all."""
    return ()


def judge(
    parameters: WithdrawnParameters,
    measurements: Measurements,
    context: Context,
) -> Sequence[Finding]:
    """Return a finding each for the version, its bytes and its rollback plan, where there is something to compare."""
    candidate = context.candidate
    reasons = {entry.version: entry.reason for entry in candidate.withdrawn}
    version = candidate.release.version
    reason = reasons.get(version)
    own = claim(
        "withdrawn",
        satisfied=reason is None,
        message=f"version {version} is {'not withdrawn' if reason is None else f'withdrawn: {reason}'}",
        location=candidate.place,
        hint="register the mended model as a new version",
    )
    return [own, *_bytes(parameters, candidate, reasons), *_way_back(parameters, candidate, reasons)]


def _bytes(parameters: WithdrawnParameters, candidate: Candidate, reasons: dict[str, str]) -> Iterator[Finding]:
    release, champion = candidate.release, candidate.champion
    if parameters.artifact == "allow" or champion is None or champion.version not in reasons:
        return
    is_same = release.manifest.artifact.digest == champion.manifest.artifact.digest
    yield claim(
        "withdrawn_artifact",
        satisfied=not is_same,
        message=f"the artifact is {'the very file' if is_same else 'not that'} of {champion.version}, which is"
        f" withdrawn: {reasons[champion.version]}",
        location=release.locate("artifact", "digest"),
        hint="train the model anew; another number on the same bytes is no other model",
    )


def _way_back(parameters: WithdrawnParameters, candidate: Candidate, reasons: dict[str, str]) -> Iterator[Finding]:
    rollback = candidate.release.manifest.rollback
    if parameters.rollback_target == "allow" or rollback is None or rollback.to_version is None:
        return
    target = rollback.to_version
    end = f"is withdrawn: {reasons[target]}" if target in reasons else "is not withdrawn"
    yield claim(
        "rollback_target",
        satisfied=target not in reasons,
        message=f"the rollback plan leads to {target}, which {end}",
        location=candidate.release.locate("rollback", "to_version"),
        hint="name a version in rollback.to_version that may serve",
    )


GATE = Gate(
    name="withdrawn",
    category=Category.LIFECYCLE,
    parameters=WithdrawnParameters,
    measures=measures,
    judge=judge,
)
