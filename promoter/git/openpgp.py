"""OpenPGP signatures of commits, such as GitHub's own, verified by `gpg` in a folder of its own.

Source: GnuPG, doc/DETAILS (status lines). The user's keys, trust and configuration take no part.
"""

import re
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Self

from promoter.errors import Location, Problem, ServiceError
from promoter.git.openpgp_message import inline_message
from promoter.git.signature import SignedCommit
from promoter.policy.credential import Vouching

_TIMEOUT_SECONDS = 60
_SLACK = timedelta(hours=1)
"""Between the clock that signed and the one that dated the commit: a signature of the future is refused."""
_ALONE = ["--batch", "--verify"]
_TOGETHER = ["--verify-files"]
"""Without --batch, in which gpg ends at the first bad signature; it has no terminal to ask anything on."""
_VALID = re.compile(
    r"^\[GNUPG:\] VALIDSIG [0-9A-F]+ \S+ (?P<made>\d+)(?: \S+){5} 0[01] (?P<fingerprint>[0-9A-F]{40,64})$",
    re.MULTILINE,
)
_VERDICT = re.compile(r"^\[GNUPG:\] (GOOD|BAD|ERR|EXP|EXPKEY|REVKEY)SIG ", re.MULTILINE)
_FILE = re.compile(r"^\[GNUPG:\] FILE_START 1 (?P<path>.+)$", re.MULTILINE)
_WHY_NOT = {
    "BADSIG": "does not fit the commit",
    "EXPKEYSIG": "was made with a key that had expired",
    "EXPSIG": "had expired",
    "REVKEYSIG": "was made with a key that was revoked",
    "NO_PUBKEY": "was made with a key that is not among those of policies/trust/openpgp.asc",
}


class GpgError(ServiceError):
    """gpg is not there, does not answer, or reads none of the keys: what is signed with OpenPGP has no verdict."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A signed commit, and the moment at which its key had to be valid."""

    signed: SignedCommit
    at: datetime


@dataclass(frozen=True, slots=True)
class Keyring:
    """Public keys in a temporary home of GnuPG's; leave it to remove it."""

    home: TemporaryDirectory[str]

    @classmethod
    def open(cls, keys: bytes) -> "Keyring":
        """Return a keyring of armoured keys. Raises GpgError where gpg is not installed or takes none of them."""
        if shutil.which("gpg") is None:
            message = "gpg is not installed, and commits are signed with OpenPGP"
            raise GpgError(Problem(Location("gpg"), message, "install GnuPG, and run this again"))
        ring = cls(TemporaryDirectory(prefix="gpg-"))
        done = ring._run(["--batch", "--import"], keys)
        if "IMPORT_OK" not in done:
            ring.home.cleanup()
            message = "gpg reads no public key in it"
            place = Location("policies/trust/openpgp.asc")
            raise GpgError(Problem(place, message, "write it with `gpg --armor --export`"))
        return ring

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.home.cleanup()

    def vouchings_of(self, claims: Sequence[Claim]) -> list[Vouching]:
        """Return of each claim by which key it is, by its fingerprint, or why not, after "its signature".

        1. All go to one process, at the latest moment of them. 2. What is good there was good at its own moment: no
        key and no signature expires and then holds again, and when it was made is compared here. 3. Of the rest each
        half goes to another process, at an earlier moment. 4. One that is left alone is asked at its own moment, and
        that answer counts.
        """
        found: dict[int, Vouching] = {}
        groups = [sorted(range(len(claims)), key=lambda index: claims[index].at)]
        while groups:
            group = groups.pop()
            if len(group) == 1:
                found[group[0]] = self._ask_alone(claims[group[0]])
            elif group:
                signers = self._ask_together([claims[index] for index in group])
                found |= {group[place]: Vouching(by=signer) for place, signer in signers.items()}
                rest = [index for place, index in enumerate(group) if place not in signers]
                groups += [rest[: len(rest) // 2], rest[len(rest) // 2 :]]
        return [found[index] for index in range(len(claims))]

    def _ask_alone(self, claim: Claim) -> Vouching:
        path = Path(self.home.name) / "signature.asc"
        path.write_bytes(claim.signed.signature)
        status = self._run([*_at(claim), *_ALONE, str(path), "-"], claim.signed.payload)
        signer = _signer(status, claim)
        if signer is not None:
            return Vouching(by=signer)
        reasons = (why for word, why in _WHY_NOT.items() if f"[GNUPG:] {word} " in status)
        return Vouching(why_not=next(reasons, "is not good"))

    def _ask_together(self, claims: Sequence[Claim]) -> dict[int, str]:
        """Return the places of claims, in the order of their moments, that are good at the last of these, and whose."""
        places: dict[str, int] = {}
        for place, claim in enumerate(claims):
            message = inline_message(claim.signed)
            if message is not None:
                path = Path(self.home.name) / f"claim-{place}"
                path.write_bytes(message)
                places[str(path)] = place
        status = self._run([*_at(claims[-1]), *_TOGETHER, *places], b"") if places else ""
        _, *parts = _FILE.split(status)
        found = ((places.get(path), text) for path, text in zip(parts[::2], parts[1::2], strict=True))
        signers = {place: _signer(text, claims[place]) for place, text in found if place is not None}
        return {place: signer for place, signer in signers.items() if signer is not None}

    def _run(self, arguments: list[str], content: bytes) -> str:
        options = ["--no-tty", "--no-options", "--no-auto-key-retrieve", "--trust-model", "always"]
        command = ["gpg", "--homedir", self.home.name, *options, "--status-fd", "1", *arguments]
        try:
            done = subprocess.run(  # noqa: S603 - no shell; words of our own, what is foreign goes in by pipe and file
                command, input=content, capture_output=True, check=False, timeout=_TIMEOUT_SECONDS
            )
        except (OSError, subprocess.TimeoutExpired) as exc:
            raise GpgError(Problem(Location("gpg"), f"it does not answer: {exc}", "run this again")) from exc
        return done.stdout.decode("utf-8", "replace")


def _at(claim: Claim) -> list[str]:
    return ["--faked-system-time", f"{claim.at + _SLACK:%Y%m%dT%H%M%S}!"]


def _signer(status: str, claim: Claim) -> str | None:
    """Return whose key it is, where gpg saw one signature, calls it good, and it was made before the commit was."""
    valid = list(_VALID.finditer(status))
    is_one = _VERDICT.findall(status) == ["GOOD"] and len(valid) == 1
    if not is_one or int(valid[0]["made"]) > (claim.at + _SLACK).timestamp():
        return None
    return f"OpenPGP key {valid[0]['fingerprint']}"
