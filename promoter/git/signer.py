"""Signatures of our own commits, made by `ssh-keygen` or `gpg` in the way in which git has them made.

Source: git, gpg-interface.c (`sign_buffer_ssh`, `sign_buffer_gpg`).
"""

import base64
import binascii
import re
import shlex
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from promoter.errors import Location, Problem, ProposalError, ServiceError
from promoter.git.commit import Person
from promoter.git.signature import BadSignatureError, SignedCommit
from promoter.git.signing_settings import Form, SigningSettings, expanded
from promoter.git.ssh_signature import GIT_NAMESPACE, shown_by, ssh_signer
from promoter.report.plain import PROSE_LENGTH, plain

_CREATED = re.compile(rb"^\[GNUPG:\] SIG_CREATED .* (?P<fingerprint>[0-9A-F]{40,64})\s*$", re.MULTILINE)
_STATUS = "[GNUPG:]"
_HINT = (
    "no branch was moved: mend it and run this again; `git commit --allow-empty -S` on a scratch branch asks the same"
)


@dataclass(frozen=True, slots=True)
class Made:
    """A signature, and bytes that stand in every signature of the same key or certificate."""

    armour: bytes
    mark: bytes

    def is_by_key_of(self, other: SignedCommit) -> bool:
        """Say whether another commit's signature is of the same key and certificate."""
        lines = (
            line for line in other.signature.split(b"\n") if b":" not in line and not line.startswith((b"-", b"="))
        )
        try:
            return self.mark in base64.b64decode(b"".join(lines), validate=True)
        except binascii.Error:
            return False


def sign_commit(settings: SigningSettings, payload: bytes, committer: Person) -> Made:
    """Return the signature of a commit object.

    Raises ProposalError where no key is named, ServiceError where the program fails or signs something else. It may
    wait as long as somebody needs to give a passphrase or to touch a token.
    """
    if settings.form is Form.SSH:
        return _sign_with_ssh(settings, payload)
    return _sign_with_openpgp(settings, payload, settings.key or f"{committer.name} <{committer.email}>")


def _sign_with_openpgp(settings: SigningSettings, payload: bytes, key: str) -> Made:
    done = _run(settings, [settings.program, "--status-fd=2", "-bsau", key], payload)
    created = _CREATED.search(done.stderr)
    if created is None:
        raise _failed(settings.program, done)
    return Made(done.stdout.replace(b"\r\n", b"\n").rstrip(b"\n"), bytes.fromhex(created["fingerprint"].decode()))


def _sign_with_ssh(settings: SigningSettings, payload: bytes) -> Made:
    with TemporaryDirectory(prefix="promoter-sign-") as name:
        commit, answer = Path(name) / "commit", Path(name) / "commit.sig"
        commit.write_bytes(payload)
        key = _ssh_key(settings, Path(name) / "key")
        command = [settings.program, "-Y", "sign", "-n", GIT_NAMESPACE.decode(), *key, str(commit)]
        done = _run(settings, command, None)
        if not answer.is_file():
            raise _failed(settings.program, done)
        armour = answer.read_bytes().replace(b"\r\n", b"\n").rstrip(b"\n")
    signed = SignedCommit(payload, armour)
    try:
        ssh_signer(signed)
    except BadSignatureError as error:
        problem = Problem(Location(settings.program), f"its signature {error}", "sign with another key or program")
        raise ServiceError(problem) from error
    return Made(armour, shown_by(signed))


def _ssh_key(settings: SigningSettings, file: Path) -> list[str]:
    """Return the options that name the key; one that is written out goes to a file, and to the agent."""
    key = settings.key or _default_key(settings)
    literal = key.removeprefix("key::") if key.startswith(("key::", "ssh-")) else None
    if literal is None:
        return ["-f", expanded(key)]
    file.write_text(f"{literal}\n", encoding="utf-8")
    return ["-f", str(file), "-U"]


def _default_key(settings: SigningSettings) -> str:
    """Return the first key that `gpg.ssh.defaultKeyCommand` prints."""
    place = Location("git config gpg.ssh.defaultKeyCommand")
    if settings.key_command is None:
        message = "commits are to be signed with an SSH key, and none is named"
        hint = "git config user.signingkey ~/.ssh/id_ed25519.pub, or let this command print one"
        raise ProposalError(Problem(Location("git config user.signingkey"), message, hint))
    try:
        command = shlex.split(settings.key_command)
    except ValueError as exc:
        raise ProposalError(Problem(place, f"it is no command: {exc}", "close what is quoted")) from exc
    if not command:
        raise ProposalError(Problem(place, "it is no command", "write one that prints a key"))
    done = _run(settings, command, None)
    first = done.stdout.decode("utf-8", "replace").partition("\n")[0].strip()
    if done.returncode != 0:
        raise _failed(command[0], done)
    if not first.startswith(("key::", "ssh-")):
        message = f"its first line is no key: {plain(first) or 'nothing'}"
        raise ProposalError(Problem(place, message, "let it print ssh-ed25519 AAAA... or key:: with a key"))
    return first


def _run(
    settings: SigningSettings, command: Sequence[str], content: bytes | None
) -> subprocess.CompletedProcess[bytes]:
    """Run a program where git would. Without content it has our own input: that is where ssh-keygen asks."""
    try:
        return subprocess.run(  # noqa: S603 - no shell; the programs that git's configuration names, as git runs them
            command, input=content, capture_output=True, check=False, cwd=settings.folder
        )
    except OSError as exc:
        problem = Problem(Location(command[0]), f"it cannot be run to sign the commit: {exc.strerror}", _HINT)
        raise ServiceError(problem) from exc


def _failed(program: str, done: subprocess.CompletedProcess[bytes]) -> ServiceError:
    told = done.stderr.decode("utf-8", "replace").splitlines()
    words = "; ".join([line.strip() for line in told if line.strip() and not line.startswith(_STATUS)][-3:])
    message = f"the commit is not signed: {words or f'it ended with {done.returncode} and says nothing'}"
    return ServiceError(Problem(Location(program), plain(message, limit=PROSE_LENGTH), _HINT))
