import base64
import copy
import hashlib
import json
import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from promoter.digest import sha256_bytes
from promoter.engines.duckdb.engine import DuckDBEngine
from promoter.measure.plan import measure
from promoter.measure.reports.request import RulesFile, SignatureReport
from promoter.measure.request import Measured
from tests.measure.reports.keyless import ISSUER, SIGNED_AT, SOURCE, SUBJECT, Instance
from tests.measure.reports.reading import REPORTS
from tests.measure.reports.signing import ARTIFACT, provenance, statement

INSTANCE = Instance()
ROOT = INSTANCE.trusted_root()
SIGSTORE = REPORTS / "sigstore"


def read(document: Any, root: bytes = ROOT) -> Measured:
    """Return what a bundle is measured as with this trusted root."""
    content = document if isinstance(document, bytes) else json.dumps(document).encode()
    pinned = RulesFile(content=sha256_bytes(root), path="policies/trust/own.json")
    request = SignatureReport(content=sha256_bytes(content), keys=(), trusted_root=pinned)
    sources = {sha256_bytes(content): lambda: content, sha256_bytes(root): lambda: root}
    return measure([request], sources, DuckDBEngine())[request]


def model_signing() -> dict[str, Any]:
    """Return the statement of OpenSSF model-signing about one file."""
    files = [{"name": "model.onnx", "algorithm": "sha256", "digest": ARTIFACT}]
    root = hashlib.sha256(bytes.fromhex(ARTIFACT)).hexdigest()
    return statement(root, predicateType="https://model_signing/signature/v1.0", predicate={"resources": files})


def test_bundle_of_the_public_instance_is_verified_with_its_trusted_root() -> None:
    """A release of rfc8785.py: sigstore-python's test asset, and the root that it ships."""
    found = read((SIGSTORE / "github.sigstore.json").read_bytes(), (SIGSTORE / "public-good.json").read_bytes())
    assert found.facts["certificate"] == {
        "subject": "https://github.com/trailofbits/rfc8785.py/.github/workflows/release.yml@refs/tags/v0.1.2",
        "issuer": ISSUER,
        "source": "https://github.com/trailofbits/rfc8785.py",
        "commit": "d8b4a6445f38c48b9137a8099706d9b8073146e4",
        "ref": "refs/tags/v0.1.2",
        "logged_at": "2024-03-19T22:41:16Z",
    }
    assert (
        "sha256:c4e92e9ecc828bef2aa7dba1de8ac983511f7532a0df11c770d39099a25cf201"
        == found.facts["subjects"][0]["digest"]
    )


def test_bundle_of_rekor_2_is_verified_by_its_time_stamp() -> None:
    """Sigstore's staging instance: no promise of the log, a time stamp authority's token in its place."""
    bundle, root = (SIGSTORE / "rekor-2.sigstore.json").read_bytes(), (SIGSTORE / "staging.json").read_bytes()
    said = read(bundle, root).facts["certificate"]
    assert ("https://github.com/login/oauth", None, None) == (said["issuer"], said["source"], said["logged_at"])
    assert "@" in said["subject"]
    assert read(bundle, (SIGSTORE / "public-good.json").read_bytes()).facts["certificate"] is None
    without = json.loads(bundle)
    without["verificationMaterial"]["timestampVerificationData"] = {"rfc3161Timestamps": []}
    assert "inclusion promise or signed timestamp" in read(without, root).facts["refused"]


@pytest.mark.parametrize("body", [provenance(), model_signing(), statement()])
def test_keyless_statement_names_its_signer_and_what_it_signed(body: dict[str, Any]) -> None:
    """SLSA provenance, a model-signing manifest, and any other in-toto statement."""
    facts = read(INSTANCE.sign_statement(body)).facts
    said = facts["certificate"]
    assert (SUBJECT, ISSUER, SOURCE) == (said["subject"], said["issuer"], said["source"])
    digests = [entry["digest"] for entry in facts["signed_files"] or facts["subjects"]]
    assert ([f"sha256:{ARTIFACT}"], []) == (digests, facts["verified_by"])


