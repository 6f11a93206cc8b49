"""Commits of our own, signed as git's configuration says, and read by git itself."""

import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pygit2
import pytest
from pygit2.enums import ConfigLevel

from promoter.errors import PromoterError, ProposalError, ServiceError
from promoter.git.commit import Person
from promoter.git.writing import Stamp, Writer
from tests.support.gnupg import gnupg_home, gpg, make_key
from tests.support.repositories import RepositoryBuilder
from tests.support.ssh import certify, new_key, public_text

ADA = Person("Ada Łovelace", "ada@example.org")


@dataclass(frozen=True, slots=True)
class Place:
    """A repository that may sign, and Ada's SSH key."""

    builder: RepositoryBuilder
    key: Path

    @property
    def public(self) -> str:
        """Type and base64 of the key."""
        return public_text(self.key.with_suffix(".pub"))

    def configure(self, **values: str) -> None:
        """Set values of git's configuration: gpg_format is gpg.format."""
        for name, value in values.items():
            self.builder.git("config", name.replace("_", "."), value)

    def sign_with_ssh(self, key: str) -> None:
        """Ask for SSH signatures."""
        self.configure(commit_gpgsign="true", gpg_format="ssh", user_signingkey=key)

    def commit(self, message: str = "Verschöb\n\nReason: größer\n", *, minute: int = 0) -> str:
        """Commit a file on a branch of its own with the writer."""
        at = datetime(2026, 3, 1, 9, minute, tzinfo=UTC)
        stamp = Stamp(author=ADA, at=at, message=message)
        return Writer.open(self.builder.path).commit_files("side", {"a.txt": b"a"}, stamp, onto=self.tip("main"))

    def tip(self, branch: str) -> str | None:
        """Return where a branch points."""
        return Writer.open(self.builder.path).tip(branch)

    def shown(self, commit: str, *, line: str | None = None) -> str:
        """Return what git says of a commit's signature, by Ada's line of allowed signers."""
        file = self.builder.path / ".git" / "allowed"
        file.write_text(f"{line or f'{ADA.email} {self.public}'}\n")
        command = ["git", "-C", str(self.builder.path), "-c", f"gpg.ssh.allowedSignersFile={file}"]
        done = subprocess.run([*command, "verify-commit", commit], check=False, capture_output=True, text=True)
        shown = subprocess.run(
            [*command, "log", "-1", "--format=%G?", commit], capture_output=True, check=True, text=True
        )
        return f"{shown.stdout.strip()} {done.returncode} {done.stderr}"


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """Return a repository with a commit on main."""
    builder = RepositoryBuilder.create(tmp_path / "registry")
    builder.commit({"b.txt": "b"})
    return Place(builder, new_key(tmp_path / "home" / "keys"))


