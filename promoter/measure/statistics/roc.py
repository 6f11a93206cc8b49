"""The ROC curve as points that a plot can show."""

import numpy as np

from promoter.measure.statistics.arrays import Floats
from promoter.measure.statistics.sufficient import ScoreCounts

PIXELS = 400
"""Width of a plot for which a thinned curve loses nothing."""


def roc_points(counts: ScoreCounts, *, pixels: int = PIXELS) -> Floats:
    """Return (k, 2) points (fpr, tpr) from (0, 0) to (1, 1) over falling thresholds; tied scores are one slant.

    Of the points in one pixel column the first and the last are kept: the curve rises, so it fills the same pixels as
    with all of them. Raises Undecidable for one class only. Source: Jugel et al. 2014 (M4, of which a monotone line
    needs two).
    """
    counts.require_both_classes()
    false_above = np.concatenate([[0], np.cumsum(counts.negatives[::-1])]) / counts.n_negative
    true_above = np.concatenate([[0], np.cumsum(counts.positives[::-1])]) / counts.n_positive
    column = np.minimum((false_above * pixels).astype(np.int64), pixels - 1)
    changes = np.diff(column) != 0
    is_kept = np.concatenate([[True], changes]) | np.concatenate([changes, [True]])
    return np.stack([false_above[is_kept], true_above[is_kept]], axis=1)
