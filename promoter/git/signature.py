"""The signature of a commit: what is signed, by which kind of key, and whether an SSH signature is good.

Source: git, Documentation/gitformat-signature (the header `gpgsig`); OpenSSH, PROTOCOL.sshsig.
"""

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass

_HEADER = re.compile(rb"^(gpgsig|gpgsig-sha256) (.*(?:\n .*)*)\n", re.MULTILINE)
_SSH_ARMOUR = re.compile(rb"-----BEGIN SSH SIGNATURE-----\n(.+)\n-----END SSH SIGNATURE-----\n?", re.DOTALL)
_OPENPGP_BEGIN = b"-----BEGIN PGP SIGNATURE-----"
_MAGIC = b"SSHSIG"
_HASHES = {b"sha256": hashlib.sha256, b"sha512": hashlib.sha512}
_NAMESPACE = b"git"
_SMALLEST_RSA_BITS = 2048


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


def ssh_signing_key(signed: SignedCommit) -> bytes:
    """Return the key (SSH wire form) that made an SSH signature of a commit.

    Raises BadSignatureError where it is none, was made for something else than git, or does not fit the commit.
    """
    match = _SSH_ARMOUR.fullmatch(signed.signature)
    if match is None:
        raise BadSignatureError("is neither an SSH nor an OpenPGP signature")
    try:
        raw = base64.b64decode(b"".join(match[1].split()), validate=True)
    except binascii.Error as exc:
        raise BadSignatureError("is no base64") from exc
    if raw[:10] != _MAGIC + (1).to_bytes(4, "big"):
        raise BadSignatureError("is no SSH signature of version 1")
    key, namespace, reserved, hash_name, signature = _strings(raw[10:], count=5)
    if namespace != _NAMESPACE or hash_name not in _HASHES:
        raise BadSignatureError(f"was made for {namespace!r} with the hash {hash_name!r}, not for git")
    digest = _HASHES[hash_name](signed.payload).digest()
    message = _MAGIC + b"".join(_packed(part) for part in (namespace, reserved, hash_name, digest))
    algorithm, value = _strings(signature, count=2)
    _verify(key, algorithm, value, message)
    return key


def _verify(key: bytes, algorithm: bytes, signature: bytes, message: bytes) -> None:
    from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa, utils
    from cryptography.hazmat.primitives.serialization import load_ssh_public_key

    kind = _strings(key, count=1, is_whole=False)[0]
    try:
        public = load_ssh_public_key(kind + b" " + base64.b64encode(key))
        if isinstance(public, ed25519.Ed25519PublicKey) and algorithm == kind == b"ssh-ed25519":
            public.verify(signature, message)
        elif isinstance(public, ec.EllipticCurvePublicKey) and algorithm == kind:
            r, s = (int.from_bytes(part, "big") for part in _strings(signature, count=2))
            sizes = {256: hashes.SHA256(), 384: hashes.SHA384(), 521: hashes.SHA512()}
            hash_ = sizes[public.curve.key_size]
            public.verify(utils.encode_dss_signature(r, s), message, ec.ECDSA(hash_))
        elif isinstance(public, rsa.RSAPublicKey) and public.key_size >= _SMALLEST_RSA_BITS:
            own = {b"rsa-sha2-256": hashes.SHA256(), b"rsa-sha2-512": hashes.SHA512()}
            if algorithm not in own:
                raise BadSignatureError(f"uses {algorithm!r}, which is too weak")
            public.verify(signature, message, padding.PKCS1v15(), own[algorithm])
        else:
            raise BadSignatureError(f"uses a key of type {kind!r} that is not verified here")
    except InvalidSignature as exc:
        raise BadSignatureError("does not fit the commit") from exc
    except (ValueError, UnsupportedAlgorithm) as exc:
        raise BadSignatureError(f"holds a key that cannot be read: {exc}") from exc


def _packed(part: bytes) -> bytes:
    return len(part).to_bytes(4, "big") + part


def _strings(raw: bytes, *, count: int, is_whole: bool = True) -> list[bytes]:
    """Return the first strings of SSH's wire form. Raises BadSignatureError where bytes are missing or left over."""
    found: list[bytes] = []
    for _ in range(count):
        end = 4 + int.from_bytes(raw[:4], "big")
        if len(raw) < end or len(raw) < 4:
            raise BadSignatureError("ends early")
        found.append(raw[4:end])
        raw = raw[end:]
    if is_whole and raw:
        raise BadSignatureError("has bytes too many")
    return found
