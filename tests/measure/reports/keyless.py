"""A Sigstore instance of the test's own: certificate authority, certificate log and signature log, all with real keys.

It issues what Fulcio, a CT log and Rekor v1 do, so that sigstore-python verifies its bundles with its trusted root.
Formats: RFC 6962 (SCT, Merkle tree), C2SP tlog-checkpoint, rekor's hashedrekord and dsse entries 0.0.1.
"""

import base64
import hashlib
import json
import struct
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, ObjectIdentifier

from tests.measure.reports.signing import IN_TOTO

ISSUER = "https://token.actions.githubusercontent.com"
SUBJECT = "https://github.com/example/models/.github/workflows/build.yml@refs/heads/main"
SOURCE = "https://github.com/example/models"
SIGNED_AT = datetime(2026, 5, 20, 12, 0, tzinfo=UTC)
_LIFE = timedelta(minutes=10)
_SCT_LIST = ObjectIdentifier("1.3.6.1.4.1.11129.2.4.2")
_ARC = "1.3.6.1.4.1.57264.1"


def new_key() -> ec.EllipticCurvePrivateKey:
    """Return a key as Fulcio takes them."""
    return ec.generate_private_key(ec.SECP256R1())


def b64(content: bytes) -> str:
    """Return base64 as text."""
    return base64.b64encode(content).decode()


def spki(key: ec.EllipticCurvePrivateKey) -> bytes:
    """Return the public half in DER."""
    return key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def utf8(text: str) -> bytes:
    """Return a DER UTF8String of up to 127 bytes, as Fulcio writes its newer extensions."""
    content = text.encode()
    assert len(content) < 128
    return bytes([0x0C, len(content)]) + content


def sign(key: ec.EllipticCurvePrivateKey, message: bytes) -> bytes:
    """Return an ECDSA signature with SHA-256."""
    return key.sign(message, ec.ECDSA(hashes.SHA256()))


