"""The ends of a noncentrality: where the statistic is the quantile of the other tail."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from promoter.measure.statistics.noncentral import noncentral_f_interval, noncentral_interval


@given(st.floats(1e-3, 1e5), st.integers(1, 60), st.sampled_from((0.9, 0.95, 0.99)))
def test_an_end_puts_the_statistic_at_the_quantile(statistic: float, freedom: int, level: float) -> None:
    """The noncentral chi-squared of scipy.stats has the tail's probability there, or the end is 0."""
    tail = (1.0 - level) / 2.0
    for end, below in zip(
        noncentral_interval(statistic, freedom=freedom, level=level), (1.0 - tail, tail), strict=True
    ):
        found = stats.ncx2.cdf(statistic, freedom, end) if end else stats.chi2.cdf(statistic, freedom)
        assert found <= below if end == 0.0 else below == pytest.approx(found, rel=1e-7)


def test_the_ends_of_an_f_statistic_are_quantiles_too() -> None:
    """F(4, 50) = 5 at 90 %: the ends put it at the 95 % and 5 % quantiles of scipy.stats."""
    ends = noncentral_f_interval(5.0, freedom=(4, 50), level=0.9)
    assert [0.95, 0.05] == pytest.approx([stats.ncf.cdf(5.0, 4, 50, end) for end in ends], rel=1e-9)
