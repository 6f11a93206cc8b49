"""DeLong's test of two correlated ROC curves: the champion and the candidate on the same rows.

1. Sort each score once; ties share a group.
2. The placement of a positive is the share of negatives below it, ties by half; of a negative, of positives above.
3. The area is the mean placement, summed in integers; the covariance is that of the placements.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

from promoter.errors import Undecidable
from promoter.measure.measurement import Interval
from promoter.measure.statistics import special
from promoter.measure.statistics.arrays import (
    BLOCK_ROWS,
    Bits,
    Counts,
    Floats,
    binary_labels,
    blocks_of,
    finite_floats,
    require_same_length,
)
from promoter.measure.statistics.estimate import Estimate
from promoter.measure.statistics.intervals import DEFAULT_LEVEL, area_interval, two_sided_z

_MOST_OF_FOUR_BYTES = 1 << 30
"""Rows below which a placement fits into four bytes."""

_GREATEST_SUM = 1 << 62


@dataclass(frozen=True, slots=True, kw_only=True)
class PairedAuc:
    """Candidate minus champion, so `difference` and `z` are positive where the candidate orders better."""

    difference: float
    standard_error: float
    z: float
    p: float
    interval: Interval
    auc_champion: Estimate
    auc_candidate: Estimate
    n_pos: int
    n_neg: int


@dataclass(frozen=True, slots=True, eq=False)
class _Placements:
    """Twice the pairs that each row wins, (n,) in row order, and their sum over the positives."""

    of_rows: Counts
    wins: int


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
    differences = new.of_rows - old.of_rows
    variance = _variance_of_mean(differences, labels, n_pos, n_neg)
    wins, pairs = new.wins - old.wins, 2 * n_pos * n_neg
    difference = wins / pairs
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
        auc_champion=_area(old, labels, n_pos, n_neg, level=level),
        auc_candidate=_area(new, labels, n_pos, n_neg, level=level),
        n_pos=n_pos,
        n_neg=n_neg,
    )


def _placements(labels: Bits, scores: Floats) -> _Placements:
    """Return every row's placement; scores that ascend already are not sorted."""
    order = None if (scores[1:] >= scores[:-1]).all() else np.argsort(scores)
    n_pos = int(np.count_nonzero(labels))
    dtype = np.int32 if scores.size < _MOST_OF_FOUR_BYTES else np.int64
    of_rows: npt.NDArray[Any] = np.empty(scores.size, dtype=dtype)
    negatives_before = positives_before = wins = 0
    for start, stop, starts in _runs(_first_of_each(scores, order)):
        rows = slice(start, stop) if order is None else order[start:stop]
        is_positive = labels[rows]
        if starts.size == stop - start:
            totals, positives = np.ones_like(starts), is_positive.astype(np.int64)
        else:
            totals = np.diff(starts, append=stop - start)
            positives = np.add.reduceat(is_positive, starts, dtype=np.int64)
        negatives = totals - positives
        below = 2 * (negatives_before + np.cumsum(negatives)) - negatives
        above = 2 * (n_pos - positives_before - np.cumsum(positives)) + positives
        if starts.size < stop - start:
            below, above = np.repeat(below, totals), np.repeat(above, totals)
        of_rows[rows] = above + (below - above) * is_positive
        wins += int(np.dot(below, is_positive))
        negatives_before += int(negatives.sum())
        positives_before += int(positives.sum())
    return _Placements(of_rows, wins)


def _first_of_each(scores: Floats, order: Counts | None) -> Bits:
    """Return which scores in ascending order, (n,), differ from the one before; all of them are never copied."""
    if order is None:
        return np.append(True, scores[1:] != scores[:-1])
    is_first, last = np.empty(scores.size, dtype=np.bool_), np.nan
    for places, found in zip(blocks_of(order), blocks_of(is_first), strict=True):
        ranked = scores[places]
        found[0] = ranked[0] != last
        np.not_equal(ranked[1:], ranked[:-1], out=found[1:])
        last = ranked[-1]
    return is_first


def _runs(is_first: Bits) -> Iterator[tuple[int, int, Counts]]:
    """Yield blocks of ascending scores, start and stop and where distinct scores start in it; no tie is cut."""
    start = 0
    while start < is_first.size:
        stop = min(start + BLOCK_ROWS, is_first.size)
        while stop < is_first.size and not is_first[stop]:
            ahead = is_first[stop : stop + BLOCK_ROWS]
            stop += int(np.argmax(ahead)) or ahead.size
        yield start, stop, np.flatnonzero(is_first[start:stop])
        start = stop


def _area(found: _Placements, labels: Bits, n_pos: int, n_neg: int, *, level: float) -> Estimate:
    """Return a model's own area with the interval that it has alone, as `curve.roc_auc`."""
    area = found.wins / (2 * n_pos * n_neg)
    variance = _variance_of_mean(found.of_rows, labels, n_pos, n_neg)
    return Estimate(area, area_interval(area, variance, least=min(n_pos, n_neg), level=level), labels.size)


def _variance_of_mean(placements: Counts, labels: Bits, n_pos: int, n_neg: int) -> float:
    """Return S10/n_pos + S01/n_neg of placements, or of their differences."""
    of_positives = _variance(placements, labels, scale=2 * n_neg) / n_pos
    return of_positives + _variance(placements, ~labels, scale=2 * n_pos) / n_neg


def _variance(differences: Counts, chosen: Bits, *, scale: int) -> float:
    """Return the sample variance of the chosen differences / scale, none of which is above 1.

    It is summed in whole numbers, so it is the same in any order of rows.
    """
    n, total, squares = int(np.count_nonzero(chosen)), 0, 0
    at_once = max(1, min(BLOCK_ROWS, _GREATEST_SUM // scale**2))
    for block, is_chosen in zip(blocks_of(differences, at_once), blocks_of(chosen, at_once), strict=True):
        own = np.multiply(block, is_chosen, dtype=np.int64)
        total += int(own.sum())
        squares += int(np.square(own).sum())
    return float(Fraction(squares * n - total * total, n * (n - 1) * scale * scale))
