"""Overlap and repetition of ids, and k-anonymity."""

import math

import numpy as np
import pytest

from promoter.errors import Undecidable
from promoter.measure.statistics.anonymity import Anonymity, k_anonymity
from promoter.measure.statistics.leakage import duplicate_ids, id_overlap


@pytest.mark.parametrize(
    "training", [[1, 2, 3], [1.0, 2.0, 3.0], ["1", " 2 ", "3.0"], np.array([1, 2, 3], dtype=object)]
)
def test_ids_overlap_however_they_are_written(training: list[object]) -> None:
    """Int, float and text of the same id are one id."""
    overlap = id_overlap(training, ["2", "3", "4", "4"])
    assert (2, ("2", "3")) == (overlap.shared, overlap.examples)
    assert 2 / 3 == pytest.approx(overlap.share.value)
    assert 3 == overlap.share.n


def test_leading_zeros_and_case_are_part_of_an_id() -> None:
    """What differs as text may differ in the store."""
    assert 0 == id_overlap(["007", "a", "1.5"], [7, "A", "1"]).shared


def test_examples_are_few_and_in_order() -> None:
    """Five of a hundred."""
    assert ("0", "1", "10", "11", "12") == id_overlap(range(100), range(100)).examples


def test_repeated_ids_count_the_rows_beyond_the_first() -> None:
    """Ids a, a, a, b, b, c hold 3 surplus rows of 6."""
    duplicates = duplicate_ids(["a", "b", "a", "a", "b", "c"])
    assert (3, (("a", 3), ("b", 2))) == (duplicates.surplus, duplicates.examples)
    assert 0.5 == duplicates.share.value


@pytest.mark.parametrize("ids", [[], [1.0, math.nan], ["a", None], ["a", " "], [math.inf]])
def test_missing_ids_are_undecidable(ids: list[object]) -> None:
    """A row without an id can be in both sets unseen."""
    with pytest.raises(Undecidable):
        id_overlap(ids, ["a"])
    with pytest.raises(Undecidable):
        duplicate_ids(ids)


def test_the_smallest_group_is_the_k_of_a_table() -> None:
    """Groups of 5, 2, 9 and 1 rows; an empty combination is none."""
    assert Anonymity(smallest=1, groups=4, groups_below=2, rows_below=3, n=17) == k_anonymity([5, 2, 0, 9, 1], k=5)


def test_a_table_without_rows_has_no_anonymity() -> None:
    """Neither infinitely anonymous nor not at all."""
    with pytest.raises(Undecidable, match="without rows"):
        k_anonymity([], k=5)
