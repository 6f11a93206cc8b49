"""Failures among many comparisons: what one chance deviation in many would explain is no failure."""

from collections.abc import Sequence
from dataclasses import replace

from promoter.gates.contract.finding import Finding
from promoter.measure.measurement import Interval
from promoter.measure.statistics.margin_test import Correction, MarginTest, corrected
from promoter.measure.statistics.noninferiority import Direction
from promoter.policy.bound import Bound, DecideOn

Held = tuple[Finding, Bound | None]
"""A finding and the bound that it was held against, or None where it was held against none."""


def correct_failures(held: Sequence[Held], *, correction: Correction) -> list[Finding]:
    """Return the findings, those that fail on their interval undecided unless they fail after the correction too.

    The p-value of a failure is one-sided, from the interval's half width on the bound's side over z(level); the
    interval's own (1 - level) / 2 is its alpha. It is corrected over all findings that decide on an interval. A
    finding that decides on the point has no error rate and is left as it is; so is one that passes, because all of
    them must (Berger 1982).
    """
    p_values = {
        place: _p_outside(finding, finding.value, finding.interval, bound)
        for place, (finding, bound) in enumerate(held)
        if bound is not None
        and bound.decide_on is DecideOn.INTERVAL
        and finding.value is not None
        and finding.interval is not None
    }
    adjusted = dict(zip(p_values, corrected(list(p_values.values()), correction=correction), strict=True))
    findings = []
    for place, (finding, _) in enumerate(held):
        p, interval = adjusted.get(place), finding.interval
        if finding.satisfied is False and p is not None and interval is not None and p > (1.0 - interval.level) / 2.0:
            findings.append(_undecided(finding, p, family=f"{correction} over {len(p_values)}"))
        else:
            findings.append(finding)
    return findings


def _p_outside(finding: Finding, value: float, interval: Interval, bound: Bound) -> float:
    """Return the chance of a value at least this far outside if the truth lay on the bound."""
    is_floor = bound.at_least is not None
    return MarginTest(
        difference=value - bound.limit,
        interval=replace(interval, lower=interval.lower - bound.limit, upper=interval.upper - bound.limit),
        margin=0.0,
        direction=Direction.HIGHER_IS_BETTER if is_floor else Direction.LOWER_IS_BETTER,
        n=finding.n or 0,
    ).p_kept


def _undecided(finding: Finding, p: float, *, family: str) -> Finding:
    message = f"{finding.message}, but its p-value is {p:.2g} after {family}"
    return replace(finding, satisfied=None, message=message, hint="add rows: among so many, one strays this far")
