from typing import Any

import pytest

from promoter.errors import ProposalError
from promoter.gates.contract.finding import Finding
from promoter.gates.encryption import GATE
from promoter.policy.policy import NearMiss
from tests.support.candidates import bind_parameters, judge_with, make_context, make_release
from tests.support.deployments import make_deployment


def findings_on(
    at_rest: str = "AES-256-GCM, cloud KMS", in_transit: str = "TLS 1.3", **parameters: Any
) -> list[Finding]:
    """Return the gate's findings on this protection."""
    release = make_release(deployment=make_deployment(encryption={"at_rest": at_rest, "in_transit": in_transit}))
    return judge_with(GATE, [], make_context(release, near_miss=NearMiss(absolute=0.15)), **parameters)


def test_good_protection_passes() -> None:
    """Algorithm, key store and protocol are good enough."""
    found = findings_on(key_stores=["HSM", "KMS"])
    assert [("algorithm", True), ("key_store", True), ("tls_version", True)] == [
        (finding.measure, finding.satisfied) for finding in found
    ]


@pytest.mark.parametrize("text", ["aes 256 gcm", "AES-256", "AES_256/GCM", "chacha20-poly1305 (libsodium)"])
def test_algorithms_are_found_without_case_and_punctuation(text: str) -> None:
    """Words in a row count."""
    assert findings_on(text)[0].satisfied is True


@pytest.mark.parametrize("text", ["AES-2560", "3DES", "AES", "none", "256-AES"])
def test_other_algorithms_fail_with_those_that_are_allowed(text: str) -> None:
    """A name that is only a part of a word is none."""
    finding = findings_on(text, algorithms=["AES-256"])[0]
    assert (False, f"data at rest: {text!r} names no allowed algorithm") == (finding.satisfied, finding.message)
    assert finding.hint == "use one of AES-256, and name it"


def test_keys_beside_the_data_fail() -> None:
    """No allowed store is named."""
    finding = findings_on("AES-256, key in the image", key_stores=["KMS"])[1]
    assert (False, True) == (finding.satisfied, finding.message.endswith("names no allowed key store"))


@pytest.mark.parametrize(
    ("text", "satisfied", "is_near"),
    [
        ("TLS 1.2", True, True),
        ("TLSv1.3", True, True),
        ("mutual TLS-1.3, TLS 1.2 for old clients", True, True),
        ("TLS 1.1", False, True),
        ("TLS 1.3, TLS 1.0 for old clients", False, False),
        ("TLS 1", False, False),
    ],
)
def test_oldest_version_counts(text: str, satisfied: bool, is_near: bool) -> None:
    """1.2 is asked: equality passes, and the weakest that is named decides."""
    finding = findings_on(in_transit=text)[-1]
    assert (satisfied, is_near) == (finding.satisfied, finding.is_near)


@pytest.mark.parametrize("text", ["TLS", "SSL 3.0", "encrypted"])
def test_protocol_without_a_version_is_undecided(text: str) -> None:
    """The hint says how to write it."""
    finding = findings_on(in_transit=text)[-1]
    assert (None, "name it, such as TLS 1.3") == (finding.satisfied, finding.hint)


def test_version_without_deployment_is_not_judged_unless_required() -> None:
    """The policy says whether it must be known."""
    context = make_context()
    assert GATE.why_not(bind_parameters(GATE), context.candidate) == "the manifest has no deployment"
    assert GATE.why_not(bind_parameters(GATE, require_deployment=True), context.candidate) is None
    [finding] = judge_with(GATE, [], context, require_deployment=True)
    assert (False, "the manifest does not say how data are protected") == (finding.satisfied, finding.message)


def test_unknown_parameters_are_refused() -> None:
    """No algorithm at all is no policy."""
    with pytest.raises(ProposalError):
        bind_parameters(GATE, algorithms=[])
