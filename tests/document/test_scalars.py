"""A plain scalar has one reading, or it is refused with the way to write it."""

import pytest

from tests.document.reading import problems_of, value_of


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("null", None),
        ("", None),
        ("true", True),
        ("false", False),
        ("0", 0),
        ("12", 12),
        ("-3", -3),
        ("9007199254740992", 2**53),
        ("0.0", 0.0),
        ("0.95", 0.95),
        ("1.10", 1.1),
        ("1e3", 1000.0),
        ("2.5E-7", 2.5e-7),
        ("2026-01-31", "2026-01-31"),
        ("2026-01-31T09:00:00Z", "2026-01-31T09:00:00Z"),
        ("3.1.0", "3.1.0"),
        ("8080:80", "8080:80"),
        ("12:30:99", "12:30:99"),
        ("1e", "1e"),
        ("sha256:00", "sha256:00"),
        ("'no'", "no"),
        ('"012"', "012"),
        ("'<<'", "<<"),
    ],
)
def test_plain_scalar_reads_as_json_would(text: str, value: object) -> None:
    """Row 36: null, true, false and JSON's numbers are values, a date is text, a quoted scalar is always text."""
    read = value_of(f"a: {text}\n".encode())["a"]
    assert (value, type(value)) == (read, type(read))


@pytest.mark.parametrize(
    "text",
    ["012", "08", "0x1F", "0o17", "0b11", "1_000", "12:30", "09:30", "12:30:45", "1:30.5", "+1", ".5", "1.", "007.5"],
)
def test_number_that_readers_disagree_on_is_refused(text: str) -> None:
    """Row 36: YAML 1.1 reads 012 as 10 and 12:30:45 as 45045; YAML 1.2 does not."""
    message = f"{text} is read as different numbers by different YAML readers"
    hint = f'quote it if it is text: "{text}"; else write a plain decimal number'
    assert [(1, 4, message, hint)] == problems_of(f"a: {text}\n".encode())


@pytest.mark.parametrize("text", ["NO", "no", "No", "yes", "on", "Off", "True", "FALSE"])
def test_word_that_is_a_truth_value_elsewhere_is_refused(text: str) -> None:
    """Row 36: the country code NO is False to YAML 1.1."""
    message = f"{text} is a word that some YAML readers take for true or false"
    hint = f'quote it if it is text: "{text}"; else write true or false'
    assert [(1, 4, message, hint)] == problems_of(f"a: {text}\n".encode())


@pytest.mark.parametrize("text", ["~", "Null", "NULL"])
def test_other_spelling_of_null_is_refused(text: str) -> None:
    """There is one null, so that nobody wonders whether `~` is a name."""
    message = f"{text} is a word that some YAML readers take for null"
    assert [(1, 4, message, f'quote it if it is text: "{text}"; else write null')] == problems_of(f"a: {text}".encode())


@pytest.mark.parametrize("text", [".nan", ".NaN", ".inf", "-.inf", "+.INF"])
def test_not_a_number_is_refused(text: str) -> None:
    """Row 37: `value >= .nan` is false and so is `not (.nan < value)`."""
    hint = f'write a finite number, or quote text: "{text}"'
    assert [(1, 4, f"{text} is not a finite number", hint)] == problems_of(f"a: {text}\n".encode())


@pytest.mark.parametrize("text", ["1e999", "-1e999"])
def test_float_that_overflows_is_refused(text: str) -> None:
    """Row 37: 1e999 is infinity as a 64-bit float."""
    hint = f'write a finite number, or quote text: "{text}"'
    assert [(1, 4, f"{text} is not finite as a 64-bit float", hint)] == problems_of(f"a: {text}\n".encode())


@pytest.mark.parametrize("text", ["-0.0", "-0e1", "1e-999"])
def test_zero_that_is_none_is_refused(text: str) -> None:
    """Row 37: a bound of 1e-999 would silently be 0, and -0.0 divides to minus infinity."""
    assert [(1, 4, f"{text} becomes a signed or rounded zero", "write 0.0")] == problems_of(f"a: {text}\n".encode())


def test_signed_integer_zero_is_refused() -> None:
    """Row 37: -0 and 0 are one integer with two digests."""
    assert [(1, 4, "-0 is a signed zero", "write 0")] == problems_of(b"a: -0\n")


@pytest.mark.parametrize("text", ["9007199254740993", "-9007199254740993", "1" * 5000])
def test_integer_beyond_two_to_the_53_is_refused(text: str) -> None:
    """Row 37: a reader with doubles loses its digits; 5,000 digits are refused without being converted."""
    cut = text if len(text) <= 40 else f"{'1' * 40}\u2026 (5000 characters)"
    message = f"the integer {cut} is beyond 2**53, where readers lose digits"
    assert [(1, 4, message, f'quote it if it is an identifier: "{cut}"')] == problems_of(f"a: {text}\n".encode())


def test_every_refused_scalar_of_a_file_is_told() -> None:
    """Each problem has its own line and column."""
    places = [place[:2] for place in problems_of(b"a: no\nb: [1, 012, .nan]\nc:\n  d: ~\n")]
    assert [(1, 4), (2, 8), (2, 13), (4, 6)] == places
