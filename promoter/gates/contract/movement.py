"""How far a column has moved, held against bounds: what the drift of features and that of predictions share."""

from collections.abc import Iterator, Sequence
from typing import Literal

from pydantic import Field

from promoter.errors import Location
from promoter.gates.contract.finding import Finding, hold
from promoter.gates.contract.missing import advise, too_few_rows
from promoter.measure.request import Measured
from promoter.policy.bound import MeasureBound
from promoter.policy.policy import NearMiss


class DriftBound(MeasureBound):
    """A bound on how far a column has moved."""

    measure: Literal[
        "psi",
        "ks",
        "wasserstein",
        "jensen_shannon",
        "total_variation",
        "new_categories",
        "vanished_categories",
        "missing_rate_difference",
        "embedding_drift",
    ] = Field(description="Distance between reference and current; see promoter.measure.statistics.")


WithinNull = Literal["inconclusive", "report"]
"""What a drift that chance explains means."""


def satisfied_within_null(within_null: WithinNull) -> bool | None:
    """Return what a drift that chance explains counts as."""
    return True if within_null == "report" else None


def hold_drift(
    column: str,
    bounds: Sequence[DriftBound],
    measured: Measured,
    *,
    min_n: int,
    failed: str,
    at: Location,
    near_miss: NearMiss | None,
) -> Iterator[Finding]:
    """Yield each bound that a column has a measure for; nothing where it has none. `failed` is the hint of a drift."""
    for bound in bounds:
        value = measured.find(bound.measure, (("feature", column),))
        if value is None:
            continue
        if value.n < min_n:
            yield too_few_rows(value, min_n=min_n, bound=bound, satisfied=None, location=at)
        else:
            finding = hold(value, bound, location=at, near_miss=near_miss)
            yield advise(finding, failed=failed, undecided="add rows in which the column has values on both sides")
