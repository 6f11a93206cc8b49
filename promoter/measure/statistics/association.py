"""How strongly one column tells another: a feature the label (leakage), a feature a sensitive attribute (proxy).

Each strength lies in [0, 1], 0 for none and 1 for a column that gives the other away. A rank statistic misses a
feature whose middle, or whose missing values, give the label away; so `numeric_strength` takes the strongest of three.
"""

import math
from dataclasses import dataclass
from enum import Enum

import numpy as np
import numpy.typing as npt

from promoter.errors import Undecidable
from promoter.measure.measurement import Interval
from promoter.measure.statistics.arrays import Floats
from promoter.measure.statistics.curve import roc_auc
from promoter.measure.statistics.drift_bins import quantile_edges
from promoter.measure.statistics.estimate import Estimate
from promoter.measure.statistics.intervals import DEFAULT_LEVEL
from promoter.measure.statistics.noncentral import noncentral_f_interval, stretched_roots
from promoter.measure.statistics.sufficient import ScoreCounts


class View(Enum):
    """The side from which a numeric feature tells most."""

    ORDER = "order"
    BINS = "bins"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Strength:
    """The strongest of the views of a feature, and which it is. The interval is that view's own."""

    estimate: Estimate
    view: View


def crosstab(first: npt.ArrayLike, second: npt.ArrayLike) -> npt.NDArray[np.int64]:
    """Return the (rows, columns) counts of two aligned columns of codes or texts. Raises Undecidable if not aligned."""
    a, row = np.unique(np.asarray(first), return_inverse=True)
    b, column = np.unique(np.asarray(second), return_inverse=True)
    if row.size != column.size:
        raise Undecidable(f"the rows are not aligned: {row.size} and {column.size}")
    cells = np.bincount(row * b.size + column, minlength=a.size * b.size)
    return cells.reshape(a.size, b.size).astype(np.int64)


def cramers_v(table: npt.ArrayLike, *, level: float = DEFAULT_LEVEL) -> Estimate:
    """Return sqrt(chi-squared / (n (min(rows, columns) - 1))) of a table of counts, as scipy's association("cramer").

    The interval inverts the noncentral chi-squared, stretched by the standard error of the root of chi-squared under
    multinomial sampling, which is 1 near independence and less where the association is strong. Empty rows and columns
    are left out. Raises Undecidable where one row or column is left: a constant column tells nothing and can be told
    by anything. Sources: Cramer 1946, section 21.9; Bishop, Fienberg and Holland 1975, section 11.3 (that error).
    """
    counts = np.asarray(table, dtype=np.float64)
    counts = counts[counts.sum(axis=1) > 0][:, counts.sum(axis=0) > 0]
    if min(counts.shape) < 2:
        raise Undecidable("one of the two columns is constant, so no association exists")
    n = counts.sum()
    expected = counts.sum(axis=1, keepdims=True) * counts.sum(axis=0) / n
    statistic = float(((counts - expected) ** 2 / expected).sum())
    most = n * (min(counts.shape) - 1)
    freedom = (counts.shape[0] - 1) * (counts.shape[1] - 1)
    error = _error_of_root(counts / n, statistic / n)
    roots = stretched_roots(statistic, freedom=freedom, error=error, level=level)
    lower, upper = (min(1.0, root / most**0.5) for root in roots)
    interval = Interval(lower, upper, level, "noncentral chi-squared, multinomial")
    return Estimate(min(1.0, (statistic / most) ** 0.5), interval, int(n))


def _error_of_root(shares: Floats, square: float) -> float:
    """Return the delta method's standard error of sqrt(chi-squared); chi-squared / n is the square, above 0 or 1."""
    if square <= 0.0:
        return 1.0
    row, column = shares.sum(axis=1, keepdims=True), shares.sum(axis=0, keepdims=True)
    of_rows = (shares**2 / column).sum(axis=1, keepdims=True) / row**2
    of_columns = (shares**2 / row).sum(axis=0, keepdims=True) / column**2
    slopes = 2.0 * shares / (row * column) - of_rows - of_columns
    variance = float((shares * slopes**2).sum() - (shares * slopes).sum() ** 2)
    return math.sqrt(max(0.0, variance) / (4.0 * square))


