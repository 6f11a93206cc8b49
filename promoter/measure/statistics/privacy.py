"""Patterns of personal data in text columns: counts and row numbers, never a matched value.

Numbers with a check digit are checked, so that order numbers do not count as cards. A pattern is evidence of
personal data, and its absence is evidence of nothing: names and addresses have no pattern. Full-width and other
compatibility digits are folded first (Unicode NFKC), so that they hide nothing.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from ipaddress import ip_address

FIRST_ROWS = 5
"""Row numbers that a finding shows."""

_IBAN_COUNTRIES = {
    15: ("NO",),
    16: ("BE",),
    18: ("DK", "FI", "FO", "GL", "NL"),
    19: ("MK", "SI"),
    20: ("AT", "BA", "EE", "KZ", "LT", "LU", "XK"),
    21: ("CH", "HR", "LI", "LV"),
    22: ("BG", "BH", "CR", "DE", "GB", "GE", "IE", "ME", "RS", "VA"),
    23: ("AE", "GI", "IL", "IQ", "TL"),
    24: ("AD", "CZ", "ES", "MD", "PK", "RO", "SA", "SE", "SK", "TN", "VG"),
    25: ("PT", "ST"),
    26: ("IS", "TR"),
    27: ("FR", "GR", "IT", "MC", "MR", "SM"),
    28: ("AL", "AZ", "BY", "CY", "DO", "GT", "HU", "LB", "PL", "SV"),
    29: ("BR", "EG", "PS", "QA", "UA"),
    30: ("JO", "KW", "MU"),
    31: ("MT", "SC"),
    32: ("LC",),
}
IBAN_LENGTHS = {country: length for length, countries in _IBAN_COUNTRIES.items() for country in countries}
"""Characters of a country's IBAN, by its two letters. Source: the IBAN registry (SWIFT, ISO 13616)."""


@dataclass(frozen=True, slots=True)
class PersonalData:
    """Rows in which a kind of personal data was found, and the first row numbers, counted from 0."""

    kind: str
    rows: int
    first_rows: tuple[int, ...]


def personal_data(texts: Iterable[str | None]) -> tuple[PersonalData, ...]:
    """Return, for every kind in the order of KINDS, the rows that hold it; a missing value holds nothing."""
    rows: dict[str, list[int]] = {kind: [] for kind, _, _ in KINDS}
    for position, text in enumerate(texts):
        for kind in kinds_in(text or ""):
            rows[kind].append(position)
    return tuple(PersonalData(kind, len(found), tuple(found[:FIRST_ROWS])) for kind, found in rows.items())


def kinds_in(text: str) -> tuple[str, ...]:
    """Return the kinds of personal data in one text."""
    folded = text if text.isascii() else unicodedata.normalize("NFKC", text)
    return tuple(
        kind for kind, pattern, is_real in KINDS if any(is_real(match["value"]) for match in pattern.finditer(folded))
    )


def has_luhn_digit(digits: str) -> bool:
    """Say whether 13 to 19 digits, other than all the same, end in their Luhn check digit (ISO/IEC 7812-1, annex B)."""
    if not 13 <= len(digits) <= 19 or len(set(digits)) == 1:
        return False
    numbers = [int(digit) for digit in digits]
    doubled = [2 * number - 9 * (number > 4) for number in numbers[-2::-2]]
    return (sum(numbers[-1::-2]) + sum(doubled)) % 10 == 0


def has_iban_check(plain: str) -> bool:
    """Say whether an IBAN without spaces, first four characters last, is 1 modulo 97 (ISO 13616-1; ISO/IEC 7064)."""
    return int("".join(str(int(character, 36)) for character in plain[4:] + plain[:4])) % 97 == 1


def _is_card(text: str) -> bool:
    return has_luhn_digit(re.sub("[ -]", "", text))


def _begins_with_iban(text: str) -> bool:
    """Say whether the text begins with an IBAN of its country's length; words may follow it."""
    plain = text.replace(" ", "").upper()
    length = IBAN_LENGTHS.get(plain[:2])
    return length is not None and len(plain) >= length and has_iban_check(plain[:length])


def _is_assigned_ssn(text: str) -> bool:
    area, group, serial = re.split("[- ]", text)
    return area not in {"000", "666"} and area < "900" and group != "00" and serial != "0000"


def _is_ip(text: str) -> bool:
    try:
        address = ip_address(text)
    except ValueError:
        return False
    return not (address.is_unspecified or address.is_loopback)


def _is_phone(text: str) -> bool:
    return 8 <= sum(character.isdigit() for character in text) <= 15


def _is_email(text: str) -> bool:
    return ".." not in text


def _from_a_boundary(value: str, *, not_after: str = r"\w") -> re.Pattern[str]:
    """Return a pattern that tries every boundary, also inside of an earlier match, so that no decoy in front hides one.

    Values have bounded length, which keeps the search linear.
    """
    return re.compile(rf"(?<![{not_after}])(?=(?P<value>{value}))", re.ASCII)


KINDS: tuple[tuple[str, re.Pattern[str], Callable[[str], bool]], ...] = (
    (
        "email",
        _from_a_boundary(r"[\w.%+-]{1,64}+@(?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z]{2,24}(?![\w-])", not_after=r"\w.%+-"),
        _is_email,
    ),
    (
        "phone",
        _from_a_boundary(
            r"(?:\+[1-9](?:[ ().-]{0,2}[0-9]){7,14}|\(?[2-9][0-9]{2}\)?[ .-][2-9][0-9]{2}[ .-][0-9]{4})(?![\w-])",
            not_after=r"\w+.-",
        ),
        _is_phone,
    ),
    ("iban", _from_a_boundary(r"[A-Za-z]{2}[0-9]{2}(?: ?[A-Za-z0-9]){11,30}(?!\w)"), _begins_with_iban),
    (
        "credit_card",
        _from_a_boundary(
            r"(?:[2-6][0-9]{12,18}|[2-6][0-9]{3}(?P<gap>[ -])[0-9]{4}(?P=gap)[0-9]{4}(?P=gap)[0-9]{4}"
            r"|3[0-9]{3}(?P<space>[ -])[0-9]{6}(?P=space)[0-9]{5})(?!\w)",
            not_after=r"\w.",
        ),
        _is_card,
    ),
    ("us_ssn", _from_a_boundary(r"[0-9]{3}[- ][0-9]{2}[- ][0-9]{4}(?![\w-])", not_after=r"\w-"), _is_assigned_ssn),
    (
        "ip_address",
        _from_a_boundary(r"(?:[0-9]{1,3}(?:\.[0-9]{1,3}){3}|[0-9A-Fa-f:]{2,39})(?![\w:]|\.[0-9])", not_after=r"\w.:"),
        _is_ip,
    ),
)
"""Kind, pattern, and the check that a match must pass."""
