"""Rows that stand where they must not: ids of the evaluation set that were trained on, and ids that repeat.

Ids are compared as text, a whole number without its ".0" and any text without surrounding space, so that writing
ids as int on one side and as float or text on the other hides nothing.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from promoter.errors import Undecidable
from promoter.measure.statistics.estimate import Estimate

EXAMPLES = 5
"""Ids that a finding shows, the first in text order."""


@dataclass(frozen=True, slots=True)
class Overlap:
    """Distinct evaluation ids that were also trained on, their share of the distinct evaluation ids, and examples."""

    shared: int
    share: Estimate
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Duplicates:
    """Rows beyond the first of each id, their share of all rows, and examples of such ids with their counts."""

    surplus: int
    share: Estimate
    examples: tuple[tuple[str, int], ...]


def id_overlap(training: npt.ArrayLike, evaluation: npt.ArrayLike) -> Overlap:
    """Return the overlap of two columns of ids. It is a count of all rows, not a sample: no interval.

    Raises Undecidable where a side has no rows or a missing id.
    """
    trained = np.unique(canonical_ids(training, side="training"))
    evaluated = np.unique(canonical_ids(evaluation, side="evaluation"))
    shared = np.intersect1d(trained, evaluated, assume_unique=True)
    share = Estimate(shared.size / evaluated.size, None, evaluated.size)
    return Overlap(shared.size, share, tuple(shared[:EXAMPLES].tolist()))


def duplicate_ids(ids: npt.ArrayLike) -> Duplicates:
    """Return what repeats in a column of ids. Raises Undecidable on no rows and missing ids."""
    rows = canonical_ids(ids, side="evidence")
    distinct, counts = np.unique(rows, return_counts=True)
    repeated = np.flatnonzero(counts > 1)
    examples = tuple((str(distinct[place]), int(counts[place])) for place in repeated[:EXAMPLES])
    surplus = rows.size - distinct.size
    return Duplicates(surplus, Estimate(surplus / rows.size, None, rows.size), examples)


def canonical_ids(ids: npt.ArrayLike, *, side: str) -> npt.NDArray[np.str_]:
    """Return ids (n,) as text in one spelling. Raises Undecidable where there are none or one is missing."""
    column = np.asarray(ids)
    if column.size == 0:
        raise Undecidable(f"the {side} has no ids")
    if column.dtype.kind in "iu":
        return column.astype(np.str_)
    values: list[object] = column.ravel().tolist()
    spelled = [_spelling(value) for value in values]
    missing = spelled.count(None)
    if missing:
        raise Undecidable(f"the {side} has no id in {missing} of {column.size} rows")
    return np.asarray(spelled, dtype=np.str_)


def _spelling(value: object) -> str | None:
    if value is None or (isinstance(value, float) and not np.isfinite(value)):
        return None
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    text = str(value).strip()
    whole, point, zeros = text.partition(".")
    if point and whole.removeprefix("-").isdecimal() and zeros and not zeros.strip("0"):
        return whole
    return text or None
