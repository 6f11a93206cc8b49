"""Drift: 800 rows of the reference and 600 of the current side, moved by a third of a standard deviation or so."""

from collections.abc import Callable
from functools import cache

import numpy as np
import numpy.typing as npt
from scipy import special

from promoter.measure.measurement import Interval
from promoter.measure.statistics import drift_categorical, drift_divergence
from promoter.measure.statistics.drift_embedding import FourierFeatures, embedding_drift, fourier_features
from promoter.measure.statistics.drift_ks import ks
from promoter.measure.statistics.drift_wasserstein import wasserstein_clipped, wasserstein_estimate
from promoter.measure.statistics.estimate import Estimate
from tests.measure.statistics.coverage.simulation import Generator, Simulation, known

N, M = 800, 600
SHIFT, SCALE = 0.3, 1.1
BEFORE, AFTER = np.array([0.3, 0.25, 0.2, 0.15, 0.1]), np.array([0.2, 0.28, 0.2, 0.2, 0.12])
MANY = 10**9
Rows = npt.NDArray[np.float64]


def of_categories(measure: Callable[[npt.ArrayLike, npt.ArrayLike], Estimate]) -> Simulation:
    """Simulate a measure of five categories."""
    return Simulation(
        lambda g: measure(g.multinomial(N, BEFORE), g.multinomial(M, AFTER)).interval,
        lambda: measure(np.round(BEFORE * MANY), np.round(AFTER * MANY)).value,
    )


def missing(generator: Generator) -> Interval | None:
    """Return the change of a missing rate from 5 to 9 %."""
    gone = generator.binomial(N, 0.05), generator.binomial(M, 0.09)
    return drift_categorical.missing_rate_difference(
        reference_missing=int(gone[0]), reference_n=N, current_missing=int(gone[1]), current_n=M
    ).interval


def scaled_distance() -> float:
    """Return the clipped distance of the two normal distributions, from their quantiles."""
    quantiles = special.ndtri((np.arange(400_000) + 0.5) / 400_000)
    return wasserstein_clipped(quantiles, SCALE * quantiles + SHIFT).value


def distance() -> float:
    """Return the distance of the two normal distributions: E|(SCALE - 1) Z + SHIFT|, a folded normal's mean."""
    spread = SCALE - 1.0
    ratio = SHIFT / spread
    return float(spread * np.sqrt(2.0 / np.pi) * np.exp(-(ratio**2) / 2.0) + SHIFT * (1.0 - 2.0 * special.ndtr(-ratio)))


@cache
def features() -> FourierFeatures:
    """Return 32 features of vectors of 8 dimensions."""
    return fourier_features(np.random.default_rng(1).normal(size=(1000, 8)), seed=3, features=32)


def vectors(generator: Generator, n: int, *, shift: float) -> Rows:
    """Return normal vectors, all dimensions moved."""
    return generator.normal(loc=shift, size=(n, 8))


def embedded(generator: Generator) -> Interval | None:
    """Return the drift of 300 vectors against 400."""
    sides = (vectors(generator, 400, shift=0.0), vectors(generator, 300, shift=0.2))
    return embedding_drift(*(features().sums(side) for side in sides)).squared.interval


def squared_discrepancy() -> float:
    """Return |E z(X) - E z(Y)|^2 of the features: E cos(wx + b) = exp(-|w|^2 / 2) cos(w mean + b)."""
    found = features()
    damped = np.sqrt(2.0 / found.phases.size) * np.exp(-(found.frequencies**2).sum(axis=1) / 2.0)
    moved = np.cos(0.2 * found.frequencies.sum(axis=1) + found.phases)
    return float(((damped * (np.cos(found.phases) - moved)) ** 2).sum())


def v_of_drift() -> float:
    """Return Cramer's V of the two sides at their shares of all rows."""
    pooled = (BEFORE * N + AFTER * M) / (N + M)
    return float(np.sqrt(((BEFORE - AFTER) ** 2 / pooled).sum() * N * M) / (N + M))


SIMULATIONS = {
    "drift_ks.ks": Simulation(
        lambda g: ks(g.normal(size=N), g.normal(loc=SHIFT, size=M)).interval,
        known(float(2.0 * special.ndtr(SHIFT / 2.0) - 1.0)),
    ),
    "drift_wasserstein.wasserstein_clipped": Simulation(
        lambda g: wasserstein_clipped(g.normal(size=N), g.normal(SHIFT, SCALE, size=M)).interval, scaled_distance
    ),
    "drift_wasserstein.wasserstein_estimate": Simulation(
        lambda g: wasserstein_estimate(g.normal(size=N), g.normal(SHIFT, SCALE, size=M)).interval, distance
    ),
    "drift_divergence.psi": of_categories(drift_divergence.psi),
    "drift_divergence.jensen_shannon_divergence": of_categories(drift_divergence.jensen_shannon_divergence),
    "drift_divergence.jensen_shannon_distance": of_categories(drift_divergence.jensen_shannon_distance),
    "drift_categorical.total_variation": of_categories(drift_categorical.total_variation),
    "drift_categorical.cramers_v_drift": Simulation(
        lambda g: drift_categorical.cramers_v_drift(g.multinomial(N, BEFORE), g.multinomial(M, AFTER)).interval,
        v_of_drift,
    ),
    "drift_categorical.missing_rate_difference": Simulation(missing, known(0.04)),
    "drift_embedding.embedding_drift": Simulation(embedded, squared_discrepancy),
}
