"""Log loss, Brier score and its parts."""

import numpy as np
import pytest
from hypothesis import given
from scipy import stats
from sklearn import metrics

from promoter.errors import Undecidable
from promoter.measure.statistics.probability import (
    absolute_errors,
    brier,
    brier_decomposition,
    log_loss,
    log_losses,
    mean,
    squared_errors,
    standard_error,
)
from promoter.measure.statistics.sufficient import Moments, ScoreCounts
from tests.measure.statistics.strategies import Rows, scored_rows


@given(scored_rows())
def test_losses_agree_with_scikit_learn_and_with_their_rows(rows: Rows) -> None:
    """Mean and Student's interval from the counts are those of the rows, to 1e-9; certainty and errors included."""
    label, score = rows
    counts = ScoreCounts.from_rows(label, score)
    assert metrics.log_loss(label, score, labels=[0, 1]) == pytest.approx(log_loss(counts).value, rel=1e-9, abs=1e-12)
    assert np.mean((score - label) ** 2) == pytest.approx(brier(counts).value, rel=1e-9, abs=1e-12)
    for estimate, losses in (
        (log_loss(counts), log_losses(label, score)),
        (brier(counts), squared_errors(label, score)),
    ):
        expected = mean(Moments.from_rows(losses))
        assert expected.value == pytest.approx(estimate.value, rel=1e-9, abs=1e-15)
        if expected.interval is None or estimate.interval is None:
            assert label.size == 1
        else:
            assert expected.interval.upper == pytest.approx(estimate.interval.upper, rel=1e-7, abs=1e-12)


def test_brier_agrees_with_scikit_learn() -> None:
    """On rows of both classes."""
    label, score = [0, 1, 1, 0], [0.1, 0.8, 0.4, 0.3]
    expected = metrics.brier_score_loss(label, score)
    assert expected == pytest.approx(brier(ScoreCounts.from_rows(label, score)).value, rel=1e-12)


@given(scored_rows())
def test_the_parts_sum_to_the_brier_score(rows: Rows) -> None:
    """The Brier score is reliability - resolution + uncertainty + within_bins; none of the first three is negative."""
    counts = ScoreCounts.from_rows(*rows)
    parts = brier_decomposition(counts, bins=4)
    total = parts.reliability - parts.resolution + parts.uncertainty + parts.within_bins
    assert brier(counts).value == pytest.approx(total, abs=1e-12)
    assert min(parts.reliability, parts.resolution, parts.uncertainty) >= 0.0


def test_murphys_parts_by_hand() -> None:
    """Forecasts 0.2 (1 of 4 occurs) and 0.8 (3 of 4): reliability 1/400, resolution 1/16, uncertainty 1/4."""
    counts = ScoreCounts.from_rows([1, 0, 0, 0, 1, 1, 1, 0], [0.2] * 4 + [0.8] * 4)
    parts = brier_decomposition(counts, bins=10)
    found = (parts.reliability, parts.resolution, parts.uncertainty, parts.within_bins)
    assert (0.0025, 0.0625, 0.25, 0.0) == pytest.approx(found, abs=1e-15)


def test_what_is_not_a_probability_is_undecidable() -> None:
    """1.2 is counted, not clipped."""
    counts = ScoreCounts.from_rows([0, 1], [0.5, 1.2])
    for measure in (log_loss, brier, brier_decomposition):
        with pytest.raises(Undecidable, match="not a probability in 1 of 2"):
            measure(counts)
    with pytest.raises(Undecidable, match="not a probability"):
        log_losses([0, 1], [0.5, 1.2])


def test_one_certain_mistake_does_not_make_the_loss_infinite_nor_hide() -> None:
    """Clipped by eps it costs 36.04 nats."""
    assert log_loss(ScoreCounts.from_rows([1], [0.0])).value == pytest.approx(36.04365338911715, rel=1e-12)


def test_the_mean_of_moments_is_scipys() -> None:
    """Interval and standard error of 1, 2, 4, 8."""
    moments = Moments(n=4, total=15.0, total_squares=85.0)
    found = mean(moments)
    low, high = stats.t.interval(0.95, 3, loc=3.75, scale=stats.sem([1, 2, 4, 8]))
    assert found.interval is not None
    assert (3.75, low, high) == pytest.approx((found.value, found.interval.lower, found.interval.upper), rel=1e-12)


def test_too_few_rows_have_no_mean_or_no_spread() -> None:
    """No row has no mean; one row has a mean without an interval and no standard error."""
    with pytest.raises(Undecidable):
        mean(Moments(n=0, total=0.0, total_squares=0.0))
    one = Moments.from_rows([3.0])
    assert (mean(one).value, mean(one).interval) == (3.0, None)
    with pytest.raises(Undecidable, match="needs 2"):
        standard_error(one)


def test_absolute_errors_are_those_of_the_rows() -> None:
    """|prediction - target|."""
    assert absolute_errors([1.0, 2.0], [3.0, 1.5]).tolist() == [2.0, 0.5]
