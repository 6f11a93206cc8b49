"""Embedding drift against brute force over all pairs of rows."""

import numpy as np
import pytest

from promoter.errors import Undecidable
from promoter.measure.statistics.drift_embedding import embedding_drift, fourier_features, seed_of


def vectors(seed: int, rows: int = 120, shift: float = 0.0, scale: float = 1.0) -> np.ndarray:
    """Return normal vectors of eight dimensions."""
    return np.random.default_rng(seed).normal(shift, scale, (rows, 8))


def all_pairs(kernel: np.ndarray, n: int) -> float:
    """Return Gretton's unbiased statistic (2012, lemma 6) from the kernel of all rows, the first n the reference."""
    m = kernel.shape[0] - n
    first, second = kernel[:n, :n], kernel[n:, n:]
    within = (first.sum() - np.trace(first)) / (n * (n - 1)) + (second.sum() - np.trace(second)) / (m * (m - 1))
    return float(within - 2 * kernel[:n, n:].mean())


def test_the_sums_give_the_statistic_of_all_pairs() -> None:
    """The mergeable form is the double sum over pairs of the feature kernel."""
    reference, current = vectors(1), vectors(2, rows=90, shift=0.4)
    pinned = fourier_features(reference, seed=3)
    rows = np.vstack([reference, current])
    features = np.cos(rows @ pinned.frequencies.T + pinned.phases) * np.sqrt(2 / pinned.phases.size)
    expected = all_pairs(features @ features.T, 120)
    found = embedding_drift(pinned.sums(reference), pinned.sums(current)).squared
    assert expected == pytest.approx(found.value, rel=1e-9)
    assert 210 == found.n


def test_many_features_approach_the_gaussian_kernel() -> None:
    """At 4,096 features the value is the exact kernel's to a few percent."""
    reference, current = vectors(1), vectors(2, shift=0.6)
    pinned = fourier_features(reference, seed=3, features=4096)
    rows = np.vstack([reference, current])
    distances = ((rows[:, None, :] - rows[None, :, :]) ** 2).sum(axis=2)
    bandwidth = np.median(np.sqrt(distances[:120, :120][np.triu_indices(120, 1)]))
    expected = all_pairs(np.exp(-distances / (2 * bandwidth**2)), 120)
    assert expected == pytest.approx(
        embedding_drift(pinned.sums(reference), pinned.sums(current)).squared.value, rel=0.06
    )


def test_a_change_of_spread_is_seen_where_the_mean_stays() -> None:
    """A mean-shift statistic would be blind to it."""
    pinned = fourier_features(vectors(1, rows=1000), seed=3)
    drift = embedding_drift(pinned.sums(vectors(1, rows=1000)), pinned.sums(vectors(2, rows=1000, scale=1.3)))
    assert drift.p < 1e-6
    assert drift.squared.interval is not None
    assert drift.squared.interval.lower > 0


def test_no_distance_to_one_vector_sets_the_scale_of_all() -> None:
    """Trap: beside a vector of 1e12, sampled first, the others are not taken as equal and the kernel still sees."""
    far = np.full((1, 8), 1e12)
    reference, current = (np.vstack([far, vectors(seed, rows=1000, shift=seed - 1)]) for seed in (1, 2))
    plain, pinned = (fourier_features(rows, seed=3) for rows in (reference[1:], reference))
    drift = embedding_drift(pinned.sums(reference), pinned.sums(current))
    assert np.abs(plain.frequencies).mean() == pytest.approx(np.abs(pinned.frequencies).mean(), rel=0.01)
    assert drift.p < 1e-6


def test_a_large_offset_and_a_small_scale_leave_the_value() -> None:
    """The kernel's width follows the vectors: 1e-6 times as wide, or a million aside, they drift as much."""
    plain, other = (vectors(1, rows=300), vectors(2, rows=300, shift=0.5)), []
    for move in (lambda rows: rows, lambda rows: rows * 1e-6, lambda rows: rows + 1e6):
        reference, current = map(move, plain)
        pinned = fourier_features(reference, seed=3)
        other.append(embedding_drift(pinned.sums(reference), pinned.sums(current)).squared.value)
    assert other[0] == pytest.approx(other[1], rel=1e-6)
    assert other[0] == pytest.approx(other[2], rel=0.5)