def test_payload_that_model_signing_wrote_is_read_from_a_keyless_bundle_too() -> None:
    """The statement of the tool's own bundle. model-signing 1.1.1 verifies such a bundle of this instance itself."""
    signed = json.loads((REPORTS / "model-signing" / "model.sigstore.json").read_bytes())
    facts = read(INSTANCE.sign_statement(json.loads(base64.b64decode(signed["dsseEnvelope"]["payload"])))).facts
    digest = "sha256:44fadfdc4e088cf07dcc3f21111a238ef6cdfcfcd4fb1846ab281e7bf54015a7"
    assert (SUBJECT, [{"name": "model.onnx", "digest": digest}]) == (
        facts["certificate"]["subject"],
        facts["signed_files"],
    )


def test_keyless_signature_of_the_artifact_itself_is_verified() -> None:
    """A mail address signs as well as a workflow."""
    facts = read(
        INSTANCE.sign_artifact(b"the artifact", subject="dev@example.org", issuer="https://login.example")
    ).facts
    assert "dev@example.org" == facts["certificate"]["subject"]
    assert f"sha256:{hashlib.sha256(b'the artifact').hexdigest()}" == facts["subjects"][0]["digest"]


def test_trusted_root_of_another_instance_verifies_nothing() -> None:
    """A certificate of the same names, from another authority."""
    facts = read(Instance().sign_statement(statement())).facts
    assert facts["certificate"] is None
    assert "the bundle is not verified: failed to build timestamp certificate chain" in facts["refused"]


def forge(**others: Any) -> Instance:
    """Return the instance with some of its keys replaced by an attacker's."""
    own = {"root": INSTANCE.root, "ct_log": INSTANCE.ct_log, "rekor": INSTANCE.rekor}
    return Instance(**{**own, **others})


def tampered(change: Callable[[dict[str, Any]], None], of: dict[str, Any] | None = None) -> dict[str, Any]:
    """Return a good bundle with one thing changed."""
    bundle = copy.deepcopy(of or INSTANCE.sign_statement(statement()))
    change(bundle)
    return bundle


def _payload(bundle: dict[str, Any]) -> None:
    body = json.dumps(statement("e" * 64)).encode()
    bundle["dsseEnvelope"]["payload"] = base64.b64encode(body).decode()


def _shadowed(bundle: dict[str, Any]) -> None:
    """Add a second envelope under the name that protobuf's other spelling has."""
    bundle["dsse_envelope"] = copy.deepcopy(bundle["dsseEnvelope"])
    _payload(bundle)


def _entry_of_another(bundle: dict[str, Any]) -> None:
    other = INSTANCE.sign_statement(provenance())["verificationMaterial"]["tlogEntries"]
    bundle["verificationMaterial"]["tlogEntries"] = other


def _digest_of_another(bundle: dict[str, Any]) -> None:
    message = bundle["messageSignature"]["messageDigest"]
    message["digest"] = base64.b64encode(hashlib.sha256(b"another").digest()).decode()


def _material(key: str, value: Any) -> Callable[[dict[str, Any]], None]:
    def change(bundle: dict[str, Any]) -> None:
        bundle["verificationMaterial"][key] = value

    return change


def _entry(key: str, value: Any) -> Callable[[dict[str, Any]], None]:
    def change(bundle: dict[str, Any]) -> None:
        bundle["verificationMaterial"]["tlogEntries"][0][key] = value

    return change


@pytest.mark.parametrize(
    ("bundle", "why"),
    [
        (tampered(_payload), "not verified"),
        (tampered(_shadowed), "the bundle "),
        (tampered(_entry_of_another), "not verified"),
        (tampered(_digest_of_another, INSTANCE.sign_artifact(b"x")), "Signature is invalid"),
        (tampered(_material("tlogEntries", [])), "exactly one log entry"),
        (tampered(_entry("inclusionProof", None)), "inclusionProof"),
        (tampered(_entry("inclusionPromise", None)), "inclusion promise or signed timestamp"),
        (tampered(_entry("integratedTime", "0")), "not enough sources of verified time"),
        (tampered(_entry("integratedTime", "1800000000")), "certificate"),
        (
            tampered(lambda bundle: bundle.update(mediaType="application/vnd.dev.sigstore.bundle.v9+json")),
            "cannot be read: failed to load bundle: 1 validation error for Bundle mediaType",
        ),
        (INSTANCE.sign_statement(statement(), at=SIGNED_AT + timedelta(hours=1)), "certificate"),
        (INSTANCE.sign_statement(statement(), at=SIGNED_AT - timedelta(hours=1)), "certificate"),
        (forge(root=Instance().root).sign_statement(statement()), "certificate chain"),
        (forge(ct_log=Instance().ct_log).sign_statement(statement()), "SCT"),
        (forge(rekor=Instance().rekor).sign_statement(statement()), "log"),
    ],
)
def test_bundle_that_proves_nothing_is_refused_with_its_reason(bundle: dict[str, Any], why: str) -> None:
    """Forged, tampered, expired, not logged, or a format that nobody knows: no certificate is told."""
    facts = read(bundle).facts
    assert facts["certificate"] is None
    assert why in facts["refused"]


