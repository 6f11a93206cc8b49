"""Lets a version into a stage only where the way back has been rehearsed: the revert works and leads somewhere safe.

## Checks
The merge and its revert, made in memory, leave every file as it was before. The version that the stage would return
to is not withdrawn, and its artifact can be had today with the very digest that its manifest pins.

## Why
A rollback is needed on the worst day of the year. A revert that conflicts, a good version that was withdrawn, or an
artifact that a store has dropped are cheap to find before the promotion and dear to find after it.

## Parameters
`first_version`.

## Decision rule
Exact: no path differs after the revert; the version is not in withdrawn.yaml as the change would leave it; digest and
size_bytes of the fetched artifact equal the manifest's. Where the stage serves nothing, `first_version` decides.

## Undecidable when
The revert was not rehearsed, or the artifact of the version before was not measured.

## Example
```yaml
schema: promoter.policy/1
id: way-back
title: No promotion without a way back
category: lifecycle
owner: platform
rationale: A rollback that was never tried is a hope.
gate: rollback_drill
applies_to:
  kinds: [promotion]
  stages: [production]
severity: high
enforcement: block
remediation: Restore what is named, so that the version that serves today can serve again tomorrow.
```

## Sources
NIST SP 800-34 Rev. 1, 3.5 (testing of contingency plans). Google SRE Book, chapter 8 (releases that can be undone).
"""

from collections.abc import Iterator, Sequence
from typing import Literal

from pydantic import Field

from promoter.gates.contract.artifact import artifact_claims, artifact_request
from promoter.gates.contract.candidate import Candidate, Context
from promoter.gates.contract.claim import claim
from promoter.gates.contract.finding import Finding
from promoter.gates.contract.gate import Gate, Parameters
from promoter.measure.request import Measurements, Request
from promoter.policy.policy import Category


class RollbackDrillParameters(Parameters):
    """What a first version means."""

    first_version: Literal["accept", "refuse"] = Field(
        default="accept",
        description="What a stage means that serves nothing yet: accept, the default, since its revert serves nothing"
        " again; refuse, where consumers could not do without an answer.",
    )


def measures(parameters: RollbackDrillParameters, candidate: Candidate) -> Sequence[Request]:
    """Return the one request for the artifact of the version that serves now."""
    return () if candidate.champion is None else (artifact_request(candidate.champion),)


def judge(parameters: RollbackDrillParameters, measurements: Measurements, context: Context) -> Sequence[Finding]:
    """Return a finding each for the revert, for the version that it returns to and for that version's artifact."""
    return [*_revert(context), *_way_back(parameters, measurements, context)]


def _revert(context: Context) -> Iterator[Finding]:
    undone, place = context.undone, context.candidate.place
    if undone is None:
        message = "the merge and its revert were not rehearsed"
        hint = "run `promoter check` in a clone of the registry"
        yield claim("revert", satisfied=None, message=message, location=place, hint=hint)
    elif not undone:
        yield claim(
            "revert",
            satisfied=True,
            message="the revert of the merge leaves every file as before",
            location=place,
            hint="",
        )
    for path in undone or ():
        yield claim(
            "revert",
            satisfied=False,
            message=f"the revert of the merge does not bring {path} back as it was",
            location=place,
            hint="take this file out of the change, and merge it on its own first",
            slice_=(("path", path),),
        )


def _way_back(parameters: RollbackDrillParameters, measurements: Measurements, context: Context) -> Iterator[Finding]:
    candidate = context.candidate
    stage = candidate.stage or ""
    version = context.serving.get(stage)
    if version is None:
        yield claim(
            "rollback_point",
            satisfied=parameters.first_version == "accept",
            message=f"{stage} serves nothing yet: the revert leaves it without a version",
            location=candidate.place,
            hint="have the platform role decide how consumers live without an answer, and set first_version: accept",
        )
        return
    reason = next((entry.reason for entry in candidate.withdrawn if entry.version == version), None)
    yield claim(
        "rollback_point",
        satisfied=reason is None,
        message=f"the revert returns to {version}, which {f'is withdrawn: {reason}' if reason else 'is not withdrawn'}",
        location=candidate.place,
        hint="bring a version that may serve into the stage first",
    )
    champion = candidate.champion
    if champion is not None and champion.version == version:
        yield from artifact_claims(champion, measurements, measure="rollback_artifact")
    else:
        message = f"the manifest of {version} was not read, so nobody knows whether its artifact can be had"
        hint = "restore the version's folder from history"
        yield claim("rollback_artifact", satisfied=None, message=message, location=candidate.place, hint=hint)


def _why_not(parameters: RollbackDrillParameters, candidate: Candidate) -> str | None:
    return None if candidate.stage else "no stage is moved"


GATE = Gate(
    name="rollback_drill",
    category=Category.LIFECYCLE,
    parameters=RollbackDrillParameters,
    measures=measures,
    judge=judge,
    not_applicable=_why_not,
    needs_drill=True,
)
