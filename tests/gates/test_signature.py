from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from promoter.errors import ProposalError
from promoter.gates.contract.candidate import Context
from promoter.gates.contract.finding import Finding
from promoter.gates.signature import GATE
from promoter.measure.reports.request import RulesFile
from promoter.measure.request import Measured
from tests.measure.reports.signing import pem_of
from tests.support.candidates import MANIFEST, bind_parameters, digest_of, judge_with, make_context, make_release

PEM = pem_of(ec.generate_private_key(ec.SECP256R1()))
KEYS = [{"name": "platform build", "pem": PEM}]
BUILDER = "https://github.com/actions/runner/github-hosted"
RULE = {"builders": [BUILDER], "refs": ["refs/heads/main"]}
ARTIFACT = digest_of("f")
ISSUER = "https://token.actions.githubusercontent.com"
SUBJECT = "https://github.com/example/models/.github/workflows/build.yml@refs/heads/main"
IDENTITY = {"name": "release workflow", "issuer": ISSUER, "subject": SUBJECT}
WORKFLOW = {"repository": "example/models", "path": ".github/workflows/build.yml", "refs": ["refs/heads/main"]}
BY_WORKFLOW = {"name": "release workflow", "issuer": ISSUER, "workflow": WORKFLOW}
TRUSTED = {"path": "policies/trust/sigstore.json", "digest": digest_of("7")}


def entry(kind: str, letter: str) -> dict[str, Any]:
    """Return an evidence entry of a signature or provenance."""
    return {
        "id": kind,
        "kind": kind,
        "format": "sigstore",
        "uri": f"evidence/{kind}.json",
        "digest": digest_of(letter),
        "size_bytes": 10,
    }


def signed_context(*kinds: str) -> Context:
    """Return the context of a version with a signature, or with these kinds of evidence."""
    entries = [entry(kind, letter) for kind, letter in zip(kinds or ("signature",), "45", strict=False)]
    entries = [{**own, "id": f"{own['kind']}-{index}"} for index, own in enumerate(entries)]
    return make_context(make_release(evidence=[*MANIFEST["evidence"], *entries]))


def signature(**facts: Any) -> Measured:
    """Return a good signature of the artifact, with some facts replaced."""
    known = {
        "is_keyless": False,
        "certificate": None,
        "refused": None,
        "verified_by": ["sha256:key"],
        "subjects": [{"name": "model.onnx", "digest": ARTIFACT}],
        "signed_files": [],
        "predicate_type": "https://slsa.dev/provenance/v1",
        "builder": BUILDER,
        "source": "git+https://example.org/training.git",
        "ref": "refs/heads/main",
        "commit": "a" * 40,
    }
    return Measured(facts={**known, **facts})


def open_findings(answers: list[Measured], context: Context | None = None, **parameters: Any) -> list[Finding]:
    """Return the findings that are not satisfied."""
    findings = judge_with(GATE, answers, context or signed_context(), **{"keys": KEYS, **parameters})
    assert findings
    return [finding for finding in findings if finding.satisfied is not True]


def test_artifact_signed_by_a_key_of_the_policy_passes() -> None:
    """One signature is enough by default."""
    assert [] == open_findings([signature()])


def test_signature_that_no_key_verifies_fails() -> None:
    """Somebody signed, but nobody whom the policy knows."""
    found = open_findings([signature(verified_by=[])])
    assert [("verified", False), ("signers", False)] == [(finding.measure, finding.satisfied) for finding in found]
    assert found[0].hint is not None


def test_signature_of_another_file_fails() -> None:
    """The subject's digest is not the artifact's, and the signer does not count."""
    found = open_findings([signature(subjects=[{"name": "model.onnx", "digest": digest_of("e")}])])
    assert ["subject", "signers"] == [finding.measure for finding in found]
    assert f"the artifact is {ARTIFACT}" in found[0].message


