"""What becomes of rows with about the same prediction: bins of equal mass, for a predicted quantity."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from promoter.measure.statistics.arrays import finite_floats, require_same_length
from promoter.measure.statistics.estimate import Estimate
from promoter.measure.statistics.means import mean_estimate


@dataclass(frozen=True, slots=True)
class BinnedMean:
    """A bin's mean prediction, and its mean label with Student's interval."""

    prediction: Estimate
    label: Estimate


def binned_means(label: npt.ArrayLike, prediction: npt.ArrayLike, *, bins: int = 10) -> tuple[BinnedMean, ...]:
    """Return up to `bins` bins of equal mass in rising order of prediction; rows with one prediction share a bin.

    A prediction whose rows hold the ranks r+1 to r+m goes to bin floor(bins (r + m/2) / n), as in
    promoter.measure.statistics.reliability. Raises Undecidable on no rows, NaN and infinities, ValueError for fewer
    than one bin.
    """
    if bins < 1:
        raise ValueError(f"bins counts from 1, got {bins}")
    labels, predictions = finite_floats(label, name="label"), finite_floats(prediction, name="prediction")
    require_same_length(label=labels, prediction=predictions)
    _, value_of, totals = np.unique(predictions, return_inverse=True, return_counts=True)
    before = np.cumsum(totals) - totals
    bin_of = ((bins * (2 * before + totals)) // (2 * predictions.size))[value_of]
    places = (np.flatnonzero(bin_of == number) for number in np.unique(bin_of))
    return tuple(
        BinnedMean(
            mean_estimate(predictions[rows], name="prediction"),
            mean_estimate(labels[rows], name="label"),
        )
        for rows in places
    )
