"""Is the candidate worse than the champion by more than a margin? Three ends, never a coin toss between two."""

import math
from dataclasses import dataclass
from enum import Enum

from promoter.measure.measurement import Interval
from promoter.measure.statistics import special
from promoter.measure.statistics.intervals import two_sided_z

DEFAULT_POWER = 0.8
"""Chance of deciding after the additional rows, if the true difference is the observed one."""


class Direction(Enum):
    """Which way of a measure is good."""

    HIGHER_IS_BETTER = "higher_is_better"
    LOWER_IS_BETTER = "lower_is_better"


class End(Enum):
    """How a non-inferiority comparison ends."""

    NOT_INFERIOR = "not_inferior"
    INFERIOR = "inferior"
    INCONCLUSIVE = "inconclusive"


@dataclass(frozen=True, slots=True)
class NonInferiority:
    """The end, and when inconclusive about how many more rows decide; None where no number would."""

    end: End
    additional_rows: int | None


def noninferiority(
    difference: float,
    interval: Interval,
    *,
    margin: float,
    direction: Direction,
    n: int,
    power: float = DEFAULT_POWER,
) -> NonInferiority:
    """Compare candidate minus champion with a margin >= 0 in the measure's unit.

    With differences turned so that higher is better: not inferior where the lower end >= -margin, inferior where
    the upper end < -margin, else inconclusive. `n` rows made the interval. Additional rows assume that the observed
    difference is the true one and that the standard error shrinks with sqrt(n):
    n ((z_level + z_power) error / |difference + margin|)^2 - n, where the error is the half width on the margin's side
    over z_level. A difference of exactly -margin is never decided, so None.
    Source: Piaggio et al. 2012 (CONSORT, non-inferiority); the sample size is that of a z test.
    Raises ValueError for a negative margin or a power outside of (0, 1).
    """
    if not margin >= 0.0 or not 0.0 < power < 1.0:
        raise ValueError(f"margin {margin} is not >= 0, or power {power} is not in (0, 1)")
    gain, lower, upper = difference, interval.lower, interval.upper
    if direction is Direction.LOWER_IS_BETTER:
        gain, lower, upper = -difference, -interval.upper, -interval.lower
    if lower >= -margin:
        return NonInferiority(End.NOT_INFERIOR, None)
    if upper < -margin:
        return NonInferiority(End.INFERIOR, None)
    half_width = gain - lower if gain > -margin else upper - gain
    return NonInferiority(
        End.INCONCLUSIVE, _additional_rows(gain + margin, half_width, interval.level, n=n, power=power)
    )


def _additional_rows(distance: float, half_width: float, level: float, *, n: int, power: float) -> int | None:
    if distance == 0.0:
        return None
    z_level = two_sided_z(level)
    ratio = (z_level + float(special.ndtri(power))) / z_level * half_width / abs(distance)
    rows = n * (ratio**2 - 1.0)
    return max(1, math.ceil(rows)) if math.isfinite(rows) else None
