"""What a bound may name: each measure with its range and unit, so that a bound in percent is found before it judges.

The names are those of `promoter.measure.families`; tests/policy/test_lint.py holds that none is missing.
"""

from dataclasses import dataclass
from math import inf

from promoter.registry.model import Task


@dataclass(frozen=True, slots=True)
class Scale:
    """The values that a measure can take, [lower, upper], and the tasks for which it is made; empty: any."""

    lower: float
    upper: float
    tasks: frozenset[Task] = frozenset()

    @property
    def is_fraction(self) -> bool:
        """Say whether a value above 1 can only be a percentage."""
        return self.upper == 1

    def __str__(self) -> str:
        return f"[{self.lower:g}, {self.upper:g}{')' if self.upper == inf else ']'}"


_BINARY, _CLASSES = frozenset({Task.BINARY}), frozenset({Task.BINARY, Task.MULTICLASS})
_MULTICLASS, _REGRESSION = frozenset({Task.MULTICLASS}), frozenset({Task.REGRESSION})

QUALITY: dict[str, Scale] = {
    **{
        name: Scale(0, 1, _BINARY)
        for name in ("roc_auc", "average_precision", "brier", "ks", "precision", "recall", "specificity", "fpr", "fnr")
    },
    **{name: Scale(0, 1, _BINARY) for name in ("f1", "selection_rate")},
    **{name: Scale(0, 1, _CLASSES) for name in ("accuracy", "balanced_accuracy")},
    "log_loss": Scale(0, inf, _CLASSES),
    "mcc": Scale(-1, 1, _CLASSES),
    "cohen_kappa": Scale(-1, 1, _MULTICLASS),
    **{
        f"{name}_{average}": Scale(0, 1, _MULTICLASS)
        for name in ("precision", "recall", "f1", "roc_auc")
        for average in ("macro", "weighted")
    },
    **{name: Scale(0, inf, _REGRESSION) for name in ("rmse", "mae", "median_absolute_error", "mape")},
    **{name: Scale(0, inf, _REGRESSION) for name in ("pinball_10", "pinball_50", "pinball_90")},
    "r2": Scale(-inf, 1, _REGRESSION),
    "residual_bias": Scale(-inf, inf, _REGRESSION),
    **{name: Scale(0, 1, frozenset({Task.RANKING})) for name in ("ndcg_at_5", "ndcg_at_10", "ndcg", "mrr")},
    "mean_score": Scale(-inf, inf, frozenset({Task.SCORES})),
    "pass_rate": Scale(0, 1, frozenset({Task.SCORES})),
}
"""Measures of a predictions file: what `performance` and `slices` may bound."""

_FRACTIONS = (
    *("selection_rate_ratio", "selection_rate_difference", "tpr_difference", "fpr_difference"),
    *("equalized_odds_difference", "predictive_parity_difference"),
    *("jensen_shannon", "total_variation", "ece", "mce", "spiegelhalter_p"),
)

MEASURES: dict[str, Scale] = {
    **QUALITY,
    **{name: Scale(0, 1) for name in _FRACTIONS},
    "missing_rate_difference": Scale(-1, 1),
    "embedding_drift": Scale(0, 2),
    **{name: Scale(0, inf) for name in ("psi", "wasserstein", "new_categories", "vanished_categories")},
    **{
        f"{name}_difference": Scale(-1, 1)
        for name in ("roc_auc", "accuracy", "brier", "recall", "specificity", "average_precision", "ndcg")
    },
    **{f"{name}_difference": Scale(-inf, inf) for name in ("log_loss", "rmse", "mae", "squared_error", "mean_score")},
    **{f"latency_{name}{kind}": Scale(0, inf) for name in ("p50", "p95", "p99") for kind in ("", "_ratio")},
    **{name: Scale(0, inf) for name in ("memory_bytes", "memory_ratio", "generalized_entropy", "theil")},
}
"""Every measure whose range is known: what waivers' controls may bound too. Another is not held against a range."""
