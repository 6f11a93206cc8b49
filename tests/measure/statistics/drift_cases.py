"""The published cases that blind other tools' drift."""

import numpy as np

ROWS = 20_000


def planted(case: str) -> tuple[np.ndarray, np.ndarray]:
    """Return reference and current of one of the published cases that blind std-scaled and pooled-bin drift."""
    rng = np.random.default_rng(7)
    if case == "sentinel on each side":
        return np.append(rng.normal(0, 1, ROWS - 1), 1e6), np.append(rng.normal(1, 1, ROWS - 1), 1e6)
    if case == "pareto doubled":
        return rng.pareto(1.2, ROWS), 2 * rng.pareto(1.2, ROWS)
    if case == "15% set to 1.0":
        current = rng.lognormal(0, 2, ROWS)
        current[rng.random(ROWS) < 0.15] = 1.0
        return rng.lognormal(0, 2, ROWS), current
    if case == "normal +0.3":
        return rng.normal(0, 1, ROWS), rng.normal(0.3, 1, ROWS)
    return rng.lognormal(0, 2, ROWS), rng.lognormal(0, 2, ROWS)
