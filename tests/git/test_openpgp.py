"""OpenPGP signatures: many in one process, and each answer that of a process of its own at its own moment."""

import base64
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from promoter.git.openpgp import Claim, Keyring
from promoter.git.openpgp_message import inline_message
from promoter.git.signature import SignedCommit
from tests.support.gnupg import counting_gpg, gnupg_home, gpg, make_key, sign_with

MARIA, SHORT, EVE = "maria@example.org", "short@example.org", "eve@example.org"
DAY = datetime(2026, 3, 10, tzinfo=UTC)
MISFIT, EXPIRED = "does not fit the commit", "was made with a key that had expired"


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    """Yield a home with Maria's key, one that expires on March 20, and Eve's, which nobody names."""
    with gnupg_home() as home:
        make_key(home, MARIA, at="20260301T000000")
        make_key(home, SHORT, expires="2026-03-20", at="20260301T000000")
        make_key(home, EVE, at="20260301T000000")
        yield home


@pytest.fixture
def ring(home: Path) -> Iterator[Keyring]:
    """Yield a keyring of Maria's key and the short-lived one."""
    with Keyring.open(gpg(home, "--armor", "--export", MARIA, SHORT)) as ring:
        yield ring


def claim(home: Path, who: str = MARIA, *, number: int = 0, days: float = 0, made: float | None = None) -> Claim:
    """Return a commit that is dated so many days after March 10, signed at that moment or at another."""
    moment = DAY + timedelta(days=days if made is None else made)
    signed = sign_with(home, who, b"tree %d\n\nmove\r\n" % number, at=f"{moment:%Y%m%dT%H%M%S}")
    return Claim(signed, DAY + timedelta(days=days))


def moved(claim: Claim) -> Claim:
    """Return a claim with its signature on another commit."""
    return Claim(SignedCommit(claim.signed.payload + b"\n", claim.signed.signature), claim.at)


def test_good_signatures_go_to_one_process(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many and of whatever days; the other process imports the keys."""
    claims = [claim(home, number=number, days=number % 7) for number in range(20)]
    keys = gpg(home, "--armor", "--export", MARIA)
    path, calls = counting_gpg(tmp_path)
    monkeypatch.setenv("PATH", path)
    with Keyring.open(keys) as ring:
        assert [None] * 20 == why_not(ring, claims)
    assert 2 == len(calls.read_text().splitlines())


def why_not(ring: Keyring, claims: list[Claim]) -> list[str | None]:
    """Return why each is not good; of what is, whose it is is said."""
    vouchings = ring.vouchings_of(claims)
    assert all((found.by is None) != (found.why_not is None) for found in vouchings)
    return [found.why_not for found in vouchings]


def test_each_answer_among_many_is_that_of_a_process_of_its_own(home: Path, ring: Keyring) -> None:
    """Forged, of the future, of an unknown key, of a key that expires midway, and no signature at all."""
    good = [claim(home, number=number, days=number) for number in range(4)]
    ends = DAY + timedelta(days=10)
    claims = [
        *good,
        moved(good[0]),
        claim(home, SHORT, days=5),
        claim(home, SHORT, days=15, made=5),
        claim(home, EVE, days=6),
        claim(home, days=7, made=9),
        Claim(SignedCommit(b"tree", b"-----BEGIN PGP SIGNATURE-----\n\nnothing"), ends),
    ]
    expected = [
        *[None] * 4,
        MISFIT,
        None,
        EXPIRED,
        "was made with a key that is not among those of policies/trust/openpgp.asc",
        "is not good",
        "is not good",
    ]
    assert expected == why_not(ring, claims)
    assert expected == [why_not(ring, [claim])[0] for claim in claims]
    assert [] == why_not(ring, [])


def test_a_key_that_expires_midway_costs_few_processes_more(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it signed while it held is good, though at the last commit's moment it is not."""
    claims = [claim(home, SHORT, number=number, days=number / 8) for number in range(32)]
    claims.append(claim(home, days=30))
    keys = gpg(home, "--armor", "--export", MARIA, SHORT)
    path, calls = counting_gpg(tmp_path)
    monkeypatch.setenv("PATH", path)
    with Keyring.open(keys) as ring:
        assert [None] * 33 == why_not(ring, claims)
    assert 4 == len(calls.read_text().splitlines())


def test_a_signed_message_in_the_place_of_a_signature_is_not_taken_for_one(home: Path, ring: Keyring) -> None:
    """It would be good for what it brings along, and stand on any commit."""
    inside = claim(home).signed
    whole = inline_message(inside)
    assert whole is not None
    text = base64.encodebytes(whole)
    armour = b"-----BEGIN PGP SIGNATURE-----\n\n" + text + b"-----END PGP SIGNATURE-----\n"
    forged = SignedCommit(b"tree of eve\n", armour)
    assert inline_message(forged) is None
    assert ["is not good", "is not good", None] == why_not(
        ring, [Claim(forged, DAY), Claim(SignedCommit(inside.payload, armour), DAY), Claim(inside, DAY)]
    )


def test_two_signatures_in_one_are_not_good(home: Path, ring: Keyring) -> None:
    """Though the first is: git takes them for none either."""
    first, second = (claim(home, number=number).signed for number in range(2))
    packets = [
        base64.b64decode(b"".join(each.signature.split(b"\n\n")[1].split(b"\n")[:-3])) for each in (first, second)
    ]
    armour = (
        b"-----BEGIN PGP SIGNATURE-----\n\n" + base64.encodebytes(b"".join(packets)) + b"-----END PGP SIGNATURE-----\n"
    )
    both = Claim(SignedCommit(first.payload, armour), DAY)
    assert inline_message(both.signed) is None
    assert [None, MISFIT] == why_not(ring, [Claim(first, DAY), both])


@pytest.mark.parametrize("header", ["c2ff0000000a", "c20a", "880a", "89000a", "8a0000000a"])
def test_a_packet_is_read_by_each_form_of_its_length(header: str) -> None:
    """New forms of one and five bytes, old ones of one, two and four."""
    raw = bytes.fromhex(header) + bytes(10)
    text = b"-----BEGIN PGP SIGNATURE-----\n\n" + base64.b64encode(raw) + b"\n-----END PGP SIGNATURE-----\n"
    message = inline_message(SignedCommit(b"tree", text))
    assert message is not None
    assert message.startswith(raw)


@pytest.mark.parametrize("header", ["8b", "c2e1", "cb0a", "ac0a", "020a", "880b", "8809", ""])
def test_what_is_not_one_signature_of_a_known_length_is_no_message(header: str) -> None:
    """Lengths that are told later or by the end, other packets, bytes too few or too many."""
    raw = bytes.fromhex(header) + bytes(10)
    text = b"-----BEGIN PGP SIGNATURE-----\n\n" + base64.b64encode(raw) + b"\n-----END PGP SIGNATURE-----\n"
    assert inline_message(SignedCommit(b"tree", text)) is None
