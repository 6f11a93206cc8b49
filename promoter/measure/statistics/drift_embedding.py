"""Drift of vector columns: maximum mean discrepancy with random Fourier features, from mergeable sums.

A Gaussian kernel's discrepancy sees any change of the distribution, not the mean's alone. Its features are pinned by
the reference (bandwidth) and a seed (frequencies), and a table of any size becomes a count, a sum and a sum of outer
products, which merge over partitions. Sources: Gretton et al. 2012 (lemma 6); Rahimi and Recht 2007; Zhao and Meng
2015 for the pair of them.
"""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from promoter.digest import sha256_bytes
from promoter.errors import Undecidable
from promoter.measure.measurement import Interval
from promoter.measure.statistics import special
from promoter.measure.statistics.arrays import Floats
from promoter.measure.statistics.estimate import Estimate
from promoter.measure.statistics.intervals import DEFAULT_LEVEL, two_sided_z
from promoter.measure.statistics.noncentral import stretched_roots

DEFAULT_FEATURES = 256
"""The kernel is then off by about 1/16 per pair of rows, and much less in the mean (Rahimi and Recht, claim 1)."""

_BANDWIDTH_ROWS = 1000
_EQUAL = 1e-14
"""Share of two vectors' squared norms below which their squared distance is rounding."""


@dataclass(frozen=True, slots=True)
class FourierFeatures:
    """The map x -> sqrt(2/D) cos(frequencies x + phases); frequencies (D, d), phases (D,)."""

    frequencies: Floats
    phases: Floats

    def sums(self, vectors: npt.ArrayLike) -> "FeatureSums":
        """Return the sums over the rows of (n, d) vectors. Raises Undecidable on NaN, infinities and another d."""
        rows = _vectors(vectors, side="embedding")
        if rows.shape[1] != self.frequencies.shape[1]:
            raise Undecidable(f"vectors have {rows.shape[1]} dimensions, the reference {self.frequencies.shape[1]}")
        features = np.cos(rows @ self.frequencies.T + self.phases) * np.sqrt(2.0 / self.phases.size)
        return FeatureSums(rows.shape[0], features.sum(axis=0), features.T @ features)


@dataclass(frozen=True, slots=True)
class FeatureSums:
    """What a pass over the vectors leaves: rows, sum of features (D,), sum of their outer products (D, D)."""

    n: int
    total: Floats
    products: Floats

    def merged(self, other: "FeatureSums") -> "FeatureSums":
        """Return the sums of both parts."""
        return FeatureSums(self.n + other.n, self.total + other.total, self.products + other.products)

    def covariance_of_mean(self) -> Floats:
        """Return the unbiased covariance of the features' mean (D, D). Raises Undecidable below two rows."""
        if self.n < 2:
            raise Undecidable(f"{self.n} vectors: a discrepancy needs 2 on each side")
        centre = self.total / self.n
        spread = (self.products - self.n * np.outer(centre, centre)) / (self.n - 1)
        return np.asarray(spread / self.n, dtype=np.float64)


@dataclass(frozen=True, slots=True)
class EmbeddingDrift:
    """The squared discrepancy, 0 in expectation without drift and so at times below it; p is that of no drift."""

    squared: Estimate
    p: float


def fourier_features(reference: npt.ArrayLike, *, seed: int, features: int = DEFAULT_FEATURES) -> FourierFeatures:
    """Return the features of a Gaussian kernel whose bandwidth is the reference's median distance.

    reference: (n, d), of which 1,000 evenly spaced rows give the median over pairs that differ. Raises Undecidable
    where all rows are equal. Source of the median rule: Gretton et al. 2012, section 8.
    """
    rows = _vectors(reference, side="reference")
    generator = np.random.Generator(np.random.PCG64(seed))
    frequencies = generator.standard_normal((features, rows.shape[1])) / _bandwidth(rows[evenly_spaced(rows.shape[0])])
    return FourierFeatures(frequencies, generator.uniform(0.0, 2.0 * np.pi, features))


