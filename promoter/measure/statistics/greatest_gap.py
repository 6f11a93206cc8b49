"""How much too high the greatest difference of two empirical distributions is: it also picks the luckiest place."""

from functools import cache

import numpy as np

from promoter.measure.statistics.arrays import Counts, Floats

CELLS = 128
"""Cuts of equal mass on which the noise is drawn."""

_REPLICATES = 200
_REACH = 0.12
"""Share of the cells on each side over which F - G is averaged: the noise's own peaks are no peaks of the truth."""


def excess_of_greatest(first: Counts, second: Counts, *, is_signed: bool) -> float:
    """Return E max(F - G + noise) - max(F - G) of smoothed F - G, at least 0; of |F - G| unless `is_signed`.

    first, second: (k,) rows up to each cut, cuts ascending, the last the number of rows. At most 128 cuts of equal
    pooled mass are kept. The noise is two Brownian bridges, F's over sqrt(n) and G's over sqrt(m): 200 seeded draws,
    the same for every column. Source: Raghavachari 1973 (the limit of the maximum away from F = G).
    """
    n, m = int(first[-1]), int(second[-1])
    wanted = np.arange(1, CELLS + 1) * ((n + m) / CELLS)
    places = np.unique(np.searchsorted(first + second, wanted).clip(0, first.size - 1))
    f, g = first[places] / n, second[places] / m
    draws = _draws()
    noise = _bridges(f, draws[0]) / np.sqrt(n) - _bridges(g, draws[1]) / np.sqrt(m)
    level = _smoothed(f - g)
    if is_signed:
        return max(0.0, float((level + noise).max(axis=1).mean() - level.max()))
    return max(0.0, float(np.abs(level + noise).max(axis=1).mean() - np.abs(level).max()))


@cache
def _draws() -> Floats:
    """Return (2, replicates, cells) standard normals."""
    return np.random.Generator(np.random.PCG64(0)).standard_normal((2, _REPLICATES, CELLS))


def _bridges(shares: Floats, normals: Floats) -> Floats:
    """Return (replicates, k): Brownian bridges at cumulative shares (k,) that end at 1."""
    steps = np.sqrt(np.diff(shares, prepend=0.0))
    paths = np.cumsum(normals[:, : shares.size] * steps, axis=1)
    return np.asarray(paths - paths[:, -1:] * shares, dtype=np.float64)


def _smoothed(gaps: Floats) -> Floats:
    """Return the moving average, the difference being 0 beyond both ends."""
    reach = max(1, round(_REACH * gaps.size))
    padded = np.concatenate([np.zeros(reach + 1), gaps, np.zeros(reach)]).cumsum()
    return np.asarray((padded[2 * reach + 1 :] - padded[: -2 * reach - 1]) / (2 * reach + 1), dtype=np.float64)
