"""Holds that a version will be watched, by whom, and that the way back is written down.

## Checks
The manifest has a monitoring plan; each measure that the policy asks for is watched, with a bound on either side and
a window that is short enough; the dashboard is an https address, on an allowed host; its owner is a role of the
registry, and whoever is on call has an address; and there is a rollback plan, tried within the policy's time where one
is set.

## Why
Every model fails some day. The difference between an hour and a month is a number that somebody looks at, a person
who is called, and a way back that was tried before the night on which it is needed.

## Parameters
`watches` (`any_of`, `max_window_days`), `max_window_days`, `dashboard_hosts`, `on_call`, `rollback`,
`max_drill_age_days`.

## Decision rule
Windows and ages pass at their bound. Of a watch's `any_of` one measure suffices; where several are watched, the one
with the shortest window counts. drill age = whole days from tested_on to the decision, in UTC.

## Undecidable when
The registry's roles were not read.

## Example
```yaml
schema: promoter.policy/1
id: watched-in-production
title: The version is watched, and somebody is called
category: operations
owner: platform
rationale: A model that nobody watches fails for months.
gate: monitoring_readiness
parameters:
  watches:
    - {any_of: [roc_auc, brier], max_window_days: 90}
    - {any_of: [psi], max_window_days: 7}
  rollback: require
severity: high
enforcement: block
near_miss: {relative: 0.1}
remediation: Add the watch to monitoring in the manifest, and tell the person on call what it means.
```

## Sources
EU AI Act, Article 72 (post-market monitoring plan). SR 11-7, section V (ongoing monitoring). NIST AI RMF 1.0,
MANAGE 4.1.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import UTC
from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field

from promoter.document.strict import Strict
from promoter.gates.contract.candidate import Candidate, Context, Release
from promoter.gates.contract.claim import claim
from promoter.gates.contract.finding import Finding, hold
from promoter.gates.contract.gate import Gate, Parameters
from promoter.gates.contract.missing import advise
from promoter.measure.measurement import Measurement
from promoter.measure.request import Measurements, Request
from promoter.policy.bound import Bound
from promoter.policy.policy import Category
from promoter.registry.deployment import MonitoringPlan, Watch

_ADDRESS = re.compile(
    r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}|tel:\+?[0-9][0-9 ()-]{3,30}|https://[\w.-]{1,253}(?:[/?#]\S*)?"
)
"""An e-mail address, a telephone number (RFC 3966) or an https address, by their shape."""


class WatchRule(Strict):
    """A concern that must be watched, by one measure or another."""

    any_of: tuple[str, ...] = Field(description="Measures, of which one at least is watched.", min_length=1)
    max_window_days: int | None = Field(
        default=None, gt=0, description="Longest window in days, 1 or more; by default the one for all watches."
    )


class MonitoringReadinessParameters(Parameters):
    """What must be watched, and what must be ready when a watch gives alarm."""

    watches: tuple[WatchRule, ...] = Field(
        default=(), description="Concerns that must be watched; none by default: any one watch will do."
    )
    max_window_days: int = Field(
        default=90,
        gt=0,
        description="Longest window of any watch in days; 90 by default: labels often come by quarter.",
    )
    dashboard_hosts: tuple[str, ...] = Field(
        default=(), description="Hosts on which a dashboard may be, exactly; empty by default: any."
    )
    on_call: Literal["reachable", "ignore"] = Field(
        default="reachable",
        description="Whether on_call is an address that a person can use at night: e-mail, telephone (tel:) or https;"
        " by default.",
    )
    rollback: Literal["require", "ignore"] = Field(
        default="require", description="Whether there must be a rollback plan; required by default."
    )
    max_drill_age_days: int | None = Field(
        default=None,
        gt=0,
        description="Days since the rollback was last tried, at most; none by default: a first version has nowhere to"
        " go back to.",
    )


def measures(parameters: MonitoringReadinessParameters, candidate: Candidate) -> Sequence[Request]:
    """Return no request: the manifest says all."""
    return ()


def judge(
    parameters: MonitoringReadinessParameters,
    measurements: Measurements,
    context: Context,
) -> Sequence[Finding]:
    """Return the findings on plan, watches, dashboard, owner and the way back."""
    release = context.candidate.release
    plan = release.manifest.monitoring
    findings = [
        claim(
            "monitoring_plan",
            satisfied=plan is not None,
            message="there is a monitoring plan" if plan else "the manifest has no monitoring plan",
            location=release.locate("monitoring"),
            hint="add monitoring: dashboard, on_call, owner, and what is watched",
        )
    ]
    if plan is not None:
        findings += [_watched(rule, plan, parameters, context) for rule in parameters.watches]
        findings += _bounded(plan, parameters, context)
        findings += [_dashboard(plan, parameters, release), _owner(plan, context)]
        if parameters.on_call == "reachable":
            findings.append(_on_call(plan, release))
    if parameters.rollback == "require":
        findings += _way_back(parameters, context)
    return findings


def _watched(
    rule: WatchRule, plan: MonitoringPlan, parameters: MonitoringReadinessParameters, context: Context
) -> Finding:
    """Return whether a concern is watched, by the shortest window of the measures that may stand for it."""
    release, names = context.candidate.release, " or ".join(rule.any_of)
    watches = [(index, watch) for index, watch in enumerate(plan.watches) if watch.measure in rule.any_of]
    if not watches:
        return claim(
            "watched",
            satisfied=False,
            message=f"{names} is not watched",
            location=release.locate("monitoring", "watches"),
            hint=f"add a watch of {names} with a bound",
            slice_=(("watch", names),),
        )
    index, watch = min(watches, key=lambda entry: entry[1].window_days)
    return _window(index, watch, rule.max_window_days or parameters.max_window_days, context)


def _window(index: int, watch: Watch, limit: int, context: Context) -> Finding:
    window = Measurement(
        measure="window_days", slice=(("watch", watch.measure),), value=float(watch.window_days), n=1, unit="day"
    )
    location = context.candidate.release.locate("monitoring", "watches", index, "window_days")
    finding = hold(window, Bound(at_most=limit), location=location, near_miss=context.near_miss)
    return advise(finding, failed=f"watch {watch.measure} over {limit} days or fewer")


def _bounded(plan: MonitoringPlan, parameters: MonitoringReadinessParameters, context: Context) -> Iterator[Finding]:
    """Yield whether each watch has a bound, and its window where no rule named it already."""
    named = {measure for rule in parameters.watches for measure in rule.any_of}
    for index, watch in enumerate(plan.watches):
        is_bounded = watch.minimum is not None or watch.maximum is not None
        yield claim(
            "alarm",
            satisfied=is_bounded,
            message=f"the watch of {watch.measure} {'has a bound' if is_bounded else 'can never give alarm'}",
            location=context.candidate.release.locate("monitoring", "watches", index),
            hint="give it a minimum or a maximum",
            slice_=(("watch", watch.measure),),
        )
        if watch.measure not in named:
            yield _window(index, watch, parameters.max_window_days, context)


def _dashboard(plan: MonitoringPlan, parameters: MonitoringReadinessParameters, release: Release) -> Finding:
    location = release.locate("monitoring", "dashboard")
    hint = f"give the https address of the dashboard, on {' or '.join(parameters.dashboard_hosts) or 'your own host'}"
    try:
        address = urlsplit(plan.dashboard)
    except ValueError:
        message = f"the dashboard {plan.dashboard!r} is no address"
        return claim("dashboard", satisfied=False, message=message, location=location, hint=hint)
    is_known = not parameters.dashboard_hosts or address.hostname in parameters.dashboard_hosts
    is_good = address.scheme == "https" and bool(address.hostname) and is_known
    message = f"the dashboard {plan.dashboard!r} is {'an' if is_good else 'not an'} https address on an allowed host"
    return claim("dashboard", satisfied=is_good, message=message, location=location, hint=hint)


def _on_call(plan: MonitoringPlan, release: Release) -> Finding:
    is_address = _ADDRESS.fullmatch(plan.on_call) is not None
    return claim(
        "on_call",
        satisfied=is_address,
        message=f"on call is {plan.on_call!r}, {'an' if is_address else 'no'} address that can be called or written to",
        location=release.locate("monitoring", "on_call"),
        hint="give the rota's e-mail, its telephone number as tel:+..., or its https address",
    )


def _owner(plan: MonitoringPlan, context: Context) -> Finding:
    roles = context.record.roles
    is_role = plan.owner in roles if roles else None
    ends = {True: "is a role", False: "is no role of the registry", None: "was not looked up: no roles were read"}
    return claim(
        "owner",
        satisfied=is_role,
        message=f"the plan's owner {plan.owner} {ends[is_role]}",
        location=context.candidate.release.locate("monitoring", "owner"),
        hint=f"name one of {', '.join(sorted(roles)) or 'the roles in policies/roles.yaml'}",
    )


def _way_back(parameters: MonitoringReadinessParameters, context: Context) -> Iterator[Finding]:
    release = context.candidate.release
    plan, limit = release.manifest.rollback, parameters.max_drill_age_days
    yield claim(
        "rollback_plan",
        satisfied=plan is not None,
        message="there is a rollback plan" if plan else "the manifest has no rollback plan",
        location=release.locate("rollback"),
        hint="add rollback: the version to return to, and what the person on call does",
    )
    if plan is None or limit is None:
        return
    location, day = release.locate("rollback", "tested_on"), context.at.astimezone(UTC).date()
    if plan.tested_on is None or plan.tested_on > day:
        when = f"is said to be tried on {plan.tested_on}, after the decision" if plan.tested_on else "was never tried"
        message, hint = f"the rollback {when}", "run the procedure in staging and write the day as tested_on"
        yield claim("drill_age_days", satisfied=False, message=message, location=location, hint=hint)
        return
    age = Measurement(measure="drill_age_days", value=float((day - plan.tested_on).days), n=1, unit="day")
    finding = hold(age, Bound(at_most=limit), location=location, near_miss=context.near_miss)
    yield advise(finding, failed="run the procedure in staging again, and write the day as tested_on")


GATE = Gate(
    name="monitoring_readiness",
    category=Category.OPERATIONS,
    parameters=MonitoringReadinessParameters,
    measures=measures,
    judge=judge,
)
