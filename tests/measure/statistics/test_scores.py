"""Scores of evaluation suites."""

import math

import numpy as np
import pytest
from scipy import stats

from promoter.errors import Undecidable
from promoter.measure.statistics.scores import by_tag, mean_score, paired_scores, pass_rate, score_range


def test_mean_score_has_scipys_t_interval() -> None:
    """Values 1, 2, 4, 5."""
    scores = [1.0, 2.0, 4.0, 5.0]
    expected = stats.ttest_1samp(scores, 0.0).confidence_interval(0.95)
    interval = mean_score(scores).interval
    assert interval is not None
    assert expected.low == pytest.approx(interval.lower, rel=1e-12)
    assert expected.high == pytest.approx(interval.upper, rel=1e-12)


def test_pass_rate_has_wilsons_interval() -> None:
    """Newcombe 1998, table I: 81 of 263 is 0.3080 with 0.2553 to 0.3662."""
    estimate = pass_rate([True] * 81 + [False] * 182)
    assert estimate.interval is not None
    assert (0.308, 0.2553, 0.3662) == (
        round(estimate.value, 4),
        round(estimate.interval.lower, 4),
        round(estimate.interval.upper, 4),
    )


@pytest.mark.parametrize("passed", [[], [0.5, 1.0], [1.0, math.nan], ["pass", "fail"]])
def test_a_verdict_that_is_none_is_undecidable(passed: list[object]) -> None:
    """A missing verdict is neither a pass nor a failure."""
    with pytest.raises(Undecidable):
        pass_rate(passed)


def test_paired_scores_agree_with_scipy_and_the_seed_pins_the_bootstrap() -> None:
    """T and p are scipy's paired test; the bootstrap is the same twice."""
    rng = np.random.default_rng(1)
    champion = rng.normal(0, 1, 80)
    candidate = champion + rng.normal(0.2, 0.5, 80)
    expected = stats.ttest_rel(candidate, champion)
    first, second = (paired_scores(champion, candidate, seed=4) for _ in range(2))
    assert expected.pvalue == pytest.approx(first.test.p, rel=1e-9)
    assert first.bootstrap == second.bootstrap
    assert first.bootstrap.lower < first.test.difference.value < first.bootstrap.upper


def test_tags_are_judged_apart_and_one_that_is_undecidable_leaves_the_others() -> None:
    """An example counts once for each of its tags, and once where it carries one twice."""
    estimates = by_tag([1, 0, 2], [("b", "a", "a"), ("a",), ("c",)], statistic=pass_rate)
    assert [("a", 2), ("b", 1), ("c", 1)] == [(estimate.tag, estimate.n) for estimate in estimates]
    assert estimates[0].estimate is not None
    assert 0.5 == estimates[0].estimate.value
    assert estimates[2].estimate is None
    assert "neither 0 nor 1" in str(estimates[2].undecidable)


def test_tags_of_another_length_are_undecidable() -> None:
    """Rows that are not aligned."""
    with pytest.raises(Undecidable, match="values has 2, tags has 1"):
        by_tag([1, 2], [("a",)])


def test_a_score_off_its_scale_is_refused() -> None:
    """A judge that gives 100 on a scale to 5 is a planted mean."""
    score_range([1, 5], lowest=1, highest=5)
    with pytest.raises(Undecidable, match="1 of 3 rows"):
        score_range([1, 5, 100], lowest=1, highest=5)
