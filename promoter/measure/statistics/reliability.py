"""Equal-mass bins of a predicted probability: the table under reliability plots, ECE and Brier's parts."""

from dataclasses import dataclass

from promoter.measure.statistics.arrays import Counts, Floats
from promoter.measure.statistics.equal_mass import equal_mass
from promoter.measure.statistics.sufficient import ScoreCounts


@dataclass(frozen=True, slots=True, eq=False)
class ReliabilityBins:
    """Rows, positives and mean score of each non-empty bin, (b,), in rising order of score."""

    rows: Counts
    positives: Counts
    mean_scores: Floats

    @property
    def n(self) -> int:
        """Rows of all bins."""
        return int(self.rows.sum())

    @property
    def positive_rates(self) -> Floats:
        """Share of positives of each bin, (b,)."""
        return self.positives / self.rows

    @property
    def gaps(self) -> Floats:
        """Share of positives less mean score of each bin, (b,); above 0 the scores are too low."""
        return self.positive_rates - self.mean_scores


def reliability_bins(counts: ScoreCounts, *, bins: int = 10) -> ReliabilityBins:
    """Return up to `bins` bins of equal mass, by the rule of `equal_mass`; rows with one score share a bin.

    Raises Undecidable where a score is not a probability, ValueError for fewer than one bin.
    """
    counts.require_probabilities()
    parts = equal_mass(counts, parts=bins)
    return ReliabilityBins(parts.rows, parts.positives, parts.score_sums / parts.rows)
