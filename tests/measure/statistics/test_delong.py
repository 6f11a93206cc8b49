"""DeLong's paired test against its definition by all pairs, and the traps of other implementations."""

import math

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from scipy import stats
from sklearn import metrics

from promoter.errors import Undecidable
from promoter.measure.statistics.curve import roc_auc
from promoter.measure.statistics.delong import delong_paired
from promoter.measure.statistics.sufficient import ScoreCounts
from tests.measure.statistics.strategies import Rows, scored_rows


def all_pairs(label: npt.NDArray[np.int64], score: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return psi (n_pos, n_neg): 1 where the positive scores higher, 1/2 for a tie."""
    up, down = score[label == 1][:, None], score[label == 0][None, :]
    return (up > down) + 0.5 * (up == down)


@given(scored_rows(smallest=4))
def test_agreement_with_the_definition(rows: Rows) -> None:
    """Difference and variance are those of DeLong's structural components, to 1e-9, with ties everywhere."""
    label, champion = rows
    candidate = np.roll(champion, 1)
    counts = np.bincount(label, minlength=2)
    if counts.min() < 2:
        with pytest.raises(Undecidable, match="needs 2"):
            delong_paired(label, champion, candidate)
        return
    gap = all_pairs(label, candidate) - all_pairs(label, champion)
    variance = gap.mean(axis=1).var(ddof=1) / counts[1] + gap.mean(axis=0).var(ddof=1) / counts[0]
    if variance < 1e-20 and abs(gap.mean()) > 1e-12:
        with pytest.raises(Undecidable, match="no spread"):
            delong_paired(label, champion, candidate)
        return
    found = delong_paired(label, champion, candidate)
    assert gap.mean() == pytest.approx(found.difference, rel=1e-9, abs=1e-14)
    assert math.sqrt(variance) == pytest.approx(found.standard_error, rel=1e-9, abs=1e-12)
    assert metrics.roc_auc_score(label, candidate) == pytest.approx(found.auc_candidate.value, rel=1e-9)
    assert metrics.roc_auc_score(label, champion) == pytest.approx(found.auc_champion.value, rel=1e-9)


def example(n: int = 400) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Return labels, a good score and a worse one."""
    generator = np.random.default_rng(5)
    label = generator.integers(0, 2, n)
    good = generator.normal(size=n) + 1.5 * label
    return label, good, good + generator.normal(size=n)


def test_a_better_candidate_has_a_positive_z_and_swapping_turns_the_sign() -> None:
    """The sign survives, which other implementations have lost."""
    label, good, worse = example()
    up, down = delong_paired(label, worse, good), delong_paired(label, good, worse)
    assert up.z > 0 > down.z
    assert (up.z, up.p, up.interval.upper) == (-down.z, down.p, -down.interval.lower)
    assert 2 * stats.norm.sf(up.z) == pytest.approx(up.p, rel=1e-12)


def test_scores_that_differ_in_the_last_digit_are_not_ties() -> None:
    """Steps of one unit in the last place still order perfectly; float32 would tie them all."""
    label = np.repeat([0, 1], 5000)
    score = 1.0 + np.arange(10_000) * 2.0**-52
    other = score.copy()
    other[[0, 9999, 1, 5000]] = other[[9999, 0, 5000, 1]]
    assert delong_paired(label, other, score).auc_candidate.value == 1.0


def test_the_same_order_is_no_difference() -> None:
    """A monotone transformation of the champion: difference 0, z 0, p 1, an interval of one point."""
    label, good, _ = example()
    found = delong_paired(label, good, np.exp(good))
    assert (0.0, 0.0, 0.0, 1.0) == (found.difference, found.standard_error, found.z, found.p)
    assert found.interval.lower == found.interval.upper == 0.0


def test_rows_in_another_order_give_the_same_bits() -> None:
    """Permuting the rows together changes nothing."""
    label, good, worse = example()
    order = np.random.default_rng(6).permutation(label.size)
    assert delong_paired(label, worse, good) == delong_paired(label[order], worse[order], good[order])


def test_perfect_against_constant_is_undecidable() -> None:
    """Areas 1 and 1/2 without any spread: a z of infinity is no answer."""
    with pytest.raises(Undecidable, match="no spread"):
        delong_paired([0, 0, 1, 1], [0.5] * 4, [0.1, 0.2, 0.8, 0.9])


def test_each_area_has_the_interval_that_it_has_alone() -> None:
    """Beside another model, an AUC is as sure as by itself."""
    generator = np.random.default_rng(8)
    label = generator.random(300) < 0.4
    champion, candidate = (np.round(label + generator.normal(size=300), 1) for _ in range(2))
    found = delong_paired(label, champion, candidate)
    for score, area in ((champion, found.auc_champion), (candidate, found.auc_candidate)):
        alone = roc_auc(ScoreCounts.from_rows(label, score))
        assert alone.interval is not None
        assert area.interval is not None
        assert (alone.value, alone.n) == (area.value, area.n)
        assert (alone.interval.lower, alone.interval.upper) == pytest.approx((area.interval.lower, area.interval.upper))
