"""Numbers as words: three significant digits, the unit, percent only here."""
# ruff: noqa: RUF001 - numbers are shown with a true minus sign

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promoter.report.figures import count, counted, figure, gap, limit, share, span


def spaced(words: str) -> str:
    """Return words with ordinary spaces, as one types them."""
    return words.replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize(
    ("words", "value", "unit", "measure"),
    [
        ("84.2 %", 0.8421, "fraction", "recall"),
        ("100 %", 1.0, "fraction", "recall"),
        ("> 99.9 %", 0.99996, "fraction", "recall"),
        ("0.0300 %", 0.0003, "fraction", "recall"),
        ("0 %", 0.0, "fraction", "recall"),
        ("−1.20 pp", -0.012, "fraction", "accuracy_difference"),
        ("0.0821", 0.08214, "", "brier"),
        ("0.800", 0.8, "", "roc_auc"),
        ("172 days", 172.0, "day", "evidence_age"),
        ("1 day", 1.0, "day", "evidence_age"),
        ("12.3 ms", 12.345, "ms", "latency_p99"),
        ("123,000 USD", 123456.0, "USD", "mae"),
        ("52.4 MB", 52_428_800.0, "byte", "size"),
        ("1.23e-05", 0.0000123, "", "psi"),
        ("40 rows", 40.0, "rows", "duplicates"),
    ],
)
def test_a_value_has_three_digits_and_its_unit(words: str, value: float, unit: str, measure: str) -> None:
    """Trailing zeros stay, whole numbers below 100 stay whole."""
    assert words == spaced(figure(value, unit, measure))


@given(st.floats(min_value=-1e12, max_value=1e12))
def test_a_value_has_at_most_three_significant_digits(value: float) -> None:
    """Read back, the words are within half of the third digit."""
    words = figure(value, "").replace("−", "-").replace(",", "")
    assert math.isclose(float(words), value, rel_tol=0.0051, abs_tol=1e-300)


@given(st.floats(min_value=0, max_value=1, exclude_max=True))
def test_a_rate_below_one_never_reads_as_one_hundred_percent(rate: float) -> None:
    """Rounding must not turn almost all into all."""
    assert spaced(figure(rate, "fraction")) != "100 %"


def test_a_gain_carries_its_sign() -> None:
    """Differences say their direction."""
    assert "+0.0147" == spaced(figure(0.0147, "", is_signed=True))
    assert "−0.00810 to +0.0375" == spaced(span(-0.0081, 0.0375, "", is_signed=True))


def test_a_bound_is_written_as_in_the_policy() -> None:
    """Without trailing zeros, in percent for rates."""
    assert "≥ 75 %" == spaced(limit(">=", 0.75, "fraction"))
    assert "≤ −0.005" == spaced(limit("<=", -0.005, ""))
    assert "≤ 1,825 days" == spaced(limit("<=", 1825, "day"))
    assert "≥ 70.25 %" == spaced(limit(">=", 0.7025, "fraction"))


@pytest.mark.parametrize(
    ("words", "margin", "relative", "comparator", "unit"),
    [
        ("1.83 pp short (2.44 %)", -0.0183, -0.0244, ">=", "fraction"),
        ("21 days over (11.7 %)", -21.0, -0.11667, "<=", "day"),
        ("0.0197 inside", 0.0197, 3.94, ">=", ""),
        ("on the bound", 0.0, 0.0, ">=", ""),
        ("0.0100 inside", 0.01, None, "<=", ""),
    ],
)
def test_a_gap_says_its_side(words: str, margin: float, relative: float | None, comparator: str, unit: str) -> None:
    """Short of a lower bound, over an upper one, or inside; relative to the bound where that says something."""
    assert words == spaced(gap(margin, relative, comparator, unit))


def test_counts_are_whole() -> None:
    """The n of a number is never rounded."""
    assert "1,234,567" == count(1_234_567)
    assert "1 policy" == counted(1, "policy", "policies")
    assert "0 policies" == counted(0, "policy", "policies")
    assert "97.5 %" == spaced(share(0.975))


def test_no_line_ends_inside_of_a_number() -> None:
    """Number, unit and sign are joined by no-break spaces, the ends of an interval too."""
    for words in (figure(0.8421, "fraction"), limit(">=", 0.75, "fraction"), span(0.79, 0.881, "")):
        assert " " not in words
