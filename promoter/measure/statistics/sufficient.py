"""What an engine must count so that a statistic can be computed exactly without the rows.

Each of these is a GROUP BY away from the rows, merges by addition, and carries no row of anybody.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from promoter.errors import Undecidable
from promoter.measure.statistics.arrays import (
    Bits,
    Counts,
    Floats,
    binary_labels,
    blocks_of,
    finite_floats,
    require_same_length,
)
from promoter.measure.statistics.exact import ExactSum, exact_sum_of_blocks


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ScoreBlock:
    """A run of distinct scores (k,) with int64 counts, and how many rows of each class bear a lower score."""

    values: Floats
    negatives: Counts
    positives: Counts
    negatives_before: int
    positives_before: int

    @property
    def totals(self) -> Counts:
        """Rows of each value, (k,)."""
        return self.negatives + self.positives

    @property
    def before(self) -> int:
        """Rows with a lower score."""
        return self.negatives_before + self.positives_before


@dataclass(frozen=True, slots=True, eq=False)
class ScoreCounts:
    """How many negatives and positives bear each distinct score.

    `values` (k,) float64, finite, strictly ascending; `negatives` and `positives` (k,) whole numbers of any width, not
    negative. Statistics go through `blocks`, so that nothing but these three is as long as the rows.
    Raises Undecidable where there are no rows, ValueError where the arrays are not of that form.
    """

    values: Floats
    negatives: npt.NDArray[Any]
    positives: npt.NDArray[Any]
    n_negative: int = field(init=False)
    n_positive: int = field(init=False)

    def __post_init__(self) -> None:
        """Hold the form that every statistic relies on."""
        if not self.values.shape == self.negatives.shape == self.positives.shape:
            raise ValueError("values, negatives and positives differ in shape")
        if not (np.isfinite(self.values[[0, -1][: self.values.size]]).all() and _is_ascending(self.values)):
            raise ValueError("values are not finite and strictly ascending")
        if self.values.size and min(int(self.negatives.min()), int(self.positives.min())) < 0:
            raise ValueError("a count is negative")
        object.__setattr__(self, "n_negative", int(self.negatives.sum(dtype=np.int64)))
        object.__setattr__(self, "n_positive", int(self.positives.sum(dtype=np.int64)))
        if self.n == 0:
            raise Undecidable("there are no rows to count")

    @classmethod
    def from_rows(cls, label: npt.ArrayLike, score: npt.ArrayLike) -> Self:
        """Count labels (n,) in {0, 1} by score (n,). Raises Undecidable on other labels, NaN, infinities."""
        labels, scores = binary_labels(label), finite_floats(score, name="score")
        require_same_length(label=labels, score=scores)
        order = np.argsort(scores)
        return cls.from_ascending(labels[order], scores[order])

    @classmethod
    def from_ascending(cls, label: Bits, score: Floats) -> Self:
        """Count labels by finite scores that are in ascending order; scores that all differ are not copied."""
        is_first = score[1:] != score[:-1]
        if is_first.all():
            return cls(score, (~label).view(np.uint8), label.view(np.uint8))
        starts = np.flatnonzero(np.append(True, is_first))
        totals = np.diff(np.append(starts, score.size))
        positives = np.add.reduceat(label, starts, dtype=np.int64)
        return cls(score[starts], totals - positives, positives)

    @property
    def n(self) -> int:
        """Rows."""
        return self.n_positive + self.n_negative

    @property
    def totals(self) -> Counts:
        """Rows of each value, (k,)."""
        return np.asarray(self.negatives.astype(np.int64) + self.positives, dtype=np.int64)

    def blocks(self) -> Iterator[ScoreBlock]:
        """Yield the scores in ascending order, BLOCK_ROWS at a time: the same blocks for the same counts."""
        negatives_before = positives_before = 0
        columns = (self.values, self.negatives, self.positives)
        for values, negatives, positives in zip(*map(blocks_of, columns), strict=True):
            block = ScoreBlock(
                values=values,
                negatives=negatives.astype(np.int64, copy=False),
                positives=positives.astype(np.int64, copy=False),
                negatives_before=negatives_before,
                positives_before=positives_before,
            )
            yield block
            negatives_before += int(block.negatives.sum())
            positives_before += int(block.positives.sum())

    def require_both_classes(self) -> None:
        """Raise Undecidable where only one class is present."""
        if self.n_positive == 0 or self.n_negative == 0:
            only = "positives" if self.n_positive else "negatives"
            raise Undecidable(f"one class only: all {self.n} rows are {only}")

    def require_probabilities(self) -> None:
        """Raise Undecidable where a score lies outside of [0, 1]."""
        inside = slice(np.searchsorted(self.values, 0.0, side="left"), np.searchsorted(self.values, 1.0, side="right"))
        outside = self.n - int(self.positives[inside].sum() + self.negatives[inside].sum())
        if outside:
            raise Undecidable(f"score is not a probability in {outside} of {self.n} rows: outside of [0, 1]")

    def confusion(self, *, threshold: float) -> "Confusion":
        """Return the confusion at a decision threshold: predicted positive where score >= threshold."""
        cut = int(np.searchsorted(self.values, threshold, side="left"))
        tp, fp = int(self.positives[cut:].sum()), int(self.negatives[cut:].sum())
        return Confusion(tp=tp, fp=fp, fn=self.n_positive - tp, tn=self.n_negative - fp)


def _is_ascending(values: Floats) -> bool:
    return bool((values[1:] > values[:-1]).all())


@dataclass(frozen=True, slots=True, kw_only=True)
class Confusion:
    """Counts of true and false positives and negatives. Raises ValueError on a negative count."""

    tp: int
    fp: int
    fn: int
    tn: int

    def __post_init__(self) -> None:
        """Refuse counts below zero."""
        if min(self.tp, self.fp, self.fn, self.tn) < 0:
            raise ValueError(f"a count is negative: {self}")

    @classmethod
    def from_rows(cls, label: npt.ArrayLike, prediction: npt.ArrayLike) -> Self:
        """Count labels (n,) against predictions (n,), both in {0, 1}. Raises Undecidable on others."""
        labels, predicted = binary_labels(label), binary_labels(prediction, name="prediction")
        require_same_length(label=labels, prediction=predicted)
        tp = int(np.count_nonzero(labels & predicted))
        ups, calls = int(np.count_nonzero(labels)), int(np.count_nonzero(predicted))
        return cls(tp=tp, fp=calls - tp, fn=ups - tp, tn=labels.size - ups - calls + tp)

    @property
    def n(self) -> int:
        """Rows."""
        return self.tp + self.fp + self.fn + self.tn


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupCounts(Confusion):
    """The confusion of one group; `group` holds its value of each sensitive attribute, in attribute order."""

    group: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Moments:
    """n, the sum of (x - shift) and the sum of its squares.

    A shift near the mean keeps the digits of the variance (NIST NumAcc4); an engine may send 0.
    Raises Undecidable on NaN and infinities.
    """

    n: int
    total: float
    total_squares: float
    shift: float = 0.0

    def __post_init__(self) -> None:
        """Refuse sums that are not numbers."""
        if not np.isfinite([self.total, self.total_squares, self.shift]).all():
            raise Undecidable(f"a sum over {self.n} rows is NaN or infinite")

    @classmethod
    def from_rows(cls, values: npt.ArrayLike) -> Self:
        """Sum (n,) numbers exactly, shifted by their mean: the same bits in any order of rows."""
        array = finite_floats(values, name="value")
        return cls.from_blocks(lambda: blocks_of(array), n=array.size)

    @classmethod
    def from_blocks(cls, blocks: Callable[[], Iterable[Floats]], *, n: int) -> Self:
        """Sum n >= 1 numbers that come in blocks, as often as asked, as `from_rows` sums them.

        Raises Undecidable on NaN and infinities.
        """
        shift = exact_sum_of_blocks(blocks()) / n
        total, total_squares = ExactSum(), ExactSum()
        for block in blocks():
            centred = block - shift
            total.add(centred)
            total_squares.add(np.square(centred))
        return cls(n=n, total=total.value, total_squares=total_squares.value, shift=shift)


@dataclass(frozen=True, slots=True, kw_only=True)
class Discordance:
    """Rows on which exactly one of two models is right, of n aligned rows. Raises ValueError if impossible."""

    n: int
    champion_only: int
    candidate_only: int

    def __post_init__(self) -> None:
        """Refuse counts that cannot be."""
        if min(self.champion_only, self.candidate_only) < 0 or self.champion_only + self.candidate_only > self.n:
            raise ValueError(f"impossible counts: {self}")
