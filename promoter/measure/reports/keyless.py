"""Whose certificate signed a Sigstore bundle, verified offline against a trusted root: neither TUF nor a log is asked.

sigstore-python verifies (sigstore client specification, verification): the certificate's chain at the time of signing,
its signed certificate timestamp, the log's inclusion proof, checkpoint and promise, that the signing time lies within
the certificate, the signature, and that the log's entry is about these materials. It asks the clock one thing: an
authority or log whose period begins in the future is not used yet. Who may sign is a gate's to say.
Names in a certificate: fulcio/docs/oid-info.md.
"""

import base64
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeVar

from promoter.errors import Undecidable
from promoter.measure.reports.json_node import Node

if TYPE_CHECKING:
    from cryptography.x509 import Certificate
    from sigstore.models import Bundle
    from sigstore.verify import Verifier

_ARC = "1.3.6.1.4.1.57264.1"
_OTHER_NAME = f"{_ARC}.7"
_NAMES = {"source": f"{_ARC}.12", "commit": f"{_ARC}.13", "ref": f"{_ARC}.14"}
Found = TypeVar("Found")


class _Anybody:
    """The verification policy that takes every identity: a gate compares it with those of its own policy."""

    def verify(self, cert: "Certificate") -> None:
        """Take any certificate."""


def certificate_of(document: Node, content: bytes, root_path: str) -> dict[str, Any]:
    """Return {"certificate", "refused"}: what the certificate says of its signer, or why it proves nothing.

    Raises Undecidable where the trusted root is unusable, which is the policy's fault and not the bundle's.
    """
    verifier = _verifier(root_path)
    try:
        return {"certificate": _verified(document, content, verifier), "refused": None}
    except Undecidable as reason:
        return {"certificate": None, "refused": reason.reason}


def _verifier(root_path: str) -> "Verifier":
    from sigstore.models import TrustedRoot
    from sigstore.verify import Verifier

    return _translated(
        lambda: Verifier(trusted_root=TrustedRoot.from_file(root_path)), "the policy's trusted root cannot be used"
    )


def _verified(document: Node, content: bytes, verifier: "Verifier") -> dict[str, str | None]:
    from sigstore.models import Bundle

    bundle: Bundle = _translated(lambda: Bundle.from_json(content), "the bundle cannot be read")
    _translated(lambda: _verify(document, bundle, verifier), "the bundle is not verified")
    said = _translated(lambda: _said_by(bundle.signing_certificate), "the certificate does not name its signer")
    return {**said, "logged_at": _translated(lambda: _logged_at(document), "the log's entry has no time")}


def _logged_at(document: Node) -> str | None:
    """Return when the log took the entry, by its own verified promise; None where a time stamp stands instead."""
    entry = next(document["verificationMaterial"]["tlogEntries"].each())
    moment = int(entry["integratedTime"].value or 0)
    return datetime.fromtimestamp(moment, UTC).isoformat().replace("+00:00", "Z") if moment else None


def _verify(document: Node, bundle: "Bundle", verifier: "Verifier") -> None:
    from sigstore.hashes import Hashed
    from sigstore_models.common.v1 import HashAlgorithm

    envelope = document["dsseEnvelope"]
    if envelope.value is not None:
        kind, payload = verifier.verify_dsse(bundle, _Anybody())
        if (kind, payload) != (
            envelope["payloadType"].value,
            base64.b64decode(envelope["payload"].value, validate=True),
        ):
            message = "the envelope that was verified is another than the one that is read"
            raise ValueError(message)
        return
    digest = base64.b64decode(document["messageSignature"]["messageDigest"]["digest"].required_text(), validate=True)
    verifier.verify_artifact(Hashed(algorithm=HashAlgorithm.SHA2_256, digest=digest), bundle, _Anybody())


def _said_by(certificate: "Certificate") -> dict[str, str | None]:
    """Return subject, issuer, and where a build signed, its source. Raises ValueError where two names contradict."""
    from cryptography.hazmat import asn1
    from cryptography.x509 import OtherName, RFC822Name, SubjectAlternativeName, UniformResourceIdentifier

    names = certificate.extensions.get_extension_for_class(SubjectAlternativeName).value
    subjects = [name.value for name in names if isinstance(name, RFC822Name | UniformResourceIdentifier)]
    subjects += [
        asn1.decode_der(str, name.value)
        for name in names
        if isinstance(name, OtherName) and name.type_id.dotted_string == _OTHER_NAME
    ]
    if len(subjects) != 1 or len(names) != 1:
        message = f"it has {len(names)} subject names; one is read"
        raise ValueError(message)
    found = {extension.oid.dotted_string: extension.value for extension in certificate.extensions}
    old, new = (found.get(f"{_ARC}.{number}") for number in (1, 8))
    issuers = {old.value.decode()} if old is not None else set()
    issuers |= {asn1.decode_der(str, new.value)} if new is not None else set()
    if len(issuers) != 1:
        message = f"it names {len(issuers)} issuers of the identity; one is read"
        raise ValueError(message)
    texts = {name: found.get(arc) for name, arc in _NAMES.items()}
    return {
        "subject": subjects[0],
        "issuer": issuers.pop(),
        **{name: asn1.decode_der(str, text.value) if text else None for name, text in texts.items()},
    }


def _translated(act: Callable[[], Found], failed: str) -> Found:
    """Return what sigstore-python returns. Raises Undecidable for each way in which it refuses a file.

    It reads parts of a bundle only after others were verified, without checking their types again, so that a crafted
    file ends in errors of the language too.
    """
    from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
    from cryptography.x509 import DuplicateExtension, ExtensionNotFound, UnsupportedGeneralNameType
    from sigstore.errors import Error

    refusals: tuple[type[BaseException], ...] = (Error, InvalidSignature, UnsupportedAlgorithm)
    refusals += (DuplicateExtension, ExtensionNotFound, UnsupportedGeneralNameType)
    refusals += (ValueError, TypeError, AttributeError, LookupError, OverflowError, OSError)
    try:
        return act()
    except refusals as error:
        said = " ".join(str(error).partition(" [type=")[0].split())[:300] or type(error).__name__
        raise Undecidable(f"{failed}: {said}") from error
