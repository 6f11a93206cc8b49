"""Lets a version enter a stage only from the stage before it.

## Checks
The stage before, in the pipeline's order, serves this very version now, or has served it. The first stage may be
entered by any version.

## Why
What was rehearsed in one stage is what may move to the next. A version that skips a stage meets real users with
nothing seen of it.

## Parameters
`upstream`.

## Decision rule
`serving`: the pointer of the stage before names this version, before the change. `served`: it names it, or some stay
in that stage's history does.

## Undecidable when
`served` is asked, the stage before serves another version and its history was not read.

## Example
```yaml
schema: promoter.policy/1
id: staging-first
title: A version reaches production through staging
category: lifecycle
owner: platform
rationale: Nobody can watch a version in a stage that it skipped.
gate: stage_order
parameters:
  upstream: serving
severity: high
enforcement: block
remediation: Promote the version to the stage before, let it soak, and open this promotion again.
```

## Sources
SR 11-7, section IV (implementation testing before use). ISO/IEC 42001:2023, A.6.2.5 (deployment).
"""

from collections.abc import Sequence
from typing import Literal

from pydantic import Field

from promoter.gates.contract.candidate import Candidate, Context
from promoter.gates.contract.claim import claim
from promoter.gates.contract.finding import Finding
from promoter.gates.contract.gate import Gate, Parameters
from promoter.measure.request import Measurements, Request
from promoter.policy.policy import Category


class StageOrderParameters(Parameters):
    """What the stage before must have seen of the version."""

    upstream: Literal["serving", "served"] = Field(
        default="serving",
        description="serving: the stage before serves the version now, the default, since what serves is what is"
        " watched; served: it has served it at any time.",
    )


def measures(parameters: StageOrderParameters, candidate: Candidate) -> Sequence[Request]:
    """Return no request: pointers and history say all."""
    return ()


def judge(
    parameters: StageOrderParameters,
    measurements: Measurements,
    context: Context,
) -> Sequence[Finding]:
    """Return one finding: whether the version came through the stage before."""
    candidate = context.candidate
    version, stage = candidate.release.version, candidate.stage or ""
    before = context.pipeline.stage_before(stage)
    satisfied: bool | None
    if before is None:
        satisfied, message = True, f"{stage} is the first stage of the pipeline"
    elif context.serving.get(before) == version:
        satisfied, message = True, f"{before} serves {version}"
    else:
        satisfied, message = _not_serving(parameters, context, before=before)
    return [
        claim(
            "stage_order",
            satisfied=satisfied,
            message=message,
            location=candidate.place,
            hint=f"promote {version} to {before} first: `promoter promote`",
        )
    ]


def _not_serving(parameters: StageOrderParameters, context: Context, *, before: str) -> tuple[bool | None, str]:
    """Return what the history of the stage before says where its pointer names another version."""
    version = context.candidate.release.version
    served = context.serving.get(before)
    now = f"{before} serves {served or 'nothing'}, not {version}"
    if parameters.upstream == "serving":
        return False, now
    stays = context.record.stays.get(before)
    if stays is None:
        return None, f"{now}, and its history was not read"
    if any(entry.version == version for entry in stays):
        return True, f"{before} has served {version}"
    return False, f"{now}, and never did"


def _why_not(parameters: StageOrderParameters, candidate: Candidate) -> str | None:
    return None if candidate.stage else "no stage is moved"


GATE = Gate(
    name="stage_order",
    category=Category.LIFECYCLE,
    parameters=StageOrderParameters,
    measures=measures,
    judge=judge,
    not_applicable=_why_not,
)
