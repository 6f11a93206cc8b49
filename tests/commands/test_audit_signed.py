"""Commits that the rules ask a signature of: signed by git itself, with keys made here, and forged in every way."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from promoter.errors import ServiceError
from promoter.git.openpgp import Keyring
from promoter.git.signature import BadSignatureError, signed_commit
from promoter.git.ssh_signature import ssh_signer
from promoter.policy.signers import SIGNERS_PATH, parse_signers
from promoter.policy.trust import OPENPGP_PATH, REVOKED_PATH
from tests.commands.recorded import Registry
from tests.commands.signed import REQUIRED, SETTINGS, Signing
from tests.support.gnupg import gnupg_home, gpg, make_key
from tests.support.registry import rule_files
from tests.support.repositories import RepositoryBuilder
from tests.support.ssh import certify, new_key, public_text


@pytest.fixture
def signing(tmp_path: Path) -> Signing:
    """Return the registry, whose rules ask for no signature yet."""
    return Signing.create(tmp_path)


@pytest.mark.parametrize("kind", ["ed25519", "ecdsa", "rsa"])
def test_a_commit_that_git_signed_with_a_named_key_is_good(signing: Signing, tmp_path: Path, kind: str) -> None:
    """So are the commit that began to ask, and the record, which is made again anyway."""
    signing = Signing(signing.registry, new_key(tmp_path / "other", kind))
    signing.require()
    signing.commit_with_ssh()
    signing.registry.run("record", "--commit")
    assert [] == signing.complaints()


def test_without_the_setting_nothing_is_asked(signing: Signing) -> None:
    """An unsigned history is as good as it was."""
    signing.commit("--no-gpg-sign")
    assert [] == signing.complaints()


def test_before_there_were_rules_nobody_asked_for_signatures(tmp_path: Path) -> None:
    """A registry may begin with a README: what came before its rules, and they themselves, need no signature."""
    builder = RepositoryBuilder.create(tmp_path / "registry")
    builder.commit({"README.md": "Models\n"})
    builder.commit(dict(rule_files()))
    signing = Signing(Registry(builder), new_key(tmp_path))
    assert [] == signing.complaints()
    signing.registry.check_out()
    signing.require()
    commit = signing.commit("--no-gpg-sign")
    assert [(commit, "it is not signed, and the rules of that time ask for it")] == signing.complaints()


def test_a_commit_without_a_signature_is_unverified(signing: Signing) -> None:
    """The rules of that time asked, whatever those of today say."""
    signing.require()
    commit = signing.commit("--no-gpg-sign")
    assert [(commit, "it is not signed, and the rules of that time ask for it")] == signing.complaints()
    assert [] == signing.complaints("--since", "main")
    signing.registry.commit({SETTINGS: rule_files()[SETTINGS]})
    assert commit in [name for name, _ in signing.complaints()]


def test_a_key_that_is_not_named_does_not_count(signing: Signing, tmp_path: Path) -> None:
    """Anybody can make one."""
    signing.require()
    commit = signing.commit_with_ssh(new_key(tmp_path / "eve"))
    assert [(commit, "its signature is of a key that the rules of that time do not name")] == signing.complaints()


def test_a_commit_signed_with_a_certificate_counts_until_its_key_is_revoked(signing: Signing, tmp_path: Path) -> None:
    """By git itself; what was signed before the revocation stays good, and the rules of the commit before decide."""
    authority, public = new_key(tmp_path / "ca").with_suffix(".pub"), signing.key.with_suffix(".pub")
    line = f"*@example.org cert-authority {public_text(authority)}\n"
    signing.registry.commit({SETTINGS: REQUIRED, SIGNERS_PATH: line})
    certificate = certify(authority.with_suffix(""), public, "-n", "ada@example.org", "-V", "20200101Z:20400101Z")
    signing.commit_with_ssh(certificate)
    assert [] == signing.complaints()
    revoking = signing.registry.commit({REVOKED_PATH: f"{public_text(public)} lost\n"})
    later = signing.commit("-c", "gpg.format=ssh", "-c", f"user.signingkey={certificate}", "-S", staging="1.0.0")
    assert [
        (revoking, "it is not signed, and the rules of that time ask for it"),
        (later, "its signature is of a key that the rules of that time revoke"),
    ] == signing.complaints()
    signing.registry.commit({REVOKED_PATH: "eve\n"})
    assert "revoked_signers:1: keys of the type eve are not verified here" in signing.registry.run("lint").output


@pytest.mark.parametrize("options", ['valid-before="20200101Z" ', 'namespaces="file" '])
def test_a_key_counts_when_and_for_what_it_is_named(signing: Signing, options: str) -> None:
    """By the place of the commit on the line, which no clock of its author can set back."""
    signing.require(options)
    signing.commit_with_ssh()
    ((_, message),) = signing.complaints()
    assert "ada@example.org that was not valid for commits then" in message


def test_a_signature_moved_to_another_commit_does_not_fit(signing: Signing) -> None:
    """The same signature over another message."""
    signing.require()
    signed = signing.raw(signing.commit_with_ssh())
    forged = str(signing.registry.builder.odb.write(1, signed.replace(b"\n\nmove", b"\n\nstay")))
    signing.registry.builder.git("update-ref", "refs/heads/main", forged)
    assert [(forged, "its signature does not fit the commit")] == signing.complaints()


@settings(max_examples=60)
@given(data=st.data())
def test_any_changed_byte_of_a_signed_commit_is_found(signed_by_ada: tuple[bytes, bytes], data: st.DataObject) -> None:
    """Payload or signature: the key that is named no longer comes out; nor does a crash."""
    raw, key = signed_by_ada
    position = data.draw(st.integers(0, len(raw) - 2))
    changed = raw[:position] + bytes([raw[position] ^ (1 << data.draw(st.integers(0, 7)))]) + raw[position + 1 :]
    try:
        signed = signed_commit(changed)
        assert signed is None or key != ssh_signer(signed).key or _same_signature(raw, changed)
    except BadSignatureError:
        pass


def _same_signature(raw: bytes, changed: bytes) -> bool:
    """Say whether only the blanks of the armour differ, which carry nothing."""
    was, now = signed_commit(raw), signed_commit(changed)
    return was is not None and now is not None and was.payload == now.payload


@pytest.fixture(scope="module")
def signed_by_ada(tmp_path_factory: pytest.TempPathFactory) -> tuple[bytes, bytes]:
    """Return a commit object that git signed, and the key's wire form."""
    folder = tmp_path_factory.mktemp("ada")
    registry = Registry.create(folder / "registry")
    signing = Signing(registry, new_key(folder))
    raw = signing.raw(signing.commit_with_ssh())
    (signer,) = parse_signers(f"ada {signing.public_key}\n".encode())
    signed = signed_commit(raw)
    assert signed is not None
    assert signer.key == ssh_signer(signed).key
    return raw, signer.key


