"""SSH signatures of keys, security tokens and certificates: good ones of OpenSSH's own making, and forged ones."""

import base64
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promoter.git.signature import BadSignatureError, SignedCommit
from promoter.git.ssh_signature import ssh_signer
from promoter.git.wire import packed
from promoter.policy.credential import PLAIN_KINDS, TOKEN_KINDS
from promoter.policy.signers import parse_signers
from promoter.policy.trust import Trust, parse_revoked
from tests.support.ssh import PAYLOAD, VERIFIED, Token, armoured, certify, keygen_accepts, new_key, public_text, sign

NOW = datetime.now(UTC)
ADA = "ada@example.org"


def why_not(signed: SignedCommit, *lines: str, at: datetime = NOW, revoked: str = "") -> str | None:
    """Return why a signature does not count by lines of allowed signers."""
    trust = Trust(signers=parse_signers("\n".join(lines).encode()), revoked=parse_revoked(revoked.encode()))
    return trust.vouching_of(ssh_signer(signed), at).why_not


def bytes_of(signed: SignedCommit) -> bytes:
    """Return a signature out of its armour."""
    return base64.b64decode(b"".join(signed.signature.split(b"\n")[1:-2]))


def with_bytes(raw: bytes) -> SignedCommit:
    """Return the payload with these bytes for its signature."""
    text = base64.encodebytes(raw)
    return SignedCommit(PAYLOAD, b"-----BEGIN SSH SIGNATURE-----\n" + text + b"-----END SSH SIGNATURE-----\n")


@pytest.mark.parametrize("kind", ["ed25519", "ecdsa"])
def test_a_touched_token_signs_as_openssh_reads_it(tmp_path: Path, kind: str) -> None:
    """The same bytes are good for ssh-keygen, and for nobody over another payload."""
    token = Token.create(kind)
    signed = token.sign()
    line = f"{ADA} {token.public_text}"
    assert keygen_accepts(signed, line, tmp_path)
    assert why_not(signed, line) is None
    with pytest.raises(BadSignatureError, match="does not fit the commit"):
        ssh_signer(SignedCommit(PAYLOAD + b"\n", signed.signature))


@pytest.mark.parametrize("kind", ["ed25519", "ecdsa"])
def test_a_token_that_nobody_touched_is_refused(kind: str) -> None:
    """Software on the machine could have asked it, with nobody there."""
    with pytest.raises(BadSignatureError, match="a security token that nobody touched"):
        ssh_signer(Token.create(kind).sign(flags=0))


def test_flags_and_counter_are_signed_too() -> None:
    """A touch that is written in afterwards does not fit."""
    signed = Token.create("ed25519").sign(flags=0)
    raw = bytearray(bytes_of(signed))
    raw[-5] = 1
    with pytest.raises(BadSignatureError, match="does not fit"):
        ssh_signer(with_bytes(raw))


def test_a_signature_of_one_application_is_none_of_another() -> None:
    """The application is part of the key, and of what is signed."""
    token = Token.create("ed25519")
    other = Token(token.private, b"ssh:other")
    with pytest.raises(BadSignatureError, match="does not fit"):
        ssh_signer(token.sign(shown=other.public))


@pytest.fixture(scope="module")
def signed_variously(tmp_path_factory: pytest.TempPathFactory) -> tuple[SignedCommit, ...]:
    """Return good signatures: of tokens, and of one with a certificate."""
    folder, token = tmp_path_factory.mktemp("certified"), Token.create("ed25519")
    (folder / "token.pub").write_text(token.public_text)
    certificate = certify(new_key(folder / "ca"), folder / "token.pub", "-n", ADA)
    shown = base64.b64decode(public_text(certificate).split()[1])
    return *(Token.create(kind).sign() for kind in ("ed25519", "ecdsa")), token.sign(shown=shown)


@given(data=st.data())
def test_any_changed_byte_is_found(signed_variously: tuple[SignedCommit, ...], data: st.DataObject) -> None:
    """Of token, certificate or signature: no key comes out, nor does a crash; cut anywhere neither."""
    for signed in signed_variously:
        raw = bytearray(bytes_of(signed))
        place = data.draw(st.integers(0, 1 << 16)) % len(raw)
        cut = with_bytes(raw[:place])
        raw[place] ^= 1 << data.draw(st.integers(0, 7))
        for forged in (cut, with_bytes(raw)):
            with pytest.raises(BadSignatureError):
                ssh_signer(forged)


@given(
    kind=st.sampled_from([*sorted(PLAIN_KINDS), *TOKEN_KINDS, "ssh-ed25519-cert-v01@openssh.com", "ssh-dss", ""]),
    fields=st.lists(
        st.sampled_from([b"", b"ssh:", b"nistp256", b"\4" + bytes(64), bytes(32), b"\1" * 256]), max_size=8
    ),
    value=st.sampled_from([b"", bytes(64), packed(b"\1", b"\1"), bytes(256)]),
    rest=st.binary(max_size=9),
)
def test_a_key_of_any_parts_gives_no_crash(kind: str, fields: list[bytes], value: bytes, rest: bytes) -> None:
    """However well its parts are packed."""
    with pytest.raises(BadSignatureError):
        ssh_signer(armoured(PAYLOAD, packed(kind.encode(), *fields), packed(kind.encode(), value) + rest))


