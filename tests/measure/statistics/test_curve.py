"""ROC AUC, average precision and KS against scikit-learn and scipy."""

import numpy as np
import pytest
from hypothesis import given
from scipy import stats
from sklearn import metrics

from promoter.errors import Undecidable
from promoter.measure.statistics.curve import average_precision, ks, roc_auc
from promoter.measure.statistics.sufficient import ScoreCounts
from tests.measure.statistics.strategies import Rows, scored_rows


@given(scored_rows())
def test_curves_agree_with_scikit_learn_and_scipy(rows: Rows) -> None:
    """To 1e-9 where they exist; undecidable, not 0, 1 or NaN, where they do not; always inside of the interval."""
    label, score = rows
    counts = ScoreCounts.from_rows(label, score)
    positives, negatives = score[label == 1], score[label == 0]
    if positives.size == 0:
        with pytest.raises(Undecidable):
            average_precision(counts)
    else:
        found = average_precision(counts)
        assert metrics.average_precision_score(label, score) == pytest.approx(found.value, rel=1e-9)
        assert found.interval is not None
        assert 0.0 <= found.interval.lower <= found.value <= found.interval.upper <= 1.0
    if min(positives.size, negatives.size) == 0:
        for measure in (roc_auc, ks):
            with pytest.raises(Undecidable, match="one class only"):
                measure(counts)
        return
    area, gap = roc_auc(counts), ks(counts)
    assert metrics.roc_auc_score(label, score) == pytest.approx(area.value, rel=1e-9)
    fpr, tpr, _ = metrics.roc_curve(label, score, drop_intermediate=False)
    assert max(0.0, float(np.max(tpr - fpr))) == pytest.approx(max(0.0, gap.value), rel=1e-9, abs=1e-12)
    for found in (area, gap):
        assert found.interval is not None
        assert found.interval.lower <= found.value <= found.interval.upper


def test_ks_is_scipys_two_sample_statistic_for_a_model_that_orders_forwards() -> None:
    """On a normal shift of one."""
    generator = np.random.default_rng(3)
    label = generator.integers(0, 2, 500)
    score = generator.normal(size=500) + label
    expected = stats.ks_2samp(score[label == 1], score[label == 0]).statistic
    assert expected == pytest.approx(ks(ScoreCounts.from_rows(label, score)).value, rel=1e-12)


def test_a_model_that_orders_backwards_has_no_ks() -> None:
    """All positives below all negatives: 0, not 1."""
    assert ks(ScoreCounts.from_rows([1, 1, 0, 0], [0.1, 0.2, 0.8, 0.9])).value == 0.0


def test_auc_and_its_variance_by_hand() -> None:
    """Positives 2, 4; negatives 1, 3: AUC 3/4, placements 1/2 and 1 on both sides, variance 1/16 + 1/16."""
    interval = roc_auc(ScoreCounts.from_rows([1, 1, 0, 0], [2.0, 4.0, 1.0, 3.0])).interval
    half = 1.959963984540054 * np.sqrt(0.125) / (0.75 * 0.25)
    assert interval is not None
    assert 1.0 / (1.0 + np.exp(half) / 3.0) == pytest.approx(interval.lower, rel=1e-9)
    assert interval.method == "delong-logit"


def test_perfect_order_is_not_certain() -> None:
    """Ten rows of each class in perfect order: AUC 1 with the lower end of Wilson's 10 of 10."""
    found = roc_auc(ScoreCounts.from_rows([0] * 10 + [1] * 10, np.arange(20.0)))
    assert found.value == 1.0
    assert found.interval is not None
    assert (0.7225, 1.0) == pytest.approx((found.interval.lower, found.interval.upper), abs=5e-5)


def test_one_sentinel_score_does_not_move_the_area() -> None:
    """Ranks vote: a score of 1e300 on each side changes a thousand rows' AUC by less than 0.003."""
    generator = np.random.default_rng(4)
    label = generator.integers(0, 2, 1000)
    score = generator.normal(size=1000) + label
    plain = roc_auc(ScoreCounts.from_rows(label, score)).value
    blinded = roc_auc(ScoreCounts.from_rows(np.append(label, [0, 1]), np.append(score, [1e300, 1e300]))).value
    assert abs(plain - blinded) < 0.003
