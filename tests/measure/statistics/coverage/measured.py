"""Statistics of numbers: errors of predictions, latencies, judged examples, rankings, strengths of features."""

from collections.abc import Callable
from functools import cache, partial

import numpy as np
import numpy.typing as npt
from scipy import special

from promoter.measure.measurement import Interval
from promoter.measure.statistics import (
    association,
    latency,
    multiclass_scores,
    order,
    paired,
    ranking,
    regression,
    scores,
)
from promoter.measure.statistics.estimate import Estimate
from promoter.measure.statistics.intervals import wilson_fractional
from promoter.measure.statistics.probability import mean
from promoter.measure.statistics.sufficient import Moments
from tests.measure.statistics.coverage.simulation import POPULATION, Generator, Simulation, known

Rows = npt.NDArray[np.float64]


def predicted(generator: Generator, n: int) -> tuple[Rows, Rows]:
    """Return targets around 10 and predictions that are a little too high."""
    target = generator.normal(10.0, 2.0, size=n)
    return target, target + generator.normal(0.1, 0.8, size=n)


@cache
def predicted_population() -> tuple[Rows, Rows]:
    """Return so many predictions that their error is the truth."""
    return predicted(np.random.default_rng(5), POPULATION)


def of_errors(measure: Callable[[Rows, Rows], Estimate]) -> Simulation:
    """Simulate an error of 500 predictions."""
    return Simulation(lambda g: measure(*predicted(g, 500)).interval, lambda: measure(*predicted_population()).value)


def losses(generator: Generator) -> tuple[Rows, Rows]:
    """Return 1,000 squared errors of two models with variances 1 and 1.44 that share half of their noise."""
    shared = generator.normal(size=1000)
    old = (shared + generator.normal(size=1000)) / np.sqrt(2.0)
    return old**2, (1.2 * (shared + generator.normal(size=1000)) / np.sqrt(2.0)) ** 2


def bootstrap(generator: Generator) -> Interval:
    """Return a bootstrap interval, each with a seed of its own, so as not to repeat one error."""
    old, new = (side[:400] for side in losses(generator))
    return paired.bootstrap_mean_difference(old, new, seed=int(generator.integers(2**32)), replicates=600)


def requests(generator: Generator, n: int, *, median: float = 1.0, spread: float = 0.4) -> Rows:
    """Return lognormal latencies."""
    return median * np.exp(spread * generator.normal(size=n))


P95 = float(special.ndtri(0.95))


def ratio(generator: Generator) -> Interval | None:
    """Return the ratio of two 95th percentiles of 2,000 requests each."""
    champion, candidate = requests(generator, 2000), requests(generator, 2000, median=1.2, spread=0.5)
    return latency.latency_ratio(champion, candidate, share=0.95).interval


def ranked(generator: Generator, queries: int) -> tuple[npt.NDArray[np.int64], Rows, Rows]:
    """Return five documents a query: relevance 0 or 1, a quarter relevant, and a score that follows it."""
    query = np.repeat(np.arange(queries), 5)
    relevance = (generator.random(query.size) < 0.25).astype(np.float64)
    return query, relevance, relevance + generator.normal(0.0, 1.5, size=query.size)