@pytest.fixture
def agent(place: Place, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Run an agent of OpenSSH's that holds Ada's key; the key's own file is gone."""
    socket = place.builder.path / ".git" / "agent"
    process = subprocess.Popen(["ssh-agent", "-D", "-a", str(socket)], stdout=subprocess.PIPE)
    try:
        assert process.stdout is not None
        process.stdout.readline()
        monkeypatch.setenv("SSH_AUTH_SOCK", str(socket))
        subprocess.run(["ssh-add", "-q", str(place.key)], check=True)
        place.key.unlink()
        yield
    finally:
        process.terminate()
        process.communicate()


@pytest.fixture
def gnupg(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Yield GnuPG's home, which holds a key of Ada's and one of Maria's."""
    with gnupg_home() as home:
        for who in ("Ada <ada@example.org>", "Maria <maria@example.org>"):
            make_key(home, who)
        monkeypatch.setenv("GNUPGHOME", str(home))
        yield home


def test_nothing_is_signed_without_the_setting(place: Place) -> None:
    """A key alone asks for nothing, as with git."""
    place.configure(gpg_format="x509", user_signingkey=str(place.key))
    assert "gpgsig" not in place.builder.git("cat-file", "commit", place.commit())


@pytest.mark.parametrize("kind", ["ed25519", "ecdsa", "rsa"])
def test_an_ssh_key_signs_as_git_reads_it(place: Place, tmp_path: Path, kind: str) -> None:
    """Words beyond ASCII included."""
    place = Place(place.builder, new_key(tmp_path / "more", kind))
    place.sign_with_ssh(str(place.key))
    assert place.shown(place.commit()).startswith(f'G 0 Good "git" signature for {ADA.email} with')


@pytest.mark.parametrize("written", ["~/keys/id_ed25519", "~/keys/id_ed25519.pub", "../home/keys/id_ed25519"])
def test_a_key_is_found_as_git_finds_it(place: Place, monkeypatch: pytest.MonkeyPatch, written: str) -> None:
    """From home, by its public half, or from the top of the working tree."""
    monkeypatch.setenv("HOME", str(place.key.parent.parent))
    place.sign_with_ssh(written)
    assert place.shown(place.commit()).startswith("G 0")


@pytest.mark.usefixtures("agent")
@pytest.mark.parametrize("prefix", ["key::", ""])
def test_a_key_that_is_written_out_is_asked_of_the_agent(place: Place, prefix: str) -> None:
    """The private half lies in no file."""
    place.sign_with_ssh(prefix + place.public)
    assert place.shown(place.commit()).startswith("G 0")


@pytest.mark.usefixtures("agent")
def test_the_default_key_is_the_first_that_the_command_prints(place: Place) -> None:
    """Where no key is named."""
    place.configure(commit_gpgsign="1", gpg_format="ssh", gpg_ssh_defaultKeyCommand="ssh-add -L")
    assert place.shown(place.commit()).startswith("G 0")


def test_a_certificate_signs(place: Place, tmp_path: Path) -> None:
    """Git finds it good by the authority's key."""
    authority = new_key(tmp_path / "ca")
    place.sign_with_ssh(str(certify(authority, place.key.with_suffix(".pub"), "-n", ADA.email)))
    line = f"*@example.org cert-authority {public_text(authority.with_suffix('.pub'))}"
    assert place.shown(place.commit(), line=line).startswith(f'G 0 Good "git" signature for {ADA.email}')


@pytest.mark.usefixtures("gnupg")
def test_gpg_signs_as_git_reads_it(place: Place) -> None:
    """With the key that is named."""
    place.configure(commit_gpgsign="true", user_signingkey="maria@example.org")
    assert 'Good signature from "Maria <maria@example.org>"' in place.shown(place.commit())


def test_without_a_key_gpg_is_asked_for_the_committers(place: Place, gnupg: Path) -> None:
    """By name and address, as git asks."""
    gpg(gnupg, "--passphrase", "", "--quick-add-uid", "ada@example.org", f"{ADA.name} <{ADA.email}>")
    place.configure(commit_gpgsign="true")
    assert "Good signature from" in place.shown(place.commit())


@pytest.mark.parametrize("form", ["ssh", "openpgp"])
@pytest.mark.usefixtures("gnupg")
def test_the_programs_are_those_of_the_configuration(place: Place, monkeypatch: pytest.MonkeyPatch, form: str) -> None:
    """Also from home; each has its own name."""
    home = place.key.parent.parent
    monkeypatch.setenv("HOME", str(home))
    real = {"ssh": "ssh-keygen", "openpgp": "gpg"}[form]
    script(home / "signer", f'echo "$0" >> "{home}/calls"\nexec {real} "$@"')
    key = {"ssh": str(place.key), "openpgp": "maria@example.org"}[form]
    name = {"ssh": "gpg_ssh_program", "openpgp": "gpg_program"}[form]
    place.configure(commit_gpgsign="true", gpg_format=form, user_signingkey=key, **{name: "~/signer"})
    commit = place.commit()
    assert 1 == len((home / "calls").read_text().splitlines())
    place.configure(**{name: real})
    assert "Good" in place.shown(commit)


def script(path: Path, text: str) -> str:
    """Write a program of the shell, and return its path."""
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return str(path)


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


@pytest.mark.usefixtures("gnupg")
def test_a_key_that_gpg_does_not_hold_is_named(place: Place) -> None:
    """In gpg's words, without its status lines."""
    place.configure(commit_gpgsign="true", user_signingkey="eve@example.org")
    told = refused(place, ServiceError)
    assert 'gpg: the commit is not signed: gpg: skipped "eve@example.org": No secret key; gpg: signing failed' in told
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


def test_made_up_people_sign_nothing(tmp_path: Path) -> None:
    """Whatever whoever runs it has configured: the demo's registry is nobody's work."""
    (tmp_path / ".gitconfig").write_text("[commit]\n\tgpgsign = true\n[gpg]\n\tformat = x509\n")
    stamp = Stamp(author=ADA, at=datetime(2026, 3, 1, tzinfo=UTC), message="m")
    pygit2.settings.search_path[ConfigLevel.GLOBAL] = str(tmp_path)
    try:
        assert Writer.create_unsigned(tmp_path / "demo").commit_files("main", {"a": b"a"}, stamp)
        with pytest.raises(ProposalError, match="git config gpg"):
            Writer.create(tmp_path / "other").commit_files("main", {"a": b"a"}, stamp)
    finally:
        pygit2.settings.search_path[ConfigLevel.GLOBAL] = ""


def test_the_same_again_is_the_same_commit_by_the_same_key_alone(place: Place, tmp_path: Path) -> None:
    """A second try takes up the first; signing turned on, another key, signing turned off are each another commit."""
    commits = [place.commit(), place.commit(minute=1)]
    place.sign_with_ssh(str(place.key))
    commits += [place.commit(minute=2), place.commit(minute=3)]
    place.sign_with_ssh(str(new_key(tmp_path / "other", "ecdsa")))
    commits += [place.commit(minute=4), place.commit(minute=5)]
    place.configure(commit_gpgsign="false")
    commits += [place.commit(minute=6), place.commit(minute=7)]
    first, again = commits[::2], commits[1::2]
    assert first == again
    assert 4 == len(set(first))


@pytest.mark.usefixtures("gnupg")
def test_the_same_again_is_the_same_commit_by_the_same_openpgp_key(place: Place) -> None:
    """Though its signature has another time in it."""
    place.configure(commit_gpgsign="true", user_signingkey="ada@example.org")
    commits = [place.commit(), place.commit(minute=1)]
    place.configure(user_signingkey="maria@example.org")
    commits += [place.commit(minute=2), place.commit(minute=3)]
    assert [commits[0], commits[0], commits[2], commits[2]] == commits
    assert commits[0] != commits[2]
