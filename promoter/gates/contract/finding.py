"""One comparison of a gate, satisfied, not satisfied, or undecided."""

from dataclasses import dataclass
from typing import Any

from promoter.errors import Location
from promoter.measure.measurement import Interval, Measurement, Slice
from promoter.policy.bound import Bound, DecideOn
from promoter.policy.policy import NearMiss


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What was compared with what. `satisfied` is None where it could not be decided.

    `margin` is how far the value is inside the bound, in the measure's unit; negative is outside. `is_near` says
    that the value lies in the policy's band around the bound, on either side.
    """

    satisfied: bool | None
    measure: str
    message: str
    location: Location
    slice: Slice = ()
    value: float | None = None
    interval: Interval | None = None
    n: int | None = None
    unit: str = ""
    comparator: str | None = None
    bound: float | None = None
    margin: float | None = None
    is_near: bool = False
    hint: str | None = None

    @property
    def relative_margin(self) -> float | None:
        """Return the margin as a fraction of the bound, or None where there is none."""
        if self.margin is None or not self.bound:
            return None
        return self.margin / abs(self.bound)

    def as_json(self) -> dict[str, Any]:
        """Return the published form."""
        interval = self.interval
        return {
            "satisfied": self.satisfied,
            "measure": self.measure,
            "slice": dict(self.slice),
            "value": self.value,
            "interval": interval
            and {
                "lower": interval.lower,
                "upper": interval.upper,
                "level": interval.level,
                "method": interval.method,
            },
            "n": self.n,
            "unit": self.unit,
            "comparator": self.comparator,
            "bound": self.bound,
            "margin": self.margin,
            "relative_margin": self.relative_margin,
            "near": self.is_near,
            "message": self.message,
            "hint": self.hint,
            "location": {"path": self.location.path, "line": self.location.line},
        }


def hold(measurement: Measurement, bound: Bound, *, location: Location, near_miss: NearMiss | None) -> Finding:
    """Return the finding of holding a measurement against a bound; equality passes.

    decide_on point: the value decides. decide_on interval: satisfied when the whole interval is inside the bound,
    not satisfied when it is wholly outside, undecided when it straddles the bound or there is none.
    """
    label, value = name_of(measurement), measurement.value
    if value is None:
        satisfied, message, margin = None, f"{label} is undecided: {measurement.undecidable}", None
    else:
        satisfied, why = _decide(measurement, bound)
        verb = "meets" if satisfied else "needs"
        message, margin = f"{label} is {value:.4g}{why}, {verb} {bound.comparator} {bound.limit:g}", bound.margin(value)
    return Finding(
        satisfied=satisfied,
        measure=measurement.measure,
        message=message,
        location=location,
        slice=measurement.slice,
        value=value,
        interval=measurement.interval,
        n=measurement.n,
        unit=measurement.unit,
        comparator=bound.comparator,
        bound=bound.limit,
        margin=margin,
        is_near=near_miss is not None and value is not None and is_near(value, bound, near_miss),
    )


def is_near(value: float, bound: Bound, near_miss: NearMiss) -> bool:
    """Say whether a value lies in the band around its bound, on either side.

    Nothing is near where the band has no width, nor a zero under an upper bound: no count and no gap is better.
    """
    width = near_miss.width(bound.limit)
    is_best = bound.at_most is not None and value == 0
    return width > 0 and not is_best and abs(bound.margin(value)) <= width


def name_of(measurement: Measurement) -> str:
    """Return `measure` or `measure of column=value, ...`."""
    where = ", ".join(f"{column}={value}" for column, value in measurement.slice)
    return f"{measurement.measure} of {where}" if where else measurement.measure


def _decide(measurement: Measurement, bound: Bound) -> tuple[bool | None, str]:
    """Return the comparison's end, and the interval in words where it took part."""
    if bound.decide_on is DecideOn.POINT:
        return bound.margin(measurement.value or 0.0) >= 0, ""
    interval = measurement.interval
    if interval is None:
        return None, " without an interval"
    words = f" ({interval.level:.0%} interval {interval.lower:.4g} to {interval.upper:.4g}, n = {measurement.n})"
    inside = [bound.margin(end) >= 0 for end in (interval.lower, interval.upper)]
    if all(inside):
        return True, words
    return (None if any(inside) else False), words
