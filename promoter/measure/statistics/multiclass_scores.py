"""Multi-class quality from class probabilities: one-vs-rest AUC and log loss."""

import numpy as np
import numpy.typing as npt

from promoter.errors import Undecidable
from promoter.measure.statistics.arrays import Counts, Floats
from promoter.measure.statistics.estimate import Estimate
from promoter.measure.statistics.intervals import DEFAULT_LEVEL
from promoter.measure.statistics.means import influence_estimate, mean_estimate

SUM_MARGIN = 1e-5
"""How far a row's probabilities may sum from 1: room for float32 columns, none for missing classes."""


def macro_auc(class_codes: npt.ArrayLike, probabilities: npt.ArrayLike, *, level: float = DEFAULT_LEVEL) -> Estimate:
    """Return the mean over classes of the AUC of that class against the rest.

    class_codes: (n,) int in 0..K-1; probabilities: (n, K), any real scores. Interval: normal, from the mean of the
    classes' DeLong components per row, so that the classes' dependence is in it. Raises Undecidable where a class
    has no rows or all of them. Source: Hand and Till 2001 (one against the rest); DeLong et al. 1988.
    """
    codes, scores = _aligned(class_codes, probabilities)
    areas, influences, _ = _one_against_rest(codes, scores)
    return influence_estimate(float(areas.mean()), influences.mean(axis=1), level=level, lower=0.0, upper=1.0)


def weighted_auc(class_codes: npt.ArrayLike, probabilities: npt.ArrayLike, *, level: float = DEFAULT_LEVEL) -> Estimate:
    """Return the one-vs-rest AUCs averaged by the rows of each class, the shares' own noise in the interval.

    Shapes, errors and source as `macro_auc`.
    """
    codes, scores = _aligned(class_codes, probabilities)
    areas, influences, share = _one_against_rest(codes, scores)
    value = float(areas @ share)
    return influence_estimate(value, influences @ share + areas[codes] - value, level=level, lower=0.0, upper=1.0)


def log_loss(class_codes: npt.ArrayLike, probabilities: npt.ArrayLike, *, level: float = DEFAULT_LEVEL) -> Estimate:
    """Return the mean of `log_losses`. Shapes and errors as there."""
    return mean_estimate(log_losses(class_codes, probabilities), name="log loss", level=level)


def log_losses(class_codes: npt.ArrayLike, probabilities: npt.ArrayLike) -> Floats:
    """Return -ln p(true class) of each row, (n,), in nats, clipped at float64's epsilon as scikit-learn clips.

    Raises Undecidable where probabilities leave [0, 1] or a row does not sum to 1 within 1e-5, with the count.
    """
    codes, scores = _distributions(class_codes, probabilities)
    epsilon = float(np.finfo(np.float64).eps)
    own = np.clip(scores[np.arange(codes.size), codes], epsilon, 1.0 - epsilon)
    return np.asarray(-np.log(own), dtype=np.float64)


def brier_terms(class_codes: npt.ArrayLike, probabilities: npt.ArrayLike) -> Floats:
    """Return sum over classes of (probability - 1 where it is the true class)^2 of each row, (n,), in [0, 2].

    Of two classes it is twice the binary Brier score's term. Errors as `log_losses`. Source: Brier 1950, equation 2.
    """
    codes, scores = _distributions(class_codes, probabilities)
    misses = scores.copy()
    misses[np.arange(codes.size), codes] -= 1.0
    return np.asarray(np.square(misses).sum(axis=1), dtype=np.float64)


def _distributions(class_codes: npt.ArrayLike, probabilities: npt.ArrayLike) -> tuple[Counts, Floats]:
    """Return class numbers and the probabilities of every class, aligned."""
    codes, scores = _aligned(class_codes, probabilities)
    outside = int(((scores < 0) | (scores > 1)).any(axis=1).sum())
    unsummed = int((np.abs(scores.sum(axis=1) - 1.0) > SUM_MARGIN).sum())
    if outside or unsummed:
        raise Undecidable(
            f"of {codes.size} rows {outside} have a probability outside of [0, 1] and {unsummed} do not sum to 1"
        )
    return codes, scores


def _aligned(class_codes: npt.ArrayLike, probabilities: npt.ArrayLike) -> tuple[Counts, Floats]:
    codes = np.asarray(class_codes)
    scores = np.asarray(probabilities, dtype=np.float64)
    if scores.ndim != 2 or codes.ndim != 1 or codes.size != scores.shape[0]:
        raise Undecidable(f"labels of shape {codes.shape} do not go with class scores of shape {scores.shape}")
    if codes.size == 0 or scores.shape[1] < 2:
        raise Undecidable(f"{codes.size} rows and {scores.shape[1]} classes: needs a row and two classes")
    bad = int((~np.isfinite(scores)).any(axis=1).sum())
    if bad:
        raise Undecidable(f"class scores are NaN or infinite in {bad} of {codes.size} rows")
    whole = codes.astype(np.int64)
    unknown = int(((whole != codes) | (whole < 0) | (whole >= scores.shape[1])).sum())
    if unknown:
        raise Undecidable(f"{unknown} of {codes.size} rows have a label that no class score belongs to")
    return whole, scores


def _one_against_rest(codes: Counts, scores: Floats) -> tuple[Floats, Floats, Floats]:
    """Return (K,) areas, (n, K) influence of each row on each area, and (K,) shares of the classes."""
    rows, classes = scores.shape
    counts = np.bincount(codes, minlength=classes)
    one_sided = np.flatnonzero((counts == 0) | (counts == rows))
    if one_sided.size:
        raise Undecidable(f"class number {one_sided[0]} has {counts[one_sided[0]]} of {rows} rows: no AUC of it")
    areas, influences = np.empty(classes), np.empty((rows, classes))
    for position in range(classes):
        positive = codes == position
        p, q = int(counts[position]), int(rows - counts[position])
        ranks = _mid_ranks(scores[:, position])
        within = np.empty(rows)
        within[positive] = _mid_ranks(scores[positive, position])
        within[~positive] = _mid_ranks(scores[~positive, position])
        component = np.where(positive, (ranks - within) / q, 1.0 - (ranks - within) / p)
        areas[position] = (ranks[positive].sum() - p * (p + 1) / 2.0) / (p * q)
        influences[:, position] = (component - areas[position]) * np.where(positive, rows / p, rows / q)
    return areas, influences, counts / rows


def _mid_ranks(values: Floats) -> Floats:
    """Return each value's rank from 1, ties at the mean of theirs, as scipy.stats.rankdata (0.3 s to import)."""
    _, places, counts = np.unique(values, return_inverse=True, return_counts=True)
    ranks = np.cumsum(counts) - (counts - 1) / 2.0
    return np.asarray(ranks[places], dtype=np.float64)
