"""Latency percentiles and ratios."""

import math

import numpy as np
import pytest
from scipy import stats

from promoter.errors import Undecidable
from promoter.measure.statistics.latency import latency_percentile, latency_ratio
from promoter.measure.statistics.order import quantile_ranks


@pytest.mark.parametrize("share", [0.5, 0.95, 0.99])
def test_a_percentile_is_numpys_inverted_cdf(share: float) -> None:
    """Always a request that happened, for every n to 200."""
    rng = np.random.default_rng(1)
    for n in range(1, 200):
        sample = rng.exponential(size=n)
        expected = float(np.quantile(sample, share, method="inverted_cdf"))
        assert expected == latency_percentile(sample, share=share).value


def test_p95_of_a_hundred() -> None:
    """Of 1..100 ms the 95th; its interval runs from the 90th to the 99th (coverage by the binomial 0.9575)."""
    estimate = latency_percentile(np.arange(1.0, 101.0), share=0.95)
    assert 95.0 == estimate.value
    assert estimate.interval is not None
    lower, upper = estimate.interval.lower, estimate.interval.upper
    coverage = stats.binom.cdf(upper - 1, 100, 0.95) - stats.binom.cdf(lower - 1, 100, 0.95)
    assert coverage >= 0.95


@pytest.mark.parametrize(("share", "fewest"), [(0.5, 6), (0.95, 72), (0.99, 368)])
def test_the_fewest_requests_for_an_interval(share: float, fewest: int) -> None:
    """One request fewer leaves an end open, and then there is no interval."""
    assert quantile_ranks(fewest - 1, share=share) is None
    assert quantile_ranks(fewest, share=share) is not None
    assert latency_percentile(np.ones(fewest - 1), share=share).interval is None


def test_the_ratio_is_below_one_where_the_candidate_is_faster() -> None:
    """Candidate half as slow."""
    champion = np.arange(1.0, 1001.0)
    estimate = latency_ratio(champion, champion / 2, share=0.95)
    assert (0.5, 2000) == (estimate.value, estimate.n)
    assert estimate.interval is not None
    assert estimate.interval.lower < 0.5 < estimate.interval.upper < 1


def test_too_few_requests_give_a_ratio_without_interval() -> None:
    """Ten requests say nothing about p99."""
    assert latency_ratio(np.ones(10), np.ones(10), share=0.99).interval is None


@pytest.mark.parametrize(
    ("values", "reason"),
    [([], "no rows"), ([1.0, 0.0], "1 of 2"), ([1.0, -2.0], "1 of 2"), ([1.0, math.nan], "NaN"), ([math.inf], "infin")],
)
def test_unusable_latencies_are_undecidable(values: list[float], reason: str) -> None:
    """A time that cannot have passed."""
    with pytest.raises(Undecidable, match=reason):
        latency_percentile(values, share=0.5)


@pytest.mark.slow
def test_intervals_cover() -> None:
    """In 3,000 lognormal samples of 1,000 p95 covers 94 to 97 %, and the ratio 93.5 to 98 % (it is conservative)."""
    rng = np.random.default_rng(6)
    true = math.exp(stats.norm.ppf(0.95))
    inside = np.zeros(2)
    for _ in range(3000):
        champion, candidate = rng.lognormal(size=1000), 1.2 * rng.lognormal(size=1000)
        single = latency_percentile(champion, share=0.95).interval
        ratio = latency_ratio(champion, candidate, share=0.95).interval
        assert single is not None
        assert ratio is not None
        inside += [single.lower <= true <= single.upper, ratio.lower <= 1.2 <= ratio.upper]
    assert 0.94 <= inside[0] / 3000 <= 0.97
    assert 0.935 <= inside[1] / 3000 <= 0.98
