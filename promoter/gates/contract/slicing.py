"""Bounds and margins held in every slice that a rule looks at, small and absent slices included."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from promoter.errors import Location
from promoter.gates.contract.correction import Held
from promoter.gates.contract.finding import Finding, hold
from promoter.gates.contract.margin import MarginCase
from promoter.gates.contract.missing import too_few_rows
from promoter.gates.contract.slices import SmallSlices, absent_slices, in_slices, unassessed
from promoter.measure.measurement import Measurement
from promoter.measure.request import Measured
from promoter.measure.statistics.noninferiority import Direction
from promoter.policy.bound import Bound, MeasureBound
from promoter.policy.policy import NearMiss


@dataclass(frozen=True, slots=True, kw_only=True)
class Slicing:
    """The slices that a rule looks at: its columns (none: all rows), their least size, and those that must be there."""

    by: tuple[str, ...]
    min_n: int
    small_slices: SmallSlices
    required: tuple[tuple[str, ...], ...] = ()

    @property
    def satisfied_by_small(self) -> bool | None:
        """What a slice below min_n counts as; too few rows in all satisfy nothing."""
        return True if self.by and self.small_slices == "report" else None

    def gaps(self, measure: str, found: Sequence[Measurement], measured: Measured, *, at: Location) -> list[Finding]:
        """Return that no slice could be assessed, and each required slice that is absent or too small."""
        nothing = unassessed(measure, found, by=self.by, min_n=self.min_n, measured=measured, location=at)
        absent = absent_slices(measure, found, by=self.by, required=self.required, min_n=self.min_n, location=at)
        return nothing + absent

    def too_small(self, found: Measurement, *, bound: Bound, at: Location) -> Finding:
        """Return the finding that a slice has too few rows, as the rule counts it."""
        small = self.satisfied_by_small
        return too_few_rows(found, min_n=self.min_n, bound=bound, satisfied=small, location=at)


def over_all(min_n: int) -> Slicing:
    """Return the slicing of a rule over all rows."""
    return Slicing(by=(), min_n=min_n, small_slices="inconclusive")


def bound_in_slices(
    bound: MeasureBound, slicing: Slicing, measured: Measured, *, at: Location, near_miss: NearMiss | None
) -> Iterator[Held]:
    """Yield a bound in each slice, and what could not be assessed."""
    found = in_slices(measured, bound.measure, by=slicing.by)
    yield from ((gap, None) for gap in slicing.gaps(bound.measure, found, measured, at=at))
    for value in found:
        if value.n < slicing.min_n:
            yield slicing.too_small(value, bound=bound, at=at), None
        else:
            yield hold(value, bound, location=at, near_miss=near_miss), bound


def margin_in_slices(
    measure: str, slicing: Slicing, measured: Measured, *, margin: float, direction: Direction, at: Location
) -> Iterator[Finding | MarginCase]:
    """Yield a measure's difference in each slice as a case to be tested, and what could not be assessed."""
    name = f"{measure}_difference"
    found = in_slices(measured, name, by=slicing.by)
    yield from slicing.gaps(name, found, measured, at=at)
    for value in found:
        case = MarginCase(found=value, margin=margin, direction=direction, location=at)
        yield case if value.n >= slicing.min_n else slicing.too_small(value, bound=case.bound, at=at)
