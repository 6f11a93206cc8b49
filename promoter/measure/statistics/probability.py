"""Proper losses of predicted probabilities: log loss, Brier score and its parts; means with Student's interval."""

import math
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from promoter.errors import Undecidable
from promoter.measure.statistics.arrays import (
    Floats,
    binary_labels,
    finite_floats,
    probabilities,
    require_same_length,
)
from promoter.measure.statistics.estimate import Estimate
from promoter.measure.statistics.exact import exact_sum
from promoter.measure.statistics.intervals import DEFAULT_LEVEL, student_mean
from promoter.measure.statistics.reliability import reliability_bins
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
    clipped = np.clip(scores, CLIP, 1.0 - CLIP)
    return np.asarray(-np.log(np.where(labels, clipped, 1.0 - clipped)), dtype=np.float64)


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
    clipped = np.clip(counts.values, CLIP, 1.0 - CLIP)
    return _two_valued_mean(counts, -np.log1p(-clipped), -np.log(clipped), level=level)


def brier(counts: ScoreCounts, *, level: float = DEFAULT_LEVEL) -> Estimate:
    """Return the mean of (score - label)^2. Raises Undecidable where a score is not a probability.

    Source: Brier 1950, the form for two classes.
    """
    counts.require_probabilities()
    return _two_valued_mean(counts, counts.values**2, (1.0 - counts.values) ** 2, level=level)


@dataclass(frozen=True, slots=True, kw_only=True)
class BrierParts:
    """brier = reliability - resolution + uncertainty + within_bins."""

    reliability: float
    resolution: float
    uncertainty: float
    within_bins: float


def brier_decomposition(counts: ScoreCounts, *, bins: int = 10) -> BrierParts:
    """Split the Brier score over equal-mass bins.

    With bin means p_b, y_b and the base rate y: reliability is the mean of (p_b - y_b)^2, resolution the mean of
    (y_b - y)^2, uncertainty y (1 - y). `within_bins` is what binning hides (variance of the scores less twice
    their covariance with the label, within bins); it is 0 where each bin holds one score.
    Sources: Murphy 1973; Stephenson, Coelho and Jolliffe 2008 for the last term.
    """
    table = reliability_bins(counts, bins=bins)
    base = counts.n_positive / counts.n
    weights = table.rows / counts.n
    reliability = exact_sum(weights * (table.mean_scores - table.positive_rates) ** 2)
    resolution = exact_sum(weights * (table.positive_rates - base) ** 2)
    uncertainty = base * (1.0 - base)
    within = brier(counts).value - reliability + resolution - uncertainty
    return BrierParts(reliability=reliability, resolution=resolution, uncertainty=uncertainty, within_bins=within)


def _two_valued_mean(counts: ScoreCounts, if_negative: Floats, if_positive: Floats, *, level: float) -> Estimate:
    """Return the mean of a loss that each value bears once for its negatives and once for its positives."""
    weights = np.concatenate([counts.negatives, counts.positives])
    losses = np.concatenate([if_negative, if_positive])
    shift = exact_sum(weights * losses) / counts.n
    centred = losses - shift
    moments = Moments(
        n=counts.n,
        total=exact_sum(weights * centred),
        total_squares=exact_sum(weights * centred**2),
        shift=shift,
    )
    return mean(moments, level=level)


def _errors(target: npt.ArrayLike, prediction: npt.ArrayLike) -> Floats:
    targets, predictions = finite_floats(target, name="target"), finite_floats(prediction, name="prediction")
    require_same_length(target=targets, prediction=predictions)
    return predictions - targets
