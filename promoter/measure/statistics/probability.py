"""Proper losses of predicted probabilities: log loss, Brier score and its parts; means with Student's interval."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from promoter.errors import Undecidable
from promoter.measure.statistics.arrays import (
    Bits,
    Floats,
    binary_labels,
    finite_floats,
    probabilities,
    require_same_length,
)
from promoter.measure.statistics.estimate import Estimate
from promoter.measure.statistics.exact import exact_sum
from promoter.measure.statistics.intervals import DEFAULT_LEVEL, student_mean
from promoter.measure.statistics.reliability import ReliabilityBins, reliability_bins
from promoter.measure.statistics.sufficient import Moments, ScoreCounts

CLIP = float(np.finfo(np.float64).eps)
"""Distance that log loss keeps from 0 and 1; scikit-learn's for float64."""


def mean(moments: Moments, *, level: float = DEFAULT_LEVEL) -> Estimate:
    """Return the mean with Student's interval (none for one row). Raises Undecidable without rows.

    The variance is taken in rational arithmetic, so it loses no digits that the sums still hold.
    """
    if moments.n < 1:
        raise Undecidable("a mean over no rows does not exist")
    value = float(Fraction(moments.shift) + Fraction(moments.total) / moments.n)
    if moments.n < 2:
        return Estimate(value, None, moments.n)
    interval = student_mean(value, standard_error(moments), moments.n, level=level)
    return Estimate(value, interval, moments.n)


def standard_error(moments: Moments) -> float:
    """Return sqrt(sample variance / n). Raises Undecidable for fewer than two rows."""
    n = moments.n
    if n < 2:
        raise Undecidable(f"the spread of {n} rows does not exist; it needs 2")
    scatter = Fraction(moments.total_squares) - Fraction(moments.total) ** 2 / n
    return math.sqrt(max(scatter, Fraction(0)) / (n - 1) / n)


def log_losses(label: npt.ArrayLike, score: npt.ArrayLike) -> Floats:
    """Return -log of the probability given to each label, (n,), clipped as `log_loss` does."""
    labels, scores = binary_labels(label), probabilities(score)
    require_same_length(label=labels, score=scores)
    return log_loss_of(labels, scores)


def log_loss_of(labels: Bits, scores: Floats) -> Floats:
    """Return `log_losses` of labels and scores that have been checked to be such."""
    clipped = np.clip(scores, CLIP, 1.0 - CLIP)
    return np.asarray(-np.log(np.abs(~labels - clipped)), dtype=np.float64)


def squared_errors(target: npt.ArrayLike, prediction: npt.ArrayLike) -> Floats:
    """Return (prediction - target)^2 of each row, (n,); of a 0/1 label and a probability, the Brier terms."""
    return _errors(target, prediction) ** 2


def absolute_errors(target: npt.ArrayLike, prediction: npt.ArrayLike) -> Floats:
    """Return |prediction - target| of each row, (n,)."""
    return np.abs(_errors(target, prediction))


def log_loss(counts: ScoreCounts, *, level: float = DEFAULT_LEVEL) -> Estimate:
    """Return the mean of -log(probability given to the label), natural log, scores clipped by eps.

    Raises Undecidable where a score is not a probability. Unlike scikit-learn, one class only is no obstacle.
    """
    counts.require_probabilities()
    return _two_valued_mean(counts, _log_loss_of, level=level)


def brier(counts: ScoreCounts, *, level: float = DEFAULT_LEVEL) -> Estimate:
    """Return the mean of (score - label)^2. Raises Undecidable where a score is not a probability.

    Source: Brier 1950, the form for two classes.
    """
    counts.require_probabilities()
    return _two_valued_mean(counts, _brier_of, level=level)


@dataclass(frozen=True, slots=True, kw_only=True)
class BinnedBrier:
    """The parts of the Brier score that bins show."""

    reliability: float
    resolution: float
    uncertainty: float


@dataclass(frozen=True, slots=True, kw_only=True)
class BrierParts(BinnedBrier):
    """brier = reliability - resolution + uncertainty + within_bins."""

    within_bins: float


def brier_decomposition(counts: ScoreCounts, *, bins: int = 10) -> BrierParts:
    """Split the Brier score over equal-mass bins, by `binned_brier`, and by what binning hides.

    `within_bins` is the variance of the scores less twice their covariance with the label, within bins; it is 0 where
    each bin holds one score. Source: Stephenson, Coelho and Jolliffe 2008 for that term.
    """
    binned = binned_brier(reliability_bins(counts, bins=bins))
    within = brier(counts).value - binned.reliability + binned.resolution - binned.uncertainty
    return BrierParts(
        reliability=binned.reliability,
        resolution=binned.resolution,
        uncertainty=binned.uncertainty,
        within_bins=within,
    )


def binned_brier(table: ReliabilityBins) -> BinnedBrier:
    """Return the three parts of the Brier score that bins show.

    With bin means p_b, y_b and the base rate y: reliability is the mean of (p_b - y_b)^2, resolution the mean of
    (y_b - y)^2, uncertainty y (1 - y). Source: Murphy 1973.
    """
    base = int(table.positives.sum()) / table.n
    weights = table.rows / table.n
    return BinnedBrier(
        reliability=exact_sum(weights * (table.mean_scores - table.positive_rates) ** 2),
        resolution=exact_sum(weights * (table.positive_rates - base) ** 2),
        uncertainty=base * (1.0 - base),
    )


def _log_loss_of(values: Floats) -> tuple[Floats, Floats]:
    """Return the loss of a negative and of a positive with each score."""
    clipped = np.clip(values, CLIP, 1.0 - CLIP)
    return -np.log1p(-clipped), -np.log(clipped)


def _brier_of(values: Floats) -> tuple[Floats, Floats]:
    """Return the loss of a negative and of a positive with each score."""
    return np.square(values), np.square(1.0 - values)


def _two_valued_mean(
    counts: ScoreCounts, losses: Callable[[Floats], tuple[Floats, Floats]], *, level: float
) -> Estimate:
    """Return the mean of a loss that each score bears once for its negatives and once for its positives.

    Sums are of blocks of scores in ascending order, so they are the same bits in any order of rows.
    """
    shift = _summed(counts, losses, 0.0)[0] / counts.n
    total, total_squares = _summed(counts, losses, shift)
    return mean(Moments(n=counts.n, total=total, total_squares=total_squares, shift=shift), level=level)


def _summed(
    counts: ScoreCounts, losses: Callable[[Floats], tuple[Floats, Floats]], shift: float
) -> tuple[float, float]:
    """Return the sums of the rows' losses less the shift, and of their squares."""
    totals, squares = [], []
    for block in counts.blocks():
        for rows, loss in zip((block.negatives, block.positives), losses(block.values), strict=True):
            centred = loss - shift
            weighted = rows * centred
            totals.append(float(weighted.sum()))
            weighted *= centred
            squares.append(float(weighted.sum()))
    return math.fsum(totals), math.fsum(squares)


def _errors(target: npt.ArrayLike, prediction: npt.ArrayLike) -> Floats:
    targets, predictions = finite_floats(target, name="target"), finite_floats(prediction, name="prediction")
    require_same_length(target=targets, prediction=predictions)
    return predictions - targets
