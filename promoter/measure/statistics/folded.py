"""The noise in absolute differences: |d + error| is on average larger than |d|, most so where d is small."""

import numpy as np

from promoter.measure.statistics import special
from promoter.measure.statistics.arrays import Floats


def folded_excess(gaps: Floats, errors: Floats) -> Floats:
    """Return E|N(gap, error^2)| - gap for gaps >= 0 and errors >= 0; 0 where the error is 0.

    error sqrt(2/pi) exp(-gap^2 / 2 error^2) - 2 gap Phi(-gap / error). Source: Leone, Nelson and Nottingham 1961.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(errors > 0.0, gaps / errors, np.inf)
    peak = np.sqrt(2.0 / np.pi) * np.exp(-(ratio**2) / 2.0)
    return np.asarray(errors * peak - 2.0 * gaps * special.ndtr(-ratio), dtype=np.float64)
