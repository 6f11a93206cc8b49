"""Multi-class quality from a confusion matrix.

Every number here is a function of the diagonal and the two margins, so its variance comes from 3 K derivatives
(complex step, Squire and Trapp 1998: no cancellation) in place of K squared. Where the matrix is perfect the
plain delta method has no width, so the variance is taken with four more rows spread evenly over the cells
(Agresti and Coull 1998, "add four"). A class without rows, or never predicted, leaves numbers that average over
it without a value: they are Undecidable, never 0.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from promoter.errors import Undecidable
from promoter.measure.measurement import Interval
from promoter.measure.statistics.arrays import Counts, Floats
from promoter.measure.statistics.estimate import Estimate
from promoter.measure.statistics.intervals import DEFAULT_LEVEL, two_sided_z, wilson

_Cells = npt.NDArray[np.complex128]
_Formula = Callable[[_Cells, _Cells, _Cells], complex]
_STEP = 1e-30
_PSEUDO_ROWS = 4.0


@dataclass(frozen=True, slots=True)
class ClassConfusion:
    """counts[i, j]: rows of true class labels[i] that were predicted as labels[j]; labels in text order."""

    labels: tuple[str, ...]
    counts: Counts

    def __post_init__(self) -> None:
        """Refuse an empty or misshapen matrix."""
        if self.counts.shape != (len(self.labels), len(self.labels)):
            raise ValueError(f"{len(self.labels)} labels, but counts have shape {self.counts.shape}")
        if self.n == 0:
            raise Undecidable("a confusion matrix of no rows says nothing")

    @property
    def n(self) -> int:
        """Return the number of rows."""
        return int(self.counts.sum())


def confusion_matrix(y_true: Sequence[str], y_pred: Sequence[str]) -> ClassConfusion:
    """Return the matrix over the union of both columns' classes, compared as text ("1" is not "1.0").

    Raises Undecidable on columns of different lengths and on no rows.
    """
    truth, predicted = np.asarray(y_true, dtype=np.str_), np.asarray(y_pred, dtype=np.str_)
    if truth.size != predicted.size:
        raise Undecidable(f"the rows are not aligned: label has {truth.size}, prediction has {predicted.size}")
    labels, codes = np.unique(np.concatenate([truth, predicted]), return_inverse=True)
    size = labels.size
    cells = np.bincount(codes[: truth.size] * size + codes[truth.size :], minlength=size * size)
    return ClassConfusion(tuple(labels.tolist()), cells.reshape(size, size).astype(np.int64))


def accuracy(confusion: ClassConfusion, *, level: float = DEFAULT_LEVEL) -> Estimate:
    """Return the share of rows on the diagonal, with Wilson's interval."""
    right = int(np.trace(confusion.counts))
    return Estimate(right / confusion.n, wilson(right, confusion.n, level=level), confusion.n)


def macro_precision(confusion: ClassConfusion, *, level: float = DEFAULT_LEVEL) -> Estimate:
    """Return the mean over classes of diagonal / predicted. Raises Undecidable where a class is never predicted."""
    _require_rows(confusion, axis=0, what="is never predicted, so its precision does not exist")
    return _estimate(confusion, lambda d, _t, p: complex((d / p).mean()), level=level)


def weighted_precision(confusion: ClassConfusion, *, level: float = DEFAULT_LEVEL) -> Estimate:
    """Return the precisions averaged by rows of the true class. Raises Undecidable as `macro_precision`."""
    _require_rows(confusion, axis=0, what="is never predicted, so its precision does not exist")
    return _estimate(confusion, lambda d, t, p: complex((t * d / p).sum() / t.sum()), level=level)


def macro_recall(confusion: ClassConfusion, *, level: float = DEFAULT_LEVEL) -> Estimate:
    """Return the mean over classes of diagonal / true. Raises Undecidable where a predicted class has no true row."""
    _require_rows(confusion, axis=1, what="has no true rows, so its recall does not exist")
    return _estimate(confusion, lambda d, t, _p: complex((d / t).mean()), level=level)


def weighted_recall(confusion: ClassConfusion, *, level: float = DEFAULT_LEVEL) -> Estimate:
    """Return the recalls averaged by rows of the true class, which is the accuracy."""
    return accuracy(confusion, level=level)


def balanced_accuracy(confusion: ClassConfusion, *, level: float = DEFAULT_LEVEL) -> Estimate:
    """Return the macro recall under its other name (Brodersen et al. 2010). Raises as it."""
    return macro_recall(confusion, level=level)


def macro_f1(confusion: ClassConfusion, *, level: float = DEFAULT_LEVEL) -> Estimate:
    """Return the mean over classes of 2 diagonal / (true + predicted), as scikit-learn's (not F1 of the means).

    A class that has true rows or predictions always has an F1. Source: Opitz and Burst 2019.
    """
    return _estimate(confusion, lambda d, t, p: complex((2 * d / (t + p)).mean()), level=level)


