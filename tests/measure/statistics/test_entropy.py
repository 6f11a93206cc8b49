"""Generalised entropy against its definition over rows."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from promoter.errors import Undecidable
from promoter.measure.statistics.entropy import generalized_entropy, theil
from promoter.measure.statistics.sufficient import Confusion


@given(st.tuples(*[st.integers(0, 12)] * 4), st.sampled_from([0.5, 1.0, 2.0, 3.0]))
def test_the_index_is_its_mean_over_rows(cells: tuple[int, int, int, int], alpha: float) -> None:
    """AIF360's definition, benefit = prediction - label + 1, to 1e-9."""
    tp, fp, fn, tn = cells
    counts = Confusion(tp=tp, fp=fp, fn=fn, tn=tn)
    benefits = np.repeat([1.0, 2.0, 0.0, 1.0], cells)
    if benefits.sum() == 0:
        with pytest.raises(Undecidable, match="no benefit"):
            generalized_entropy(counts, alpha=alpha)
        return
    relative = benefits / benefits.mean()
    if alpha == 1.0:
        expected = np.mean([r * math.log(r) if r else 0.0 for r in relative])
    else:
        expected = np.mean(relative**alpha - 1.0) / (alpha * (alpha - 1.0))
    assert expected == pytest.approx(generalized_entropy(counts, alpha=alpha).value, rel=1e-9, abs=1e-12)


def test_theil_by_hand() -> None:
    """Benefits 2 and 0 alone: ln 2."""
    assert math.log(2) == pytest.approx(theil(Confusion(tp=0, fp=5, fn=5, tn=0)).value)


def test_mean_log_deviation_by_hand() -> None:
    """Benefits 1 and 2: ln 1.5 - ln(2) / 2; undecidable once a benefit is 0."""
    found = generalized_entropy(Confusion(tp=3, fp=3, fn=0, tn=0), alpha=0.0)
    assert math.log(1.5) - math.log(2) / 2 == pytest.approx(found.value)
    with pytest.raises(Undecidable, match="1 rows have no benefit"):
        generalized_entropy(Confusion(tp=3, fp=3, fn=1, tn=0), alpha=0.0)


def test_equal_benefits_are_equal() -> None:
    """All answers right: 0, without an interval."""
    found = generalized_entropy(Confusion(tp=3, fp=0, fn=0, tn=3))
    assert (0.0, None) == (found.value, found.interval)
