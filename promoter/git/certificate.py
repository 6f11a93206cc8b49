"""OpenSSH's certificates of keys: read, and held against the signature of their authority.

Source: OpenSSH, PROTOCOL.certkeys.
"""

from dataclasses import dataclass

from promoter.git.signature import BadSignatureError
from promoter.git.ssh_key import verify
from promoter.git.wire import Wire, packed
from promoter.policy.credential import PLAIN_KINDS, TOKEN_KINDS, Certificate, Credential

_SUFFIX = "-cert-v01@openssh.com"
_FIELDS = {"ssh-ed25519": 1, "ssh-rsa": 2}
"""Strings that a key has after its kind; curves have two, and a token's key one more than the key it holds."""
_CURVE_FIELDS = 2
_FOR_USERS = 1
_VERIFY_REQUIRED = b"verify-required"


@dataclass(frozen=True, slots=True)
class Shown:
    """A credential as a signature shows it; `needs_verified_user`: its authority asks for a PIN or a finger."""

    credential: Credential
    needs_verified_user: bool = False


def read_shown(raw: bytes) -> Shown:
    """Return the credential in a signature: a plain key, or a certificate whose authority did sign it.

    Raises BadSignatureError for what is none, is for hosts, or has an option that a signature cannot meet.
    """
    wire = Wire(raw)
    kind = wire.string().decode("ascii", "replace")
    if not kind.endswith(_SUFFIX):
        return Shown(Credential(raw))
    key_kind = _key_kind(kind)
    wire.string()  # the nonce
    key = packed(key_kind.encode(), *(wire.string() for _ in range(_field_count(key_kind))))
    wire.take(8)  # the serial number
    purpose = wire.number(size=4)
    wire.string()  # the id, which means nothing outside of its authority
    principals, after, before = wire.string(), wire.number(size=8), wire.number(size=8)
    options = Wire(wire.string()).strings()[::2]
    wire.string(), wire.string()  # extensions allow what a login may do; one field is reserved
    authority, signature = wire.string(), wire.string()
    wire.rest_ends()
    verify(authority, signature, raw[: -len(packed(signature))], signs="the certificate that it shows")
    if purpose != _FOR_USERS:
        raise BadSignatureError("is of a certificate for hosts")
    unmet = sorted(set(options) - {_VERIFY_REQUIRED})
    if unmet:
        raise BadSignatureError(f"is of a certificate with the option {unmet[0]!r}, which no signature can meet")
    names = tuple(name.decode("utf-8", "replace") for name in Wire(principals).strings())
    certificate = Certificate(authority=authority, principals=names, after=after, before=before)
    return Shown(Credential(key, certificate), _VERIFY_REQUIRED in options)


def _key_kind(kind: str) -> str:
    """Return the kind of key that a certificate's kind certifies."""
    name = kind.removesuffix(_SUFFIX)
    found = next((known for known in (name, f"{name}@openssh.com") if known in PLAIN_KINDS | TOKEN_KINDS.keys()), None)
    if found is None:
        raise BadSignatureError(f"is of a certificate of the unknown type {kind!r}")
    return found


def _field_count(kind: str) -> int:
    held = TOKEN_KINDS.get(kind, kind)
    return _FIELDS.get(held, _CURVE_FIELDS) + (kind in TOKEN_KINDS)