@cache
def ranked_population() -> tuple[npt.NDArray[np.int64], Rows, Rows]:
    """Return so many queries that their mean is the truth."""
    return ranked(np.random.default_rng(4), POPULATION // 10)


def of_queries(measure: Callable[..., ranking.QueryMean]) -> Simulation:
    """Simulate a mean over 200 queries."""
    return Simulation(
        lambda g: measure(*ranked(g, 200)).estimate.interval, lambda: measure(*ranked_population()).estimate.value
    )


def classified(generator: Generator, n: int) -> tuple[npt.NDArray[np.int64], Rows]:
    """Return three classes of unequal share, and probabilities that favour the right one."""
    codes = generator.choice(3, size=n, p=[0.5, 0.3, 0.2])
    logits = generator.normal(size=(n, 3))
    logits[np.arange(n), codes] += 1.0
    odds = np.exp(logits)
    return codes, odds / odds.sum(axis=1, keepdims=True)


@cache
def classified_population() -> tuple[npt.NDArray[np.int64], Rows]:
    """Return so many classified rows that their statistic is the truth."""
    return classified(np.random.default_rng(3), POPULATION // 2)


def of_classes(measure: Callable[..., Estimate]) -> Simulation:
    """Simulate a measure of the probabilities of 500 rows."""
    return Simulation(lambda g: measure(*classified(g, 500)).interval, lambda: measure(*classified_population()).value)


def categories(generator: Generator) -> tuple[npt.NDArray[np.int64], Rows]:
    """Return 600 values whose four categories move their mean by 0.3 each."""
    codes = generator.integers(0, 4, size=600)
    return codes, 0.3 * codes + generator.normal(size=600)


def separating(generator: Generator) -> tuple[npt.NDArray[np.bool_], Rows]:
    """Return 600 labels and a feature that is a standard deviation higher where they are 1."""
    label = generator.random(600) < 0.4
    return label, label + generator.normal(size=600)


def proportion(generator: Generator) -> Interval:
    """Return the interval of a proportion whose rows are given as an effective number."""
    return wilson_fractional(float(generator.binomial(300, 0.3)) / 300.0, 300.0, level=0.95, method="wilson")


SEPARATION = float(2.0 * special.ndtr(1.0 / np.sqrt(2.0)) - 1.0)
ETA = float(np.sqrt(0.09 * 1.25 / (1.0 + 0.09 * 1.25)))
SIMULATIONS = {
    "regression.root_mean_squared_error": of_errors(regression.root_mean_squared_error),
    "regression.mean_absolute_error": of_errors(regression.mean_absolute_error),
    "regression.median_absolute_error": of_errors(regression.median_absolute_error),
    "regression.mean_absolute_percentage_error": of_errors(regression.mean_absolute_percentage_error),
    "regression.r_squared": of_errors(regression.r_squared),
    "regression.pinball_loss": of_errors(partial(regression.pinball_loss, quantile=0.1)),
    "regression.residual_bias": of_errors(regression.residual_bias),
    "paired.paired_mean_difference": Simulation(
        lambda g: paired.paired_mean_difference(*losses(g)).difference.interval, known(0.44)
    ),
    "paired.paired_rmse_difference": Simulation(
        lambda g: paired.paired_rmse_difference(*losses(g)).difference.interval, known(0.2)
    ),
    "paired.bootstrap_mean_difference": Simulation(bootstrap, known(0.44)),
    "latency.latency_percentile": Simulation(
        lambda g: latency.latency_percentile(requests(g, 1000), share=0.95).interval, known(float(np.exp(0.4 * P95)))
    ),
    "latency.latency_percentile: p99": Simulation(
        lambda g: latency.latency_percentile(requests(g, 1000), share=0.99).interval,
        known(float(np.exp(0.4 * special.ndtri(0.99)))),
    ),
    "latency.latency_ratio": Simulation(ratio, known(float(1.2 * np.exp(0.1 * P95)))),
    "order.median_interval": Simulation(lambda g: order.median_interval(np.sort(g.normal(size=101))), known(0.0)),
    "scores.mean_score": Simulation(lambda g: scores.mean_score(g.beta(2.0, 3.0, size=200)).interval, known(0.4)),
    "probability.mean": Simulation(lambda g: mean(Moments.from_rows(g.gamma(2.0, size=400))).interval, known(2.0)),
    "ranking.ndcg": of_queries(ranking.ndcg),
    "ranking.mean_reciprocal_rank": of_queries(ranking.mean_reciprocal_rank),
    "multiclass_scores.macro_auc": of_classes(multiclass_scores.macro_auc),
    "multiclass_scores.weighted_auc": of_classes(multiclass_scores.weighted_auc),
    "multiclass_scores.log_loss": of_classes(multiclass_scores.log_loss),
    "association.correlation_ratio": Simulation(
        lambda g: association.correlation_ratio(*categories(g)).interval, known(ETA)
    ),
    "association.rank_separation": Simulation(
        lambda g: association.rank_separation(*separating(g)).interval, known(SEPARATION)
    ),
    "association.numeric_strength": Simulation(
        lambda g: association.numeric_strength(*separating(g)).estimate.interval, known(SEPARATION)
    ),
    "intervals.wilson_fractional": Simulation(proportion, known(0.3)),
}
