"""A trained version before it is written, and the predictions of binary models."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd


@dataclass(frozen=True, slots=True, kw_only=True)
class Trained:
    """A version's artifact, the rows that it was fitted on and judged by, and the numbers that its texts quote.

    `training` and `holdout` hold id, y_true and at least the `features`; `predictions` has a row for each of holdout.
    """

    version: str
    artifact: bytes
    features: Sequence[str]
    training: pd.DataFrame
    holdout: pd.DataFrame
    predictions: pd.DataFrame
    facts: Mapping[str, Any]

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """The evidence that is a table, by kind."""
        columns = ["id", "y_true", *self.features]
        return {
            "predictions": self.predictions,
            "features-reference": self.training[columns],
            "features-current": self.holdout[columns],
        }


def binary_predictions(
    holdout: pd.DataFrame, score: np.ndarray, *, threshold: float, kept: Sequence[str]
) -> pd.DataFrame:
    """Return id, y_true, y_score, y_pred (1 at or above the threshold) and the columns that are kept for measuring."""
    decided = (score >= threshold).astype("int64")
    return pd.DataFrame({**holdout[["id", "y_true"]], "y_score": score, "y_pred": decided, **holdout[list(kept)]})