@pytest.mark.parametrize(
    ("files", "passes"),
    [
        ([("model.onnx", ARTIFACT), ("config.json", digest_of("e"))], True),
        ([("model.onnx", digest_of("e")), ("config.json", ARTIFACT)], False),
        ([("a/model.onnx", ARTIFACT), ("b/model.onnx", digest_of("e"))], False),
    ],
)
def test_signed_folder_lists_the_artifact_by_its_name(files: list[tuple[str, str]], passes: bool) -> None:
    """A model-signing manifest names each file; the artifact's own name counts."""
    listed = [{"name": name, "digest": digest} for name, digest in files]
    answer = signature(subjects=[{"name": "model", "digest": digest_of("9")}], signed_files=listed)
    assert passes is not bool(open_findings([answer]))


def keyless(*, refused: str | None = None, **said: Any) -> Measured:
    """Return a keyless signature whose verified certificate says this, or one that was refused."""
    known = {"subject": SUBJECT, "issuer": ISSUER, "source": None, "ref": None, "commit": None, "logged_at": None}
    certificate = None if refused else {**known, **said}
    return signature(is_keyless=True, verified_by=[], certificate=certificate, refused=refused)


def open_keyless(answers: list[Measured], context: Context | None = None, **parameters: Any) -> list[Finding]:
    """Return the findings that are not satisfied under a policy with identities and no key."""
    given = {"identities": [IDENTITY], "trusted_root": TRUSTED, **parameters}
    findings = judge_with(GATE, answers, context or signed_context(), **given)
    return [finding for finding in findings if finding.satisfied is not True]


def test_trusted_root_is_asked_for_by_its_digest_and_path() -> None:
    """What the policy pins is what the certificate is verified against."""
    parameters = bind_parameters(GATE, identities=[IDENTITY], trusted_root=TRUSTED)
    [request] = GATE.measures(parameters, signed_context().candidate)
    assert RulesFile(content=digest_of("7"), path="policies/trust/sigstore.json") == request.trusted_root


@pytest.mark.parametrize(
    "identity",
    [IDENTITY, BY_WORKFLOW, {**IDENTITY, "source": "https://github.com/example/models"}],
)
def test_keyless_signature_of_an_identity_of_the_policy_passes(identity: dict[str, Any]) -> None:
    """By its whole subject, by a workflow, and with the repository it ran for."""
    assert [] == open_keyless([keyless(source="https://github.com/example/models")], identities=[identity])


@pytest.mark.parametrize(
    "said",
    [
        {"subject": SUBJECT + "s"},
        {"subject": SUBJECT.replace("heads/main", "heads/attack")},
        {"subject": SUBJECT.replace("example/models", "example/fork")},
        {"subject": SUBJECT.upper()},
        {"issuer": "https://login.example.org"},
        {"issuer": ISSUER + "/"},
    ],
)
@pytest.mark.parametrize("identity", [IDENTITY, BY_WORKFLOW])
def test_keyless_signature_of_somebody_else_fails(said: dict[str, str], identity: dict[str, Any]) -> None:
    """Another subject, ref, repository or issuer; and the finding says who signed."""
    found = open_keyless([keyless(**said)], identities=[identity])
    assert [("verified", False), ("signers", False)] == [(finding.measure, finding.satisfied) for finding in found]
    assert next(iter(said.values())) in found[0].message


def test_workflow_called_from_another_repository_fails() -> None:
    """The subject is the called workflow's; only the source says who called it."""
    identity = {**IDENTITY, "source": "https://github.com/example/models"}
    found = open_keyless([keyless(source="https://github.com/attacker/models")], identities=[identity])
    assert "source https://github.com/attacker/models" in found[0].message
    assert open_keyless([keyless()], identities=[identity])


def test_certificate_that_proves_nothing_fails_with_its_reason() -> None:
    """Not undecided: the policy says how to verify it, and it is not verified."""
    found = open_keyless([keyless(refused="the bundle is not verified: expired")])
    assert (False, "verified") == (found[0].satisfied, found[0].measure)
    assert found[0].message.endswith("proves nothing: the bundle is not verified: expired")


def test_key_and_identity_are_two_signers() -> None:
    """Each counts once, however often it signed."""
    context = signed_context("signature", "signature")
    both = {"keys": KEYS, "min_signers": 2}
    assert [] == open_keyless([signature(), keyless()], context, **both)
    [finding] = open_keyless([keyless(), keyless()], context, **both)
    assert ("signers", 1.0) == (finding.measure, finding.value)


