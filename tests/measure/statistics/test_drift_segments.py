"""Distances from segments of two sorted columns against scipy and against every value as a cut."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import stats

from promoter.errors import Undecidable
from promoter.measure.statistics.drift_ks import ks_on
from promoter.measure.statistics.drift_segments import Segments, segments
from promoter.measure.statistics.drift_wasserstein import (
    wasserstein,
    wasserstein_clipped,
    wasserstein_clipped_on,
    wasserstein_on,
)
from tests.measure.statistics.drift_cases import ROWS, planted

columns = hnp.arrays(np.float64, st.integers(2, 60), elements=st.integers(-5, 5).map(float))


def _clipped(found: Segments) -> tuple[float, float]:
    """Return value and upper end of the clipped distance; zeros where the reference gives no scale."""
    try:
        estimate = wasserstein_clipped_on(found)
    except Undecidable:
        return 0.0, 0.0
    assert estimate.interval is not None
    return estimate.value, estimate.interval.upper


@given(columns, columns, st.integers(2, 9))
def test_segments_hold_the_greatest_gap_and_one_sign_each(first: np.ndarray, second: np.ndarray, stride: int) -> None:
    """However few the first cuts, D, the distances and the upper end of the interval are those of all values."""
    coarse, fine = (segments(np.sort(first), np.sort(second), stride=step) for step in (stride, 1))
    assert fine.greatest_gap == coarse.greatest_gap
    assert wasserstein_on(fine) == pytest.approx(wasserstein_on(coarse), rel=1e-12, abs=1e-12)
    found, expected = (_clipped(one) for one in (coarse, fine))
    assert expected == pytest.approx(found, rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("case", ["sentinel on each side", "pareto doubled", "15% set to 1.0", "no drift"])
def test_long_columns_have_the_distances_of_all_values(case: str) -> None:
    """At 20,000 rows, where one value in 64 is a first cut, D and W1 are scipy's, and the interval that of all cuts."""
    reference, current = planted(case)
    found, whole = (segments(np.sort(reference), np.sort(current), stride=step) for step in (None, 1))
    assert len(found.cuts) < len(whole.cuts)
    assert stats.ks_2samp(reference, current, method="asymp").statistic == pytest.approx(ks_on(found).value, rel=1e-12)
    assert stats.wasserstein_distance(reference, current) == pytest.approx(wasserstein_on(found), rel=1e-12)
    estimate, expected = wasserstein_clipped_on(found), wasserstein_clipped_on(whole)
    assert expected.value == pytest.approx(estimate.value, rel=1e-12)
    assert estimate.interval is not None
    assert expected.interval is not None
    assert expected.interval.lower == pytest.approx(estimate.interval.lower, rel=1e-3)
    assert expected.interval.upper == pytest.approx(estimate.interval.upper, rel=1e-9)


def test_a_column_far_from_zero_keeps_its_digits() -> None:
    """Seconds since 1970, a day apart: the distance is scipy's to 1e-9 though the values have ten digits before it."""
    rng = np.random.default_rng(9)
    reference, current = (1.7e9 + rng.normal(0, 86_400, ROWS) for _ in range(2))
    assert stats.wasserstein_distance(reference, current) == pytest.approx(wasserstein(reference, current), rel=1e-9)


def test_rows_in_another_order_give_the_same_bits() -> None:
    """Sums are taken in the order of the values."""
    reference, current = planted("no drift")
    shuffled = np.random.default_rng(1).permutation(reference)
    assert wasserstein_clipped(reference, current) == wasserstein_clipped(shuffled, current)


def test_values_whose_squares_overflow_have_no_interval_to_invent() -> None:
    """The largest numbers are refused with the reason, not printed as infinite."""
    with pytest.raises(Undecidable, match="larger than the largest"):
        wasserstein_clipped([-1e200, 0.0, 1e200, 1e201], [0.0, 1.0, 1e200, 1e201])
