"""Commits of our own that cannot be signed: said where, what and what next, and no branch moves."""

import subprocess
from pathlib import Path

import pytest

from promoter.errors import PromoterError, ProposalError, ServiceError
from tests.support.gnupg import gnupg_home
from tests.support.signing import Place, script


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """Return a repository with a commit on main."""
    return Place.create(tmp_path)


def refused(place: Place, error: type[PromoterError]) -> str:
    """Return what is told of a commit that is not made; no branch moved."""
    before = place.builder.git("for-each-ref")
    with pytest.raises(error) as caught:
        place.commit("another\n")
    assert before == place.builder.git("for-each-ref")
    return str(caught.value)


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({"gpg_format": "x509"}, "git config gpg.format: commits are not signed with X.509 here; use openpgp or ssh"),
        ({"gpg_format": "pgp"}, "git config gpg.format: git knows no format 'pgp'; write openpgp or ssh"),
        ({"commit_gpgsign": "maybe"}, "git config commit.gpgsign: its value is neither true nor false; write one"),
        (
            {"gpg_format": "ssh"},
            "git config user.signingkey: commits are to be signed with an SSH key, and none is named",
        ),
        (
            {"gpg_format": "ssh", "gpg_ssh_defaultKeyCommand": "echo no key"},
            "git config gpg.ssh.defaultKeyCommand: its first line is no key: no key; let it print ssh-ed25519",
        ),
        ({"gpg_format": "ssh", "gpg_ssh_defaultKeyCommand": "echo 'a"}, "it is no command: No closing quotation"),
    ],
)
def test_a_configuration_that_cannot_be_used_is_named(place: Place, settings: dict[str, str], expected: str) -> None:
    """With its name, before a branch moves."""
    place.configure(**{"commit_gpgsign": "true", **settings})
    assert expected in refused(place, ProposalError)


def test_a_name_without_a_value_is_refused(place: Place) -> None:
    """As git refuses it."""
    place.configure(commit_gpgsign="true", gpg_format="ssh")
    with (place.builder.path / ".git" / "config").open("a") as file:
        file.write("[user]\n\tsigningkey\n")
    assert "git config user.signingkey: it has no value; write one" in refused(place, ProposalError)


def test_a_key_that_is_not_there_is_named(place: Place) -> None:
    """In ssh-keygen's words."""
    place.commit()
    place.sign_with_ssh("/nowhere/key")
    told = refused(place, ServiceError)
    assert "ssh-keygen: the commit is not signed: " in told
    assert "/nowhere/key: No such file or directory; no branch was moved: mend it and run this again" in told


def test_a_key_that_gpg_does_not_hold_is_named(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """In gpg's words, without its status lines."""
    place.configure(commit_gpgsign="true", user_signingkey="eve@example.org")
    with gnupg_home() as home:
        monkeypatch.setenv("GNUPGHOME", str(home))
        told = refused(place, ServiceError)
    assert told.startswith("gpg: the commit is not signed: ")
    assert 'gpg: skipped "eve@example.org": No secret key; gpg: signing failed: No secret key; no branch was' in told
    assert "[GNUPG:]" not in told


@pytest.mark.parametrize("form", ["ssh", "openpgp"])
def test_a_program_that_is_not_there_is_named(place: Place, form: str) -> None:
    """With what to do."""
    name = {"ssh": "gpg_ssh_program", "openpgp": "gpg_program"}[form]
    place.configure(commit_gpgsign="true", gpg_format=form, user_signingkey="k", **{name: "/nowhere/signer"})
    told = refused(place, ServiceError)
    assert (
        "/nowhere/signer: it cannot be run to sign the commit: No such file or directory; no branch was moved" in told
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("exit 0", "the commit is not signed: it ended with 0 and says nothing"),
        ("echo out of batteries >&2; exit 3", "the commit is not signed: out of batteries"),
        ('for file; do :; done; cp "{other}" "$file.sig"', "its signature does not fit the commit; sign with another"),
        ('for file; do :; done; echo x > "$file.sig"', "its signature is neither an SSH nor an OpenPGP signature"),
    ],
)
def test_a_program_that_signs_nothing_or_something_else_is_found_out(
    place: Place, tmp_path: Path, text: str, expected: str
) -> None:
    """Before the commit is made: nobody is to push what an audit refuses."""
    (tmp_path / "text").write_text("another")
    command = ["ssh-keygen", "-q", "-Y", "sign", "-n", "git", "-f", str(place.key), str(tmp_path / "text")]
    subprocess.run(command, check=True)
    program = script(tmp_path / "signer", text.replace("{other}", str(tmp_path / "text.sig")))
    place.sign_with_ssh(str(place.key))
    place.configure(gpg_ssh_program=program)
    assert f"{program}: {expected}" in refused(place, ServiceError)
