"""Lets a version move on only after it has served the stage before, without a break, long enough and often enough.

## Checks
The stage before serves this version now, and has done so since one unbroken stay began, for at least the days that
the pipeline asks of the model's tier; no incident is open. Where the policy asks for traffic, the observations of this
stay hold enough requests, of which no more went unanswered or did harm than it allows.

## Why
Most faults of a served model show within days: a night's batch, a week's pattern, a queue that fills. A stay that was
broken off begins anew, since what was seen before was another registry. A week in which nobody called shows nothing.

## Parameters
`min_days`, `incidents`, `traffic` (`min_requests`, `errors`, `harm`, each with `at_most` and `decide_on`, and
`min_judged`; `at_least` is refused).

## Decision rule
soaked_days = (moment of the decision - moment at which the last stay began) / 86,400 s, passes where it is at least
the larger of min_days and the pipeline's soak_days; equality passes. Moments are those of the merges into the base,
never an author's. An incident is open from its start until its end, as the base has it.

An observation counts where its file (observations/<date>.yaml) is about this version in the stage before and begins
after the stay did; its rows are measured, not what somebody says of them, and lie within its period, which overlaps no
other. error_rate = rows without an answer / rows; harm_rate = rows that did harm / rows of which it is known. Each
bound says whether the point or the exact (Clopper-Pearson) 95 % interval decides.

## Undecidable when
The history of the stage before was not read, or traffic is asked for and nobody observed the stay, counted errors or
judged enough requests. The first stage, and changes that move no stage, are held to neither.

## Example
```yaml
schema: promoter.policy/1
id: soaked
title: A version has served staging long enough
category: lifecycle
owner: platform
rationale: Most faults of a served model show within a week.
gate: soak
parameters:
  incidents: model
  traffic:
    min_requests: 1000
    errors: {at_most: 0.01}
    harm: {at_most: 0.02, decide_on: interval}
applies_to:
  stages: [production]
severity: high
enforcement: block
near_miss: {absolute: 1}
remediation: It has served {value} days of {bound}; wait {gap} more, or close the incident first.
```

## Sources
SR 11-7, section IV (parallel runs and pilot use). Google SRE Workbook, chapter 16 (canarying releases).
"""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Literal

from pydantic import Field

from promoter.gates.contract.candidate import Candidate, Context
from promoter.gates.contract.claim import claim
from promoter.gates.contract.finding import Finding, hold
from promoter.gates.contract.gate import Gate, Parameters
from promoter.gates.contract.missing import advise
from promoter.gates.contract.traffic import TrafficRule, hold_traffic, traffic_requests
from promoter.measure.measurement import Measurement
from promoter.measure.request import Measurements, Request
from promoter.policy.bound import Bound
from promoter.policy.policy import Category

_DAY = timedelta(days=1)


class SoakParameters(Parameters):
    """How long, and which incidents hold."""

    min_days: float = Field(
        default=0,
        ge=0,
        description="Days, 0 or more, beside the pipeline's; 0 by default: the larger of the two counts.",
    )
    incidents: Literal["version", "model"] = Field(
        default="model",
        description="Whose open incidents hold: version, those of this version; model, those of any, the default,"
        " since nobody yet knows what an open incident is due to.",
    )
    traffic: TrafficRule | None = Field(
        default=None,
        description="What the stay must have seen; none by default: not every stage is called by anybody.",
    )


def measures(parameters: SoakParameters, candidate: Candidate) -> Sequence[Request]:
    """Return one request an observation, where traffic is asked for; history and incidents say the rest."""
    return traffic_requests(candidate) if parameters.traffic is not None else ()


def judge(parameters: SoakParameters, measurements: Measurements, context: Context) -> Sequence[Finding]:
    """Return the finding on the time in the stage before, those on its traffic, and those on open incidents."""
    before = context.pipeline.stage_before(context.candidate.stage or "")
    findings = [_time(parameters, context, before=before)]
    if parameters.traffic is not None and before is not None:
        stay = context.record.stay_of(context.candidate.release.version, stage=before)
        findings += hold_traffic(parameters.traffic, stay, measurements, context)
    return [*findings, *_incidents(parameters, context)]


def _time(parameters: SoakParameters, context: Context, *, before: str | None) -> Finding:
    candidate = context.candidate
    rules = context.stage_rules
    bound = Bound(at_least=max(parameters.min_days, rules.soak_days if rules else 0))
    version = candidate.release.version
    if before is None:
        message = f"{candidate.stage} is the first stage: nothing comes before it"
        return claim("soaked_days", satisfied=True, message=message, location=candidate.place, hint="")
    if before not in context.record.stays:
        message = f"the history of {before} was not read, {bound.limit:g} days of {version} in it are asked"
        hint = "run the check where the base's history is complete, not in a shallow clone"
        return claim("soaked_days", satisfied=None, message=message, location=candidate.place, hint=hint)
    stay = context.record.stay_of(version, stage=before)
    days = (context.at - stay.entered_at) / _DAY if stay else 0.0
    soaked = Measurement(measure="soaked_days", slice=(("stage", before),), value=days, n=1, unit="day")
    finding = hold(soaked, bound, location=candidate.place, near_miss=context.near_miss)
    if stay is None:
        return advise(finding, failed=f"promote {version} to {before} first, and leave it there {bound.limit:g} days")
    return advise(
        finding, failed=f"wait until {version} has been in {before} for {bound.limit:g} days, and check again"
    )


def _incidents(parameters: SoakParameters, context: Context) -> Iterator[Finding]:
    candidate = context.candidate
    version = candidate.release.version
    found = [
        incident
        for incident in context.record.open_incidents(at=context.at)
        if parameters.incidents == "model" or incident.version == version
    ]
    if not found:
        whose = "the model" if parameters.incidents == "model" else version
        message = f"no incident of {whose} is open"
        yield claim("open_incident", satisfied=True, message=message, location=candidate.place, hint="")
    for incident in found:
        since = incident.started_at.isoformat(timespec="minutes")
        yield claim(
            "open_incident",
            satisfied=False,
            message=f"incident {incident.id} of {incident.version} in {incident.stage} is open since {since}:"
            f" {incident.summary}",
            location=candidate.place,
            hint=f"write resolved_at into incidents/{incident.id}.yaml once it has ended, and merge that first",
            slice_=(("incident", incident.id),),
        )


def _why_not(parameters: SoakParameters, candidate: Candidate) -> str | None:
    return None if candidate.stage else "no stage is moved"


GATE = Gate(
    name="soak",
    category=Category.LIFECYCLE,
    parameters=SoakParameters,
    measures=measures,
    judge=judge,
    not_applicable=_why_not,
)
