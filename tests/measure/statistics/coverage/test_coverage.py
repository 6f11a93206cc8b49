"""95 % intervals hold the truth between 93.5 and 96.5 times in 100: each kind that there is, none left out."""

import importlib
import pkgutil
import zlib
from collections.abc import Iterator
from dataclasses import is_dataclass
from inspect import getmembers, isfunction, signature
from typing import Any, get_args, get_type_hints

import pytest

from promoter.measure import statistics
from promoter.measure.measurement import Interval
from tests.measure.statistics.coverage import counted, measured, moved, scored
from tests.measure.statistics.coverage.simulation import Simulation, coverage

SIMULATIONS: dict[str, Simulation] = {
    **scored.SIMULATIONS,
    **counted.SIMULATIONS,
    **moved.SIMULATIONS,
    **measured.SIMULATIONS,
}
SAME = {
    "brier_parts.brier_estimates_on": "brier_parts.brier_estimates",
    "calibration.ece_on": "calibration.ece",
    "calibration.mce_on": "calibration.mce",
    "drift_ks.ks_on": "drift_ks.ks",
    "drift_wasserstein.wasserstein_clipped_on": "drift_wasserstein.wasserstein_clipped",
    "drift_wasserstein.wasserstein_estimate_on": "drift_wasserstein.wasserstein_estimate",
    "intervals.area_interval": "curve.roc_auc",
    "intervals.logit_normal": "curve.roc_auc",
    "intervals.student_mean": "scores.mean_score",
    "means.mean_estimate": "scores.mean_score",
    "means.influence_estimate": "regression.r_squared",
    "order.quantile_interval": "latency.latency_percentile",
    "paired.paired_mean": "paired.paired_mean_difference",
    "scores.paired_scores": "paired.paired_mean_difference",
}
"""Functions whose interval is made by, or makes, that of another that is simulated."""


def gives_interval(kind: Any) -> bool:
    """Say whether a return type is, or holds in a field, an interval."""
    if kind is Interval:
        return True
    if is_dataclass(kind):
        return any(gives_interval(part) for part in get_type_hints(kind).values() if part is not kind)
    return any(gives_interval(part) for part in get_args(kind))


def interval_functions() -> Iterator[str]:
    """Yield each public function of the statistics that takes a level and returns an interval."""
    for found in pkgutil.iter_modules(statistics.__path__):
        module = importlib.import_module(f"{statistics.__name__}.{found.name}")
        for name, function in getmembers(module, isfunction):
            is_own = function.__module__ == module.__name__ and not name.startswith("_")
            if not is_own or "level" not in signature(function).parameters:
                continue
            if gives_interval(get_type_hints(function)["return"]):
                yield f"{found.name}.{name}"


def test_every_function_that_gives_an_interval_is_simulated() -> None:
    """A new one fails here until its coverage is known."""
    simulated = {name.partition(":")[0] for name in SIMULATIONS}
    assert set(interval_functions()) == simulated | set(SAME)
    assert set(SAME.values()) <= simulated


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(SIMULATIONS))
def test_intervals_cover(name: str) -> None:
    """4,000 samples; the seed follows from the name, so that no kind is simulated on another's luck."""
    assert 0.935 <= coverage(SIMULATIONS[name], seed=zlib.crc32(name.encode())) <= 0.965