def test_keyless_signature_is_undecided_where_the_policy_names_no_identity() -> None:
    """The reason says what was not done."""
    [finding] = open_findings([signature(is_keyless=True, verified_by=[])])
    assert (finding.satisfied, finding.measure) == (None, "verified")
    assert "keyless" in finding.message


def test_too_few_signers_fail() -> None:
    """One of two."""
    second = {"name": "second", "pem": pem_of(ec.generate_private_key(ec.SECP256R1()))}
    [finding] = open_findings([signature()], keys=[*KEYS, second], min_signers=2)
    assert (finding.measure, finding.value, finding.bound, finding.margin) == ("signers", 1.0, 2.0, -1.0)


def test_provenance_of_the_reviewed_commit_passes() -> None:
    """Builder, ref, repository (git+ and .git aside) and commit agree."""
    context = signed_context("signature", "provenance")
    assert [] == open_findings([signature(), signature()], context, provenance=RULE)


@pytest.mark.parametrize(
    ("fact", "value", "satisfied"),
    [
        ("builder", "https://example.org/laptop", False),
        ("ref", "refs/heads/attack", False),
        ("source", "https://example.org/fork", False),
        ("commit", "b" * 40, False),
        ("builder", None, None),
        ("commit", None, None),
    ],
)
def test_provenance_of_something_else_fails_and_a_silent_one_is_undecided(
    fact: str, value: str | None, satisfied: bool | None
) -> None:
    """Each is compared whole; nothing is assumed where nothing is said."""
    context = signed_context("signature", "provenance")
    [finding] = open_findings([signature(), signature(**{fact: value})], context, provenance=RULE)
    assert (finding.measure, finding.satisfied) == (fact, satisfied)


@pytest.mark.parametrize("fact", ["source", "ref", "commit"])
def test_certificate_that_names_another_source_than_its_statement_fails(fact: str) -> None:
    """A workflow writes its statement itself; the certificate's names are the issuer's."""
    context, own = signed_context("signature", "provenance"), {"source": "https://example.org/training"}
    own |= {"ref": "refs/heads/main", "commit": "a" * 40}
    assert [] == open_keyless([keyless(**own), keyless(**own)], context, provenance=RULE)
    [finding] = open_keyless([keyless(**own), keyless(**{**own, fact: "other"})], context, provenance=RULE)
    assert (fact, False) == (finding.measure, finding.satisfied)
    assert "its certificate other" in finding.message


def test_missing_evidence_fails() -> None:
    """A signature always, a provenance where the policy has a rule."""
    [finding] = judge_with(GATE, [], keys=KEYS)
    assert "evidence of kind signature" in finding.message
    [finding] = open_findings([signature()], provenance=RULE)
    assert "evidence of kind provenance" in finding.message


@pytest.mark.parametrize(
    "parameters",
    [
        {"keys": []},
        {"keys": [{"name": "a", "pem": "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"}]},
        {"keys": KEYS, "min_signers": 0},
        {"keys": KEYS, "min_signers": 2},
        {},
        {"identities": [IDENTITY]},
        {"keys": KEYS, "trusted_root": TRUSTED},
        {"identities": [{**IDENTITY, "subject": None}], "trusted_root": TRUSTED},
        {"identities": [{**IDENTITY, **BY_WORKFLOW}], "trusted_root": TRUSTED},
        {"identities": [{**IDENTITY, "issuer": "token.example"}], "trusted_root": TRUSTED},
        {"identities": [IDENTITY], "trusted_root": {**TRUSTED, "path": "policies/trust/../roles.yaml"}},
        {"identities": [IDENTITY], "trusted_root": {**TRUSTED, "path": "models/lending/root.json"}},
        {"keys": KEYS, "provenance": {"builders": [], "refs": ["refs/heads/main"]}},
    ],
)
def test_parameters_that_would_disarm_the_gate_are_refused(parameters: dict[str, Any]) -> None:
    """Nobody who could sign, a private key, no builder, half an identity, a root from elsewhere."""
    with pytest.raises(ProposalError):
        bind_parameters(GATE, **parameters)
