"""Holds that a version was reviewed within the interval that its risk tier asks for.

## Checks
Since the version last entered a stage, which is when people last looked at it, no more days have passed than the
tier's review interval. A version that entered none is under its first review.

## Why
A version that waited in staging for a year was agreed to by people who knew another world. A rollback to an old one
brings back what was last looked at when it was new.

## Parameters
`max_days`, `never_entered`.

## Decision rule
reviewed_days = (moment of the decision - latest moment at which any stage began to serve the version) / 86,400 s;
passes where it is at most the smaller of max_days and the pipeline's review_interval_days; equality passes.

## Undecidable when
Some stage's history was not read, or the pipeline has no rules for the model's tier and the policy sets no days.

## Example
```yaml
schema: promoter.policy/1
id: reviewed-in-time
title: What moves was reviewed within its tier's interval
category: lifecycle
owner: risk
rationale: A review describes the world in which it was made.
gate: review_interval
applies_to:
  kinds: [promotion, rollback]
severity: medium
enforcement: block
near_miss: {relative: 0.1}
remediation: The last review is {value} days old, {bound} are allowed; evaluate the version anew and ask for a review.
```

## Sources
SR 11-7, section V (periodic review, at least yearly). EU AI Act, Article 9(2) (regular systematic review).
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Literal

from pydantic import Field

from promoter.gates.contract.candidate import Candidate, Context
from promoter.gates.contract.claim import claim
from promoter.gates.contract.finding import Finding, hold
from promoter.gates.contract.gate import Gate, Parameters
from promoter.gates.contract.missing import advise
from promoter.measure.measurement import Measurement
from promoter.measure.request import Measurements, Request
from promoter.policy.bound import Bound
from promoter.policy.policy import Category

_DAY = timedelta(days=1)


class ReviewIntervalParameters(Parameters):
    """How old a review may be."""

    max_days: float | None = Field(
        default=None,
        gt=0,
        description="Days since the last review, beside the pipeline's; none by default: the smaller of both counts.",
    )
    never_entered: Literal["first_review", "refuse"] = Field(
        default="first_review",
        description="What a version means that entered no stage: first_review, the default, since this change is its"
        " review; refuse, where stages are asked for in order.",
    )


def measures(parameters: ReviewIntervalParameters, candidate: Candidate) -> Sequence[Request]:
    """Return no request: history says all."""
    return ()


def judge(
    parameters: ReviewIntervalParameters,
    measurements: Measurements,
    context: Context,
) -> Sequence[Finding]:
    """Return one finding: the age of the last review, or why there is none."""
    candidate, record = context.candidate, context.record
    version = candidate.release.version
    tier = context.pipeline.tiers.get(candidate.release.model.risk_tier)
    asked = (parameters.max_days, float(tier.review_interval_days) if tier else None)
    limits = [days for days in asked if days is not None]
    if not limits:
        message = f"the pipeline has no review interval for tier {candidate.release.model.risk_tier}"
        hint = "the policy's owner sets max_days, or adds the tier to policies/pipeline.yaml"
        return [claim("reviewed_days", satisfied=None, message=message, location=candidate.place, hint=hint)]
    unread = [stage.id for stage in context.pipeline.stages if stage.id not in record.stays]
    if unread:
        message = f"the history of {', '.join(unread)} was not read"
        hint = "run the check where the base's history is complete, not in a shallow clone"
        return [claim("reviewed_days", satisfied=None, message=message, location=candidate.place, hint=hint)]
    entries = [stay.entered_at for stays in record.stays.values() for stay in stays if stay.version == version]
    if not entries:
        return [_never_entered(parameters, candidate)]
    days = (context.at - max(entries)) / _DAY
    age = Measurement(measure="reviewed_days", value=days, n=len(entries), unit="day")
    finding = hold(age, Bound(at_most=min(limits)), location=candidate.place, near_miss=context.near_miss)
    return [advise(finding, failed=f"have {version} reviewed anew for an earlier stage, or propose a newer version")]


def _never_entered(parameters: ReviewIntervalParameters, candidate: Candidate) -> Finding:
    is_first = parameters.never_entered == "first_review"
    end = "this is its first review" if is_first else "nobody has reviewed it for a stage"
    return claim(
        "reviewed_days",
        satisfied=is_first,
        message=f"version {candidate.release.version} entered no stage yet: {end}",
        location=candidate.place,
        hint="promote it to the first stage, where it is reviewed",
    )


def _why_not(parameters: ReviewIntervalParameters, candidate: Candidate) -> str | None:
    return None if candidate.stage else "no stage is moved"


GATE = Gate(
    name="review_interval",
    category=Category.LIFECYCLE,
    parameters=ReviewIntervalParameters,
    measures=measures,
    judge=judge,
    not_applicable=_why_not,
)
