"""Counting rows: what is counted, and what is refused."""

import math

import numpy as np
import pytest
from hypothesis import given

from promoter.errors import Undecidable
from promoter.measure.statistics.sufficient import Confusion, Discordance, Moments, ScoreCounts
from tests.measure.statistics.strategies import Rows, scored_rows


def test_equal_scores_share_an_entry() -> None:
    """Scores 0.2, 0.2, 0.9 with labels 0, 1, 1; minus zero is zero."""
    counts = ScoreCounts.from_rows([0, 1, 1, 0, 1], [0.2, 0.2, 0.9, -0.0, 0.0])
    assert counts.values.tolist() == [0.0, 0.2, 0.9]
    assert counts.negatives.tolist() == [1, 1, 0]
    assert counts.positives.tolist() == [1, 1, 1]


@given(scored_rows())
def test_the_confusion_from_counts_is_that_of_the_rows(rows: Rows) -> None:
    """Both ways count predicted positive where score >= threshold, at a threshold that is itself a score."""
    label, score = rows
    threshold = float(score[0])
    expected = Confusion.from_rows(label, score >= threshold)
    assert expected == ScoreCounts.from_rows(label, score).confusion(threshold=threshold)


@pytest.mark.parametrize(
    ("label", "score", "reason"),
    [
        ([], [], "no rows"),
        ([0, 1], [0.1, math.nan], "NaN or infinite in 1 of 2"),
        ([0, 1], [0.1, -math.inf], "NaN or infinite in 1 of 2"),
        ([0, 2], [0.1, 0.2], "neither 0 nor 1 in 1 of 2"),
        ([0.0, math.nan], [0.1, 0.2], "neither 0 nor 1 in 1 of 2"),
        (["0", "1"], [0.1, 0.2], "not numeric"),
        ([0, 1], ["0.1", "0.2"], "not numeric"),
        ([0, 1], [0.1], "not aligned"),
        ([[0, 1]], [0.1], "2 dimensions"),
    ],
)
def test_unusable_rows_are_undecidable(label: list[object], score: list[object], reason: str) -> None:
    """The reason says what is wrong, and in how many rows."""
    with pytest.raises(Undecidable, match=reason):
        ScoreCounts.from_rows(np.array(label), np.array(score))


def test_counts_out_of_order_are_refused() -> None:
    """An engine that forgets ORDER BY is caught."""
    ones = np.ones(2, np.int64)
    with pytest.raises(ValueError, match="ascending"):
        ScoreCounts(np.array([0.5, 0.1]), ones, ones)


def test_moments_keep_the_digits_of_a_far_away_mean() -> None:
    """NIST NumAcc4: 1e7 + {0.1, 0.2, 0.3} alternating has standard deviation 0.1."""
    values = np.array([10_000_000.2] + [10_000_000.1, 10_000_000.3] * 500)
    moments = Moments.from_rows(values)
    assert moments.total_squares / 1000 == pytest.approx(0.01, rel=1e-7)


def test_moments_do_not_depend_on_the_order_of_rows() -> None:
    """The same bits forwards and backwards."""
    values = np.random.default_rng(1).lognormal(sigma=5.0, size=10_001)
    assert Moments.from_rows(values) == Moments.from_rows(values[::-1])


def test_impossible_counts_are_mistakes() -> None:
    """Negative cells and more disagreements than rows."""
    with pytest.raises(ValueError, match="negative"):
        Confusion(tp=-1, fp=0, fn=0, tn=0)
    with pytest.raises(ValueError, match="impossible"):
        Discordance(n=1, champion_only=1, candidate_only=1)
