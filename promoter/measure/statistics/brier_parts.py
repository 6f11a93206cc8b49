"""How far to trust the parts of the Brier score: reliability, resolution, uncertainty, each with an interval.

Reliability and resolution are sums of squares, w_b gap_b^2 over bins, and noise alone makes them positive. Such a sum
is taken as scale x a noncentral chi-squared variable whose mean and variance are those of the sum: right near 0, where
it is skewed, and normal far from it.
"""

import math
from dataclasses import dataclass

import numpy as np

from promoter.measure.measurement import Interval
from promoter.measure.statistics.arrays import Floats
from promoter.measure.statistics.calibration import gap_errors
from promoter.measure.statistics.estimate import Estimate
from promoter.measure.statistics.exact import exact_sum
from promoter.measure.statistics.intervals import DEFAULT_LEVEL, two_sided_z, wilson
from promoter.measure.statistics.noncentral import noncentral_interval
from promoter.measure.statistics.probability import binned_brier
from promoter.measure.statistics.reliability import ReliabilityBins, reliability_bins
from promoter.measure.statistics.sufficient import ScoreCounts

_FAR = 10_000.0
"""Statistic above which the noncentral law is normal to a hundredth of the interval; its series takes ever longer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BrierEstimates:
    """The parts of the Brier score that bins show; `n` of each is all rows."""

    reliability: Estimate
    resolution: Estimate
    uncertainty: Estimate


def brier_estimates(counts: ScoreCounts, *, bins: int = 10, level: float = DEFAULT_LEVEL) -> BrierEstimates:
    """Return `binned_brier` on equal-mass bins with intervals.

    The values keep the excess that noise adds, as the field's do; the intervals of reliability and resolution are of
    the parts without it, and are widened where they end below the value. That of uncertainty is Wilson's of the base
    rate, mapped by p (1 - p).
    Raises Undecidable where a score is not a probability.
    Sources: Murphy 1973; Bröcker 2012 for the excess; Satterthwaite 1946 and Patnaik 1949 for the matched moments.
    """
    return brier_estimates_on(reliability_bins(counts, bins=bins), level=level)


def brier_estimates_on(table: ReliabilityBins, *, level: float = DEFAULT_LEVEL) -> BrierEstimates:
    """Return `brier_estimates` of a score from its bins."""
    parts, weights = binned_brier(table), table.rows / table.n
    variances = gap_errors(table) ** 2
    base = int(table.positives.sum()) / table.n
    about_base = table.positive_rates - base
    reliability = _of_squares(parts.reliability, table.gaps, weights, variances, table.n, level=level)
    free = 1.0 - weights  # the base rate is the bins' own mean, which takes one degree of freedom from them
    resolution = _of_squares(parts.resolution, about_base, weights, variances, table.n, level=level, free=free)
    return BrierEstimates(
        reliability=Estimate(parts.reliability, reliability, table.n),
        resolution=Estimate(parts.resolution, resolution, table.n),
        uncertainty=Estimate(parts.uncertainty, _of_uncertainty(table, level=level), table.n),
    )


def _of_squares(
    value: float, gaps: Floats, weights: Floats, variances: Floats, n: int, *, level: float, free: Floats | float = 1.0
) -> Interval:
    """Return the interval of sum w gap^2 less its noise.

    The noise is b = sum w v; the sum's variance 2 sum (w v)^2 + 4 sum w^2 gap^2 v, and that of which rows fall into a
    bin, (sum w gap^4 - (sum w gap^2)^2) / n. With scale c = variance / (2 b + 4 sum w gap^2) and b / c degrees of
    freedom, c x noncentral chi-squared has the same mean and variance.
    """
    noise = exact_sum(weights * variances * free)
    if noise == 0.0:
        return Interval(value, value, level, "one bin")
    squares = np.maximum(gaps**2 - variances, 0.0)
    signal = exact_sum(weights * squares)
    of_rows = max(0.0, exact_sum(weights * squares**2) - signal**2) / n
    spread = exact_sum((weights * variances) ** 2 * free) / 2.0 + exact_sum(weights**2 * squares * variances)
    variance = 4.0 * spread + of_rows
    scale = variance / (2.0 * noise + 4.0 * signal)
    if value > _FAR * scale:
        half_width = two_sided_z(level) * math.sqrt(variance)
        return Interval(value - noise - half_width, max(value, value - noise + half_width), level, "debiased-normal")
    lower, upper = noncentral_interval(value / scale, freedom=noise / scale, level=level)
    return Interval(min(value, scale * lower), max(value, scale * upper), level, "noncentral-chi-squared, matched")


def _of_uncertainty(table: ReliabilityBins, *, level: float) -> Interval:
    """Return the least and greatest p (1 - p) of Wilson's interval of the base rate."""
    rate = wilson(int(table.positives.sum()), table.n, level=level)
    ends = [rate.lower * (1.0 - rate.lower), rate.upper * (1.0 - rate.upper)]
    upper = 0.25 if rate.lower <= 0.5 <= rate.upper else max(ends)
    return Interval(min(ends), upper, level, "wilson")
