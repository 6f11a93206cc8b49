"""Seeded simulations: 95 % intervals cover between 93.5 and 96.5 %."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pytest
from scipy import special

from promoter.measure.measurement import Interval
from promoter.measure.statistics import confusion, curve, gain, probability
from promoter.measure.statistics.calibration import ece, mce
from promoter.measure.statistics.delong import delong_paired
from promoter.measure.statistics.entropy import generalized_entropy, theil
from promoter.measure.statistics.estimate import Estimate
from promoter.measure.statistics.intervals import clopper_pearson, katz_ratio, newcombe_difference, wilson
from promoter.measure.statistics.mcnemar import mcnemar
from promoter.measure.statistics.paired import (
    bootstrap_mean_difference,
    paired_mean_difference,
    paired_rmse_difference,
)
from promoter.measure.statistics.recalibration import recalibration
from promoter.measure.statistics.sufficient import Confusion, Discordance, ScoreCounts

pytestmark = pytest.mark.slow

REPLICATES = 4000
POPULATION = 4_000_000
Generator = np.random.Generator


def coverage(draw: Callable[[Generator], Interval | None], truth: float, *, seed: int) -> float:
    """Return the share of simulated intervals that hold the truth."""
    generator = np.random.default_rng(seed)
    hits = 0
    for _ in range(REPLICATES):
        interval = draw(generator)
        assert interval is not None
        hits += interval.lower <= truth <= interval.upper
    return hits / REPLICATES


def scores(generator: Generator, n: int) -> ScoreCounts:
    """Return rows of a model that is somewhat overconfident: true logit 0.3 + 0.7 x."""
    logit = -1.0 + 1.2 * generator.normal(size=n)
    label = generator.random(n) < special.expit(0.3 + 0.7 * logit)
    return ScoreCounts.from_rows(label, special.expit(logit))


@pytest.fixture(scope="module")
def population() -> ScoreCounts:
    """Return so many rows that their statistic is the truth."""
    return scores(np.random.default_rng(99), POPULATION)


ON_SCORES: dict[str, Callable[[ScoreCounts], Estimate]] = {
    "roc_auc": curve.roc_auc,
    "average_precision": curve.average_precision,
    "ks": curve.ks,
    "gain": lambda counts: gain.gain_at(counts, fraction=0.2),
    "log_loss": probability.log_loss,
    "brier": probability.brier,
    "ece": lambda counts: ece(counts).debiased,
    "slope": lambda counts: recalibration(counts).slope,
    "intercept": lambda counts: recalibration(counts).intercept,
}


@pytest.mark.parametrize("name", sorted(ON_SCORES))
def test_intervals_on_scores_cover(name: str, population: ScoreCounts) -> None:
    """1,500 rows a sample."""
    measure = ON_SCORES[name]
    truth = measure(population).value
    assert 0.935 <= coverage(lambda g: measure(scores(g, 1500)).interval, truth, seed=1) <= 0.965


def test_the_interval_of_mce_is_conservative(population: ScoreCounts) -> None:
    """It promises at least its level, and keeps that."""
    truth = mce(population).value
    assert coverage(lambda g: mce(scores(g, 1500)).interval, truth, seed=2) >= 0.95


CELLS = np.array([0.25, 0.1, 0.12, 0.53])
ON_CELLS: dict[str, Callable[..., Estimate]] = {
    "accuracy": confusion.accuracy,
    "balanced_accuracy": confusion.balanced_accuracy,
    "precision": confusion.precision,
    "recall": confusion.recall,
    "f1": confusion.f1,
    "mcc": confusion.mcc,
    "generalized_entropy": generalized_entropy,
    "theil": theil,
}


def cells(counts: npt.NDArray[np.int64]) -> Confusion:
    """Return a confusion of (tp, fp, fn, tn)."""
    tp, fp, fn, tn = counts.tolist()
    return Confusion(tp=tp, fp=fp, fn=fn, tn=tn)


@pytest.mark.parametrize("name", sorted(ON_CELLS))
def test_intervals_on_cells_cover(name: str) -> None:
    """500 rows a sample."""
    measure = ON_CELLS[name]
    truth = measure(cells((CELLS * 10**9).astype(np.int64))).value
    assert 0.935 <= coverage(lambda g: measure(cells(g.multinomial(500, CELLS))).interval, truth, seed=3) <= 0.965


def test_intervals_of_proportions_cover() -> None:
    """Wilson, Newcombe's difference and Katz's ratio; Clopper and Pearson at least."""
    p, q, n, m = 0.3, 0.42, 300, 220

    def draw(g: Generator) -> tuple[int, int, int, int]:
        return int(g.binomial(n, p)), n, int(g.binomial(m, q)), m

    assert 0.935 <= coverage(lambda g: wilson(*draw(g)[:2]), p, seed=4) <= 0.965
    assert 0.935 <= coverage(lambda g: newcombe_difference(*draw(g)), p - q, seed=5) <= 0.965
    assert 0.935 <= coverage(lambda g: katz_ratio(*draw(g)), p / q, seed=6) <= 0.965
    assert coverage(lambda g: clopper_pearson(*draw(g)[:2]), p, seed=7) >= 0.95


def two_models(generator: Generator, n: int) -> tuple[npt.NDArray[np.float64], ...]:
    """Return label, champion and candidate scores that share half of their noise; the candidate is better."""
    label = (generator.random(n) < 0.3).astype(np.float64)
    shared = generator.normal(size=n)
    return label, label + shared + generator.normal(size=n), 1.3 * label + shared + generator.normal(size=n)


def test_delongs_difference_covers() -> None:
    """300 rows a sample; the truth is Phi(1.3/2) - Phi(1/2)."""
    truth = float(special.ndtr(1.3 / 2.0) - special.ndtr(0.5))
    assert 0.935 <= coverage(lambda g: delong_paired(*two_models(g, 300)).interval, truth, seed=8) <= 0.965


def test_tangos_interval_covers() -> None:
    """250 rows a sample, 12 % and 7 % discordant."""

    def draw(g: Generator) -> Interval | None:
        candidate, champion, _ = g.multinomial(250, [0.12, 0.07, 0.81]).tolist()
        return mcnemar(Discordance(n=250, champion_only=champion, candidate_only=candidate)).difference.interval

    assert 0.935 <= coverage(draw, 0.05, seed=9) <= 0.965


def losses(generator: Generator, n: int) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Return squared errors of two models with variances 1 and 1.44 that share half of their noise."""
    shared = generator.normal(size=n)
    old = (shared + generator.normal(size=n)) / np.sqrt(2.0)
    new = 1.2 * (shared + generator.normal(size=n)) / np.sqrt(2.0)
    return old**2, new**2


def test_paired_differences_of_losses_cover() -> None:
    """1,000 rows a sample, skewed losses: Student, bootstrap (a seed each, so as not to repeat one error), roots."""

    def student(g: Generator) -> Interval | None:
        return paired_mean_difference(*losses(g, 1000)).difference.interval

    def bootstrap(g: Generator) -> Interval | None:
        return bootstrap_mean_difference(*losses(g, 1000), seed=int(g.integers(2**32)), replicates=600)

    def roots(g: Generator) -> Interval | None:
        return paired_rmse_difference(*losses(g, 1000)).difference.interval

    assert 0.935 <= coverage(student, 0.44, seed=10) <= 0.965
    assert 0.935 <= coverage(bootstrap, 0.44, seed=11) <= 0.965
    assert 0.935 <= coverage(roots, 0.2, seed=12) <= 0.965
