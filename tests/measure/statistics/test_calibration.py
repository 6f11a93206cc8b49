"""Calibration errors by hand and by their rows; the recalibration by its score equations."""

import math

import numpy as np
import pytest
from hypothesis import given
from scipy import special, stats
from sklearn.linear_model import LogisticRegression

from promoter.errors import Undecidable
from promoter.measure.statistics.calibration import ece, mce, spiegelhalter
from promoter.measure.statistics.recalibration import recalibration
from promoter.measure.statistics.reliability import reliability_bins
from promoter.measure.statistics.sufficient import ScoreCounts
from tests.measure.statistics.strategies import Rows, scored_rows


def miscalibrated(n: int, *, seed: int = 8) -> ScoreCounts:
    """Return rows whose true logit is 0.3 + 0.7 times the score's."""
    generator = np.random.default_rng(seed)
    logit = -1.0 + 1.2 * generator.normal(size=n)
    label = generator.random(n) < special.expit(0.3 + 0.7 * logit)
    return ScoreCounts.from_rows(label, special.expit(logit))


def test_bins_have_equal_mass_and_ece_is_the_mean_gap() -> None:
    """1,000 distinct scores in 10 bins of 100: the ECE of numpy.array_split."""
    generator = np.random.default_rng(9)
    score = np.sort(generator.random(1000))
    label = generator.random(1000) < score**2
    gaps = [abs(y.mean() - p.mean()) for y, p in zip(np.array_split(label, 10), np.array_split(score, 10), strict=True)]
    counts = ScoreCounts.from_rows(label, score)
    assert reliability_bins(counts).rows.tolist() == [100] * 10
    assert np.mean(gaps) == pytest.approx(ece(counts).plain.value, rel=1e-12)
    assert max(gaps) == pytest.approx(mce(counts).value, rel=1e-12)


def test_the_bias_is_the_mean_of_the_folded_normal() -> None:
    """One bin, gap 0.1, 3 of 10 positives: scipy's foldnorm gives the noisy gap."""
    counts = ScoreCounts.from_rows([1, 1, 1] + [0] * 7, [0.2] * 10)
    rate = 4 / 12
    error = math.sqrt(rate * (1 - rate) / 10)
    expected = stats.foldnorm(c=0.1 / error, scale=error).mean() - 0.1
    found = ece(counts)
    assert (0.1, expected) == pytest.approx((found.plain.value, found.bias), rel=1e-9)
    assert found.debiased.value == pytest.approx(0.1 - expected, rel=1e-9)


def test_the_interval_reaches_zero_unless_calibration_is_rejected() -> None:
    """A gap of 0.1 in 10 rows proves nothing; in 1,000 rows it does."""
    few = ece(ScoreCounts.from_rows([1, 1, 1] + [0] * 7, [0.2] * 10)).debiased.interval
    many = ece(ScoreCounts.from_rows([1] * 300 + [0] * 700, [0.2] * 1000)).debiased.interval
    assert few is not None
    assert few.lower == 0.0
    assert many is not None
    assert many.lower > 0.05


@given(scored_rows())
def test_calibration_errors_exist_for_any_probabilities(rows: Rows) -> None:
    """ECE <= MCE <= 1, inside of their intervals; debiased never above plain."""
    counts = ScoreCounts.from_rows(*rows)
    error, worst = ece(counts, bins=5), mce(counts, bins=5)
    assert 0.0 <= error.debiased.value <= error.plain.value <= worst.value + 1e-12 <= 1.0 + 1e-12
    for found in (error.plain, error.debiased, worst):
        assert found.interval is not None
        assert found.interval.lower <= found.value <= found.interval.upper


def test_spiegelhalter_by_hand() -> None:
    """Scores 0.2, 0.2, 0.9 with outcomes 0, 1, 1: sum (y - p)(1 - 2p) over its standard deviation."""
    found = spiegelhalter(ScoreCounts.from_rows([0, 1, 1], [0.2, 0.2, 0.9]))
    expected = (-0.2 * 0.6 + 0.8 * 0.6 + 0.1 * -0.8) / math.sqrt(2 * 0.36 * 0.16 + 0.64 * 0.09)
    assert expected == pytest.approx(found.z, rel=1e-12)
    assert 2 * stats.norm.sf(expected) == pytest.approx(found.p, rel=1e-12)


def test_spiegelhalter_of_certain_scores_is_undecidable() -> None:
    """Scores of 0, 1/2 and 1 have no variance in it."""
    with pytest.raises(Undecidable, match="1/2"):
        spiegelhalter(ScoreCounts.from_rows([0, 1, 1], [0.0, 0.5, 1.0]))


def test_the_recalibration_solves_the_score_equations() -> None:
    """Residuals are orthogonal to 1 and to the logit, to 1e-9 of their scale; scikit-learn is near."""
    counts = miscalibrated(3000)
    found = recalibration(counts)
    logit = special.logit(counts.values)
    residual = counts.positives - counts.totals * special.expit(found.intercept.value + found.slope.value * logit)
    assert abs(residual.sum()) < 1e-9 * counts.n
    assert abs((residual * logit).sum()) < 1e-9 * counts.n
    label = (counts.positives > 0).astype(int)
    model = LogisticRegression(C=np.inf, tol=1e-10).fit(logit[:, None], label)
    expected = (model.intercept_[0], model.coef_[0, 0])
    assert expected == pytest.approx((found.intercept.value, found.slope.value), rel=1e-4)


def test_the_recalibration_of_two_scores_by_hand() -> None:
    """Scores 1/4 and 3/4 of which 2 of 5 and 3 of 5 occur: intercept 0, slope ln(3/2) / ln 3."""
    counts = ScoreCounts.from_rows([1, 1, 0, 0, 0, 1, 1, 1, 0, 0], [0.25] * 5 + [0.75] * 5)
    found = recalibration(counts)
    assert found.intercept.value == pytest.approx(0.0, abs=1e-12)
    assert math.log(1.5) / math.log(3) == pytest.approx(found.slope.value, rel=1e-9)
    assert found.slope.interval is not None
    error = math.sqrt(2 * (5 / 6)) / (2 * math.log(3))
    assert found.slope.interval.upper - found.slope.value == pytest.approx(1.959963984540054 * error, rel=1e-9)


@pytest.mark.parametrize(
    ("label", "score", "reason"),
    [
        ([1, 1], [0.2, 0.3], "one class only"),
        ([0, 1, 0, 1], [0.5] * 4, "slope"),
        ([0, 0, 1, 1], [0.1, 0.2, 0.3, 0.4], "overlap"),
        ([1, 1, 0, 0], [0.1, 0.2, 0.2, 0.4], "overlap"),
        ([0, 1, 0, 1], [0.0, 0.2, 0.3, 0.1], "1 of 4 scores are exactly 0 or 1"),
        ([0, 1, 0, 1], [1.5, 0.2, 0.3, 0.1], "not a probability"),
    ],
)
def test_a_slope_that_does_not_exist_is_undecidable(label: list[int], score: list[float], reason: str) -> None:
    """The reason says why the likelihood has no maximum."""
    with pytest.raises(Undecidable, match=reason):
        recalibration(ScoreCounts.from_rows(label, score))


@given(scored_rows(smallest=4))
def test_the_recalibration_ends_for_any_rows(rows: Rows) -> None:
    """A finite slope or a reason, from scores next to 0 and 1 too."""
    try:
        found = recalibration(ScoreCounts.from_rows(*rows))
    except Undecidable:
        return
    assert math.isfinite(found.slope.value)
