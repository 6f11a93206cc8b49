"""How strongly a feature tells a target, held against a bound."""

from dataclasses import replace

from promoter.errors import Location
from promoter.gates.contract.correction import Held
from promoter.gates.contract.finding import hold
from promoter.gates.contract.missing import advise, too_few_rows
from promoter.measure.measurement import Measurement
from promoter.policy.bound import Bound
from promoter.policy.policy import NearMiss


def hold_strength(
    found: Measurement, bound: Bound, *, min_n: int, view: str | None, at: Location, near_miss: NearMiss | None
) -> Held:
    """Return the finding of a strength and its bound, in words by which view it was found; undecided below min_n."""
    if found.n < min_n:
        return too_few_rows(found, min_n=min_n, bound=bound, satisfied=None, location=at), None
    finding = hold(found, bound, location=at, near_miss=near_miss)
    seen = replace(finding, message=f"{finding.message}; by {view}") if view else finding
    advised = advise(
        seen,
        failed="drop or coarsen the feature, or let the policy's owner exempt it with a reason",
        undecided="add rows in which both the feature and what it is held against have values",
    )
    return advised, bound
