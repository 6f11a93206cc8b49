"""Errors of numeric predictions. Residual means prediction minus target, in the target's unit."""

import numpy as np
import numpy.typing as npt

from promoter.errors import Undecidable
from promoter.measure.measurement import Interval
from promoter.measure.statistics.arrays import Floats, finite_floats, require_same_length
from promoter.measure.statistics.estimate import Estimate
from promoter.measure.statistics.exact import exact_mean
from promoter.measure.statistics.intervals import DEFAULT_LEVEL
from promoter.measure.statistics.means import influence_estimate, mean_estimate
from promoter.measure.statistics.order import median_interval

NEAR_ZERO = 1e-3
"""Share of the median absolute target below which a target is too near zero to divide by."""


def root_mean_squared_error(y_true: npt.ArrayLike, y_pred: npt.ArrayLike, *, level: float = DEFAULT_LEVEL) -> Estimate:
    """Return sqrt(mean residual^2); the interval is the root of the mean square's t interval, cut at 0."""
    square = mean_estimate(_residuals(y_true, y_pred) ** 2, name="squared error", level=level)
    interval = square.interval
    if interval is not None:
        ends = max(interval.lower, 0.0) ** 0.5, interval.upper**0.5
        interval = Interval(*ends, interval.level, "student-t of the square")
    return Estimate(square.value**0.5, interval, square.n)


def mean_absolute_error(y_true: npt.ArrayLike, y_pred: npt.ArrayLike, *, level: float = DEFAULT_LEVEL) -> Estimate:
    """Return the mean of |residual| with Student's interval."""
    return mean_estimate(np.abs(_residuals(y_true, y_pred)), name="absolute error", level=level)


def median_absolute_error(y_true: npt.ArrayLike, y_pred: npt.ArrayLike, *, level: float = DEFAULT_LEVEL) -> Estimate:
    """Return the median of |residual| (the mean of the middle two where n is even).

    The interval lies between order statistics and assumes no distribution.
    """
    errors = np.sort(np.abs(_residuals(y_true, y_pred)))
    return Estimate(float(np.median(errors)), median_interval(errors, level=level), errors.size)


def mean_absolute_percentage_error(
    y_true: npt.ArrayLike, y_pred: npt.ArrayLike, *, level: float = DEFAULT_LEVEL
) -> Estimate:
    """Return the mean of |residual| / |target|, a fraction (0.1 is ten percent), with Student's interval.

    Raises Undecidable where a target is zero, or nearer to it than a thousandth of the median |target|: such rows
    would rule the mean (scikit-learn divides by an epsilon in their place). Source: Hyndman and Koehler 2006, 2.2.
    """
    residuals = _residuals(y_true, y_pred)
    targets = np.abs(finite_floats(y_true, name="target"))
    near = int((targets <= NEAR_ZERO * float(np.median(targets))).sum())
    if near:
        raise Undecidable(f"{near} of {targets.size} targets are zero or too near to it for a percentage error")
    return mean_estimate(np.abs(residuals) / targets, name="percentage error", level=level)


def r_squared(y_true: npt.ArrayLike, y_pred: npt.ArrayLike, *, level: float = DEFAULT_LEVEL) -> Estimate:
    """Return 1 - mean residual^2 / variance of the target, at most 1, below 0 where the target's mean does better.

    The delta interval has influence (mse / v^2) ((y - mean)^2 - v) - (residual^2 - mse) / v. Raises Undecidable where
    the target is constant or has one row.
    """
    squares = _residuals(y_true, y_pred) ** 2
    target = finite_floats(y_true, name="target")
    deviations = (target - exact_mean(target)) ** 2
    variance = exact_mean(deviations)
    if target.min() == target.max() or variance == 0.0:
        raise Undecidable(f"the target is the same in all {target.size} rows, so R2 does not exist")
    error = exact_mean(squares)
    influences = (error / variance**2) * (deviations - variance) - (squares - error) / variance
    return influence_estimate(1.0 - error / variance, influences, level=level, upper=1.0)


def pinball_loss(
    y_true: npt.ArrayLike, y_pred: npt.ArrayLike, *, quantile: float, level: float = DEFAULT_LEVEL
) -> Estimate:
    """Return the mean of q (y - p) where y > p, else (1 - q)(p - y), for a prediction p of quantile q in (0, 1).

    Student's interval. Source: Koenker and Bassett 1978.
    """
    if not 0.0 < quantile < 1.0:
        raise ValueError(f"quantile lies in (0, 1), got {quantile}")
    residuals = _residuals(y_true, y_pred)
    losses = np.where(residuals < 0, -quantile * residuals, (1.0 - quantile) * residuals)
    return mean_estimate(losses, name="pinball loss", level=level)


def residual_bias(y_true: npt.ArrayLike, y_pred: npt.ArrayLike, *, level: float = DEFAULT_LEVEL) -> Estimate:
    """Return the mean residual, positive where predictions are too high, with Student's interval."""
    return mean_estimate(_residuals(y_true, y_pred), name="residual", level=level)


def _residuals(y_true: npt.ArrayLike, y_pred: npt.ArrayLike) -> Floats:
    """Return prediction minus target. Raises Undecidable on text, NaN, infinities, no rows and unequal lengths."""
    target, prediction = finite_floats(y_true, name="target"), finite_floats(y_pred, name="prediction")
    require_same_length(target=target, prediction=prediction)
    return prediction - target
