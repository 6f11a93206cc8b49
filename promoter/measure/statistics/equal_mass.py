"""Distinct scores in parts of equal mass: as many rows a part as ties allow."""

from dataclasses import dataclass

import numpy as np

from promoter.measure.statistics.arrays import Counts, Floats
from promoter.measure.statistics.sufficient import ScoreBlock, ScoreCounts


@dataclass(frozen=True, slots=True, eq=False)
class EqualMass:
    """Negatives, positives and the sum of the scores of each non-empty part, (b,), in rising order of score."""

    negatives: Counts
    positives: Counts
    score_sums: Floats

    @property
    def rows(self) -> Counts:
        """Rows of each part, (b,)."""
        return self.negatives + self.positives


def equal_mass(counts: ScoreCounts, *, parts: int) -> EqualMass:
    """Return up to `parts` parts; rows with one score share a part.

    A score whose rows hold the ranks r+1 to r+m goes to part floor(parts (r + m/2) / n), so parts are as equal as ties
    allow and may be fewer. Raises ValueError for fewer than one part.
    """
    if parts < 1:
        raise ValueError(f"parts count from 1, got {parts}")
    bounds = -(-2 * counts.n * np.arange(1, parts) // parts)
    negatives, positives = np.zeros(parts, dtype=np.int64), np.zeros(parts, dtype=np.int64)
    score_sums = np.zeros(parts)
    for block in counts.blocks():
        part, starts = _parts_of(block, bounds)
        negatives[part] += np.add.reduceat(block.negatives, starts)
        positives[part] += np.add.reduceat(block.positives, starts)
        score_sums[part] += np.add.reduceat(block.totals * block.values, starts)
    has_rows = negatives + positives > 0
    return EqualMass(negatives[has_rows], positives[has_rows], score_sums[has_rows])


def _parts_of(block: ScoreBlock, bounds: Counts) -> tuple[Counts, Counts]:
    """Return the parts that a block has scores of, and where each starts in it; `bounds` are of twice the mid-rank."""
    totals = block.totals
    twice_middle = 2 * (np.cumsum(totals) + block.before) - totals
    first, last = np.searchsorted(bounds, twice_middle[[0, -1]], side="right").tolist()
    starts = np.concatenate([[0], np.searchsorted(twice_middle, bounds[first:last])])
    has_scores = np.append(starts[1:] > starts[:-1], True)
    return np.flatnonzero(has_scores) + first, starts[has_scores]
