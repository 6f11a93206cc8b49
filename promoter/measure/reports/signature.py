"""SignatureReport: DSSE envelopes and Sigstore bundles, verified with public keys, or keyless with a trusted root.

A keyless bundle is verified by its certificate alone, never by a key; where no trusted root is given, by nobody.
Formats: secure-systems-lab/dsse, protocol.md (PAE) and envelope.md; sigstore/protobuf-specs, bundle v0.1 to v0.3.
"""

import base64
import binascii
from typing import Any, BinaryIO

from promoter.errors import Undecidable
from promoter.measure.families.family import ContentFamily
from promoter.measure.reports.json_node import Node, parse_json, read_json
from promoter.measure.reports.public_keys import verifying_keys, verifying_keys_of_digest
from promoter.measure.reports.request import SignatureReport
from promoter.measure.reports.statement import read_statement
from promoter.measure.request import Measured

IN_TOTO = "application/vnd.in-toto+json"
_MOST_SIGNATURES = 100
_NO_CERTIFICATE = {"certificate": None, "refused": None}


def read(request: SignatureReport, stream: BinaryIO, root: BinaryIO | None = None) -> Measured:
    """Return who signed what. Raises Undecidable where the file is no envelope and no bundle."""
    document = read_json(stream)
    if not isinstance(document.value, dict):
        document.require("payload", what="DSSE envelope or Sigstore bundle")
    is_bundle = document["mediaType"].value is not None
    if not is_bundle:
        document.require("payload", "payloadType", "signatures", what="DSSE envelope or Sigstore bundle")
        return Measured(facts={"is_keyless": False, **_NO_CERTIFICATE, **_of_envelope(document, request.keys)})
    kind = document["mediaType"].text() or ""
    if not kind.startswith("application/vnd.dev.sigstore.bundle"):
        raise Undecidable(f"mediaType is {kind!r}, no Sigstore bundle; check its format")
    material = document["verificationMaterial"]
    is_keyless = material["certificate"].value is not None or material["x509CertificateChain"].value is not None
    keys = () if is_keyless else request.keys
    if document["messageSignature"].value is not None:
        facts = _of_message(document["messageSignature"], keys)
    else:
        document.require("dsseEnvelope", what="Sigstore bundle with a signature")
        facts = _of_envelope(document["dsseEnvelope"], keys)
    certificate = _NO_CERTIFICATE if root is None or not is_keyless else _certificate(document, stream, root)
    return Measured(facts={"is_keyless": is_keyless, **certificate, **facts})


def _certificate(document: Node, stream: BinaryIO, root: BinaryIO) -> dict[str, Any]:
    """Return what a keyless bundle's certificate says, where it is verified. The trusted root is held to be JSON."""
    from promoter.measure.reports.keyless import certificate_of

    read_json(root).require("mediaType", "tlogs", "certificateAuthorities", what="trusted root of Sigstore")
    stream.seek(0)
    return certificate_of(document, stream.read(), root.name)


def _of_envelope(envelope: Node, keys: tuple[str, ...]) -> dict[str, Any]:
    kind = envelope["payloadType"].required_text()
    if kind != IN_TOTO:
        raise Undecidable(f"the envelope holds {kind!r}; only in-toto statements are read")
    payload = _base64(envelope["payload"])
    signatures = [_base64(entry["sig"]) for entry in envelope["signatures"].each()]
    if not 0 < len(signatures) <= _MOST_SIGNATURES:
        raise Undecidable(f"the envelope has {len(signatures)} signatures; 1 to {_MOST_SIGNATURES} are read")
    verified = verifying_keys(keys, signatures, _authenticated(kind.encode(), payload))
    return {"verified_by": verified, **read_statement(Node(parse_json(payload), "payload"))}


def _of_message(signature: Node, keys: tuple[str, ...]) -> dict[str, Any]:
    """Return the facts of a signature over the artifact's own bytes, which its digest stands for."""
    if signature["messageDigest"]["algorithm"].text() != "SHA2_256":
        raise Undecidable("the signature is not over a SHA-256 digest; sign again")
    digest = _base64(signature["messageDigest"]["digest"])
    if len(digest) != 32:
        raise Undecidable("the signed digest is no SHA-256; sign again")
    return {
        "verified_by": verifying_keys_of_digest(keys, _base64(signature["signature"]), digest),
        "subjects": [{"name": "", "digest": f"sha256:{digest.hex()}"}],
        "predicate_type": None,
        "signed_files": [],
        **dict.fromkeys(("builder", "source", "ref", "commit")),
    }


def _authenticated(kind: bytes, payload: bytes) -> bytes:
    """Return the bytes that a DSSE signature is over: PAE(type, body), protocol.md."""
    return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload)


def _base64(node: Node) -> bytes:
    if not isinstance(node.value, str):
        raise Undecidable(f"{node.place} is no base64 text; sign again")
    try:
        return base64.b64decode(node.value, validate=True)
    except (binascii.Error, ValueError) as error:
        raise Undecidable(f"{node.place} is no base64: {error}") from error


FAMILY = ContentFamily(
    content=lambda request: request.content,
    read=read,
    beside=lambda request: (request.trusted_root.content,) if request.trusted_root else (),
)
