"""Losses of two models on the same rows: paired differences of means and of root mean squares."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from promoter.errors import Undecidable
from promoter.measure.measurement import Interval
from promoter.measure.statistics import special
from promoter.measure.statistics.arrays import (
    Floats,
    binary_labels,
    blocks_of,
    finite_floats,
    probabilities,
    require_same_length,
)
from promoter.measure.statistics.estimate import Estimate
from promoter.measure.statistics.exact import exact_mean
from promoter.measure.statistics.intervals import DEFAULT_LEVEL, student_mean
from promoter.measure.statistics.probability import log_loss_of, mean, standard_error
from promoter.measure.statistics.sufficient import Moments

REPLICATES = 5000
"""Bootstrap replicates: the Monte Carlo error of each 2.5 % tail is then about 0.2 % of coverage."""

_MOST_UNITS = 4096
_DRAWS_AT_ONCE = 1 << 20


@dataclass(frozen=True, slots=True)
class PairedMean:
    """Candidate minus champion, with its standard error, t statistic and two-sided p on n - 1 degrees of freedom."""

    difference: Estimate
    standard_error: float
    t: float
    p: float


def paired_mean(differences: Moments, *, level: float = DEFAULT_LEVEL) -> PairedMean:
    """Test the mean of candidate-minus-champion losses, from their moments. Interval: Student's.

    Models that never differ have difference 0, t 0 and p 1. Raises Undecidable for fewer than two rows and where
    all rows differ by one and the same amount.
    """
    if differences.n < 2:
        raise Undecidable(f"{differences.n} rows: a paired test needs 2")
    estimate, error = mean(differences, level=level), standard_error(differences)
    if error == 0.0 and estimate.value != 0.0:
        raise Undecidable(f"all {differences.n} rows differ by {estimate.value:.3g}: there is no spread to test by")
    t = estimate.value / error if error else 0.0
    return PairedMean(estimate, error, t, float(2.0 * special.stdtr(differences.n - 1, -abs(t))))


def paired_mean_difference(
    champion: npt.ArrayLike, candidate: npt.ArrayLike, *, level: float = DEFAULT_LEVEL
) -> PairedMean:
    """Test candidate minus champion on per-row losses (n,), aligned. Errors as `paired_mean`."""
    return paired_mean(Moments.from_rows(_differences(champion, candidate)), level=level)


def paired_log_loss_difference(label: npt.ArrayLike, champion: npt.ArrayLike, candidate: npt.ArrayLike) -> PairedMean:
    """Test candidate minus champion on the log loss of each row, (n,), aligned.

    Raises as `paired_mean`, and Undecidable on other labels than 0 and 1 and on scores that are no probabilities.
    """
    labels, old, new = binary_labels(label), probabilities(champion), probabilities(candidate)
    require_same_length(label=labels, champion=old, candidate=new)
    return _paired_loss(log_loss_of, labels, old, new)


def paired_error_difference(
    target: npt.ArrayLike,
    champion: npt.ArrayLike,
    candidate: npt.ArrayLike,
    *,
    size: Callable[[Floats], Floats],
) -> PairedMean:
    """Test candidate minus champion on the size of each row's error, np.abs or np.square; aligned (n,).

    With np.square, a 0/1 target and probabilities it is the Brier score. Raises as `paired_mean`, and Undecidable on
    NaN and infinities.
    """
    targets = finite_floats(target, name="target")
    old, new = (finite_floats(side, name="prediction") for side in (champion, candidate))
    require_same_length(target=targets, champion=old, candidate=new)
    return _paired_loss(lambda wanted, given: size(given - wanted), targets, old, new)


def _paired_loss(
    loss: Callable[..., Floats], label: npt.NDArray[Any], champion: Floats, candidate: Floats
) -> PairedMean:
    """Test the difference of a loss; it is computed a block of rows at a time."""

    def differences() -> Iterator[Floats]:
        for labels, old, new in zip(blocks_of(label), blocks_of(champion), blocks_of(candidate), strict=True):
            yield loss(labels, new) - loss(labels, old)

    return paired_mean(Moments.from_blocks(differences, n=label.size))


def paired_rmse_difference(
    champion_squares: npt.ArrayLike, candidate_squares: npt.ArrayLike, *, level: float = DEFAULT_LEVEL
) -> PairedMean:
    """Test the candidate's root mean square error minus the champion's, from per-row squared errors (n,).

    Delta method: the rows' s' / (2 rmse') - s / (2 rmse) have the standard error of the difference.
    Raises Undecidable where a model has no error at all, and as `paired_mean`.
    """
    old, new = _aligned(champion_squares, candidate_squares)
    old_root, new_root = math.sqrt(exact_mean(old)), math.sqrt(exact_mean(new))
    if old_root == 0.0 or new_root == 0.0:
        raise Undecidable("a model without any error has no spread of its root mean square error")
    linear = paired_mean(Moments.from_rows(new / (2.0 * new_root) - old / (2.0 * old_root)), level=level)
    value, error, n = new_root - old_root, linear.standard_error, old.size
    t = value / error if error else 0.0
    interval = student_mean(value, error, n, level=level)
    return PairedMean(Estimate(value, interval, n), error, t, float(2.0 * special.stdtr(n - 1, -abs(t))))


def bootstrap_mean_difference(
    champion: npt.ArrayLike,
    candidate: npt.ArrayLike,
    *,
    seed: int,
    replicates: int = REPLICATES,
    level: float = DEFAULT_LEVEL,
) -> Interval:
    """Return the percentile bootstrap interval of the mean difference, the same for any order of rows.

    Above 4,096 rows, rows are dealt at random (seeded) into 4,096 near-equal blocks and block means are drawn,
    which leaves the variance as it is. Raises Undecidable for fewer than two rows.
    Source: Efron and Tibshirani 1993, chapter 13.
    """
    differences = np.sort(_differences(champion, candidate))
    if differences.size < 2:
        raise Undecidable(f"{differences.size} rows: a bootstrap needs 2")
    generator = np.random.Generator(np.random.PCG64(seed))
    sums, sizes = _blocks(differences, generator)
    at_once = max(1, _DRAWS_AT_ONCE // sums.size)
    means = np.concatenate(
        [
            _resampled_means(sums, sizes, min(at_once, replicates - done), generator)
            for done in range(0, replicates, at_once)
        ]
    )
    tail = (1.0 - level) / 2.0
    lower, upper = np.quantile(means, [tail, 1.0 - tail])
    return Interval(float(lower), float(upper), level, "bootstrap-percentile")


def _blocks(values: Floats, generator: np.random.Generator) -> tuple[Floats, Floats]:
    """Return sums and sizes of up to 4,096 blocks of the values, dealt at random where there are more values."""
    if values.size <= _MOST_UNITS:
        return values, np.ones(values.size)
    starts = np.arange(_MOST_UNITS) * values.size // _MOST_UNITS
    sums = np.add.reduceat(generator.permutation(values), starts)
    return sums, np.diff(starts, append=values.size).astype(np.float64)


def _resampled_means(sums: Floats, sizes: Floats, times: int, generator: np.random.Generator) -> Floats:
    drawn = generator.integers(0, sums.size, size=(times, sums.size))
    return np.asarray(sums[drawn].sum(axis=1) / sizes[drawn].sum(axis=1), dtype=np.float64)


def _differences(champion: npt.ArrayLike, candidate: npt.ArrayLike) -> Floats:
    old, new = _aligned(champion, candidate)
    return new - old


def _aligned(champion: npt.ArrayLike, candidate: npt.ArrayLike) -> tuple[Floats, Floats]:
    old, new = finite_floats(champion, name="champion"), finite_floats(candidate, name="candidate")
    require_same_length(champion=old, candidate=new)
    return old, new
