"""Whether a signature of an SSH key fits a message, keys of security tokens included.

Source: RFC 4253, section 6.6; RFC 5656; RFC 8332; RFC 8709; OpenSSH, PROTOCOL.u2f ("SSH U2F Signatures").
"""

import base64
import hashlib

from promoter.git.signature import BadSignatureError
from promoter.git.wire import Wire, packed
from promoter.policy.credential import PLAIN_KINDS, TOKEN_KINDS

_SMALLEST_RSA_BITS = 2048
_USER_PRESENT, _USER_VERIFIED = 0x01, 0x04


def verify(
    key: bytes, signature: bytes, message: bytes, *, signs: str = "the commit", needs_verified_user: bool = False
) -> None:
    """Hold that a signature of a key (both in wire form) fits a message; `signs` says what that is.

    A token must say that somebody touched it; with `needs_verified_user` also that it asked for a PIN or a finger.
    Raises BadSignatureError where it does not fit, or the key is of a kind or strength that is not verified here.
    """
    kind = Wire(key).string().decode("ascii", "replace")
    wire = Wire(signature)
    algorithm, value = wire.string(), wire.string()
    if kind in TOKEN_KINDS:
        key, algorithm, message = _held(key, algorithm, message, said=wire.take(5), is_verified=needs_verified_user)
    elif kind not in PLAIN_KINDS:
        raise BadSignatureError(f"uses a key of type {kind!r} that is not verified here")
    elif needs_verified_user:
        raise BadSignatureError("is of no security token, and its certificate asks for one")
    wire.rest_ends()
    if not _fits(key, algorithm, value, message):
        raise BadSignatureError(f"does not fit {signs}")


def _held(
    key: bytes, algorithm: bytes, message: bytes, *, said: bytes, is_verified: bool
) -> tuple[bytes, bytes, bytes]:
    """Return the key that a token holds, its algorithm, and what it signed.

    That is hash of application, flags, counter, hash of message; `said` are flags and counter.
    """
    kind, *rest = Wire(key).strings()
    if not rest:
        raise BadSignatureError("holds half a key")
    *numbers, application = rest
    if algorithm != kind:
        raise BadSignatureError(f"is of type {algorithm!r}, and its key of type {kind!r}")
    if not said[0] & _USER_PRESENT:
        raise BadSignatureError("was made by a security token that nobody touched")
    if is_verified and not said[0] & _USER_VERIFIED:
        raise BadSignatureError(
            "was made by a security token without a PIN or a finger, which its certificate asks for"
        )
    signed = hashlib.sha256(application).digest() + said + hashlib.sha256(message).digest()
    held = TOKEN_KINDS[kind.decode()].encode()
    return packed(held, *numbers), held, signed


def _fits(key: bytes, algorithm: bytes, signature: bytes, message: bytes) -> bool:
    from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa, utils
    from cryptography.hazmat.primitives.serialization import load_ssh_public_key

    kind = Wire(key).string()
    try:
        public = load_ssh_public_key(kind + b" " + base64.b64encode(key))
        if isinstance(public, ed25519.Ed25519PublicKey) and algorithm == kind == b"ssh-ed25519":
            public.verify(signature, message)
        elif isinstance(public, ec.EllipticCurvePublicKey) and algorithm == kind:
            wire = Wire(signature)
            r, s = (int.from_bytes(wire.string(), "big") for _ in range(2))
            wire.rest_ends()
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
    except InvalidSignature:
        return False
    except (ValueError, NotImplementedError, UnsupportedAlgorithm) as exc:
        raise BadSignatureError(f"holds a key that cannot be read: {exc}") from exc
    return True
