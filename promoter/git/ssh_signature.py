"""SSH signatures of commits, verified in the process; whose keys count is the rules' to say.

Source: OpenSSH, PROTOCOL.sshsig.
"""

import base64
import binascii
import hashlib
import re

from promoter.git.certificate import read_shown
from promoter.git.signature import BadSignatureError, SignedCommit
from promoter.git.ssh_key import verify
from promoter.git.wire import Wire, packed
from promoter.policy.credential import Credential

GIT_NAMESPACE = b"git"

_ARMOUR = re.compile(rb"-----BEGIN SSH SIGNATURE-----\n(.+)\n-----END SSH SIGNATURE-----\n?", re.DOTALL)
_MAGIC = b"SSHSIG"
_HASHES = {b"sha256": hashlib.sha256, b"sha512": hashlib.sha512}


def ssh_signer(signed: SignedCommit) -> Credential:
    """Return the key, or the certificate of a key, that made an SSH signature of a commit.

    Raises BadSignatureError where it is none, was made for something else than git, or does not fit the commit.
    """
    key, namespace, reserved, hash_name, signature = _parts(signed)
    if namespace != GIT_NAMESPACE or hash_name not in _HASHES:
        raise BadSignatureError(f"was made for {namespace!r} with the hash {hash_name!r}, not for git")
    digest = _HASHES[hash_name](signed.payload).digest()
    message = _MAGIC + packed(namespace, reserved, hash_name, digest)
    shown = read_shown(key)
    verify(shown.credential.key, signature, message, needs_verified_user=shown.needs_verified_user)
    return shown.credential


def shown_by(signed: SignedCommit) -> bytes:
    """Return the key or the certificate that a signature shows, in wire form, whether it is good or not."""
    return _parts(signed)[0]


def _parts(signed: SignedCommit) -> tuple[bytes, ...]:
    """Return key, namespace, reserved, hash and signature. Raises BadSignatureError where it is no SSH signature."""
    match = _ARMOUR.fullmatch(signed.signature)
    if match is None:
        raise BadSignatureError("is neither an SSH nor an OpenPGP signature")
    try:
        raw = base64.b64decode(b"".join(match[1].split()), validate=True)
    except binascii.Error as exc:
        raise BadSignatureError("is no base64") from exc
    wire = Wire(raw)
    if wire.take(len(_MAGIC)) != _MAGIC or wire.number(size=4) != 1:
        raise BadSignatureError("is no SSH signature of version 1")
    parts = tuple(wire.string() for _ in range(5))
    wire.rest_ends()
    return parts
