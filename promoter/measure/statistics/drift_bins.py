"""The bins in which drift of a numeric column is counted: pinned on the reference, blind to the current side.

Bin i of the cut points e holds e[i-1] < x <= e[i]; the first and the last are open, and one more bin after
them holds the missing values. The author of the current side moves no cut point, so a planted sentinel
stays in an end bin and blurs no other.
"""

import numpy as np
import numpy.typing as npt

from promoter.errors import Undecidable
from promoter.measure.statistics.arrays import Counts, Floats
from promoter.measure.statistics.drift_segments import present_ascending

DEFAULT_BINS = 10
"""Deciles: the usual choice for PSI in credit scoring (Siddiqi 2006)."""


def quantile_edges(reference: npt.ArrayLike, *, bins: int = DEFAULT_BINS) -> tuple[float, ...]:
    """Return strictly ascending cut points at the reference's quantiles 1/bins, ..., (bins - 1)/bins.

    Quantiles are order statistics (inverted CDF, SQL's percentile_disc), so infinities do no harm; NaN is missing.
    Raises Undecidable where no value is left, ValueError for fewer than 2 bins.
    """
    return edges_of_ascending(present_ascending(reference), bins=bins)


def edges_of_ascending(reference: Floats, *, bins: int = DEFAULT_BINS) -> tuple[float, ...]:
    """Return the cut points of `quantile_edges` of a column in ascending order without NaN."""
    if bins < 2:
        raise ValueError(f"bins is at least 2, got {bins}")
    if reference.size == 0:
        raise Undecidable("the reference has no values to pin bins on")
    return edges_from_quantiles(reference[-(-np.arange(1, bins) * reference.size // bins) - 1])


def edges_from_quantiles(quantiles: npt.ArrayLike) -> tuple[float, ...]:
    """Return cut points from quantiles that an engine has computed, in ascending order.

    Equal quantiles are collapsed, and the value that they share gets a bin of its own: without its lower cut
    point a constant reference would share a bin with everything below it. Infinite cut points are dropped.
    Raises Undecidable on NaN, ValueError on a descent.
    """
    values = np.asarray(quantiles, dtype=np.float64).ravel()
    if np.isnan(values).any():
        raise Undecidable("a quantile of the reference is NaN")
    if (values[1:] < values[:-1]).any():
        raise ValueError("quantiles are given in ascending order")
    distinct, repeats = np.unique(values, return_counts=True)
    atoms = distinct if distinct.size == 1 else distinct[repeats > 1]
    cuts = np.unique(np.concatenate([distinct, np.nextafter(atoms, -np.inf)]))
    return tuple(cuts[np.isfinite(cuts)].tolist())


def bin_counts(values: npt.ArrayLike, edges: tuple[float, ...]) -> Counts:
    """Return (len(edges) + 2,) counts: the bins in order, then the missing values."""
    array = np.asarray(values, dtype=np.float64).ravel()
    ascending = present_ascending(array)
    return counts_of_ascending(ascending, edges, missing=array.size - ascending.size)


def counts_of_ascending(values: Floats, edges: tuple[float, ...], *, missing: int) -> Counts:
    """Return the counts of `bin_counts` of a column in ascending order, its missing values counted already."""
    through = np.searchsorted(values, np.asarray(edges, dtype=np.float64), side="right")
    return np.diff(np.concatenate([[0], through, [values.size, values.size + missing]])).astype(np.int64)


def shares(counts: npt.ArrayLike, *, side: str) -> Floats:
    """Return counts over their total. Raises Undecidable where the total is 0, ValueError on a negative count."""
    array = np.asarray(counts, dtype=np.float64)
    if (array < 0).any():
        raise ValueError(f"the {side} has a negative count")
    total = array.sum()
    if total == 0:
        raise Undecidable(f"the {side} has no rows")
    return np.asarray(array / total, dtype=np.float64)
