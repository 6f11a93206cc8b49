"""DeLong's test of two correlated ROC curves: the champion and the candidate on the same rows.

1. Sort each score once; ties share a group.
2. The placement of a positive is the share of negatives below it, ties by half; of a negative, of positives above.
3. The area is the mean placement, summed in integers; the covariance is that of the placements.
"""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special

from promoter.errors import Undecidable
from promoter.measure.measurement import Interval
from promoter.measure.statistics.arrays import (
    Bits,
    Counts,
    Floats,
    binary_labels,
    finite_floats,
    require_same_length,
)
from promoter.measure.statistics.exact import exact_sum
from promoter.measure.statistics.intervals import DEFAULT_LEVEL, two_sided_z


@dataclass(frozen=True, slots=True, kw_only=True)
class PairedAuc:
    """Candidate minus champion, so `difference` and `z` are positive where the candidate orders better."""

    difference: float
    standard_error: float
    z: float
    p: float
    interval: Interval
    auc_champion: float
    auc_candidate: float
    n_pos: int
    n_neg: int


@dataclass(frozen=True, slots=True, eq=False)
class _Placements:
    """Twice the pairs that each row wins: of positives (n_pos,), of negatives (n_neg,), in row order."""

    of_positives: Counts
    of_negatives: Counts

    @property
    def area(self) -> float:
        """Return the AUC, one rounding away from exact."""
        return int(self.of_positives.sum()) / (2 * self.of_positives.size * self.of_negatives.size)


def delong_paired(
    label: npt.ArrayLike, champion: npt.ArrayLike, candidate: npt.ArrayLike, *, level: float = DEFAULT_LEVEL
) -> PairedAuc:
    """Return the difference of two AUCs on aligned rows: label (n,) in {0, 1}, scores (n,), O(n log n).

    z = difference / sqrt(S10/n_pos + S01/n_neg), S the variance of the placements' differences, p two-sided
    normal. Scores that order the rows alike have difference 0, z 0 and p 1. Raises Undecidable for a
    class of fewer than two rows, NaN, and where the variance is 0 though the areas differ.
    Sources: DeLong et al. 1988; Sun and Xu 2014 for the order of the cost.
    """
    labels = binary_labels(label)
    first, second = finite_floats(champion, name="champion"), finite_floats(candidate, name="candidate")
    require_same_length(label=labels, champion=first, candidate=second)
    n_pos = int(np.count_nonzero(labels))
    n_neg = labels.size - n_pos
    if min(n_pos, n_neg) < 2:
        raise Undecidable(f"{n_pos} positives and {n_neg} negatives: the spread of each class needs 2 rows")
    old, new = _placements(labels, first), _placements(labels, second)
    variance = _difference_variance(new.of_positives - old.of_positives, 2 * n_neg) / n_pos
    variance += _difference_variance(new.of_negatives - old.of_negatives, 2 * n_pos) / n_neg
    wins = int(new.of_positives.sum()) - int(old.of_positives.sum())
    difference = wins / (2 * n_pos * n_neg)
    error = math.sqrt(variance)
    if error == 0.0 and wins != 0:
        raise Undecidable(f"the AUCs differ by {difference:.3g} with no spread at all: DeLong's test does not apply")
    z = 0.0 if wins == 0 else difference / error
    half_width = two_sided_z(level) * error
    lower, upper = max(difference - half_width, -1.0), min(difference + half_width, 1.0)
    return PairedAuc(
        difference=difference,
        standard_error=error,
        z=z,
        p=float(2.0 * special.ndtr(-abs(z))),
        interval=Interval(lower, upper, level, "delong"),
        auc_champion=old.area,
        auc_candidate=new.area,
        n_pos=n_pos,
        n_neg=n_neg,
    )


def _placements(labels: Bits, scores: Floats) -> _Placements:
    order = np.argsort(scores)
    ranked = scores[order]
    starts = np.flatnonzero(np.concatenate(([True], ranked[1:] != ranked[:-1])))
    positives = np.add.reduceat(labels[order].astype(np.int64), starts)
    totals = np.diff(starts, append=scores.size)
    negatives = totals - positives
    negatives_below = 2 * np.cumsum(negatives) - negatives
    positives_above = 2 * (int(positives.sum()) - np.cumsum(positives)) + positives
    of_rows = np.empty(scores.size, np.int64)
    of_rows[order] = np.where(labels[order], np.repeat(negatives_below, totals), np.repeat(positives_above, totals))
    return _Placements(of_rows[labels], of_rows[~labels])


def _difference_variance(differences: Counts, scale: int) -> float:
    """Return the sample variance of differences / scale, the same bits in any order of rows."""
    mean = int(differences.sum()) / differences.size
    return exact_sum((differences - mean) ** 2) / (differences.size - 1) / scale / scale
