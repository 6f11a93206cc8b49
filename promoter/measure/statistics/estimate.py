"""A number, how far to trust it, and the rows that it rests on."""

import math
from dataclasses import dataclass

from promoter.errors import Undecidable
from promoter.measure.measurement import Interval


@dataclass(frozen=True, slots=True)
class Estimate:
    """A finite value, its interval (None where no honest one is known), and the count of rows behind it.

    Raises Undecidable where the value is NaN or infinite: arithmetic that left the reals is never a result.
    """

    value: float
    interval: Interval | None
    n: int

    def __post_init__(self) -> None:
        """Refuse a value that is not a number."""
        if not math.isfinite(self.value):
            raise Undecidable(f"the arithmetic on {self.n} rows gave {self.value}, which is not a number")
