"""The signature of a commit: what is signed, and by which kind of key.

Source: git, Documentation/gitformat-signature (the header `gpgsig`).
"""

import re
from dataclasses import dataclass

_HEADER = re.compile(rb"^(gpgsig|gpgsig-sha256) (.*(?:\n .*)*)\n", re.MULTILINE)
_OPENPGP_BEGIN = b"-----BEGIN PGP SIGNATURE-----"


class BadSignatureError(Exception):
    """A signature that is not good; the text says why, after "its signature"."""


@dataclass(frozen=True, slots=True)
class SignedCommit:
    """A commit object without its signature, which is what was signed, and the signature."""

    payload: bytes
    signature: bytes

    @property
    def is_openpgp(self) -> bool:
        """Say whether it was made with OpenPGP, as GitHub signs what is merged on its pages."""
        return self.signature.startswith(_OPENPGP_BEGIN)


def signed_commit(raw: bytes) -> SignedCommit | None:
    """Return payload and signature of a commit object, or None where it has none.

    Raises BadSignatureError where it has several: readers would not agree on which one counts.
    """
    header, separator, message = raw.partition(b"\n\n")
    found = _HEADER.findall(header + b"\n")
    if not found:
        return None
    if len(found) > 1:
        raise BadSignatureError("stands there more than once")
    payload = _HEADER.sub(b"", header + b"\n").rstrip(b"\n") + separator + message
    return SignedCommit(payload, found[0][1].replace(b"\n ", b"\n"))
