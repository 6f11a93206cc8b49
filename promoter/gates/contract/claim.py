"""The finding of a comparison that has no number: a claim that holds, does not hold, or cannot be told."""

from promoter.errors import Location
from promoter.gates.contract.finding import Finding
from promoter.measure.measurement import Slice


def claim(
    measure: str, *, satisfied: bool | None, message: str, location: Location, hint: str, slice_: Slice = ()
) -> Finding:
    """Return the finding; its hint is told only where the claim does not hold."""
    return Finding(
        satisfied=satisfied,
        measure=measure,
        message=message,
        location=location,
        slice=slice_,
        hint=None if satisfied else hint,
    )
