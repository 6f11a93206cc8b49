"""Calibration intercept and slope: the logistic regression of the label on the logit of the score."""

import math
from dataclasses import dataclass

import numpy as np
from scipy import special

from promoter.errors import Undecidable
from promoter.measure.measurement import Interval
from promoter.measure.statistics.arrays import Counts, Floats
from promoter.measure.statistics.estimate import Estimate
from promoter.measure.statistics.intervals import DEFAULT_LEVEL, two_sided_z
from promoter.measure.statistics.sufficient import ScoreCounts

_MOST_STEPS = 100
_MOST_HALVINGS = 40
_RELATIVE_STEP = 1e-12


@dataclass(frozen=True, slots=True)
class Recalibration:
    """Perfect is intercept 0 and slope 1; a slope below 1 says that scores are too extreme."""

    intercept: Estimate
    slope: Estimate


def recalibration(counts: ScoreCounts, *, level: float = DEFAULT_LEVEL) -> Recalibration:
    """Return the maximum-likelihood a, b of logit P(y = 1) = a + b logit(score), with Wald intervals.

    Newton's method on the distinct scores, centred and scaled. Raises Undecidable for one class only, scores of
    exactly 0 or 1 or outside (no logit), one distinct score, and separated classes (no maximum).
    Source: Cox 1958; Van Calster et al. 2019 for the reading.
    """
    _require_maximum(counts)
    logits = np.log(counts.values) - np.log1p(-counts.values)
    centre = float((counts.totals * logits).sum()) / counts.n
    scale = math.sqrt(float((counts.totals * (logits - centre) ** 2).sum()) / counts.n)
    if not scale > 0.0:
        raise Undecidable("the logits of the scores do not differ: a slope does not exist")
    design = (logits - centre) / scale
    offset, steepness, covariance = _fit(design, counts.positives, counts.totals)
    slope = steepness / scale
    slope_error = math.sqrt(covariance[1, 1]) / scale
    lever = np.array([1.0, -centre / scale])
    intercept_error = math.sqrt(float(lever @ covariance @ lever))
    return Recalibration(
        _wald(offset - slope * centre, intercept_error, level=level, n=counts.n),
        _wald(slope, slope_error, level=level, n=counts.n),
    )


def _require_maximum(counts: ScoreCounts) -> None:
    counts.require_both_classes()
    counts.require_probabilities()
    certain = int(counts.totals[(counts.values == 0.0) | (counts.values == 1.0)].sum())
    if certain:
        raise Undecidable(f"{certain} of {counts.n} scores are exactly 0 or 1 and have no logit")
    if counts.values.size < 2:
        raise Undecidable(f"all {counts.n} scores are {counts.values[0]:.3g}: a slope does not exist")
    with_positives = counts.values[counts.positives > 0]
    with_negatives = counts.values[counts.negatives > 0]
    if with_positives[0] >= with_negatives[-1] or with_negatives[0] >= with_positives[-1]:
        raise Undecidable("the classes do not overlap in score: the likelihood has no maximum")


def _fit(design: Floats, positives: Counts, totals: Counts) -> tuple[float, float, Floats]:
    """Return offset, slope and their covariance; Newton steps, halved while the likelihood falls."""
    offset, slope = 0.0, 0.0
    likelihood = _log_likelihood(design, positives, totals, offset, slope)
    for _ in range(_MOST_STEPS):
        rates = special.expit(offset + slope * design)
        residuals = positives - totals * rates
        information = _information(design, totals * rates * (1.0 - rates))
        gradient = np.array([residuals.sum(), (residuals * design).sum()])
        step = np.linalg.solve(information, gradient)
        for _ in range(_MOST_HALVINGS):
            next_likelihood = _log_likelihood(design, positives, totals, offset + step[0], slope + step[1])
            if next_likelihood >= likelihood - abs(likelihood) * 1e-14:
                break
            step /= 2.0
        offset, slope, likelihood = offset + float(step[0]), slope + float(step[1]), next_likelihood
        if np.abs(step).max() <= _RELATIVE_STEP * max(1.0, abs(offset), abs(slope)):
            return offset, slope, np.asarray(np.linalg.inv(information), dtype=np.float64)
    raise Undecidable(f"recalibration did not settle in {_MOST_STEPS} Newton steps: the classes hardly overlap")


def _log_likelihood(design: Floats, positives: Counts, totals: Counts, offset: float, slope: float) -> float:
    predictor = offset + slope * design
    return float((positives * predictor - totals * np.logaddexp(0.0, predictor)).sum())


def _information(design: Floats, weights: Floats) -> Floats:
    first = float((weights * design).sum())
    return np.array([[float(weights.sum()), first], [first, float((weights * design**2).sum())]])


def _wald(value: float, error: float, *, level: float, n: int) -> Estimate:
    half_width = two_sided_z(level) * error
    return Estimate(value, Interval(value - half_width, value + half_width, level, "wald"), n)