def test_the_seed_is_of_the_vectors_of_both_sides() -> None:
    """One changed entry on either side is another seed; the same vectors in another memory order are not."""
    first, second = vectors(1), vectors(2)
    assert seed_of(first, second) == seed_of(np.asfortranarray(first), second.copy())
    assert seed_of(first, second) != seed_of(first, second + np.eye(120, 8) * 1e-9)
    assert 0 <= seed_of(first, second) < 2**64


def test_one_far_vector_on_each_side_does_not_blind_it() -> None:
    """The kernel is bounded, so a sentinel of 1e6 is one row among many."""
    far = np.full((1, 8), 1e6)
    reference, current = np.vstack([vectors(1, rows=1000), far]), np.vstack([vectors(2, rows=1000, shift=1.0), far])
    pinned = fourier_features(reference, seed=3)
    drift = embedding_drift(pinned.sums(reference), pinned.sums(current))
    plain = fourier_features(vectors(1, rows=1000), seed=3)
    unspoilt = embedding_drift(plain.sums(reference[:-1]), plain.sums(current[:-1]))
    assert unspoilt.squared.value == pytest.approx(drift.squared.value, rel=0.02)


def test_parts_merge_to_the_whole() -> None:
    """Partitions may be read in any order."""
    rows = vectors(5)
    pinned = fourier_features(rows, seed=1)
    whole, parts = pinned.sums(rows), pinned.sums(rows[:50]).merged(pinned.sums(rows[50:]))
    assert whole.n == parts.n
    np.testing.assert_allclose(whole.total, parts.total, rtol=1e-12)
    np.testing.assert_allclose(whole.products, parts.products, rtol=1e-10, atol=1e-12)


def test_the_seed_pins_the_features() -> None:
    """The same reference and seed give the same bits."""
    first, second = (fourier_features(vectors(1), seed=9) for _ in range(2))
    assert first.frequencies.tobytes() == second.frequencies.tobytes()


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        (np.ones((5, 3)), "equal"),
        (np.empty((0, 3)), "shape"),
        (np.ones(4), "shape"),
        (np.array([[1.0, np.nan], [0.0, 1.0]]), "NaN or infinite in 1 of 2"),
    ],
)
def test_unusable_references_are_undecidable(rows: np.ndarray, reason: str) -> None:
    """No features are pinned on them."""
    with pytest.raises(Undecidable, match=reason):
        fourier_features(rows, seed=1)


def test_other_dimensions_and_single_rows_are_undecidable() -> None:
    """A vector of another model, and a side without spread."""
    pinned = fourier_features(vectors(1), seed=1)
    with pytest.raises(Undecidable, match="2 dimensions, the reference 8"):
        pinned.sums(np.ones((3, 2)))
    with pytest.raises(Undecidable, match="needs 2"):
        embedding_drift(pinned.sums(vectors(1)), pinned.sums(vectors(2, rows=1)))


@pytest.mark.slow
def test_p_is_uniform_without_drift_and_the_interval_covers_with_it() -> None:
    """In 600 samples p falls below 0.05 in 3 to 7.5 %, and the interval covers 93 to 97 %."""
    pinned = fourier_features(vectors(1, rows=500), seed=3, features=64)
    rng = np.random.default_rng(10)

    def sums(rows: int, shift: float) -> object:
        return pinned.sums(rng.normal(shift, 1, (rows, 8)))

    true = embedding_drift(sums(400_000, 0), sums(400_000, 0.3)).squared.value
    low = inside = 0
    for _ in range(600):
        reference = sums(300, 0)
        low += embedding_drift(reference, sums(300, 0)).p < 0.05
        interval = embedding_drift(reference, sums(300, 0.3)).squared.interval
        inside += interval.lower <= true <= interval.upper
    assert 0.03 <= low / 600 <= 0.075
    assert 0.93 <= inside / 600 <= 0.97
