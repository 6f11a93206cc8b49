"""OpenPGP signatures of commits, such as GitHub's own, verified by `gpg` in a folder of its own.

Source: GnuPG, doc/DETAILS (status lines). The user's keys, trust and configuration take no part.
"""

import re
import shutil
import subprocess
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Self

from promoter.errors import Location, Problem, ServiceError
from promoter.git.signature import BadSignatureError, SignedCommit

_TIMEOUT_SECONDS = 60
_SLACK = timedelta(hours=1)
"""Between the clock that signed and the one that dated the commit: a signature of the future is refused."""
_VALID = re.compile(r"^\[GNUPG:\] VALIDSIG .*\b([0-9A-F]{40,64})$", re.MULTILINE)
_GOOD = re.compile(r"^\[GNUPG:\] GOODSIG ", re.MULTILINE)
_WHY_NOT = {
    "BADSIG": "does not fit the commit",
    "EXPKEYSIG": "was made with a key that had expired",
    "EXPSIG": "had expired",
    "REVKEYSIG": "was made with a key that was revoked",
    "NO_PUBKEY": "was made with a key that is not among those of policies/trust/openpgp.asc",
}


@dataclass(frozen=True, slots=True)
class Keyring:
    """Public keys in a temporary home of GnuPG's; leave it to remove it."""

    home: TemporaryDirectory[str]

    @classmethod
    def open(cls, keys: bytes) -> "Keyring":
        """Return a keyring of armoured keys. Raises ServiceError where gpg is not installed or takes none of them."""
        if shutil.which("gpg") is None:
            message = "gpg is not installed, and commits are signed with OpenPGP"
            raise ServiceError(Problem(Location("gpg"), message, "install GnuPG, and run this again"))
        ring = cls(TemporaryDirectory(prefix="gpg-"))
        done = ring._run(["--import"], keys)
        if "IMPORT_OK" not in done:
            ring.home.cleanup()
            message = "gpg reads no public key in it"
            place = Location("policies/trust/openpgp.asc")
            raise ServiceError(Problem(place, message, "write it with `gpg --armor --export`"))
        return ring

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.home.cleanup()

    def fingerprint_of_signer(self, signed: SignedCommit, *, at: datetime) -> str:
        """Return the fingerprint of the primary key that signed a commit, by the keys' validity at a moment.

        Raises BadSignatureError where no key of the ring did.
        """
        path = Path(self.home.name) / "signature.asc"
        path.write_bytes(signed.signature)
        moment = (at + _SLACK).strftime("%Y%m%dT%H%M%S")
        status = self._run(["--faked-system-time", f"{moment}!", "--verify", str(path), "-"], signed.payload)
        valid = _VALID.findall(status)
        if len(valid) == 1 and len(_GOOD.findall(status)) == 1:
            return str(valid[0])
        reasons = (why for word, why in _WHY_NOT.items() if f"[GNUPG:] {word} " in status)
        raise BadSignatureError(next(reasons, "is not good"))

    def _run(self, arguments: list[str], content: bytes) -> str:
        options = ["--batch", "--no-tty", "--no-options", "--no-auto-key-retrieve", "--trust-model", "always"]
        command = ["gpg", "--homedir", self.home.name, *options, "--status-fd", "1", *arguments]
        try:
            done = subprocess.run(  # noqa: S603 - no shell; words of our own, what is foreign goes in by pipe and file
                command, input=content, capture_output=True, check=False, timeout=_TIMEOUT_SECONDS
            )
        except (OSError, subprocess.TimeoutExpired) as exc:
            raise ServiceError(Problem(Location("gpg"), f"it does not answer: {exc}", "run this again")) from exc
        return done.stdout.decode("utf-8", "replace")
