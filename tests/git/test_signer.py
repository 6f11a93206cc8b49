"""Commits of our own, signed as git's configuration says, and read by git itself."""

import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pygit2
import pytest
from pygit2.enums import ConfigLevel

from promoter.errors import ProposalError
from promoter.git.writing import Stamp, Writer
from tests.support.gnupg import gnupg_home, gpg, make_key
from tests.support.signing import ADA, Place, script
from tests.support.ssh import certify, new_key, public_text


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """Return a repository with a commit on main."""
    return Place.create(tmp_path)


@pytest.fixture
def agent(place: Place, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Run an agent of OpenSSH's that holds Ada's key; the key's own file is gone. A socket's path has to be short."""
    with TemporaryDirectory(prefix="a-") as folder:
        socket = f"{folder}/agent"
        process = subprocess.Popen(["ssh-agent", "-D", "-a", socket], stdout=subprocess.PIPE)
        try:
            assert process.stdout is not None
            process.stdout.readline()
            monkeypatch.setenv("SSH_AUTH_SOCK", socket)
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
