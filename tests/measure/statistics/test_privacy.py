"""Patterns of personal data: published examples, their near misses, and time on hostile text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promoter.measure.statistics.privacy import KINDS, has_luhn_digit, kinds_in, personal_data


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("write to ada.lovelace+x@example.co.uk now", "email"),
        ("call +44 20 7946 0958", "phone"),
        ("call (212) 555-0123", "phone"),
        ("pay to DE89 3704 0044 0532 0130 00 and wait", "iban"),
        ("GB82WEST12345698765432", "iban"),
        ("4111 1111 1111 1111 12/27", "credit_card"),
        ("card 378282246310005", "credit_card"),
        ("20 5555-5555-5555-4444", "credit_card"),
        ("\uff14\uff11\uff11\uff11 1111 1111 1111", "credit_card"),
        ("ssn 078-05-1120", "us_ssn"),
        ("from 192.0.2.17.", "ip_address"),
        ("XX12 GB82WEST12345698765432", "iban"),
        ("2234 4111 1111 1111 1111", "credit_card"),
        ("x" * 200_000 + " a@example.org", "email"),
        ("from 2001:db8::8a2e:370:7334", "ip_address"),
    ],
)
def test_personal_data_is_found(text: str, kind: str) -> None:
    """Examples of the standards and of the issuers' test numbers."""
    assert (kind,) == kinds_in(text)


@pytest.mark.parametrize(
    "text",
    [
        "user@localhost",
        "a@@b.com",
        "4111 1111 1111 1112",
        "0000000000000000",
        "DE89 3704 0044 0532 0130 01",
        "XX82WEST12345698765432",
        "666-12-3456",
        "900-12-3456",
        "123-00-4567",
        "300.1.1.1",
        "127.0.0.1",
        "12:30",
        "face",
        "2024-01-02",
        "order 1234567890",
        "0.123456789012345",
        "",
    ],
)
def test_what_only_looks_like_it_is_not(text: str) -> None:
    """Check digits, unassigned ranges, times, dates and floats."""
    assert () == kinds_in(text)


def test_findings_name_rows_and_never_values() -> None:
    """Two rows hold an address; the rows are counted from 0, a missing value holds nothing."""
    found = {finding.kind: finding for finding in personal_data(["a@example.org", None, "x", "b@example.org"])}
    assert {kind for kind, _, _ in KINDS} == set(found)
    assert (2, (0, 3)) == (found["email"].rows, found["email"].first_rows)
    assert "example" not in repr(found)


@given(st.integers(10**12, 10**18 - 1), st.integers(1, 9))
def test_luhn_sees_every_single_wrong_digit(number: int, change: int) -> None:
    """Exactly one of ten last digits fits, and changing it breaks the number."""
    fitting = [digit for digit in range(10) if has_luhn_digit(f"{number}{digit}")]
    assert len(fitting) == (0 if not fitting else 1)
    if fitting:
        assert not has_luhn_digit(f"{number}{(fitting[0] + change) % 10}")


@pytest.mark.parametrize(
    "text",
    [
        "a" * 100_000,
        "a." * 50_000,
        "a@" * 50_000,
        "1 " * 50_000,
        "+1" * 50_000,
        "DE89 " * 20_000,
        "1." * 50_000,
        ":" * 100_000,
        "4111 1111 1111 1112 " * 5_000,
        "a@" + "b." * 49_999,
    ],
)
def test_hostile_text_is_searched_in_linear_time(text: str) -> None:
    """A hundred thousand characters: a search that goes back over them would not end."""
    assert len(kinds_in(text)) <= 1
