import pytest

from promoter.measure.statistics.resemblance import resemblance, sketch


def text(first: int, last: int) -> str:
    """Return the words w<first> to w<last>."""
    return " ".join(f"w{number}" for number in range(first, last + 1))


def test_runs_are_compared_without_case_and_punctuation() -> None:
    """Only the words count."""
    assert sketch("One two, three FOUR five!") == sketch("one two three four five")


@pytest.mark.parametrize(
    ("one", "other", "expected"), [((1, 10), (1, 10), 1.0), ((1, 10), (11, 20), 0.0), ((1, 10), (3, 12), 0.5)]
)
def test_short_texts_are_compared_exactly(one: tuple[int, int], other: tuple[int, int], expected: float) -> None:
    """Words 1 to 10 have runs 1 to 6, words 3 to 12 runs 3 to 8: four of eight in common."""
    assert expected == resemblance(sketch(text(*one)), sketch(text(*other)))


@pytest.mark.parametrize("words", ["", "one two three four"])
def test_text_without_a_run_cannot_be_compared(words: str) -> None:
    """Four words make no run of five."""
    assert sketch(words) == ()
    assert resemblance(sketch(words), sketch(text(1, 9))) is None


def test_long_texts_are_estimated_within_three_standard_errors() -> None:
    """2,996 of 5,996 runs are in common; the error of 256 of them is 0.031."""
    found = resemblance(sketch(text(1, 4500)), sketch(text(1501, 6000)))
    assert found == pytest.approx(2996 / 5996, abs=3 * 0.0313)


def test_sketch_is_bounded() -> None:
    """However long a text is, its record stays small."""
    assert 256 == len(sketch(text(1, 9000)))
