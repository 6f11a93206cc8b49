"""How much too large absolute and greatest differences are, against distributions that are known."""

import numpy as np
import pytest
from scipy import stats

from promoter.measure.statistics.folded import folded_excess
from promoter.measure.statistics.greatest_gap import CELLS, excess_of_greatest
from promoter.measure.statistics.noncentral import noncentral_interval, stretched_roots


@pytest.mark.parametrize("gap", [0.0, 0.3, 1.0, 2.5])
def test_the_excess_of_an_absolute_difference_is_that_of_the_folded_normal(gap: float) -> None:
    """Mean of scipy's foldnorm less the gap; nothing where there is no error."""
    expected = stats.foldnorm(gap / 0.7, scale=0.7).mean() - gap
    assert expected == pytest.approx(float(folded_excess(np.array([gap]), np.array([0.7]))[0]), rel=1e-9)
    assert [0.0] == folded_excess(np.array([gap]), np.array([0.0])).tolist()


def test_the_excess_without_a_difference_is_kolmogorovs_mean() -> None:
    """E sup |bridge| = sqrt(pi / 2) ln 2, here over sqrt(nm / (n + m)), on 128 cells a little less."""
    cuts = np.arange(1, CELLS + 1)
    n, m = 50 * CELLS, 80 * CELLS
    found = excess_of_greatest(50 * cuts, 80 * cuts, is_signed=False)
    expected = np.sqrt(np.pi / 2.0) * np.log(2.0) / np.sqrt(n * m / (n + m))
    assert expected == pytest.approx(found, rel=0.1)
    assert found < expected


def test_the_excess_shrinks_where_the_maximum_stands_out() -> None:
    """Two normals a standard deviation apart have one peak; the signed excess is the same as the absolute one."""
    places = np.linspace(-3.0, 4.0, 400)
    first, second = (np.append(np.round(10_000 * stats.norm.cdf(places, mean)), 10_000).astype(int) for mean in (0, 1))
    signed, absolute = (excess_of_greatest(first, second, is_signed=way) for way in (True, False))
    assert absolute == pytest.approx(signed, rel=1e-12)
    assert 0.0 < signed < 0.25 * np.sqrt(np.pi / 2.0) * np.log(2.0) / np.sqrt(5_000)


@pytest.mark.parametrize("statistic", [0.0, 3.0, 40.0, 4000.0])
def test_an_error_of_one_leaves_the_noncentral_interval(statistic: float) -> None:
    """Stretching by 1 is the root of the interval; by 1/2 it halves the distances from the middle."""
    roots = [end**0.5 for end in noncentral_interval(statistic, freedom=4, level=0.95)]
    assert roots == pytest.approx(stretched_roots(statistic, freedom=4, error=1.0, level=0.95))
    middle = max(0.0, statistic - 4.0) ** 0.5
    halved = [middle + (root - middle) / 2.0 if root > 0.0 else 0.0 for root in roots]
    assert halved == pytest.approx(stretched_roots(statistic, freedom=4, error=0.5, level=0.95))
