"""Corrections of many features' tests, through the gate, against scipy and a definition written anew."""

import numpy as np
import pytest
from scipy import stats

from promoter.gates.feature_drift import GATE
from tests.support.candidates import judge_with, make_context, make_release, measured, number

P_VALUES = (0.001, 0.004, 0.011, 0.019, 0.024, 0.03, 0.041, 0.2)
ALPHA = 0.05


def stepped_down(values: tuple[float, ...]) -> np.ndarray:
    """Return Holm's adjusted p-values: each by the tests that are not yet rejected, none below one before it."""
    order = np.argsort(values)
    adjusted, worst = np.empty(len(values)), 0.0
    for place, index in enumerate(order):
        worst = max(worst, min(1.0, (len(values) - place) * values[index]))
        adjusted[index] = worst
    return adjusted


@pytest.mark.parametrize(
    ("correction", "adjusted"),
    [
        ("benjamini_hochberg", stats.false_discovery_control(P_VALUES)),
        ("holm", stepped_down(P_VALUES)),
    ],
)
def test_features_fail_that_the_reference_rejects(correction: str, adjusted: np.ndarray) -> None:
    """All effects are beyond the bound; those whose corrected p-value is above alpha are undecided."""
    names = [f"f{place}" for place in range(len(P_VALUES))]
    signature = {
        "features": [{"name": name, "dtype": "float"} for name in names],
        "prediction": {"name": "y_score", "dtype": "float"},
    }
    numbers = [
        found
        for name, p in zip(names, P_VALUES, strict=True)
        for found in (number("ks", 0.5, slice_=(("feature", name),)), number("ks_p", p, slice_=(("feature", name),)))
    ]
    findings = judge_with(
        GATE,
        measured(*numbers),
        make_context(make_release(signature=signature)),
        bounds=[{"measure": "ks", "at_most": 0.2}],
        significance={"alpha": ALPHA, "correction": correction},
    )
    outcomes = {dict(finding.slice)["feature"]: finding.satisfied for finding in findings}
    expected = {name: False if p <= ALPHA else None for name, p in zip(names, adjusted, strict=True)}
    assert expected == outcomes
    assert {False, None} == set(outcomes.values())
