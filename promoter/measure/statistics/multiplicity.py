"""Corrections for many comparisons, on p-values and on levels."""

import numpy as np
import numpy.typing as npt

from promoter.errors import Undecidable
from promoter.measure.statistics.arrays import Floats, probabilities


def holm(p_values: npt.ArrayLike) -> Floats:
    """Return Holm's adjusted p-values (n,), in the order given: max over smaller ones of (n - rank + 1) p.

    Controls the chance of any false rejection under any dependence. Raises Undecidable on NaN and values
    outside of [0, 1]. Source: Holm 1979.
    """
    values = probabilities(p_values, name="p")
    order = np.argsort(values, kind="stable")
    scaled = values[order] * np.arange(values.size, 0, -1)
    return _restored(np.maximum.accumulate(scaled), order)


def benjamini_hochberg(p_values: npt.ArrayLike) -> Floats:
    """Return Benjamini and Hochberg's adjusted p-values (n,), in the order given: min over larger ones of n p / rank.

    Controls the expected share of false ones among the rejections where the tests are independent or positively
    dependent. Raises Undecidable on NaN and values outside of [0, 1]. Source: Benjamini and Hochberg 1995.
    """
    values = probabilities(p_values, name="p")
    order = np.argsort(values, kind="stable")
    scaled = values[order] * (values.size / np.arange(1, values.size + 1))
    return _restored(np.minimum.accumulate(scaled[::-1])[::-1], order)


def bonferroni_level(level: float, *, comparisons: int) -> float:
    """Return the level of each of some intervals that hold together at `level`: 1 - (1 - level) / comparisons.

    Raises Undecidable for no comparisons, ValueError for a level outside of (0, 1).
    """
    if comparisons < 1:
        raise Undecidable("there is nothing to compare")
    if not 0.0 < level < 1.0:
        raise ValueError(f"level is a coverage in (0, 1), got {level}")
    return 1.0 - (1.0 - level) / comparisons


def _restored(adjusted: Floats, order: npt.NDArray[np.intp]) -> Floats:
    """Return sorted values, capped at 1, in their original order."""
    result = np.empty_like(adjusted)
    result[order] = np.minimum(adjusted, 1.0)
    return result
