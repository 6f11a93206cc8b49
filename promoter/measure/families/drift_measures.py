"""The drift measures of one column, and what noise alone would give them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from promoter.errors import Undecidable
from promoter.measure.families.family import attempt, measurement, number, settled
from promoter.measure.measurement import Measurement
from promoter.measure.statistics.arrays import Counts
from promoter.measure.statistics.drift_bins import counts_of_ascending, edges_of_ascending
from promoter.measure.statistics.drift_categorical import (
    AlignedCounts,
    aligned,
    changed_categories,
    missing_rate_difference,
    total_variation,
)
from promoter.measure.statistics.drift_divergence import NullTest, jensen_shannon_distance, psi, psi_null
from promoter.measure.statistics.drift_ks import ks_on, ks_p
from promoter.measure.statistics.drift_segments import segments, without_missing
from promoter.measure.statistics.drift_wasserstein import wasserstein_clipped_on, wasserstein_estimate_on
from promoter.measure.statistics.estimate import Estimate

NUMERIC_MEASURES = (
    "psi",
    "psi_p",
    "jensen_shannon",
    "ks",
    "ks_p",
    "wasserstein",
    "wasserstein_clipped",
    "missing_rate_difference",
)
CATEGORICAL_MEASURES = (
    "psi",
    "psi_p",
    "jensen_shannon",
    "total_variation",
    "new_categories",
    "vanished_categories",
    "missing_rate_difference",
)
_CATEGORIES_NAMED = 20

Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnDrift:
    """A column's measures; the PSI that no drift exceeds 95 times in 100; new and vanished categories with rows."""

    values: tuple[Measurement, ...]
    psi_null: float | None
    changed: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Binned:
    reference: Counts
    current: Counts


def of_numbers(reference: Numbers, current: Numbers, *, name: str, bins: int) -> ColumnDrift:
    """Return the measures of a numeric column: (n,) and (m,) float64 in ascending order, NaN where missing, last."""
    rows, where = (reference.size, current.size), (("feature", name),)
    make = partial(measurement, n=sum(rows), slice_=where)
    first, second = without_missing(reference), without_missing(current)
    missing = rows[0] - first.size, rows[1] - second.size
    binned = attempt(lambda: _binned(first, second, missing, bins))
    null = attempt(lambda: psi_null(settled(binned).reference, settled(binned).current))
    found = attempt(lambda: segments(first, second))
    distance = attempt(lambda: ks_on(settled(found)))
    values = (
        make("psi", _on_bins(psi), binned),
        make("psi_p", partial(_null_p, sum(rows)), null),
        make("jensen_shannon", _on_bins(jensen_shannon_distance), binned),
        make("ks", lambda estimate: estimate, distance),
        make("ks_p", partial(_ks_p, first.size, second.size), distance),
        make("wasserstein", wasserstein_estimate_on, found),
        make("wasserstein_clipped", wasserstein_clipped_on, found),
        missing_values((missing[0], rows[0]), (missing[1], rows[1]), name=name),
    )
    return ColumnDrift(values=values, psi_null=_critical(null))


def of_categories(reference: Mapping[str | None, int], current: Mapping[str | None, int], *, name: str) -> ColumnDrift:
    """Return the measures of a categorical column from its rows by category, None for missing ones."""
    totals = sum(reference.values()), sum(current.values())
    n, where = sum(totals), (("feature", name),)
    make = partial(measurement, n=n, slice_=where)
    counts = attempt(lambda: aligned(reference, current))
    null = attempt(lambda: psi_null(settled(counts).reference, settled(counts).current))
    changed = changed_categories(reference, current)
    values = (
        make("psi", _on_aligned(psi), counts),
        make("psi_p", partial(_null_p, n), null),
        make("jensen_shannon", _on_aligned(jensen_shannon_distance), counts),
        make("total_variation", _on_aligned(total_variation), counts, unit="fraction"),
        number("new_categories", len(changed.new), n=totals[1], slice_=where, unit="categories"),
        number("vanished_categories", len(changed.vanished), n=totals[0], slice_=where, unit="categories"),
        missing_values((reference.get(None, 0), totals[0]), (current.get(None, 0), totals[1]), name=name),
    )
    named = {
        "new": [list(pair) for pair in changed.new[:_CATEGORIES_NAMED]],
        "vanished": [list(pair) for pair in changed.vanished[:_CATEGORIES_NAMED]],
    }
    return ColumnDrift(
        values=values,
        psi_null=_critical(null),
        changed=named if changed.new or changed.vanished else {},
    )


def _binned(reference: Numbers, current: Numbers, missing: tuple[int, int], bins: int) -> _Binned:
    edges = edges_of_ascending(reference, bins=bins)
    counted = (
        counts_of_ascending(side, edges, missing=gone) for side, gone in zip((reference, current), missing, strict=True)
    )
    return _Binned(*counted)


def _on_bins(statistic: Callable[..., Estimate]) -> Callable[[_Binned], Estimate]:
    return lambda binned: statistic(binned.reference, binned.current)


def _on_aligned(statistic: Callable[..., Estimate]) -> Callable[[AlignedCounts], Estimate]:
    return lambda counts: statistic(counts.reference, counts.current)


def _null_p(n: int, null: NullTest) -> Estimate:
    return Estimate(null.p_value, None, n)


def _critical(null: NullTest | Undecidable) -> float | None:
    return None if isinstance(null, Undecidable) else float(null.critical_value)


def _ks_p(n: int, m: int, distance: Estimate) -> Estimate:
    return Estimate(ks_p(distance.value, n=n, m=m), None, distance.n)


def missing_values(reference: tuple[int, int], current: tuple[int, int], *, name: str) -> Measurement:
    """Return the change of the missing rate; each side is (missing, rows)."""
    return measurement(
        "missing_rate_difference",
        lambda _: missing_rate_difference(
            reference_missing=reference[0],
            reference_n=reference[1],
            current_missing=current[0],
            current_n=current[1],
        ),
        None,
        n=reference[1] + current[1],
        slice_=(("feature", name),),
        unit="fraction",
    )
