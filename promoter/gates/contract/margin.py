"""Differences from the champion held against margins together: not inferior, inferior, or inconclusive."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from promoter.errors import Location
from promoter.gates.contract.finding import Finding, name_of
from promoter.measure.measurement import Interval, Measurement
from promoter.measure.statistics.margin_test import Correction, MarginTest, corrected
from promoter.measure.statistics.noninferiority import Direction
from promoter.policy.bound import Bound
from promoter.policy.policy import NearMiss

_END = {True: "not inferior", False: "inferior", None: "inconclusive"}


@dataclass(frozen=True, slots=True, kw_only=True)
class MarginCase:
    """A difference, candidate minus champion, and the loss of it that is acceptable."""

    found: Measurement
    margin: float
    direction: Direction
    location: Location

    @property
    def bound(self) -> Bound:
        """The margin as a bound on the difference."""
        return _bound(self.margin, self.direction)

    def test(self, value: float, interval: Interval) -> MarginTest:
        """Return the test of the difference."""
        return MarginTest(
            difference=value, interval=interval, margin=self.margin, direction=self.direction, n=self.found.n
        )


@lru_cache(maxsize=256)
def _bound(margin: float, direction: Direction) -> Bound:
    return Bound(at_most=margin) if direction is Direction.LOWER_IS_BETTER else Bound(at_least=-margin)


def hold_margins(
    entries: Sequence[MarginCase | Finding], *, alpha: float, correction: Correction, near_miss: NearMiss | None
) -> list[Finding]:
    """Return one finding an entry, in order; the failures are corrected over all cases that can be tested.

    Satisfied where p(loss > margin) <= alpha; not satisfied where the opposite p, corrected, is <= alpha.
    """
    tests = {
        position: entry.test(entry.found.value, entry.found.interval)
        for position, entry in enumerate(entries)
        if isinstance(entry, MarginCase) and entry.found.value is not None and entry.found.interval is not None
    }
    p_kept = corrected([test.p_kept for test in tests.values()], correction=correction)
    adjusted = dict(zip(tests, p_kept, strict=True))
    family = f"{correction} over {len(tests)}"
    findings = []
    for position, entry in enumerate(entries):
        if isinstance(entry, Finding):
            findings.append(entry)
        elif position in tests:
            test, p = tests[position], adjusted[position]
            findings.append(_tested(entry, test, p, alpha=alpha, family=family, near_miss=near_miss))
        else:
            findings.append(_untested(entry))
    return findings


def _tested(
    case: MarginCase, test: MarginTest, p_kept: float, *, alpha: float, family: str, near_miss: NearMiss | None
) -> Finding:
    satisfied = True if test.p_loss <= alpha else False if p_kept <= alpha else None
    bound, found = case.bound, case.found
    tested = f"p(loss > margin) = {test.p_loss:.2g}, p(loss <= margin) = {p_kept:.2g} ({family})"
    message = f"{name_of(found)} is {found.value:+.4g}, margin {case.margin:g}: {_END[satisfied]}; {tested}"
    hints = {True: None, False: "compare the two versions' errors on these rows, and retrain before another try"}
    return Finding(
        satisfied=satisfied,
        measure=found.measure,
        slice=found.slice,
        value=found.value,
        interval=found.interval,
        n=found.n,
        unit=found.unit,
        comparator=bound.comparator,
        bound=bound.limit,
        margin=test.distance,
        is_near=near_miss is not None and abs(test.distance) <= near_miss.width(bound.limit),
        message=message,
        location=case.location,
        hint=_more_rows(test, alpha) if satisfied is None else hints[satisfied],
    )


def _more_rows(test: MarginTest, alpha: float) -> str:
    rows = test.additional_rows(alpha=alpha)
    if rows is None:
        return "more rows of the same kind would not decide it; ask the role that the policy names"
    return f"about {rows:,} more rows would decide it, if the difference stays as it is"


def _untested(case: MarginCase) -> Finding:
    found, bound = case.found, case.bound
    return Finding(
        satisfied=None,
        measure=found.measure,
        slice=found.slice,
        value=found.value,
        n=found.n,
        unit=found.unit,
        comparator=bound.comparator,
        bound=bound.limit,
        message=f"{name_of(found)} cannot be tested: {found.undecidable or 'it has no interval'}",
        location=case.location,
        hint="add rows in which the measure exists for both versions",
    )
