"""Statistics of more scores than one block holds: the same as of all at once."""

import math

import numpy as np
import pytest
from sklearn import metrics

from promoter.measure.statistics import calibration, curve, gain, probability
from promoter.measure.statistics.arrays import BLOCK_ROWS
from promoter.measure.statistics.equal_mass import equal_mass
from promoter.measure.statistics.recalibration import recalibration
from promoter.measure.statistics.sufficient import Moments, ScoreCounts

ROWS = 3 * BLOCK_ROWS + 17
STATISTICS = (curve.roc_auc, curve.average_precision, curve.ks, probability.log_loss, probability.brier)


def _rows(*, decimals: int) -> tuple[np.ndarray, np.ndarray]:
    """Return labels and scores, with ties where decimals are few."""
    generator = np.random.default_rng(4)
    logit = generator.normal(size=ROWS)
    score = np.round(1.0 / (1.0 + np.exp(-logit)), decimals)
    return generator.random(ROWS) < 1.0 / (1.0 + np.exp(-1.3 * logit)), np.clip(score, 1e-4, 1.0 - 1e-4)


@pytest.mark.parametrize("decimals", [4, 5, 16])
def test_scores_of_many_blocks_agree_with_scikit_learn(decimals: int) -> None:
    """Ten thousand ties over several blocks, and none at all."""
    label, score = _rows(decimals=decimals)
    counts = ScoreCounts.from_rows(label, score)
    expected = (
        metrics.roc_auc_score(label, score),
        metrics.average_precision_score(label, score),
        metrics.log_loss(label, score),
        metrics.brier_score_loss(label, score),
    )
    found = (curve.roc_auc, curve.average_precision, probability.log_loss, probability.brier)
    assert expected == pytest.approx([statistic(counts).value for statistic in found], rel=1e-12)
    false_rate, true_rate, _ = metrics.roc_curve(label, score)
    assert float((true_rate - false_rate).max()) == pytest.approx(curve.ks(counts).value, rel=1e-12)


def test_counts_of_a_byte_are_as_good_as_wide_ones() -> None:
    """Scores that all differ have counts of a byte each; every statistic has the same bits on int64."""
    label, score = _rows(decimals=16)
    narrow = ScoreCounts.from_rows(label, score)
    wide = ScoreCounts(narrow.values, narrow.negatives.astype(np.int64), narrow.positives.astype(np.int64))
    assert narrow.positives.dtype == np.uint8
    for statistic in (*STATISTICS, recalibration, calibration.ece, calibration.mce, calibration.spiegelhalter):
        assert statistic(wide) == statistic(narrow)


@pytest.mark.parametrize("decimals", [1, 3, 16])
def test_parts_of_equal_mass_follow_their_rule_across_blocks(decimals: int) -> None:
    """A score goes to part floor(parts (r + m/2) / n), wherever a block ends."""
    counts = ScoreCounts.from_rows(*_rows(decimals=decimals))
    before = np.cumsum(counts.totals) - counts.totals
    expected = np.bincount((7 * (2 * before + counts.totals)) // (2 * counts.n), weights=counts.totals)
    assert expected[expected > 0].tolist() == equal_mass(counts, parts=7).rows.tolist()


@pytest.mark.parametrize("decimals", [3, 5, 16])
def test_the_recalibration_of_many_scores_solves_its_equations(decimals: int) -> None:
    """The residuals and their products with the logit sum to 0, on all rows: joined scores gave the start only."""
    label, score = _rows(decimals=decimals)
    line = recalibration(ScoreCounts.from_rows(label, score))
    logit = np.log(score) - np.log1p(-score)
    residual = label - 1.0 / (1.0 + np.exp(-(line.intercept.value + line.slope.value * logit)))
    assert math.fsum(residual) == pytest.approx(0.0, abs=1e-7)
    assert math.fsum(residual * logit) == pytest.approx(0.0, abs=1e-7)


def test_the_top_tenth_is_found_across_blocks() -> None:
    """Without ties, gain is the positives among the first tenth of the rows; lift is gain over the fraction."""
    label, score = _rows(decimals=16)
    counts = ScoreCounts.from_rows(label, score)
    ranked = label[np.argsort(-score)].astype(float)
    reached = np.interp(0.1 * ROWS, np.arange(ROWS + 1), np.concatenate([[0.0], np.cumsum(ranked)]))
    assert reached / ranked.sum() == pytest.approx(gain.gain_at(counts, fraction=0.1).value, rel=1e-12)
    assert gain.lift_at(counts, fraction=0.1) == gain.lift_of(gain.gain_at(counts, fraction=0.1), fraction=0.1)


def test_moments_of_blocks_are_those_of_the_rows() -> None:
    """However the rows are cut, the same bits."""
    values = np.random.default_rng(5).normal(size=ROWS)
    assert Moments.from_rows(values) == Moments.from_blocks(lambda: np.array_split(values, 11), n=ROWS)
