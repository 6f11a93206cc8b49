"""Drift of numeric columns against scipy, hand computations and the planted cases that blind other tools."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import spatial, stats

from promoter.errors import Undecidable
from promoter.measure.statistics.drift_bins import bin_counts, edges_from_quantiles, quantile_edges
from promoter.measure.statistics.drift_divergence import (
    jensen_shannon_distance,
    jensen_shannon_divergence,
    psi,
    psi_null,
)
from promoter.measure.statistics.drift_ks import (
    ks,
    ks_p,
    ks_p_asymptotic,
    ks_p_exact,
)
from promoter.measure.statistics.drift_wasserstein import (
    interquartile_range,
    wasserstein,
    wasserstein_clipped,
    wasserstein_estimate,
    wasserstein_scaled,
)
from tests.measure.statistics.drift_cases import ROWS, planted

columns = hnp.arrays(np.float64, st.integers(2, 60), elements=st.integers(-5, 5).map(float))
count_pairs = st.integers(1, 12).flatmap(
    lambda size: st.tuples(*(st.lists(st.integers(0, 50), min_size=size, max_size=size) for _ in range(2)))
)


def decile_psi(reference: np.ndarray, current: np.ndarray) -> float:
    """Return the PSI over the reference's deciles."""
    edges = quantile_edges(reference)
    return psi(bin_counts(reference, edges), bin_counts(current, edges)).value


@pytest.mark.parametrize(
    ("case", "expected_psi", "expected_ks"),
    [
        ("sentinel on each side", 0.936, 0.385),
        ("pareto doubled", 0.179, 0.180),
        ("15% set to 1.0", 0.145, 0.078),
        ("normal +0.3", 0.084, 0.120),
        ("no drift", 0.001, 0.006),
    ],
)
def test_planted_shifts_are_seen(case: str, expected_psi: float, expected_ks: float) -> None:
    """Decile PSI and KS reproduce the published reading of each planted case within sampling noise."""
    reference, current = planted(case)
    assert expected_psi == pytest.approx(decile_psi(reference, current), rel=0.12, abs=0.001)
    assert expected_ks == pytest.approx(ks(reference, current).value, abs=0.02)


def test_a_sentinel_on_each_side_does_not_blind_the_distance() -> None:
    """The scaled and clipped distances read a shift of one standard deviation as 1 / 1.349 IQR beside 1e6."""
    reference, current = planted("sentinel on each side")
    assert pytest.approx(wasserstein_scaled(reference, current), rel=0.03) == 1 / 1.349
    assert pytest.approx(wasserstein_clipped(reference, current).value, rel=0.03) == 1 / 1.349


def test_one_sentinel_on_one_side_does_not_fire_the_clipped_distance() -> None:
    """A single far row moves the clipped distance by less than the clipped range over n."""
    reference = planted("normal +0.3")[0]
    current = np.append(reference[:-1], 1e6)
    assert wasserstein_clipped(reference, current).value < 8 / 1.3 / ROWS


def test_edges_are_the_reference_deciles() -> None:
    """Deciles of 1..10 are 1..9: order statistics, no interpolation."""
    assert quantile_edges(np.arange(1, 11)) == (1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0)


@given(columns)
def test_edges_agree_with_numpys_inverted_cdf(values: np.ndarray) -> None:
    """Every quantile is a cut point, and cut points ascend strictly."""
    edges = quantile_edges(values)
    assert set(np.quantile(values, np.arange(1, 10) / 10, method="inverted_cdf")) <= set(edges)
    assert all(np.diff(edges) > 0)


def test_a_repeated_value_has_its_own_bin() -> None:
    """A reference that is constant still tells values below it from values above it."""
    edges = quantile_edges([3.0] * 50)
    assert bin_counts([3.0] * 50, edges).tolist() == [0, 50, 0, 0]
    assert bin_counts([2.999, 3.0, 3.001, math.nan], edges).tolist() == [1, 1, 1, 1]


def test_infinities_fall_into_the_end_bins() -> None:
    """Infinite values take part in the counts and never become cut points."""
    edges = quantile_edges([-math.inf] * 5 + [0.0, 1.0] + [math.inf] * 5)
    assert all(map(math.isfinite, edges))
    counts = bin_counts([-math.inf, math.inf], edges)
    assert (counts[0], counts[-2], counts[-1]) == (1, 1, 0)


