"""One-sided tests of a difference against a margin, from its interval, so that many can be corrected together."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from promoter.measure.measurement import Interval
from promoter.measure.statistics.intervals import two_sided_z
from promoter.measure.statistics.multiplicity import holm
from promoter.measure.statistics.noninferiority import Direction, noninferiority

Correction = Literal["holm", "bonferroni", "none"]


@dataclass(frozen=True, slots=True, kw_only=True)
class MarginTest:
    """Candidate minus champion against a loss of `margin` >= 0, in the measure's unit, on `n` rows.

    The standard error is taken from the interval, each side for itself: half width / z(level). It is exact for
    normal intervals, and for others agrees with the interval at its own level.
    """

    difference: float
    interval: Interval
    margin: float
    direction: Direction
    n: int

    @property
    def distance(self) -> float:
        """How far the difference is inside of the margin, higher being better; negative is a larger loss."""
        is_lower_better = self.direction is Direction.LOWER_IS_BETTER
        return self.margin + (-self.difference if is_lower_better else self.difference)

    @property
    def p_loss(self) -> float:
        """Chance of at least this distance if the true loss were the margin: small means not inferior."""
        return _upper_tail(self.distance, self._half_widths[0] / two_sided_z(self.interval.level))

    @property
    def p_kept(self) -> float:
        """Chance of at most this distance if the true loss were the margin: small means inferior."""
        return _upper_tail(-self.distance, self._half_widths[1] / two_sided_z(self.interval.level))

    def additional_rows(self, *, alpha: float) -> int | None:
        """Return about how many more rows decide at one-sided `alpha`, power 0.8, if the difference stays as it is.

        None where no number would, or where the test is decided without correction.
        """
        level = 1.0 - 2.0 * alpha
        factor = two_sided_z(level) / two_sided_z(self.interval.level)
        lower = self.difference - (self.difference - self.interval.lower) * factor
        upper = self.difference + (self.interval.upper - self.difference) * factor
        interval = Interval(lower, upper, level, self.interval.method)
        return noninferiority(
            self.difference, interval, margin=self.margin, direction=self.direction, n=self.n
        ).additional_rows

    @property
    def _half_widths(self) -> tuple[float, float]:
        """The interval's half widths on the worse and on the better side."""
        below, above = self.difference - self.interval.lower, self.interval.upper - self.difference
        return (above, below) if self.direction is Direction.LOWER_IS_BETTER else (below, above)


def corrected(p_values: Sequence[float], *, correction: Correction) -> tuple[float, ...]:
    """Return p-values adjusted for there being so many of them, in the order given."""
    if correction == "none" or not p_values:
        return tuple(p_values)
    if correction == "bonferroni":
        return tuple(min(1.0, p * len(p_values)) for p in p_values)
    return tuple(float(p) for p in holm(p_values))


def _upper_tail(distance: float, standard_error: float) -> float:
    """Return P(Z >= distance / standard error); without any spread 0 where distance >= 0, else 1."""
    if standard_error <= 0.0:
        return 0.0 if distance >= 0.0 else 1.0
    return 0.5 * math.erfc(distance / standard_error / math.sqrt(2.0))
