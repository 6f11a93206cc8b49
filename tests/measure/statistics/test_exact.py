"""Exact sums against math.fsum, in any order."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from promoter.errors import Undecidable
from promoter.measure.statistics.exact import exact_mean, exact_sum

FINITE = st.floats(allow_nan=False, allow_infinity=False, min_value=-1e300, max_value=1e300)
MANY_ZEROS = [0.0] * 100
"""They add nothing, and make of few numbers so many that they are split."""


@given(st.lists(FINITE, max_size=60))
def test_the_sum_is_correctly_rounded(values: list[float]) -> None:
    """Equal to math.fsum in every bit, subnormals and cancellation included; with zeros beside, so many are split."""
    assert math.fsum(values) == exact_sum(values)
    assert math.fsum(values) == exact_sum([*values, *MANY_ZEROS])


def test_the_order_of_rows_does_not_matter() -> None:
    """A million values over 40 decades sum to the same bits forwards, backwards and shuffled, chunks and all."""
    generator = np.random.default_rng(0)
    values = generator.normal(size=1_000_000) * 10.0 ** generator.integers(-20, 20, 1_000_000)
    assert {math.fsum(values.tolist())} == {
        exact_sum(values),
        exact_sum(values[::-1]),
        exact_sum(generator.permutation(values)),
    }


def test_what_overflows_on_the_way_may_still_have_a_sum() -> None:
    """1e308 + 1e308 - 1e308 is 1e308, among few numbers and among many."""
    assert exact_sum([1e308, 1e308, -1e308]) == 1e308
    assert exact_sum([1e308, 1e308, -1e308, *MANY_ZEROS]) == 1e308


@pytest.mark.parametrize("values", [[1.0, math.nan], [math.inf], [1e308, 1e308]])
def test_a_sum_that_does_not_exist_is_undecidable(values: list[float]) -> None:
    """NaN, infinities and overflow have no sum."""
    for numbers in (values, [*values, *MANY_ZEROS]):
        with pytest.raises(Undecidable):
            exact_sum(numbers)


def test_nothing_sums_to_zero_but_has_no_mean() -> None:
    """The empty sum is 0; the empty mean does not exist."""
    assert exact_sum([]) == 0.0
    with pytest.raises(Undecidable, match="no rows"):
        exact_mean([])
