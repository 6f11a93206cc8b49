"""Drift of a column of categories, from counts per category; None is the missing value.

Categories are the texts that the engine read, compared as they are: "1" and "1.0" are two categories. PSI and
Jensen-Shannon are those of drift_divergence on `aligned` counts.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from promoter.errors import Undecidable
from promoter.measure.measurement import Interval
from promoter.measure.statistics import special
from promoter.measure.statistics.arrays import Counts, Floats
from promoter.measure.statistics.drift_bins import shares
from promoter.measure.statistics.drift_divergence import NullTest
from promoter.measure.statistics.estimate import Estimate
from promoter.measure.statistics.folded import folded_excess
from promoter.measure.statistics.intervals import DEFAULT_LEVEL, newcombe_difference, two_sided_z
from promoter.measure.statistics.noncentral import noncentral_interval

CategoryCounts = Mapping[str | None, int]

_UPPER_SHARE = 0.75
"""Share of the noise that the upper end of a total variation leaves out."""


@dataclass(frozen=True, slots=True)
class AlignedCounts:
    """Both sides' counts over the union of their categories, in text order, the missing value last."""

    categories: tuple[str | None, ...]
    reference: Counts
    current: Counts


@dataclass(frozen=True, slots=True)
class ChangedCategories:
    """Categories that only one side has, each with its rows there, most rows first, then in text order."""

    new: tuple[tuple[str, int], ...]
    vanished: tuple[tuple[str, int], ...]
    new_share: float
    vanished_share: float


def aligned(reference: CategoryCounts, current: CategoryCounts) -> AlignedCounts:
    """Return the counts over all categories with a row on either side. Raises Undecidable where a side has none."""
    seen = {category for side in (reference, current) for category, count in side.items() if count}
    named = sorted(category for category in seen if category is not None)
    categories: tuple[str | None, ...] = (*named, None) if None in seen else tuple(named)
    columns = [np.array([side.get(key, 0) for key in categories], dtype=np.int64) for side in (reference, current)]
    shares(columns[0], side="reference")
    shares(columns[1], side="current")
    return AlignedCounts(categories, columns[0], columns[1])


def changed_categories(reference: CategoryCounts, current: CategoryCounts) -> ChangedCategories:
    """Return new and vanished categories, and their shares of all rows of the side that has them.

    The missing value is no category. Raises Undecidable where a side has no rows.
    """
    counts = aligned(reference, current)
    new = _only(counts.categories, here=counts.current, there=counts.reference)
    vanished = _only(counts.categories, here=counts.reference, there=counts.current)
    return ChangedCategories(
        new,
        vanished,
        sum(count for _, count in new) / int(counts.current.sum()),
        sum(count for _, count in vanished) / int(counts.reference.sum()),
    )


def chi_squared(
    reference_counts: npt.ArrayLike, current_counts: npt.ArrayLike, *, level: float = DEFAULT_LEVEL
) -> tuple[float, NullTest]:
    """Return Pearson's statistic of the 2 x B table without continuity correction, and its test with B - 1 degrees.

    Equals scipy's chi2_contingency(correction=False). Bins empty on both sides are left out. Raises Undecidable where
    a side has no rows or fewer than two bins are left. Source: Pearson 1900.
    """
    table = _table(reference_counts, current_counts)
    expected = table.sum(axis=1, keepdims=True) * table.sum(axis=0) / table.sum()
    statistic = float(((table - expected) ** 2 / expected).sum())
    freedom = table.shape[1] - 1
    return statistic, NullTest(
        p_value=float(special.chdtrc(freedom, statistic)),
        critical_value=float(special.chdtri(freedom, 1.0 - level)),
        degrees_of_freedom=freedom,
        level=level,
    )


def cramers_v_drift(
    reference_counts: npt.ArrayLike, current_counts: npt.ArrayLike, *, level: float = DEFAULT_LEVEL
) -> Estimate:
    """Return sqrt(chi-squared / n), the effect size of the 2 x B table in [0, 1], by inverting the noncentral law.

    Raises as `chi_squared`. Source: Cramer 1946, section 21.9; Smithson 2003, chapter 4 for the interval.
    """
    statistic, test = chi_squared(reference_counts, current_counts)
    n = int(np.sum(reference_counts) + np.sum(current_counts))
    ends = noncentral_interval(statistic, freedom=test.degrees_of_freedom, level=level)
    lower, upper = (min(1.0, (end / n) ** 0.5) for end in ends)
    return Estimate((statistic / n) ** 0.5, Interval(lower, upper, level, "noncentral chi-squared"), n)


def total_variation(
    reference_counts: npt.ArrayLike, current_counts: npt.ArrayLike, *, level: float = DEFAULT_LEVEL
) -> Estimate:
    """Return half the sum of |p - q|: the largest difference of probability that any set of bins shows, in [0, 1].

    The half width is normal, of the set found, z sqrt(a (1 - a) / n + b (1 - b) / m). Noise makes each |p - q| too
    large: the lower end leaves that out, the upper three quarters of it, since what is left out is itself too much
    where a difference is about twice its error (simulated, 5 to 20 bins). The lower end is 0 unless chi-squared
    rejects equality at the level. Raises as `shares`. Source: Levin, Peres and Wilmer 2009, proposition 4.2.
    """
    p = shares(reference_counts, side="reference")
    q = shares(current_counts, side="current")
    n, m = int(np.sum(reference_counts)), int(np.sum(current_counts))
    gaps = np.abs(p - q)
    value = float(gaps.sum()) / 2.0
    gained = q > p
    a, b = float(p[gained].sum()), float(q[gained].sum())
    half_width = two_sided_z(level) * float(np.sqrt(max(a * (1 - a), 0) / n + max(b * (1 - b), 0) / m))
    pooled = (p * n + q * m) / (n + m)
    noise = float(folded_excess(gaps, np.sqrt(pooled * (1 - pooled) * (1 / n + 1 / m))).sum()) / 2.0
    is_moved = pooled.max() < 1.0 and chi_squared(reference_counts, current_counts)[1].p_value < 1.0 - level
    lower = max(0.0, value - noise - half_width) if is_moved else 0.0
    upper = min(1.0, max(value, value - _UPPER_SHARE * noise + half_width))
    return Estimate(value, Interval(lower, upper, level, "largest set, debiased-normal"), n + m)


def missing_rate_difference(
    *, reference_missing: int, reference_n: int, current_missing: int, current_n: int, level: float = DEFAULT_LEVEL
) -> Estimate:
    """Return the current side's share of missing values minus the reference's, with Newcombe's interval.

    Raises Undecidable where a side has no rows. Source: Newcombe 1998 (independent proportions), method 10.
    """
    interval = newcombe_difference(current_missing, current_n, reference_missing, reference_n, level=level)
    value = current_missing / current_n - reference_missing / reference_n
    return Estimate(value, interval, reference_n + current_n)


def _only(categories: tuple[str | None, ...], *, here: Counts, there: Counts) -> tuple[tuple[str, int], ...]:
    pairs = zip(categories, here.tolist(), there.tolist(), strict=True)
    found = [(key, count) for key, count, other in pairs if key is not None and count and not other]
    return tuple(sorted(found, key=lambda pair: (-pair[1], pair[0])))


def _table(reference_counts: npt.ArrayLike, current_counts: npt.ArrayLike) -> Floats:
    table = np.array([reference_counts, current_counts], dtype=np.float64)
    shares(table[0], side="reference")
    shares(table[1], side="current")
    table = table[:, table.sum(axis=0) > 0]
    if table.shape[1] < 2:
        raise Undecidable("all rows of both sides are in one bin, so there is nothing to compare")
    return table