@pytest.mark.parametrize("values", [[], [math.nan, math.nan]])
def test_a_reference_without_values_pins_nothing(values: list[float]) -> None:
    """No quantile exists, so no bins do."""
    with pytest.raises(Undecidable, match="no values"):
        quantile_edges(values)


def test_quantiles_that_descend_are_refused() -> None:
    """An engine that answers out of order is a defect, not a distribution."""
    with pytest.raises(ValueError, match="ascending"):
        edges_from_quantiles([2.0, 1.0])


def test_psi_by_hand() -> None:
    """P = (1/2, 1/2), q = (3/4, 1/4): 0.25 ln 1.5 - 0.25 ln 0.5 = 0.27465."""
    estimate = psi([50, 50], [75, 25])
    assert estimate.value == pytest.approx(0.25 * math.log(1.5) - 0.25 * math.log(0.5), rel=1e-14)
    assert estimate.n == 200


def test_a_bin_empty_on_one_side_counts_half_a_row() -> None:
    """P = (1, 0), q = (1/2, 1/2) over 10 rows each: the empty share is 0.05 and the other stays 1."""
    expected = (0.5 - 1) * math.log(0.5 / 1) + (0.5 - 0.05) * math.log(0.5 / 0.05)
    assert expected == pytest.approx(psi([10, 0], [5, 5]).value, rel=1e-14)


def test_bins_empty_on_both_sides_change_nothing() -> None:
    """An empty bin adds no degree of freedom and no divergence."""
    assert psi([5, 7], [6, 8]) == psi([5, 0, 7], [6, 0, 8])
    assert psi_null([5, 7], [6, 8]) == psi_null([5, 0, 7], [6, 0, 8])


def test_psi_of_200_rows_passes_0_1_without_drift() -> None:
    """At 200 rows a side the 95 % critical value of ten bins is 0.169: a fixed 0.1 means nothing there."""
    null = psi_null([20] * 10, [20] * 10)
    assert pytest.approx(null.critical_value, abs=5e-4) == 0.169
    assert (null.degrees_of_freedom, null.p_value) == (9, 1.0)


@pytest.mark.parametrize("counts", [([], []), ([0, 0], [1, 1]), ([1, 1], [0, 0])])
def test_a_side_without_rows_has_no_divergence(counts: tuple[list[int], list[int]]) -> None:
    """Shares of nothing do not exist."""
    for divergence in (psi, psi_null, jensen_shannon_distance):
        with pytest.raises(Undecidable, match="no rows"):
            divergence(*counts)


@given(count_pairs)
def test_jensen_shannon_agrees_with_scipy(counts: tuple[list[int], list[int]]) -> None:
    """The distance in base 2 is scipy's; the divergence is its square."""
    if not all(map(sum, counts)):
        return
    expected = spatial.distance.jensenshannon(*counts, base=2)
    assert expected == pytest.approx(jensen_shannon_distance(*counts).value, rel=1e-9, abs=2e-8)
    assert expected**2 == pytest.approx(jensen_shannon_divergence(*counts).value, rel=1e-9, abs=1e-15)


@given(columns, columns)
def test_ks_agrees_with_scipy(first: np.ndarray, second: np.ndarray) -> None:
    """D with ties everywhere is scipy's."""
    assert stats.ks_2samp(first, second, method="asymp").statistic == pytest.approx(ks(first, second).value, rel=1e-12)


@settings(max_examples=40, deadline=None)
@given(st.integers(2, 40), st.integers(2, 40), st.integers(0, 1000))
def test_p_values_agree_with_scipy(n: int, m: int, seed: int) -> None:
    """Small samples of any sizes give scipy's exact and asymptotic p."""
    rng = np.random.default_rng(seed)
    first, second = rng.normal(0, 1, n), rng.normal(0.5, 1, m)
    expected = stats.ks_2samp(first, second, method="exact")
    assert expected.pvalue == pytest.approx(ks_p_exact(expected.statistic, n=n, m=m), rel=1e-9)
    asymptotic = stats.ks_2samp(first, second, method="asymp").pvalue
    assert asymptotic == pytest.approx(ks_p_asymptotic(expected.statistic, n=n, m=m), rel=1e-9)


def test_two_sorted_halves_have_the_smallest_p() -> None:
    """All of n = 5 below all of m = 5: D = 1 and p = 2 / C(10, 5)."""
    assert pytest.approx(ks_p(1.0, n=5, m=5), rel=1e-12) == 2 / 252


