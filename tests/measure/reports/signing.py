"""Envelopes and bundles signed with keys of the test's own."""

import base64
import json
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

IN_TOTO = "application/vnd.in-toto+json"
ARTIFACT = "f" * 64


def pem_of(key: Any) -> str:
    """Return the public half in PEM."""
    return str(key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode())


def sign(key: Any, message: bytes) -> bytes:
    """Return a signature in the key's own algorithm."""
    if isinstance(key, ec.EllipticCurvePrivateKey):
        sizes = {256: hashes.SHA256(), 384: hashes.SHA384(), 521: hashes.SHA512()}
        return key.sign(message, ec.ECDSA(sizes.get(key.curve.key_size, hashes.SHA256())))
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return key.sign(message)
    assert isinstance(key, rsa.RSAPrivateKey)
    return key.sign(message, padding.PKCS1v15(), hashes.SHA256())


def statement(digest: str = ARTIFACT, **more: Any) -> dict[str, Any]:
    """Return an in-toto statement about one file."""
    return {
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [{"name": "model.onnx", "digest": {"sha256": digest}}],
        "predicateType": "https://example.org/tested/v1",
        **more,
    }


def provenance(**more: Any) -> dict[str, Any]:
    """Return a statement with a SLSA provenance as GitHub's builder writes it."""
    predicate = {
        "buildDefinition": {
            "buildType": "https://actions.github.io/buildtypes/workflow/v1",
            "externalParameters": {
                "workflow": {"ref": "refs/heads/main", "repository": "https://example.org/training", "path": "b.yml"}
            },
            "resolvedDependencies": [
                {"uri": "git+https://example.org/other@refs/heads/main", "digest": {"gitCommit": "b" * 40}},
                {"uri": "git+https://example.org/training@refs/heads/main", "digest": {"gitCommit": "a" * 40}},
            ],
        },
        "runDetails": {"builder": {"id": "https://github.com/actions/runner/github-hosted"}},
    }
    return statement(predicateType="https://slsa.dev/provenance/v1", predicate=predicate, **more)


def envelope(body: Any, *keys: Any) -> dict[str, Any]:
    """Return a DSSE envelope of a statement, or of raw bytes, signed with each key."""
    payload = body if isinstance(body, bytes) else json.dumps(body).encode()
    message = b"DSSEv1 %d %b %d %b" % (len(IN_TOTO), IN_TOTO.encode(), len(payload), payload)
    signatures = [{"sig": base64.b64encode(sign(key, message)).decode(), "keyid": ""} for key in keys]
    return {"payload": base64.b64encode(payload).decode(), "payloadType": IN_TOTO, "signatures": signatures}


def bundle(**content: Any) -> dict[str, Any]:
    """Return a Sigstore bundle with a public key's material."""
    return {
        "mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json",
        "verificationMaterial": {"publicKey": {"hint": ""}, "tlogEntries": []},
        **content,
    }
