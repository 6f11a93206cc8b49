"""Gain and lift by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promoter.errors import Undecidable
from promoter.measure.statistics.gain import gain_at, lift_at
from promoter.measure.statistics.sufficient import ScoreCounts
from tests.measure.statistics.strategies import Rows, scored_rows


def test_the_top_fifth_catches_two_of_four() -> None:
    """Ten rows, the two highest of four positives on top: gain 1/2, lift 5/2."""
    counts = ScoreCounts.from_rows([0, 0, 1, 0, 0, 1, 0, 0, 1, 1], [float(i) for i in range(10)])
    assert gain_at(counts, fraction=0.2).value == pytest.approx(0.5)
    assert lift_at(counts, fraction=0.2).value == pytest.approx(2.5)


@given(st.floats(0.01, 0.99))
def test_a_constant_score_has_lift_one(fraction: float) -> None:
    """Ties at the cut count in proportion."""
    counts = ScoreCounts.from_rows([0, 1, 1, 0, 0], [0.5] * 5)
    assert lift_at(counts, fraction=fraction).value == pytest.approx(1.0)


@given(scored_rows(), st.floats(0.01, 0.99))
def test_gain_lies_inside_of_its_interval(rows: Rows, fraction: float) -> None:
    """For any rows with a positive; undecidable without."""
    label, score = rows
    counts = ScoreCounts.from_rows(label, score)
    if label.sum() == 0:
        with pytest.raises(Undecidable, match="no positives"):
            gain_at(counts, fraction=fraction)
        return
    found = gain_at(counts, fraction=fraction)
    assert found.interval is not None
    assert found.interval.lower <= found.value * (1 + 1e-12)
    assert found.value <= found.interval.upper * (1 + 1e-12)


def test_a_fraction_is_neither_nothing_nor_all() -> None:
    """At 0 and 1 there is nothing to measure."""
    counts = ScoreCounts.from_rows([0, 1], [0.1, 0.2])
    for fraction in (0.0, 1.0):
        with pytest.raises(ValueError, match="fraction"):
            gain_at(counts, fraction=fraction)
