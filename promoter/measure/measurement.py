"""A number with all that a judge or a reader needs to trust it."""

import math
from dataclasses import dataclass
from typing import Any

Slice = tuple[tuple[str, str], ...]
"""The rows that a number is about: pairs (column, value) in column order; () is all rows.

A number about one column of a table, such as its drift, says so as ("feature", name).
"""


@dataclass(frozen=True, slots=True)
class Interval:
    """A confidence interval; `level` is its nominal coverage in (0, 1), `method` names its construction."""

    lower: float
    upper: float
    level: float
    method: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """One statistic on one slice: a value, or the reason why there is none; never NaN.

    `n` counts the rows that the value rests on. `unit` is "fraction" for rates in [0, 1], "" for pure
    numbers, else a unit such as "ms" or the label's own.
    """

    measure: str
    n: int
    value: float | None = None
    unit: str = ""
    slice: Slice = ()
    interval: Interval | None = None
    undecidable: str | None = None

    def __post_init__(self) -> None:
        """Hold the one invariant: a finite value or a reason, never both, never neither."""
        has_value = self.value is not None and math.isfinite(self.value)
        if has_value == (self.undecidable is not None):
            message = f"{self.measure}: needs a finite value or a reason, got {self.value!r} and {self.undecidable!r}"
            raise ValueError(message)

    def as_json(self) -> dict[str, Any]:
        """Return the published form: measure, slice, value, interval, n, unit, undecidable."""
        interval = self.interval and {
            "lower": self.interval.lower,
            "upper": self.interval.upper,
            "level": self.interval.level,
            "method": self.interval.method,
        }
        return {
            "measure": self.measure,
            "slice": dict(self.slice),
            "value": self.value,
            "interval": interval,
            "n": self.n,
            "unit": self.unit,
            "undecidable": self.undecidable,
        }
