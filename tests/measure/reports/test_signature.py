import base64
import hashlib
import json
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from promoter.measure.reports.public_keys import fingerprint
from promoter.measure.reports.request import SignatureReport
from promoter.measure.request import Measured
from tests.measure.reports.reading import REPORTS, answer
from tests.measure.reports.signing import ARTIFACT, bundle, envelope, pem_of, provenance, statement

SIGNED = REPORTS / "model-signing"
KEY = ec.generate_private_key(ec.SECP256R1())
OTHER = ec.generate_private_key(ec.SECP256R1())


def read(document: Any, *keys: Any) -> Measured:
    """Return what a signature is measured as under these keys, KEY by default."""
    content = document if isinstance(document, bytes) else json.dumps(document).encode()
    return answer(SignatureReport, content, keys=tuple(map(pem_of, keys or (KEY,))))


def test_model_signings_own_bundle_is_verified() -> None:
    """The signer is the key it was made with, and the one file is the one that was signed."""
    pem = (SIGNED / "public.pem").read_text()
    found = answer(SignatureReport, (SIGNED / "model.sigstore.json").read_bytes(), keys=(pem, pem_of(OTHER)))
    assert found.failure is None
    assert [fingerprint(pem)] == found.facts["verified_by"]
    digest = "sha256:44fadfdc4e088cf07dcc3f21111a238ef6cdfcfcd4fb1846ab281e7bf54015a7"
    assert [{"name": "model.onnx", "digest": digest}] == found.facts["signed_files"]


def test_changed_payload_of_a_real_bundle_is_verified_by_nobody() -> None:
    """One letter of the model's name."""
    document = json.loads((SIGNED / "model.sigstore.json").read_bytes())
    payload = base64.b64decode(document["dsseEnvelope"]["payload"]).replace(b'"name": "model"', b'"name": "mode1"')
    document["dsseEnvelope"]["payload"] = base64.b64encode(payload).decode()
    pem = (SIGNED / "public.pem").read_text()
    assert [] == answer(SignatureReport, json.dumps(document).encode(), keys=(pem,)).facts["verified_by"]


@pytest.mark.parametrize(
    "key",
    [
        ec.generate_private_key(ec.SECP256R1()),
        ec.generate_private_key(ec.SECP384R1()),
        ec.generate_private_key(ec.SECP521R1()),
        ed25519.Ed25519PrivateKey.generate(),
        rsa.generate_private_key(public_exponent=65537, key_size=2048),
    ],
)
def test_each_algorithm_verifies_its_own_signature_alone(key: Any) -> None:
    """The key that signed, and no other."""
    signed = envelope(statement(), key)
    assert [fingerprint(pem_of(key))] == read(signed, key, OTHER).facts["verified_by"]
    assert [] == read(signed, OTHER).facts["verified_by"]


def test_two_signers_of_one_envelope_are_both_told() -> None:
    """In the order of the policy's keys."""
    found = read(envelope(statement(), OTHER, KEY), KEY, OTHER)
    assert [fingerprint(pem_of(KEY)), fingerprint(pem_of(OTHER))] == found.facts["verified_by"]


def test_signature_of_the_bare_payload_is_not_one_of_the_envelope() -> None:
    """Without the type in what is signed, one kind of document could pass for another."""
    body = json.dumps(statement()).encode()
    signed = envelope(statement(), KEY)
    signed["signatures"][0]["sig"] = base64.b64encode(KEY.sign(body, ec.ECDSA(hashes.SHA256()))).decode()
    assert [] == read(signed).facts["verified_by"]


def test_signature_over_the_artifact_itself_is_verified_by_its_digest() -> None:
    """A bundle's messageSignature."""
    content = b"the artifact"
    digest = hashlib.sha256(content).digest()
    signature = base64.b64encode(KEY.sign(content, ec.ECDSA(hashes.SHA256()))).decode()
    message = {"algorithm": "SHA2_256", "digest": base64.b64encode(digest).decode()}
    found = read(bundle(messageSignature={"messageDigest": message, "signature": signature}))
    assert [fingerprint(pem_of(KEY))] == found.facts["verified_by"]
    assert f"sha256:{digest.hex()}" == found.facts["subjects"][0]["digest"]