def test_two_signatures_are_none(signed_by_ada: tuple[bytes, bytes]) -> None:
    """One reader would take the first, another the last."""
    raw, _ = signed_by_ada
    start, end = raw.index(b"gpgsig "), raw.index(b"\n\n")
    with pytest.raises(BadSignatureError, match="more than once"):
        signed_commit(raw[:end] + b"\n" + raw[start:end] + raw[end:])


def test_whoever_breaks_the_rules_gets_rid_of_no_signature(signing: Signing) -> None:
    """Those before the break stand in, also where the audit begins after it."""
    signing.require()
    signing.registry.commit({SETTINGS: "schema: ["})
    commit = signing.commit("--no-gpg-sign")
    told = "it is not signed, and the rules of that time ask for it"
    assert (commit, told) in signing.complaints()
    assert [(commit, told)] == signing.complaints("--since", f"{commit}~1")


def test_signatures_that_nobody_may_give_are_refused_with_the_rules(signing: Signing) -> None:
    """Asked for, and no key is named: the audit names who broke the rules, and those before them stand in."""
    bad = signing.registry.commit({SETTINGS: REQUIRED})
    signing.commit("--no-gpg-sign")
    ((commit, message),) = signing.complaints()
    assert (bad, True) == (commit, "broken past the gate" in message)
    assert "no key is named" in signing.registry.run("lint").output


@pytest.fixture
def gnupg() -> Iterator[Path]:
    """Yield a home of GnuPG's with Maria's key."""
    with gnupg_home() as home:
        make_key(home, "Maria <maria@example.org>")
        yield home


def test_openpgp_signatures_count_by_the_keys_that_are_named(signing: Signing, gnupg: Path) -> None:
    """As GitHub signs what is merged on its pages; with another key, or none named, they do not."""
    signing.registry.commit({SETTINGS: REQUIRED, OPENPGP_PATH: gpg(gnupg, "--armor", "--export", "maria@example.org")})
    signing.commit("-c", "user.signingkey=maria@example.org", "-S", environment={"GNUPGHOME": str(gnupg)})
    assert [] == signing.complaints()
    raw = signing.raw("main")
    forged = str(signing.registry.builder.odb.write(1, raw.replace(b"\n\nmove", b"\n\nstay")))
    signing.registry.builder.git("update-ref", "refs/heads/main", forged)
    assert [(forged, "its signature does not fit the commit")] == signing.complaints()


def test_without_gpg_an_openpgp_signature_gives_no_verdict(monkeypatch: pytest.MonkeyPatch) -> None:
    """Unknown is not good: exit 3, and what to install."""
    monkeypatch.setenv("PATH", "")
    with pytest.raises(ServiceError, match="gpg is not installed"):
        Keyring.open(b"")


def test_a_file_without_an_openpgp_key_gives_no_verdict() -> None:
    """It says how to write one."""
    with pytest.raises(ServiceError, match="reads no public key"):
        Keyring.open(b"no key")