@pytest.mark.parametrize("kind", ["ed25519", "ecdsa", "rsa"])
def test_a_certificate_of_a_named_authority_counts(tmp_path: Path, kind: str) -> None:
    """As ssh-keygen finds it; the authority's key alone, or the holder's alone, is not enough."""
    authority, key = new_key(tmp_path / "ca", kind), new_key(tmp_path / "ada", kind)
    signed = sign(certify(authority, key.with_suffix(".pub"), "-n", ADA))
    ca = public_text(authority.with_suffix(".pub"))
    line = f"*@example.org cert-authority {ca}"
    assert keygen_accepts(signed, line, tmp_path)
    assert why_not(signed, line) is None
    unnamed = "is of a certificate of an authority that the rules of that time do not name"
    for other in (f"{ADA} {ca}", f"{ADA} {public_text(key.with_suffix('.pub'))}"):
        assert not keygen_accepts(signed, other, tmp_path)
        assert unnamed == why_not(signed, other)


@pytest.mark.parametrize("kind", ["ed25519", "ecdsa"])
def test_a_token_with_a_certificate_counts(tmp_path: Path, kind: str) -> None:
    """The authority certifies its public key."""
    token, authority = Token.create(kind), new_key(tmp_path / "ca")
    (tmp_path / "token.pub").write_text(token.public_text)
    certificate = certify(authority, tmp_path / "token.pub", "-n", ADA)
    signed = token.sign(shown=base64.b64decode(public_text(certificate).split()[1]))
    line = f"{ADA} cert-authority {public_text(authority.with_suffix('.pub'))}"
    assert keygen_accepts(signed, line, tmp_path)
    assert why_not(signed, line) is None


def test_a_certificate_may_ask_that_the_token_asks_who_is_there(tmp_path: Path) -> None:
    """A touch is not enough for `verify-required`, and a plain key never is."""
    token, authority, key = Token.create("ed25519"), new_key(tmp_path / "ca"), new_key(tmp_path / "ada")
    (tmp_path / "token.pub").write_text(token.public_text)
    options = ("-n", ADA, "-O", "verify-required")
    shown = base64.b64decode(public_text(certify(authority, tmp_path / "token.pub", *options)).split()[1])
    line = f"{ADA} cert-authority {public_text(authority.with_suffix('.pub'))}"
    assert why_not(token.sign(shown=shown, flags=1 | VERIFIED), line) is None
    with pytest.raises(BadSignatureError, match="without a PIN or a finger"):
        ssh_signer(token.sign(shown=shown))
    with pytest.raises(BadSignatureError, match="is of no security token"):
        ssh_signer(sign(certify(authority, key.with_suffix(".pub"), *options)))


def test_a_certificate_is_for_its_principals_alone(tmp_path: Path) -> None:
    """Those of the certificate that the authority's line lets it name; one without names is for nobody."""
    authority, key = new_key(tmp_path / "ca"), new_key(tmp_path / "ada")
    ca = public_text(authority.with_suffix(".pub"))
    signed = sign(certify(authority, key.with_suffix(".pub"), "-n", ADA))
    for principals in ("*@example.com", "*@example.org,!ada@*", "Ada@example.org"):
        assert not keygen_accepts(signed, f"{principals} cert-authority {ca}", tmp_path)
        expected = f"is of a certificate for {ADA}, and its authority may certify {principals} alone"
        assert expected == why_not(signed, f"{principals} cert-authority {ca}")
    nobody = sign(certify(authority, key.with_suffix(".pub")))
    assert not keygen_accepts(nobody, f"* cert-authority {ca}", tmp_path)
    assert "is of a certificate for nobody, and its authority may certify * alone" == why_not(
        nobody, f"* cert-authority {ca}"
    )


def test_a_certificate_counts_within_its_days(tmp_path: Path) -> None:
    """By the commit's place on the line: signed while it held it stays good, before and after it is not."""
    authority, key = new_key(tmp_path / "ca"), new_key(tmp_path / "ada")
    signed = sign(certify(authority, key.with_suffix(".pub"), "-n", ADA, "-V", "20260301Z:20260401Z"))
    line = f"{ADA} cert-authority {public_text(authority.with_suffix('.pub'))}"
    start, end = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC)
    expected = f"is of a certificate for {ADA} that was not valid then"
    for at, reason in (
        (start - timedelta(seconds=1), expected),
        (start, None),
        (end - timedelta(seconds=1), None),
        (end, expected),
    ):
        assert reason == why_not(signed, line, at=at)
        moment = f"-Overify-time={at:%Y%m%d%H%M%SZ}"
        assert keygen_accepts(signed, line, tmp_path, moment) is (reason is None)


