"""The numbers that the model cards quote, computed from the predictions that the evidence file holds.

They inform people only: gates measure the evidence again and never read a card.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from sklearn.metrics import (
    accuracy_score,
    brier_score_loss,
    f1_score,
    log_loss,
    mean_absolute_error,
    r2_score,
    recall_score,
    roc_auc_score,
    root_mean_squared_error,
)

LEAST_ROWS_OF_A_GROUP = 50


def binary_facts(predictions: pd.DataFrame, *, attributes: Sequence[str], slices: Sequence[str]) -> dict[str, Any]:
    """Return n, auc, accuracy, brier, log_loss and rates, overall and by each value of each column."""
    by_column = {name: _by_value(predictions, name) for name in (*attributes, *slices)}
    return {
        **_binary(predictions),
        "auc": float(roc_auc_score(predictions.y_true, predictions.y_score)),
        "brier": float(brier_score_loss(predictions.y_true, predictions.y_score)),
        "log_loss": float(log_loss(predictions.y_true, predictions.y_score)),
        "base_rate": float(predictions.y_true.mean()),
        "by": by_column,
        "ratio": {name: _selection_rate_ratio(by_column[name]) for name in attributes},
        "recall_gap": {name: _gap(by_column[name], "recall") for name in attributes},
    }


def regression_facts(predictions: pd.DataFrame, *, slices: Sequence[str]) -> dict[str, Any]:
    """Return n, mae, rmse, r2 and bias (mean of prediction minus truth), overall and by slice (mae, bias, n)."""

    def errors(rows: pd.DataFrame) -> dict[str, float]:
        return {
            "n": len(rows),
            "mae": float(mean_absolute_error(rows.y_true, rows.y_pred)),
            "bias": float((rows.y_pred - rows.y_true).mean()),
        }

    return {
        **errors(predictions),
        "rmse": float(root_mean_squared_error(predictions.y_true, predictions.y_pred)),
        "r2": float(r2_score(predictions.y_true, predictions.y_pred)),
        "by": {name: {_key(value): errors(rows) for value, rows in predictions.groupby(name)} for name in slices},
    }


def multiclass_facts(predictions: pd.DataFrame) -> dict[str, Any]:
    """Return n, accuracy, f1_macro, log_loss, the class of worst recall, and the least and most rows of a class."""
    truth, predicted = predictions.y_true, predictions.y_pred
    classes = sorted(truth.unique())
    recalls = recall_score(truth, predicted, labels=classes, average=None)
    counts = truth.value_counts()
    # The scores are float32 values: as float64 their sums miss 1 by more than scikit-learn accepts.
    scores = predictions[[f"score_{name}" for name in classes]].to_numpy(dtype=np.float32)
    return {
        "n": len(predictions),
        "accuracy": float(accuracy_score(truth, predicted)),
        "f1_macro": float(f1_score(truth, predicted, average="macro")),
        "log_loss": float(log_loss(truth, scores, labels=classes)),
        "worst": classes[int(np.argmin(recalls))],
        "worst_recall": float(recalls.min()),
        "least": int(counts.min()),
        "most": int(counts.max()),
    }


def _binary(rows: pd.DataFrame) -> dict[str, float]:
    truth, decision = rows.y_true.to_numpy() == 1, rows.y_pred.to_numpy() == 1
    return {
        "n": len(rows),
        "positives": int(truth.sum()),
        "accuracy": float((truth == decision).mean()),
        "selection": float(decision.mean()),
        "recall": float(decision[truth].mean()) if truth.any() else float("nan"),
        "fpr": float(decision[~truth].mean()) if (~truth).any() else float("nan"),
    }


def _by_value(predictions: pd.DataFrame, column: str) -> dict[str, dict[str, float]]:
    return {_key(value): _binary(rows) for value, rows in predictions.groupby(column)}


def _key(value: object) -> str:
    """Return a slice's value as a name that a format field can hold: letters, digits, underscores."""
    return "".join(letter if letter.isalnum() else "_" for letter in str(value))


def _assessed(groups: dict[str, dict[str, float]]) -> list[dict[str, float]]:
    return [rates for rates in groups.values() if rates["n"] >= LEAST_ROWS_OF_A_GROUP]


def _selection_rate_ratio(groups: dict[str, dict[str, float]]) -> float:
    """Return smallest over largest selection rate of the groups with at least LEAST_ROWS_OF_A_GROUP rows."""
    selected = [rates["selection"] for rates in _assessed(groups)]
    return float(np.min(selected) / np.max(selected))


def _gap(groups: dict[str, dict[str, float]], rate: str) -> float:
    values = [rates[rate] for rates in _assessed(groups)]
    return float(np.max(values) - np.min(values))
