"""What the highest-scored fraction of rows catches: cumulative gain and lift."""

import math

import numpy as np

from promoter.errors import Undecidable
from promoter.measure.measurement import Interval
from promoter.measure.statistics.estimate import Estimate
from promoter.measure.statistics.intervals import DEFAULT_LEVEL, logit_normal, wilson_fractional
from promoter.measure.statistics.sufficient import ScoreCounts


def gain_at(counts: ScoreCounts, *, fraction: float, level: float = DEFAULT_LEVEL) -> Estimate:
    """Return the share of all positives among the highest-scored `fraction` of rows; ties at the cut count in part.

    With gain G, base rate b, cut fraction k and r the positive rate at the cut over b, the variance is
    (G (1 - G) (1/b - 2 r) + r^2 k (1 - k)) / n: the cut moves with the sample. r is taken from the n^(4/5) rows around
    the cut. The interval is on the logit scale, Wilson's on the positives where G is 0 or 1.
    Raises Undecidable without positives, ValueError for a fraction outside of (0, 1).
    The variance is that of the influence function of G at a sample quantile (van der Vaart 1998, chapter 20).
    """
    if not 0.0 < fraction < 1.0:
        raise ValueError(f"fraction lies in (0, 1), got {fraction}")
    n, n_pos = counts.n, counts.n_positive
    if n_pos == 0:
        raise Undecidable(f"no positives in {n} rows: there is nothing to catch")
    reach = min(n**0.8 / 2.0, fraction * n, (1.0 - fraction) * n)
    fewer, caught, more = _caught(counts, [fraction * n - reach, fraction * n, fraction * n + reach])
    gain, base, around = min(1.0, caught / n_pos), n_pos / n, more - fewer
    ratio = around / (2.0 * reach) / base
    spread = gain * (1.0 - gain) * (1.0 / base - 2.0 * ratio) + ratio**2 * fraction * (1.0 - fraction)
    if not 0.0 < gain < 1.0 or spread <= 0.0:
        return Estimate(gain, wilson_fractional(gain, n_pos, level=level, method="wilson"), n)
    error = math.sqrt(spread / n)
    return Estimate(gain, logit_normal(gain, error, level=level, method="quantile-logit"), n)


def lift_at(counts: ScoreCounts, *, fraction: float, level: float = DEFAULT_LEVEL) -> Estimate:
    """Return gain over fraction: how many times the base rate the top holds. Errors and interval as `gain_at`."""
    return lift_of(gain_at(counts, fraction=fraction, level=level), fraction=fraction)


def lift_of(gain: Estimate, *, fraction: float) -> Estimate:
    """Return the lift at the fraction at which the gain was taken."""
    bounds = gain.interval
    if bounds is None:
        return Estimate(gain.value / fraction, None, gain.n)
    scaled = Interval(bounds.lower / fraction, bounds.upper / fraction, bounds.level, bounds.method)
    return Estimate(gain.value / fraction, scaled, gain.n)


def _caught(counts: ScoreCounts, rows: list[float]) -> list[float]:
    """Return how many positives the highest-scored `rows` rows hold, for each, a partly taken tie in proportion."""
    below = [counts.n - wanted for wanted in rows]
    caught = [float(counts.n_positive)] * len(rows)
    for block in counts.blocks():
        ends = np.concatenate([[block.before], np.cumsum(block.totals) + block.before])
        missed = np.concatenate([[block.positives_before], np.cumsum(block.positives) + block.positives_before])
        for place, wanted in enumerate(below):
            if ends[0] < wanted <= ends[-1]:
                caught[place] = counts.n_positive - float(np.interp(wanted, ends, missed))
    return caught
