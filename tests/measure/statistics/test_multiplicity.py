"""Adjusted p-values against published examples and scipy."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from promoter.errors import Undecidable
from promoter.measure.statistics.multiplicity import benjamini_hochberg, bonferroni_level, holm

BENJAMINI_1995 = [
    0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344,
    0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0,
]  # fmt: skip
"""The thrombolysis example, section 3.2 of the paper."""


def test_the_published_example_rejects_four() -> None:
    """Benjamini and Hochberg reject four of fifteen at 0.05; Holm, as Bonferroni there, three."""
    assert int((benjamini_hochberg(BENJAMINI_1995) <= 0.05).sum()) == 4
    assert int((holm(BENJAMINI_1995) <= 0.05).sum()) == 3


def test_holm_by_hand() -> None:
    """Of 0.04, 0.01, 0.03: 3 x 0.01, then 2 x 0.03, then not below that."""
    assert [0.06, 0.03, 0.06] == pytest.approx(holm([0.04, 0.01, 0.03]).tolist())


@given(st.lists(st.floats(0.0, 1.0), min_size=1, max_size=40))
def test_adjusted_values_agree_with_scipy_and_keep_the_order(values: list[float]) -> None:
    """Benjamini-Hochberg is scipy's; Holm is never below it and both never below the plain value."""
    discovery, familywise = benjamini_hochberg(values), holm(values)
    assert stats.false_discovery_control(values).tolist() == pytest.approx(discovery.tolist(), rel=1e-12)
    assert (familywise >= discovery * (1 - 1e-12)).all()
    assert (discovery >= np.array(values) * (1 - 1e-12)).all()
    assert (familywise <= 1.0).all()


@pytest.mark.parametrize("values", [[], [0.1, math.nan], [1.1], [-0.1]])
def test_what_is_no_p_value_is_undecidable(values: list[float]) -> None:
    """Nothing, NaN and values outside of [0, 1]."""
    for adjust in (holm, benjamini_hochberg):
        with pytest.raises(Undecidable):
            adjust(values)


def test_bonferroni_shares_the_error_out() -> None:
    """Five intervals that hold together at 0.95 are at 0.99 each."""
    assert bonferroni_level(0.95, comparisons=5) == pytest.approx(0.99)
    with pytest.raises(Undecidable):
        bonferroni_level(0.95, comparisons=0)
    with pytest.raises(ValueError, match="level"):
        bonferroni_level(95.0, comparisons=2)