def weighted_f1(confusion: ClassConfusion, *, level: float = DEFAULT_LEVEL) -> Estimate:
    """Return the F1 values averaged by rows of the true class."""
    return _estimate(confusion, lambda d, t, p: complex((t * 2 * d / (t + p)).sum() / t.sum()), level=level)


def matthews_correlation(confusion: ClassConfusion, *, level: float = DEFAULT_LEVEL) -> Estimate:
    """Return R_K = (c s - t.p) / sqrt((s^2 - p.p)(s^2 - t.t)), in [-1, 1]; c right of s rows, t and p the margins.

    Raises Undecidable where all rows are of one true or one predicted class. Source: Gorodkin 2004, equation 8.
    """
    _require_two_classes(confusion, measure="Matthews correlation")

    def formula(d: _Cells, t: _Cells, p: _Cells) -> complex:
        s = t.sum()
        return complex((d.sum() * s - (t * p).sum()) / np.sqrt((s * s - (p * p).sum()) * (s * s - (t * t).sum())))

    return _estimate(confusion, formula, lowest=-1.0, level=level)


def cohen_kappa(confusion: ClassConfusion, *, level: float = DEFAULT_LEVEL) -> Estimate:
    """Return (observed - chance) / (1 - chance), chance = t.p / s^2, in [-1, 1].

    Raises Undecidable where chance is 1: one and the same class everywhere. Source: Cohen 1960; Fleiss, Cohen and
    Everitt 1969 for the variance, which the derivatives reproduce.
    """
    if (confusion.counts > 0).sum() == 1 and np.trace(confusion.counts) == confusion.n:
        raise Undecidable("every row is of one class and predicted as it, so agreement by chance is 1: no kappa")

    def formula(d: _Cells, t: _Cells, p: _Cells) -> complex:
        s = t.sum()
        chance = (t * p).sum() / (s * s)
        return complex((d.sum() / s - chance) / (1.0 - chance))

    return _estimate(confusion, formula, lowest=-1.0, level=level)


def _estimate(
    confusion: ClassConfusion, formula: _Formula, *, lowest: float = 0.0, level: float = DEFAULT_LEVEL
) -> Estimate:
    confusion = _seen(confusion)
    value = formula(*_margins(confusion.counts.astype(np.float64))).real
    half_width = two_sided_z(level) * _standard_error(confusion, formula)
    interval = Interval(max(lowest, value - half_width), min(1.0, value + half_width), level, "delta, add four")
    return Estimate(value, interval, confusion.n)


def _standard_error(confusion: ClassConfusion, formula: _Formula) -> float:
    size = len(confusion.labels)
    cells = confusion.counts.astype(np.float64) + _PSEUDO_ROWS / (size * size)
    margins = np.stack(_margins(cells))
    slopes = np.empty((3, size))
    for kind, position in np.ndindex(3, size):
        margins[kind, position] += _STEP * 1j
        slopes[kind, position] = formula(*margins).imag / _STEP
        margins[kind, position] -= _STEP * 1j
    influence = slopes[1][:, None] + slopes[2][None, :] + np.diag(slopes[0])
    share = cells / cells.sum()
    spread = float((share * influence**2).sum() - (share * influence).sum() ** 2)
    return float(np.sqrt(max(spread, 0.0) * cells.sum()))


def _margins(cells: Floats) -> tuple[_Cells, _Cells, _Cells]:
    parts = (np.diagonal(cells), cells.sum(axis=1), cells.sum(axis=0))
    diagonal, true, predicted = (part.astype(np.complex128) for part in parts)
    return diagonal, true, predicted


def _require_rows(confusion: ClassConfusion, *, axis: int, what: str) -> None:
    seen = _seen(confusion)
    absent = [label for label, total in zip(seen.labels, seen.counts.sum(axis=axis), strict=True) if not total]
    if absent:
        more = f" and {len(absent) - 1} more" if len(absent) > 1 else ""
        raise Undecidable(f"class {absent[0]!r}{more} {what}")


def _seen(confusion: ClassConfusion) -> ClassConfusion:
    """Return the matrix without classes that neither occur nor are predicted."""
    seen = (confusion.counts.sum(axis=0) + confusion.counts.sum(axis=1)) > 0
    labels = tuple(label for label, keep in zip(confusion.labels, seen, strict=True) if keep)
    return ClassConfusion(labels, confusion.counts[np.ix_(seen, seen)])


def _require_two_classes(confusion: ClassConfusion, *, measure: str) -> None:
    for axis, side in ((1, "true"), (0, "predicted")):
        if int((confusion.counts.sum(axis=axis) > 0).sum()) < 2:
            raise Undecidable(f"all rows are of one {side} class, so {measure} does not exist")
