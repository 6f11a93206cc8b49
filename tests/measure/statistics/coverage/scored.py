"""Binary scores: 1,500 rows of a model that is somewhat overconfident, true logit 0.3 + 0.7 x."""

from collections.abc import Callable
from functools import cache

import numpy as np
from scipy import special

from promoter.measure.statistics import curve, gain, probability
from promoter.measure.statistics.brier_parts import brier_estimates
from promoter.measure.statistics.calibration import ece, mce
from promoter.measure.statistics.delong import delong_paired
from promoter.measure.statistics.estimate import Estimate
from promoter.measure.statistics.recalibration import recalibration
from promoter.measure.statistics.sufficient import ScoreCounts
from tests.measure.statistics.coverage.simulation import POPULATION, Generator, Simulation, known

ROWS = 1_500


def scores(generator: Generator, n: int) -> ScoreCounts:
    """Return rows of the model."""
    logit = -1.0 + 1.2 * generator.normal(size=n)
    label = generator.random(n) < special.expit(0.3 + 0.7 * logit)
    return ScoreCounts.from_rows(label, special.expit(logit))


@cache
def population() -> ScoreCounts:
    """Return so many rows that their statistic is the truth."""
    return scores(np.random.default_rng(99), POPULATION)


def weakly_related(generator: Generator, n: int) -> ScoreCounts:
    """Return even scores whose labels go from 25 to 35 %: less resolution than noise adds at 1,500 rows."""
    score = generator.random(n)
    return ScoreCounts.from_rows(generator.random(n) < 0.25 + 0.1 * score, score)


def of(measure: Callable[[ScoreCounts], Estimate]) -> Simulation:
    """Simulate a measure of scores."""
    return Simulation(lambda g: measure(scores(g, ROWS)).interval, lambda: measure(population()).value)


def two_models(generator: Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return 300 labels and the scores of champion and candidate, which share half of their noise."""
    label = (generator.random(300) < 0.3).astype(np.float64)
    shared = generator.normal(size=300)
    return label, label + shared + generator.normal(size=300), 1.3 * label + shared + generator.normal(size=300)


SIMULATIONS = {
    "curve.roc_auc": of(curve.roc_auc),
    "curve.average_precision": of(curve.average_precision),
    "curve.ks": of(curve.ks),
    "gain.gain_at": of(lambda counts: gain.gain_at(counts, fraction=0.2)),
    "gain.lift_at": of(lambda counts: gain.lift_at(counts, fraction=0.2)),
    "probability.log_loss": of(probability.log_loss),
    "probability.brier": of(probability.brier),
    "calibration.ece": of(lambda counts: ece(counts).debiased),
    "calibration.mce": of(mce),
    "brier_parts.brier_estimates": of(lambda counts: brier_estimates(counts).reliability),
    "brier_parts.brier_estimates: resolution": of(lambda counts: brier_estimates(counts).resolution),
    "brier_parts.brier_estimates: uncertainty": of(lambda counts: brier_estimates(counts).uncertainty),
    "brier_parts.brier_estimates: weak resolution": Simulation(
        lambda g: brier_estimates(weakly_related(g, ROWS)).resolution.interval, known(0.99 * 0.1**2 / 12.0)
    ),
    "recalibration.recalibration": of(lambda counts: recalibration(counts).slope),
    "recalibration.recalibration: intercept": of(lambda counts: recalibration(counts).intercept),
    "delong.delong_paired": Simulation(
        lambda g: delong_paired(*two_models(g)).interval,
        known(float(special.ndtr(1.3 / 2.0) - special.ndtr(0.5))),
    ),
}
