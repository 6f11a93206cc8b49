"""What a sorted column tells of itself, so that a profile of the same table need not read it again."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True, slots=True, kw_only=True)
class Extent:
    """Rows that hold a number, infinities among them, and the ends of the finite ones, None where there are none."""

    filled: int
    infinite: int
    minimum: float | None
    maximum: float | None


def extent_of(ascending: npt.NDArray[np.float64]) -> Extent:
    """Return the extent of a column (n,) in ascending order, NaN last."""
    start = int(np.searchsorted(ascending, -np.inf, side="right"))
    end, filled = (int(place) for place in np.searchsorted(ascending, (np.inf, np.nan)))
    has_finite = start < end
    return Extent(
        filled=filled,
        infinite=filled - (end - start),
        minimum=float(ascending[start]) if has_finite else None,
        maximum=float(ascending[end - 1]) if has_finite else None,
    )
