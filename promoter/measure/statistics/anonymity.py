"""k-anonymity: the fewest rows that share one combination of quasi-identifiers."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from promoter.errors import Undecidable


@dataclass(frozen=True, slots=True)
class Anonymity:
    """The smallest group's rows (the table is `smallest`-anonymous), and groups and rows below the k asked about."""

    smallest: int
    groups: int
    groups_below: int
    rows_below: int
    n: int


def k_anonymity(group_rows: npt.ArrayLike, *, k: int) -> Anonymity:
    """Return how a table stands against k, from the rows of each combination that occurs (SQL's GROUP BY).

    A missing value is a value like any other. Raises Undecidable where there are no rows. Source: Sweeney 2002.
    """
    counts = np.asarray(group_rows, dtype=np.int64).ravel()
    counts = counts[counts > 0]
    if counts.size == 0:
        raise Undecidable("a table without rows has no anonymity")
    below = counts[counts < k]
    return Anonymity(int(counts.min()), counts.size, below.size, int(below.sum()), int(counts.sum()))