def test_an_authoritys_own_days_count_too(tmp_path: Path) -> None:
    """A line with an end ends all of its certificates."""
    authority, key = new_key(tmp_path / "ca"), new_key(tmp_path / "ada")
    signed = sign(certify(authority, key.with_suffix(".pub"), "-n", ADA))
    ca = public_text(authority.with_suffix(".pub"))
    line = f'{ADA} cert-authority,valid-before="20200101Z" {ca}'
    assert not keygen_accepts(signed, line, tmp_path)
    assert f"is of a key of {ADA} that was not valid for commits then" == why_not(signed, line)


def test_a_revoked_key_or_authority_counts_no_more(tmp_path: Path) -> None:
    """One lost key is revoked without its authority; ssh-keygen reads the same file."""
    authority, key = new_key(tmp_path / "ca"), new_key(tmp_path / "ada")
    signed = sign(certify(authority, key.with_suffix(".pub"), "-n", ADA))
    ca, own = (public_text(path.with_suffix(".pub")) for path in (authority, key))
    line = f"{ADA} cert-authority {ca}"
    for revoked in (ca, own):
        (tmp_path / "revoked").write_text(f"{revoked} lost in a train\n")
        assert not keygen_accepts(signed, line, tmp_path, "-r", str(tmp_path / "revoked"))
        assert "is of a key that the rules of that time revoke" == why_not(signed, line, revoked=revoked)
    other = public_text(new_key(tmp_path / "eve").with_suffix(".pub"))
    (tmp_path / "revoked").write_text(f"{other}\n")
    assert keygen_accepts(signed, line, tmp_path, "-r", str(tmp_path / "revoked"))
    assert why_not(signed, line, revoked=other) is None
    assert "is of a key that the rules of that time revoke" == why_not(sign(key), f"{ADA} {own}", revoked=own)


def test_another_authority_does_not_count(tmp_path: Path) -> None:
    """Anybody can be one."""
    authority, eve, key = new_key(tmp_path / "ca"), new_key(tmp_path / "eve"), new_key(tmp_path / "ada")
    signed = sign(certify(eve, key.with_suffix(".pub"), "-n", ADA))
    line = f"{ADA} cert-authority {public_text(authority.with_suffix('.pub'))}"
    assert not keygen_accepts(signed, line, tmp_path)
    assert "is of a certificate of an authority that the rules of that time do not name" == why_not(signed, line)


def test_a_certificate_that_was_written_over_is_none(tmp_path: Path) -> None:
    """Another name, or another authority's key in place of the one that signed: its own signature does not fit."""
    authority, eve, token = new_key(tmp_path / "ca"), new_key(tmp_path / "eve"), Token.create("ed25519")
    (tmp_path / "token.pub").write_text(token.public_text)
    certificate = base64.b64decode(
        public_text(certify(eve, tmp_path / "token.pub", "-n", "eve@example.org")).split()[1]
    )
    named, made = (
        base64.b64decode(public_text(path.with_suffix(".pub")).split()[1])[-32:] for path in (authority, eve)
    )
    for forged in (certificate.replace(b"eve@example.org", b"ada@example.org"), certificate.replace(made, named)):
        assert forged != certificate
        with pytest.raises(BadSignatureError, match="does not fit the certificate"):
            ssh_signer(token.sign(shown=forged))


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (("-h", "-n", ADA), "is of a certificate for hosts"),
        (("-n", ADA, "-O", "force-command=ls"), "the option b'force-command', which no signature can meet"),
        (("-n", ADA, "-O", "source-address=10.0.0.0/8"), "the option b'source-address', which no signature can meet"),
    ],
)
def test_a_certificate_for_something_else_is_refused(tmp_path: Path, options: tuple[str, ...], expected: str) -> None:
    """What a login could meet, a signature cannot."""
    authority, token = new_key(tmp_path / "ca"), Token.create("ed25519")
    (tmp_path / "token.pub").write_text(token.public_text)
    certificate = certify(authority, tmp_path / "token.pub", *options)
    shown = base64.b64decode(public_text(certificate).split()[1])
    with pytest.raises(BadSignatureError) as caught:
        ssh_signer(token.sign(shown=shown))
    assert expected in str(caught.value)


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        (b"ssh-dss", "uses a key of type 'ssh-dss' that is not verified here"),
        (b"ssh-dss-cert-v01@openssh.com", "unknown type 'ssh-dss-cert-v01@openssh.com'"),
        (b"ssh-ed25519-cert-v01@openssh.com", "ends early"),
        (b"sk-ssh-ed25519@openssh.com", "ends early"),
    ],
)
def test_a_key_of_another_kind_or_half_of_one_is_refused(shown: bytes, expected: str) -> None:
    """With its name, and without a crash."""
    kind = len(shown).to_bytes(4, "big") + shown
    with pytest.raises(BadSignatureError, match=expected):
        ssh_signer(armoured(PAYLOAD, kind, kind + b"\0\0\0\0"))