def test_keyless_bundle_is_verified_by_nobody() -> None:
    """Even where a listed key signed: a certificate's name is not checked here."""
    document = bundle(dsseEnvelope=envelope(statement(), KEY))
    document["verificationMaterial"] = {"certificate": {"rawBytes": "AAAA"}}
    facts = read(document).facts
    assert (True, []) == (facts["is_keyless"], facts["verified_by"])


@pytest.mark.parametrize(
    "predicate",
    [
        None,
        {
            "builder": {"id": "https://github.com/actions/runner/github-hosted"},
            "invocation": {
                "configSource": {
                    "uri": "git+https://example.org/training@refs/heads/main",
                    "digest": {"sha1": "a" * 40},
                }
            },
        },
    ],
)
def test_provenance_names_builder_source_ref_and_commit(predicate: Any) -> None:
    """SLSA 1 and 0.2; the commit is the source's own, not another dependency's."""
    body = provenance()
    if predicate is not None:
        body |= {"predicateType": "https://slsa.dev/provenance/v0.2", "predicate": predicate}
    facts = read(envelope(body, KEY)).facts
    assert (
        "https://github.com/actions/runner/github-hosted",
        "https://example.org/training",
        "refs/heads/main",
        "a" * 40,
    ) == (facts["builder"], facts["source"], facts["ref"], facts["commit"])


def model_signing(name: str, digest: str, root: str) -> dict[str, Any]:
    """Return a model-signing statement of one file."""
    predicate = {"resources": [{"name": name, "algorithm": "sha256", "digest": digest}]}
    return statement(root, predicateType="https://model_signing/signature/v1.0", predicate=predicate)


ROOT = hashlib.sha256(bytes.fromhex(ARTIFACT)).hexdigest()


@pytest.mark.parametrize(
    ("document", "why"),
    [
        (envelope(model_signing("../secret", ARTIFACT, ROOT), KEY), "leads out of the model's folder"),
        (envelope(model_signing("model.onnx", ARTIFACT, ARTIFACT), KEY), "do not hash to its subject"),
        (envelope(statement("F" * 64), KEY), "no sha256 of 64 hex"),
        (envelope(statement(subject=[]), KEY), "about 0 subjects"),
        (envelope(statement(_type="https://in-toto.io/Link/v1"), KEY), "in-toto v1 and v0.1 are read"),
        (envelope(b'{"_type": "a", "_type": "b"}', KEY), "stands twice"),
        (envelope(b"not json", KEY), "not JSON"),
        (envelope(statement()), "has 0 signatures"),
        ({**envelope(statement(), KEY), "payload": "%%%"}, "$.payload is no base64"),
        ({**envelope(statement(), KEY), "payloadType": "text/html"}, "only in-toto statements are read"),
        (bundle(), "has no 'dsseEnvelope'"),
        ({"mediaType": "text/html"}, "no Sigstore bundle"),
        ({"version": "2.1.0", "runs": []}, "no DSSE envelope or Sigstore bundle"),
        ([], "no DSSE envelope or Sigstore bundle"),
        (json.dumps(envelope(statement(), KEY)).encode()[:-9], "cut off"),
        (json.dumps(envelope(statement(), KEY)).encode("utf-16"), "not UTF-8"),
    ],
)
def test_hostile_or_foreign_file_is_a_failure_with_its_reason(document: Any, why: str) -> None:
    """Paths that lead out, subjects that do not fit, doubled keys, other formats."""
    assert why in (read(document).failure or "")


def test_key_that_is_none_is_the_policys_fault() -> None:
    """The reason says whose key it is."""
    content = json.dumps(envelope(statement(), KEY)).encode()
    found = answer(SignatureReport, content, keys=("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n",))
    assert "a key of the policy is no public key" in (found.failure or "")
    weak = rsa.generate_private_key(public_exponent=65537, key_size=1024)  # noqa: S505 - it is the weak key that must be refused
    assert "RSA of 2048 bits" in (read(envelope(statement(), KEY), weak).failure or "")