def test_public_bundle_with_another_digest_is_refused() -> None:
    """One signed file cannot stand for another."""
    bundle = json.loads((SIGSTORE / "github.sigstore.json").read_bytes())
    _digest_of_another(bundle)
    assert read(bundle, (SIGSTORE / "public-good.json").read_bytes()).facts["certificate"] is None


@pytest.mark.parametrize(
    ("root", "why"),
    [
        (b"{}", "no trusted root of Sigstore: $ has no 'mediaType'"),
        (b"not json", "not JSON"),
        (json.dumps({**json.loads(ROOT), "tlogs": []}).encode(), "trusted root cannot be used"),
        (
            json.dumps({**json.loads(ROOT), "mediaType": "text/html"}).encode(),
            "trusted root cannot be used: 1 validation error for TrustedRoot mediaType",
        ),
        (json.dumps({**json.loads(ROOT), "certificateAuthorities": []}).encode(), "trusted root cannot be used"),
        (json.dumps({**json.loads(ROOT), "certificateAuthorities": 3}).encode(), "trusted root cannot be used"),
    ],
)
def test_unusable_trusted_root_is_an_error(root: bytes, why: str) -> None:
    """It is the rules' fault, and no bundle's."""
    assert why in (read(INSTANCE.sign_statement(statement()), root).failure or "")


def test_absent_trusted_root_is_an_error() -> None:
    """The digest that a policy pins must be had."""
    content = json.dumps(INSTANCE.sign_statement(statement())).encode()
    pinned = RulesFile(content="sha256:" + "0" * 64, path="policies/trust/own.json")
    request = SignatureReport(content=sha256_bytes(content), keys=(), trusted_root=pinned)
    found = measure([request], {sha256_bytes(content): lambda: content}, DuckDBEngine())[request]
    assert "no file with this content is at hand" in (found.failure or "")


def test_bundle_of_50_mb_is_not_read() -> None:
    """The limit of every foreign JSON file."""
    assert "larger than" in (read(b" " * 50_000_000).failure or "")


def _leaves(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the place of every value in a document."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(leaf for key, item in inner for leaf in _leaves(item, (*path, key)))]


@pytest.mark.parametrize("signed", [INSTANCE.sign_statement(statement()), INSTANCE.sign_artifact(b"x")])
def test_no_value_of_another_kind_crashes_or_passes(signed: dict[str, Any]) -> None:
    """Each part of a bundle in turn is nothing, a number, a list, or the text of something else."""
    rng = random.Random(4)  # noqa: S311 - repeatable, no secret
    passed, tried = [], 0
    for place in _leaves(signed)[1:]:
        for value in (None, 7, [], {}, "AAAA", str(rng.random())):
            bundle = copy.deepcopy(signed)
            holder = bundle
            for key in place[:-1]:
                holder = holder[key]
            holder[place[-1]] = value
            found, tried = read(bundle), tried + 1
            if found.failure is None and found.facts["certificate"] is not None:
                passed.append((place, value))
    # What is left passes since it says nothing: a hint, an index that the proof does not use, an empty list of stamps.
    known = {"logIndex", "timestampVerificationData", "rfc3161Timestamps", "hashes", "keyId", "logId", "keyid"}
    assert ([], True) == ([entry for entry in passed if entry[0][-1] not in known], tried > 150)
