"""Divergences between two columns of counts over the same pinned bins or categories, with their null.

Near equality every divergence here is, up to a factor, Pearson's chi-squared: divergence / (s (1/n + 1/m))
follows a noncentral chi-squared with B - 1 degrees of freedom, whose noncentrality is the true divergence over
the same scale (Csiszar and Shields 2004, section 4: f-divergences share the second-order term). Inverting it
gives an interval that stays right at zero, where the delta method has no width.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from promoter.measure.measurement import Interval
from promoter.measure.statistics import special
from promoter.measure.statistics.arrays import Floats
from promoter.measure.statistics.drift_bins import shares
from promoter.measure.statistics.estimate import Estimate
from promoter.measure.statistics.exact import exact_sum
from promoter.measure.statistics.intervals import DEFAULT_LEVEL
from promoter.measure.statistics.noncentral import noncentral_interval

_JENSEN_SHANNON_SCALE = 1.0 / (8.0 * float(np.log(2.0)))


@dataclass(frozen=True, slots=True)
class NullTest:
    """How far noise alone carries a statistic: `critical_value` is exceeded with probability 1 - level."""

    p_value: float
    critical_value: float
    degrees_of_freedom: int
    level: float


def psi(reference_counts: npt.ArrayLike, current_counts: npt.ArrayLike, *, level: float = DEFAULT_LEVEL) -> Estimate:
    """Return the population stability index, sum of (q - p) ln(q / p), p the reference's shares and q the current's.

    Bins empty on both sides are left out; a bin empty on one side counts half a row there, the others keep
    their shares. Raises Undecidable where a side has no rows. Source: Siddiqi 2006; Yurdakul 2018 for the null.
    """
    return _estimate(reference_counts, current_counts, formula=_psi_of_counts, scale=1.0, level=level)


def psi_null(
    reference_counts: npt.ArrayLike, current_counts: npt.ArrayLike, *, level: float = DEFAULT_LEVEL
) -> NullTest:
    """Return p and critical value of the PSI under no drift: (1/n + 1/m) chi-squared, B - 1 degrees of freedom.

    B counts the bins that are not empty on both sides; a single bin has p = 1 and critical value 0.
    Source: Yurdakul 2018, theorem 3.1.
    """
    value = psi(reference_counts, current_counts, level=level).value
    reference, current = _occupied(reference_counts, current_counts)
    freedom = reference.size - 1
    if freedom == 0:
        return NullTest(1.0, 0.0, 0, level)
    unit = 1.0 / reference.sum() + 1.0 / current.sum()
    return NullTest(
        p_value=float(special.chdtrc(freedom, value / unit)),
        critical_value=float(special.chdtri(freedom, 1.0 - level) * unit),
        degrees_of_freedom=freedom,
        level=level,
    )


def jensen_shannon_divergence(
    reference_counts: npt.ArrayLike, current_counts: npt.ArrayLike, *, level: float = DEFAULT_LEVEL
) -> Estimate:
    """Return the Jensen-Shannon divergence in bits (base 2), in [0, 1]: (KL(p, m) + KL(q, m)) / 2, m = (p + q) / 2.

    Raises Undecidable where a side has no rows. Source: Lin 1991, equation 4.1.
    """
    result = _estimate(
        reference_counts,
        current_counts,
        formula=_jensen_shannon_of_counts,
        scale=_JENSEN_SHANNON_SCALE,
        level=level,
    )
    return _clipped_at_one(result)


def jensen_shannon_distance(
    reference_counts: npt.ArrayLike, current_counts: npt.ArrayLike, *, level: float = DEFAULT_LEVEL
) -> Estimate:
    """Return the square root of the divergence in base 2, a metric in [0, 1], as scipy's jensenshannon(base=2).

    Raises Undecidable where a side has no rows. Source: Endres and Schindelin 2003.
    """
    divergence = jensen_shannon_divergence(reference_counts, current_counts, level=level)
    interval = divergence.interval
    root = interval and Interval(interval.lower**0.5, interval.upper**0.5, interval.level, interval.method)
    return Estimate(divergence.value**0.5, root, divergence.n)


def _estimate(
    reference_counts: npt.ArrayLike,
    current_counts: npt.ArrayLike,
    *,
    formula: Callable[[Floats, Floats], float],
    scale: float,
    level: float,
) -> Estimate:
    reference, current = _occupied(reference_counts, current_counts)
    n, m = reference.sum(), current.sum()
    value = formula(reference, current)
    rows = int(n + m)
    if reference.size == 1:
        return Estimate(value, None, rows)
    unit = scale * (1.0 / n + 1.0 / m)
    lower, upper = noncentral_interval(value / unit, freedom=reference.size - 1, level=level)
    return Estimate(value, Interval(lower * unit, upper * unit, level, "noncentral chi-squared"), rows)


def _occupied(reference_counts: npt.ArrayLike, current_counts: npt.ArrayLike) -> tuple[Floats, Floats]:
    """Return both sides' counts in the bins that at least one side has rows in."""
    reference = np.asarray(reference_counts, dtype=np.float64).ravel()
    current = np.asarray(current_counts, dtype=np.float64).ravel()
    if reference.size != current.size:
        raise ValueError(f"the reference has {reference.size} bins, the current {current.size}")
    shares(reference, side="reference")
    shares(current, side="current")
    occupied = (reference > 0) | (current > 0)
    return reference[occupied], current[occupied]


def _psi_of_counts(reference: Floats, current: Floats) -> float:
    p = np.where(reference > 0, reference, 0.5) / reference.sum()
    q = np.where(current > 0, current, 0.5) / current.sum()
    return exact_sum((q - p) * np.log(q / p))


def _jensen_shannon_of_counts(reference: Floats, current: Floats) -> float:
    p, q = reference / reference.sum(), current / current.sum()
    middle = (p + q) / 2.0
    nats = exact_sum(np.concatenate([special.rel_entr(p, middle), special.rel_entr(q, middle)])) / 2.0
    return min(max(nats / float(np.log(2.0)), 0.0), 1.0)


def _clipped_at_one(estimate: Estimate) -> Estimate:
    interval = estimate.interval
    if interval is None:
        return estimate
    clipped = Interval(min(interval.lower, 1.0), min(interval.upper, 1.0), interval.level, interval.method)
    return Estimate(estimate.value, clipped, estimate.n)