@pytest.mark.parametrize("n", [10_001, 20_000, 100_000])
def test_the_limit_law_is_within_a_thousandth_of_the_exact_one(n: int) -> None:
    """Beyond 10,000 effective rows p down to 1e-5 keeps three digits of scipy's exact law."""
    for statistic in (np.linspace(0.4, 2.4, 21) / math.sqrt(n)).tolist():
        expected = float(stats.kstwo.sf(statistic, n))
        assert expected == pytest.approx(ks_p_asymptotic(statistic, n=2 * n, m=2 * n), rel=1e-3)


@given(columns, columns)
def test_wasserstein_agrees_with_scipy(first: np.ndarray, second: np.ndarray) -> None:
    """The distance is scipy's."""
    assert stats.wasserstein_distance(first, second) == pytest.approx(wasserstein(first, second), rel=1e-12, abs=1e-12)


def test_a_constant_reference_gives_no_scale() -> None:
    """An interquartile range of 0 is said, not hidden in an epsilon."""
    with pytest.raises(Undecidable, match="interquartile range is 0"):
        interquartile_range([1.0, 1.0, 1.0, 5.0, 1.0])


def test_an_infinite_value_has_no_distance() -> None:
    """The count of infinite rows is in the reason."""
    with pytest.raises(Undecidable, match="infinite in 1 of 3"):
        wasserstein([0.0, 1.0, 2.0], [0.0, math.inf, 1.0])


@pytest.mark.slow
@pytest.mark.parametrize("tilt", [0.1, 0.3])
def test_divergence_intervals_cover(tilt: float) -> None:
    """In 3,000 samples the 95 % intervals of PSI and JS hold the truth between 93.5 and 96.5 % of the time."""
    rng = np.random.default_rng(3)
    p = np.full(10, 0.1)
    q = p * np.exp(tilt * np.linspace(-1, 1, 10) * 2)
    q /= q.sum()
    true_psi = float(((q - p) * np.log(q / p)).sum())
    true_js = float(spatial.distance.jensenshannon(p, q, base=2)) ** 2
    inside = np.zeros(2)
    for _ in range(3000):
        counts = rng.multinomial(2000, p), rng.multinomial(2000, q)
        for position, (true, divergence) in enumerate(((true_psi, psi), (true_js, jensen_shannon_divergence))):
            interval = divergence(*counts).interval
            assert interval is not None
            inside[position] += interval.lower <= true <= interval.upper
    assert ((inside / 3000 >= 0.935) & (inside / 3000 <= 0.965)).all()


@pytest.mark.slow
def test_psi_without_drift_exceeds_its_critical_value_5_percent_of_the_time() -> None:
    """The null holds at 300 and 500 rows in ten bins."""
    rng = np.random.default_rng(5)
    share = np.full(10, 0.1)
    hits = [psi_null(rng.multinomial(300, share), rng.multinomial(500, share)).p_value < 0.05 for _ in range(3000)]
    assert 0.035 <= np.mean(hits) <= 0.065


def test_distance_without_drift_has_an_interval_that_starts_at_nothing() -> None:
    """Noise alone makes the distance positive; the interval says that it may be 0, and holds the value."""
    generator = np.random.default_rng(4)
    reference, current = generator.normal(size=400), generator.normal(size=300)
    found = wasserstein_estimate(reference, current)
    assert wasserstein(reference, current) == found.value
    assert found.interval is not None
    assert (0.0, True) == (found.interval.lower, found.value < found.interval.upper)


def test_interval_of_a_shift_is_that_of_the_means() -> None:
    """Far apart, the distance is the difference of the means, and its error theirs."""
    generator = np.random.default_rng(4)
    reference, current = generator.normal(size=400), generator.normal(loc=20.0, size=300)
    found = wasserstein_estimate(reference, current)
    half_width = 1.959964 * math.sqrt(reference.var() / 400 + current.var() / 300)
    assert found.interval is not None
    assert pytest.approx((found.value - half_width, found.value + half_width), rel=1e-4) == (
        found.interval.lower,
        found.interval.upper,
    )


def test_distance_too_large_for_squares_has_no_interval() -> None:
    """The distance is a number; its error is none."""
    found = wasserstein_estimate([-1e200, 0.0, 1e200], [0.0, 1.0, 1e200])
    assert found.interval is None
    assert math.isfinite(found.value)
