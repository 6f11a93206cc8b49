"""Which public keys verify a signature; the key's own algorithm decides, never a name in the signed file.

Algorithms: ECDSA with the hash of its curve's size (P-256 SHA-256, P-384 SHA-384, P-521 SHA-512), Ed25519, RSA of 2048
bits or more with PKCS #1 v1.5 and SHA-256: what cosign and model-signing write.
"""

from collections.abc import Callable, Iterable
from typing import Any

from promoter.digest import sha256_bytes
from promoter.errors import Undecidable

_SMALLEST_RSA_BITS = 2048


def verifying_keys(keys: Iterable[str], signatures: Iterable[bytes], message: bytes) -> list[str]:
    """Return the fingerprints of the keys under which a signature of the message is good, in the keys' order."""
    return _verified(keys, signatures, lambda key, signature: _verify(key, signature, message))


def verifying_keys_of_digest(keys: Iterable[str], signature: bytes, digest: bytes) -> list[str]:
    """Return the fingerprints of the ECDSA P-256 keys under which a signature of a SHA-256 digest is good."""
    return _verified(keys, (signature,), lambda key, given: _verify_digest(key, given, digest))


def fingerprint(pem: str) -> str:
    """Return the SHA-256 of a key's DER form. Raises Undecidable where the text is no public key."""
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    return sha256_bytes(_load(pem).public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))


def _verified(keys: Iterable[str], signatures: Iterable[bytes], verify: Callable[[Any, bytes], None]) -> list[str]:
    from cryptography.exceptions import InvalidSignature

    given = tuple(signatures)
    good = []
    for pem in keys:
        key = _load(pem)
        for signature in given:
            try:
                verify(key, signature)
            except InvalidSignature:
                continue
            good.append(fingerprint(pem))
            break
    return good


def _verify(key: Any, signature: bytes, message: bytes) -> None:
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa

    if isinstance(key, ec.EllipticCurvePublicKey):
        sizes = {256: hashes.SHA256(), 384: hashes.SHA384(), 521: hashes.SHA512()}
        if key.curve.key_size not in sizes:
            raise Undecidable(f"a key of the policy is on curve {key.curve.name}; use P-256, P-384 or P-521")
        key.verify(signature, message, ec.ECDSA(sizes[key.curve.key_size]))
    elif isinstance(key, ed25519.Ed25519PublicKey):
        key.verify(signature, message)
    elif isinstance(key, rsa.RSAPublicKey) and key.key_size >= _SMALLEST_RSA_BITS:
        key.verify(signature, message, padding.PKCS1v15(), hashes.SHA256())
    else:
        raise Undecidable("a key of the policy is neither ECDSA, Ed25519 nor RSA of 2048 bits; use one that is")


def _verify_digest(key: Any, signature: bytes, digest: bytes) -> None:
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec, utils

    if not isinstance(key, ec.EllipticCurvePublicKey) or key.curve.key_size != 256:
        raise Undecidable(
            "a signature of the artifact itself is verified with ECDSA P-256 keys alone; sign a statement"
        )
    key.verify(signature, digest, ec.ECDSA(utils.Prehashed(hashes.SHA256())))


def _load(pem: str) -> Any:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    try:
        return load_pem_public_key(pem.encode())
    except (ValueError, UnsupportedAlgorithm) as error:
        raise Undecidable(f"a key of the policy is no public key in PEM: {error}") from error
