"""Accuracy of two models on the same rows: McNemar's exact test and Tango's interval."""

import math
from dataclasses import dataclass

from promoter.errors import Undecidable
from promoter.measure.measurement import Interval
from promoter.measure.statistics import special
from promoter.measure.statistics.estimate import Estimate
from promoter.measure.statistics.intervals import DEFAULT_LEVEL, two_sided_z
from promoter.measure.statistics.sufficient import Discordance

_BISECTIONS = 100


@dataclass(frozen=True, slots=True)
class McNemar:
    """`difference` is the candidate's accuracy minus the champion's; `p` is two-sided and exact."""

    difference: Estimate
    p: float


def mcnemar(counts: Discordance, *, level: float = DEFAULT_LEVEL) -> McNemar:
    """Return (candidate_only - champion_only) / n with Tango's score interval, and the exact binomial p.

    p is twice the smaller tail of binomial(b + c, 1/2), at most 1, and 1 where the models never disagree.
    Raises Undecidable without rows. Sources: McNemar 1947; Tango 1998 for the interval.
    """
    if counts.n == 0:
        raise Undecidable("there are no rows to compare on")
    disagreements = counts.champion_only + counts.candidate_only
    smaller = min(counts.champion_only, counts.candidate_only)
    p = min(1.0, 2.0 * float(special.bdtr(smaller, disagreements, 0.5))) if disagreements else 1.0
    value = (counts.candidate_only - counts.champion_only) / counts.n
    return McNemar(Estimate(value, _tango(counts, value, level=level), counts.n), p)


def _tango(counts: Discordance, value: float, *, level: float) -> Interval:
    """Return the differences whose score statistic lies within -+ z; the statistic falls as they rise."""
    z = two_sided_z(level)
    return Interval(_crossing(counts, z, -1.0, value), _crossing(counts, -z, value, 1.0), level, "tango")


def _crossing(counts: Discordance, target: float, lower: float, upper: float) -> float:
    """Return where Tango's statistic equals the target, by bisection on a bracket."""
    for _ in range(_BISECTIONS):
        middle = (lower + upper) / 2.0
        if _score(counts, middle) > target:
            lower = middle
        else:
            upper = middle
    return (lower + upper) / 2.0


def _score(counts: Discordance, delta: float) -> float:
    """Return (b - c - n delta) / sqrt(n (2 q + delta (1 - delta))), q the constrained estimate of c / n."""
    n, b, c = counts.n, counts.candidate_only, counts.champion_only
    linear = -b - c + (2 * n - b + c) * delta
    q = (math.sqrt(linear**2 + 8 * n * c * delta * (1.0 - delta)) - linear) / (4 * n)
    excess = b - c - n * delta
    variance = n * (2.0 * q + delta * (1.0 - delta))
    if variance <= 0.0:
        return math.copysign(math.inf, excess) if excess else 0.0
    return excess / math.sqrt(variance)