def correlation_ratio(categories: npt.ArrayLike, values: npt.ArrayLike, *, level: float = DEFAULT_LEVEL) -> Estimate:
    """Return eta, the root of the between-category share of the values' variance; NaN values are left out.

    The interval inverts the noncentral F, and is None where categories give the values away altogether. Raises
    Undecidable on one category, constant or infinite values and no row more than categories. Source: Fisher 1925,
    section 45; Smithson 2003.
    """
    numbers, present = _present(values)
    _, codes = np.unique(np.asarray(categories)[present], return_inverse=True)
    groups = int(codes.max()) + 1
    freedom = (groups - 1, numbers.size - groups)
    if min(freedom) < 1 or numbers.min() == numbers.max():
        raise Undecidable(f"{numbers.size} rows in {groups} categories: constant, or too few for a ratio")
    centred = numbers - numbers.mean()
    means = np.bincount(codes, weights=centred) / np.bincount(codes)
    share = min(1.0, float((means[codes] ** 2).sum() / (centred**2).sum()))
    if share > 1.0 - 1e-12:
        return Estimate(1.0, None, numbers.size)
    statistic = share / (1.0 - share) * freedom[1] / freedom[0]
    ends = noncentral_f_interval(statistic, freedom=freedom, level=level)
    lower, upper = ((end / (end + numbers.size)) ** 0.5 for end in ends)
    return Estimate(share**0.5, Interval(lower, upper, level, "noncentral F"), numbers.size)


def rank_separation(label: npt.ArrayLike, feature: npt.ArrayLike, *, level: float = DEFAULT_LEVEL) -> Estimate:
    """Return |2 AUC - 1| of a feature taken as the score of a 0/1 label, NaN left out, infinities in order.

    The interval is that of the AUC, folded at 1/2. Raises Undecidable where one class is left. Source: Somers 1962 (D).
    """
    numbers = np.asarray(feature, dtype=np.float64)
    present = ~np.isnan(numbers)
    _, ranks = np.unique(numbers[present], return_inverse=True)
    if ranks.size == 0:
        raise Undecidable("the feature has no values")
    area = roc_auc(ScoreCounts.from_rows(np.asarray(label)[present], ranks.astype(np.float64)), level=level)
    interval = area.interval
    if interval is not None:
        ends = sorted((abs(2 * interval.lower - 1), abs(2 * interval.upper - 1)))
        lower = 0.0 if interval.lower <= 0.5 <= interval.upper else ends[0]
        interval = Interval(lower, ends[1], level, interval.method)
    return Estimate(abs(2 * area.value - 1), interval, area.n)


def numeric_strength(
    target: npt.ArrayLike, feature: npt.ArrayLike, *, bins: int = 10, level: float = DEFAULT_LEVEL
) -> Strength:
    """Return the strongest of: rank order (0/1 targets), quantile bins (Cramer's V), missing or not (Cramer's V).

    target (n,) 0/1 or codes of categories, feature (n,) with NaN as missing. Raises Undecidable with the last reason
    where no view exists, such as for a constant target.
    """
    codes, numbers = np.asarray(target), np.asarray(feature, dtype=np.float64)
    if codes.size != numbers.size:
        raise Undecidable(f"the rows are not aligned: target has {codes.size}, feature has {numbers.size}")
    missing = np.isnan(numbers)
    found: list[Strength] = []
    reason = "the feature has no rows"
    for view in View:
        try:
            found.append(Strength(_seen_from(view, codes, numbers, missing, bins=bins, level=level), view))
        except Undecidable as undecidable:
            reason = undecidable.reason
    if not found:
        raise Undecidable(reason)
    return max(found, key=lambda strength: strength.estimate.value)


def _seen_from(
    view: View,
    codes: npt.NDArray[np.generic],
    numbers: Floats,
    missing: npt.NDArray[np.bool_],
    *,
    bins: int,
    level: float,
) -> Estimate:
    if view is View.ORDER:
        return rank_separation(codes, numbers, level=level)
    if view is View.MISSING:
        return cramers_v(crosstab(codes, missing), level=level)
    places = np.searchsorted(np.asarray(quantile_edges(numbers, bins=bins)), numbers[~missing], side="left")
    return cramers_v(crosstab(codes[~missing], places), level=level)


def _present(values: npt.ArrayLike) -> tuple[Floats, npt.NDArray[np.bool_]]:
    numbers = np.asarray(values, dtype=np.float64)
    present = ~np.isnan(numbers)
    infinite = int(np.isinf(numbers).sum())
    if infinite or not present.any():
        raise Undecidable(f"{infinite} infinite and {int(present.sum())} present values: no variance to share out")
    return numbers[present], present