def evenly_spaced(rows: int) -> npt.NDArray[np.int64]:
    """Return the places of at most 1,000 of so many rows, first and last among them."""
    return np.unique(np.linspace(0, rows - 1, _BANDWIDTH_ROWS).astype(np.int64))


def seed_of(*samples: Floats) -> int:
    """Return a seed that vectors (n, d) of both sides decide.

    Whoever knows the frequencies beforehand can shape vectors that move none of the features; here each change of a
    sampled vector changes them all.
    """
    content = b"".join(np.ascontiguousarray(sample, dtype="<f8").tobytes() for sample in samples)
    return int(sha256_bytes(content).removeprefix("sha256:")[:16], 16)


def _bandwidth(picked: Floats) -> float:
    """Return the median distance of vectors (n, d) that differ.

    Distances are of vectors less their median: an offset of all costs no digits. Two vectors are equal by their own
    size, since by the largest one, a single far vector makes all others equal and the kernel blind.
    """
    centred = picked - np.median(picked, axis=0)
    norms = (centred**2).sum(axis=1)
    sizes = norms[:, None] + norms[None, :]
    above = np.triu_indices(picked.shape[0], k=1)
    squares = (sizes - 2.0 * centred @ centred.T)[above]
    apart = squares[squares > _EQUAL * sizes[above]]
    if apart.size == 0:
        raise Undecidable("all vectors of the reference are equal, so distances have no scale")
    return float(np.median(np.sqrt(apart)))


def embedding_drift(reference: FeatureSums, current: FeatureSums, *, level: float = DEFAULT_LEVEL) -> EmbeddingDrift:
    """Return the unbiased squared discrepancy |mean z(X) - mean z(Y)|^2 - tr S, S the covariance of the difference.

    Without drift the first term is a weighted sum of chi-squareds, taken as a scaled one with the same two moments
    (Box 1954, theorem 3.1), which gives p and the interval's lower end: the noncentral law inverted, stretched by the
    error of the root along d, sqrt(d'Sd) / |d|. The upper end v solves value + z sqrt(4 v d'Sd / d'd + 2 tr S^2) = v,
    since a low value comes with a variance that is estimated too low. Both are widened to hold the value.
    Raises Undecidable below two rows a side and where neither side varies.
    """
    spread = reference.covariance_of_mean() + current.covariance_of_mean()
    shift = reference.total / reference.n - current.total / current.n
    noise, squared_noise = float(np.trace(spread)), float((spread * spread).sum())
    if noise <= 0.0 or squared_noise <= 0.0:
        raise Undecidable("neither side's vectors vary, so there is no noise to hold a shift against")
    biased = float(shift @ shift)
    value, along = biased - noise, float(shift @ spread @ shift) / biased if biased > 0.0 else 0.0
    scale, freedom = squared_noise / noise, noise * noise / squared_noise
    roots = stretched_roots(biased / scale, freedom=freedom, error=math.sqrt(max(0.0, along) / scale), level=level)
    z = two_sided_z(level)
    reached = value + 2.0 * along * z * z
    upper = reached + math.sqrt(max(0.0, reached**2 - value**2 + 2.0 * z * z * squared_noise))
    interval = Interval(min(scale * roots[0] ** 2, value), max(upper, value), level, "noncentral chi-squared, score")
    p = float(special.chdtrc(freedom, biased / scale))
    return EmbeddingDrift(Estimate(value, interval, reference.n + current.n), p)


def _vectors(values: npt.ArrayLike, *, side: str) -> Floats:
    rows = np.asarray(values, dtype=np.float64)
    if rows.ndim != 2 or rows.shape[0] == 0 or rows.shape[1] == 0:
        raise Undecidable(f"the {side} has shape {rows.shape}; vectors come as rows by dimensions")
    bad = int((~np.isfinite(rows)).any(axis=1).sum())
    if bad:
        raise Undecidable(f"the {side} is NaN or infinite in {bad} of {rows.shape[0]} vectors")
    return rows
