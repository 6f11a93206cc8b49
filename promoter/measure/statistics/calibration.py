"""How far predicted probabilities lie from what happens: expected and maximum calibration error, Spiegelhalter's z.

With bins b of equal mass, gap_b is the share of positives less the mean score, and se_b^2 the variance of the gap.
"""

import math
from dataclasses import dataclass
from functools import cache

import numpy as np

from promoter.errors import Undecidable
from promoter.measure.measurement import Interval
from promoter.measure.statistics import special
from promoter.measure.statistics.arrays import Floats
from promoter.measure.statistics.estimate import Estimate
from promoter.measure.statistics.exact import exact_sum
from promoter.measure.statistics.folded import folded_excess
from promoter.measure.statistics.intervals import DEFAULT_LEVEL, two_sided_z
from promoter.measure.statistics.reliability import ReliabilityBins, reliability_bins
from promoter.measure.statistics.sufficient import ScoreCounts

DEFAULT_BINS = 10
"""Bins of the calibration errors; the field's habit (Guo et al. 2017 use 15, scikit-learn's curves 5)."""


@dataclass(frozen=True, slots=True)
class CalibrationError:
    """The plain ECE, which overstates, and the debiased one; `bias` is the difference, `bins` those with rows."""

    plain: Estimate
    debiased: Estimate
    bias: float
    bins: int


def ece(counts: ScoreCounts, *, bins: int = DEFAULT_BINS, level: float = DEFAULT_LEVEL) -> CalibrationError:
    """Return the mean over rows of |gap of the row's bin|, plain and less the excess that noise alone adds.

    Noise makes |gap| too large: with the gap normal, by E|N(gap_b, se_b^2)| - |gap_b|, which the debiased value leaves
    out. Both bear the same interval, the debiased value -+ z sqrt(sum (w_b se_b)^2), w_b the bin's share of rows; its
    lower end is 0 unless Hosmer and Lemeshow's chi-squared on the bins rejects perfect calibration at the level.
    Raises Undecidable where a score is not a probability.
    Sources: Guo et al. 2017; Nixon et al. 2019 (equal mass); Kumar, Liang and Ma 2019 (debiasing);
    Hosmer and Lemeshow 1980 (the test, here with a degree of freedom for each bin).
    """
    return ece_on(reliability_bins(counts, bins=bins), level=level)


def ece_on(table: ReliabilityBins, *, level: float = DEFAULT_LEVEL) -> CalibrationError:
    """Return `ece` of a score from its bins."""
    weights, gaps, errors = table.rows / table.n, np.abs(table.gaps), gap_errors(table)
    plain = exact_sum(weights * gaps)
    bias = exact_sum(weights * folded_excess(gaps, errors))
    debiased = max(0.0, plain - bias)
    half_width = two_sided_z(level) * math.sqrt(exact_sum((weights * errors) ** 2))
    lower = max(0.0, debiased - half_width) if _rejects_calibration(table, level=level) else 0.0
    interval = Interval(lower, min(1.0, debiased + half_width), level, "debiased-normal")
    plain_interval = Interval(min(lower, plain), max(interval.upper, plain), level, "debiased-normal")
    return CalibrationError(
        Estimate(plain, plain_interval, table.n), Estimate(debiased, interval, table.n), bias, gaps.size
    )


def mce(counts: ScoreCounts, *, bins: int = DEFAULT_BINS, level: float = DEFAULT_LEVEL) -> Estimate:
    """Return the greatest |gap| over the bins; `n` is all rows.

    Being a maximum, the value is too high. The interval is the normal one of the bin that was found, shifted down by
    E max|gap_b + se_b N| - max|gap_b| (1,000 seeded draws, the same for every table) and widened to hold the value; its
    lower end is 0 unless Hosmer and Lemeshow's test rejects, as for `ece`. Raises Undecidable where a score is not a
    probability.
    """
    return mce_on(reliability_bins(counts, bins=bins), level=level)


def mce_on(table: ReliabilityBins, *, level: float = DEFAULT_LEVEL) -> Estimate:
    """Return `mce` of a score from its bins."""
    gaps, errors = np.abs(table.gaps), gap_errors(table)
    at = int(gaps.argmax())
    value, half_width = float(gaps[at]), two_sided_z(level) * float(errors[at])
    excess = max(0.0, float(np.abs(table.gaps + errors * _draws(gaps.size)).max(axis=1).mean()) - value)
    lower = max(0.0, value - excess - half_width) if _rejects_calibration(table, level=level) else 0.0
    upper = min(1.0, max(value, value - excess + half_width))
    return Estimate(value, Interval(lower, upper, level, "greatest bin, debiased-normal"), table.n)


@dataclass(frozen=True, slots=True)
class Spiegelhalter:
    """z above 0 says that outcomes were worse than the scores promised; p is two-sided; `n` rows."""

    z: float
    p: float
    n: int


def spiegelhalter(counts: ScoreCounts) -> Spiegelhalter:
    """Return z = sum (y - p)(1 - 2p) / sqrt(sum (1 - 2p)^2 p (1 - p)), standard normal where p is calibrated.

    Raises Undecidable where a score is not a probability, or all scores are 0, 1/2 or 1.
    Source: Spiegelhalter 1986; Rufibach 2010 for the form.
    """
    counts.require_probabilities()
    excesses, variances = [], []
    for block in counts.blocks():
        expected, tilt = block.totals * block.values, 1.0 - 2.0 * block.values
        excesses.append(float(((block.positives - expected) * tilt).sum()))
        variances.append(float((expected * (1.0 - block.values) * np.square(tilt)).sum()))
    excess, variance = math.fsum(excesses), math.fsum(variances)
    if variance == 0.0:
        raise Undecidable("all scores are 0, 1/2 or 1: Spiegelhalter's z does not exist")
    z = excess / math.sqrt(variance)
    return Spiegelhalter(z, float(2.0 * special.ndtr(-abs(z))), counts.n)


def _rejects_calibration(table: ReliabilityBins, *, level: float) -> bool:
    """Tell whether sum rows gap^2 / (p (1 - p)) exceeds chi-squared's quantile, p the mean score of a bin."""
    variances = table.mean_scores * (1.0 - table.mean_scores) / table.rows
    is_certain = variances <= 0.0
    if (table.gaps[is_certain] != 0.0).any():
        return True
    statistic = exact_sum(table.gaps[~is_certain] ** 2 / variances[~is_certain])
    return float(special.chdtrc(table.rows.size, statistic)) < 1.0 - level


def gap_errors(table: ReliabilityBins) -> Floats:
    """Return the standard error of each gap, (b,), with one success and one failure added so that none is 0.

    Scores are taken as given, so the gap varies as the share of positives does. Source: Agresti and Caffo 2000.
    """
    rates = (table.positives + 1.0) / (table.rows + 2.0)
    return np.sqrt(rates * (1.0 - rates) / table.rows)


@cache
def _draws(bins: int) -> Floats:
    """Return (1000, bins) standard normals."""
    return np.random.Generator(np.random.PCG64(0)).standard_normal((1000, bins))
