"""Intervals of the Brier score's parts: what they hold at the ends of what can happen; coverage is simulated."""

import numpy as np
import pytest

from promoter.errors import Undecidable
from promoter.measure.measurement import Interval
from promoter.measure.statistics.brier_parts import brier_estimates
from promoter.measure.statistics.intervals import wilson
from promoter.measure.statistics.probability import brier_decomposition
from promoter.measure.statistics.sufficient import ScoreCounts


def scored(n: int, *, seed: int = 0) -> ScoreCounts:
    """Return rows of a calibrated model."""
    generator = np.random.default_rng(seed)
    score = generator.random(n)
    return ScoreCounts.from_rows(generator.random(n) < score, score)


def interval_of(found: Interval | None) -> tuple[float, float]:
    """Return the ends of an interval that is there."""
    assert found is not None
    return found.lower, found.upper


@pytest.mark.parametrize("n", [1, 2, 3, 40, 1000])
def test_values_are_those_of_the_decomposition_and_lie_inside(n: int) -> None:
    """The intervals add to the numbers and change none of them; each holds its value, in its range."""
    found, expected = brier_estimates(scored(n)), brier_decomposition(scored(n))
    parts = (found.reliability, found.resolution, found.uncertainty)
    assert [expected.reliability, expected.resolution, expected.uncertainty] == [part.value for part in parts]
    for part in parts:
        lower, upper = interval_of(part.interval)
        assert 0.0 <= lower <= part.value <= upper


def test_uncertainty_has_wilsons_ends() -> None:
    """30 positives of 100: both ends of the base rate's interval lie below 1/2, so each maps to an end."""
    label = np.arange(100) < 30
    rate = wilson(30, 100)
    ends = interval_of(brier_estimates(ScoreCounts.from_rows(label, np.full(100, 0.3))).uncertainty.interval)
    assert (rate.lower * (1 - rate.lower), rate.upper * (1 - rate.upper)) == pytest.approx(ends)


def test_an_even_base_rate_may_be_the_greatest_uncertainty() -> None:
    """Where the base rate may be 1/2, so may the uncertainty be 1/4, though its slope there is 0."""
    found = brier_estimates(ScoreCounts.from_rows(np.arange(100) < 49, np.full(100, 0.5)))
    assert interval_of(found.uncertainty.interval)[1] == 0.25


def test_one_bin_resolves_nothing() -> None:
    """A constant score has one bin, whose resolution is 0 by definition."""
    found = brier_estimates(ScoreCounts.from_rows(np.arange(100) < 30, np.full(100, 0.3)))
    assert interval_of(found.resolution.interval) == (0.0, 0.0)


def test_far_and_near_agree_where_they_meet() -> None:
    """The normal interval of many rows is the noncentral one to a hundredth of its width."""
    generator = np.random.default_rng(1)
    ends = []
    for n in (8_000, 40_000):
        score = np.round(generator.random(n), 2)
        label = generator.random(n) < score
        counts = ScoreCounts.from_rows(label, score)
        found = brier_estimates(counts).resolution
        assert found.interval is not None
        ends.append((found.interval.method, (found.interval.upper - found.interval.lower) * np.sqrt(n)))
    assert ["noncentral-chi-squared, matched", "debiased-normal"] == [method for method, _ in ends]
    assert ends[0][1] == pytest.approx(ends[1][1], rel=0.02)


def test_complete_miscalibration_of_many_rows_has_an_interval() -> None:
    """Scores of 0 for positives alone: the noise is almost nothing, and the interval still ends."""
    found = brier_estimates(ScoreCounts.from_rows(np.ones(100_000, dtype=bool), np.zeros(100_000))).reliability
    lower, upper = interval_of(found.interval)
    assert found.value == 1.0
    assert 0.999 < lower <= 1.0 <= upper


def test_what_is_no_probability_is_undecidable() -> None:
    """A score of 1.5 has no reliability."""
    with pytest.raises(Undecidable, match="probabilit"):
        brier_estimates(ScoreCounts.from_rows([0, 1], [0.2, 1.5]))