@dataclass(slots=True)
class Instance:
    """One instance; two of them trust nothing of each other."""

    root: ec.EllipticCurvePrivateKey = field(default_factory=new_key)
    ct_log: ec.EllipticCurvePrivateKey = field(default_factory=new_key)
    rekor: ec.EllipticCurvePrivateKey = field(default_factory=new_key)

    @property
    def name(self) -> x509.Name:
        """The authority's name."""
        return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "fulcio.example.org")])

    def root_certificate(self) -> x509.Certificate:
        """Return the authority's own certificate."""
        start = SIGNED_AT - timedelta(days=30)
        builder = x509.CertificateBuilder(issuer_name=self.name, subject_name=self.name)
        builder = builder.public_key(self.root.public_key()).serial_number(1)
        builder = builder.not_valid_before(start).not_valid_after(start + timedelta(days=3650))
        usage = x509.KeyUsage(False, False, False, False, False, True, True, False, False)
        identifier = x509.SubjectKeyIdentifier.from_public_key(self.root.public_key())
        for extension, is_critical in ((x509.BasicConstraints(True, 0), True), (usage, True), (identifier, False)):
            builder = builder.add_extension(extension, is_critical)
        return builder.sign(self.root, hashes.SHA256())

    def trusted_root(self) -> bytes:
        """Return the instance's trusted_root.json."""
        start = {"start": (SIGNED_AT - timedelta(days=30)).isoformat().replace("+00:00", "Z")}

        def log(key: ec.EllipticCurvePrivateKey, url: str) -> dict[str, Any]:
            own = {"rawBytes": b64(spki(key)), "keyDetails": "PKIX_ECDSA_P256_SHA_256", "validFor": start}
            identity = {"keyId": b64(hashlib.sha256(spki(key)).digest())}
            return {"baseUrl": url, "hashAlgorithm": "SHA2_256", "publicKey": own, "logId": identity}

        chain = {"certificates": [{"rawBytes": b64(self.root_certificate().public_bytes(Encoding.DER))}]}
        authority = {
            "subject": {"organization": "example", "commonName": "fulcio"},
            "uri": "https://fulcio.example.org",
        }
        document = {
            "mediaType": "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
            "tlogs": [log(self.rekor, "https://rekor.example.org")],
            "certificateAuthorities": [{**authority, "certChain": chain, "validFor": start}],
            "ctlogs": [log(self.ct_log, "https://ct.example.org")],
            "timestampAuthorities": [],
        }
        return json.dumps(document).encode()

    def certificate(
        self, key: ec.EllipticCurvePrivateKey, *, issued_at: datetime = SIGNED_AT, **said: str
    ) -> x509.Certificate:
        """Return a certificate of ten minutes with its signed certificate timestamp; `said` replaces what it says."""
        known = {"subject": SUBJECT, "issuer": ISSUER, "source": SOURCE, "commit": "a" * 40, "ref": "refs/heads/main"}
        said = {**known, **said}
        builder = x509.CertificateBuilder(issuer_name=self.name, subject_name=x509.Name([]))
        builder = builder.public_key(key.public_key()).serial_number(x509.random_serial_number())
        builder = builder.not_valid_before(issued_at).not_valid_after(issued_at + _LIFE)
        is_mail = "@" in said["subject"] and "/" not in said["subject"]
        subject: x509.GeneralName = (x509.RFC822Name if is_mail else x509.UniformResourceIdentifier)(said["subject"])
        usage = x509.KeyUsage(True, False, False, False, False, False, False, False, False)
        named = {1: said["issuer"].encode(), 8: utf8(said["issuer"]), 12: utf8(said["source"])}
        named |= {13: utf8(said["commit"]), 14: utf8(said["ref"])}
        identifier = x509.AuthorityKeyIdentifier.from_issuer_public_key(self.root.public_key())
        extensions: list[tuple[x509.ExtensionType, bool]] = [
            (usage, True),
            (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CODE_SIGNING]), False),
            (x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False),
            (identifier, False),
            (x509.SubjectAlternativeName([subject]), True),
            *((x509.UnrecognizedExtension(ObjectIdentifier(f"{_ARC}.{n}"), text), False) for n, text in named.items()),
        ]
        for extension, is_critical in extensions:
            builder = builder.add_extension(extension, is_critical)
        before = builder.sign(self.root, hashes.SHA256())
        return builder.add_extension(self._timestamp(before, issued_at), critical=False).sign(
            self.root, hashes.SHA256()
        )

    def _timestamp(self, before: x509.Certificate, at: datetime) -> x509.UnrecognizedExtension:
        """Return the log's timestamp of a certificate that does not hold it yet, RFC 6962, 3.2 and 3.3."""
        body, milliseconds = before.tbs_certificate_bytes, int(at.timestamp() * 1000)
        entry = hashlib.sha256(spki(self.root)).digest() + len(body).to_bytes(3, "big") + body
        signed = struct.pack("!BBQH", 0, 0, milliseconds, 1) + entry + struct.pack("!H", 0)
        signature = sign(self.ct_log, signed)
        stamp = struct.pack("!B", 0) + hashlib.sha256(spki(self.ct_log)).digest() + struct.pack("!QH", milliseconds, 0)
        stamp += struct.pack("!BBH", 4, 3, len(signature)) + signature
        listed = struct.pack("!HH", len(stamp) + 2, len(stamp)) + stamp
        assert 128 <= len(listed) < 256 or len(listed) < 128
        length = bytes([len(listed)]) if len(listed) < 128 else bytes([0x81, len(listed)])
        return x509.UnrecognizedExtension(_SCT_LIST, b"\x04" + length + listed)

    def log_entry(self, body: dict[str, Any], *, at: datetime = SIGNED_AT) -> dict[str, Any]:
        """Return the entry of a log that holds nothing else, with promise, proof and checkpoint."""
        canonical = json.dumps(body, sort_keys=True, separators=(",", ":")).encode()
        identity = hashlib.sha256(spki(self.rekor)).digest()
        leaf = hashlib.sha256(b"\0" + canonical).digest()
        moment = int(at.timestamp())
        promised = {"body": b64(canonical), "integratedTime": moment, "logID": identity.hex(), "logIndex": 0}
        promise = sign(self.rekor, json.dumps(promised, sort_keys=True, separators=(",", ":")).encode())
        note = f"rekor.example.org - 1\n1\n{b64(leaf)}\n"
        signature = b64(identity[:4] + sign(self.rekor, note.encode()))
        checkpoint = f"{note}\n\u2014 rekor.example.org {signature}\n"
        proof = {"logIndex": "0", "rootHash": b64(leaf), "treeSize": "1", "hashes": []}
        return {
            "logIndex": "0",
            "logId": {"keyId": b64(identity)},
            "kindVersion": {"kind": body["kind"], "version": body["apiVersion"]},
            "integratedTime": str(moment),
            "inclusionPromise": {"signedEntryTimestamp": b64(promise)},
            "inclusionProof": {**proof, "checkpoint": {"envelope": checkpoint}},
            "canonicalizedBody": b64(canonical),
        }

    def sign_statement(
        self, statement: dict[str, Any], *, at: datetime = SIGNED_AT, issued_at: datetime = SIGNED_AT, **said: str
    ) -> dict[str, Any]:
        """Return the bundle of an in-toto statement."""
        key = new_key()
        certificate = self.certificate(key, issued_at=issued_at, **said)
        payload = json.dumps(statement).encode()
        signature = b64(sign(key, b"DSSEv1 %d %b %d %b" % (len(IN_TOTO), IN_TOTO.encode(), len(payload), payload)))
        envelope = {"payload": b64(payload), "payloadType": IN_TOTO, "signatures": [{"sig": signature}]}
        pem = b64(certificate.public_bytes(Encoding.PEM))
        whole = hashlib.sha256(json.dumps(envelope).encode()).hexdigest()
        spec = {
            "envelopeHash": {"algorithm": "sha256", "value": whole},
            "payloadHash": {"algorithm": "sha256", "value": hashlib.sha256(payload).hexdigest()},
            "signatures": [{"signature": signature, "verifier": pem}],
        }
        entry = self.log_entry({"apiVersion": "0.0.1", "kind": "dsse", "spec": spec}, at=at)
        return self._bundle(certificate, entry, dsseEnvelope=envelope)

    def sign_artifact(self, artifact: bytes, **said: str) -> dict[str, Any]:
        """Return the bundle of a file's own bytes."""
        key = new_key()
        certificate = self.certificate(key, **said)
        digest, signature = hashlib.sha256(artifact).digest(), b64(sign(key, artifact))
        spec = {
            "data": {"hash": {"algorithm": "sha256", "value": digest.hex()}},
            "signature": {"content": signature, "publicKey": {"content": b64(certificate.public_bytes(Encoding.PEM))}},
        }
        entry = self.log_entry({"apiVersion": "0.0.1", "kind": "hashedrekord", "spec": spec})
        message = {"messageDigest": {"algorithm": "SHA2_256", "digest": b64(digest)}, "signature": signature}
        return self._bundle(certificate, entry, messageSignature=message)

    def _bundle(self, certificate: x509.Certificate, entry: dict[str, Any], **content: Any) -> dict[str, Any]:
        material = {
            "certificate": {"rawBytes": b64(certificate.public_bytes(Encoding.DER))},
            "tlogEntries": [entry],
            "timestampVerificationData": {"rfc3161Timestamps": []},
        }
        kind = "application/vnd.dev.sigstore.bundle.v0.3+json"
        return {"mediaType": kind, "verificationMaterial": material, **content}
