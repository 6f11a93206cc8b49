"""Equal-mass bins of a predicted probability: the table under reliability plots, ECE and Brier's parts."""

from dataclasses import dataclass

import numpy as np

from promoter.measure.statistics.arrays import Counts, Floats
from promoter.measure.statistics.sufficient import ScoreCounts


@dataclass(frozen=True, slots=True, eq=False)
class ReliabilityBins:
    """Rows, positives and mean score of each non-empty bin, (b,), in rising order of score."""

    rows: Counts
    positives: Counts
    mean_scores: Floats

    @property
    def positive_rates(self) -> Floats:
        """Share of positives of each bin, (b,)."""
        return self.positives / self.rows

    @property
    def gaps(self) -> Floats:
        """Share of positives less mean score of each bin, (b,); above 0 the scores are too low."""
        return self.positive_rates - self.mean_scores


def reliability_bins(counts: ScoreCounts, *, bins: int = 10) -> ReliabilityBins:
    """Return up to `bins` bins of equal mass; rows with one score share a bin.

    A score whose rows hold the ranks r+1 to r+m goes to bin floor(bins (r + m/2) / n), so bins are as
    equal as ties allow and may be fewer. Raises Undecidable where a score is not a probability, ValueError for
    fewer than one bin.
    """
    if bins < 1:
        raise ValueError(f"bins counts from 1, got {bins}")
    counts.require_probabilities()
    totals = counts.totals
    before = np.cumsum(totals) - totals
    of_value = (bins * (2 * before + totals)) // (2 * counts.n)
    _, bin_of = np.unique(of_value, return_inverse=True)
    starts = np.flatnonzero(np.diff(bin_of, prepend=-1))
    rows = np.add.reduceat(totals, starts)
    score_sums = np.add.reduceat(totals * counts.values, starts)
    return ReliabilityBins(rows, np.add.reduceat(counts.positives, starts), score_sums / rows)
