"""What a signature shows of who signed: a key, or a certificate of it that an authority signed; and its worth."""

import base64
import hashlib
from dataclasses import dataclass
from datetime import datetime

PLAIN_KINDS = frozenset({"ssh-ed25519", "ssh-rsa", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521"})
TOKEN_KINDS = {
    "sk-ssh-ed25519@openssh.com": "ssh-ed25519",
    "sk-ecdsa-sha2-nistp256@openssh.com": "ecdsa-sha2-nistp256",
}
"""Keys of security tokens, each with the kind of key that the token holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """What an authority says of a key: these names, from `after` up to `before`, in seconds of Unix.

    `authority` is the authority's key in SSH's wire form; the end may lie further than any calendar goes.
    """

    authority: bytes
    principals: tuple[str, ...]
    after: int
    before: int

    def is_valid(self, at: datetime) -> bool:
        """Say whether the certificate holds at a moment."""
        return self.after <= at.timestamp() < self.before


@dataclass(frozen=True, slots=True)
class Credential:
    """The key that signed, in SSH's wire form, and the certificate that was shown with it."""

    key: bytes
    certificate: Certificate | None = None

    @property
    def fingerprint(self) -> str:
        """The key's SHA-256 as `ssh-keygen -l` shows it."""
        return "SHA256:" + base64.b64encode(hashlib.sha256(self.key).digest()).decode().rstrip("=")


@dataclass(frozen=True, slots=True, kw_only=True)
class Vouching:
    """Whose a signature is that counts, or why it does not, after "its signature"; one of the two is None."""

    by: str | None = None
    why_not: str | None = None
