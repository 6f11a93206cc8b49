from typing import Any

import pytest

from promoter.errors import ProposalError
from promoter.gates.access_control import GATE
from promoter.gates.contract.finding import Finding
from tests.support.candidates import bind_parameters, digest_of, judge_with, make_context, make_release

DEPLOYMENT: dict[str, Any] = {
    "image": "registry.example.org/mortgage",
    "image_digest": digest_of("d"),
    "regions": ["eu-west-1"],
    "service_account": "lending-mortgage@models.example.org",
    "egress": ["features.example.org"],
    "encryption": {"at_rest": "AES-256", "in_transit": "TLS 1.3"},
}
HIGH = {
    "tiers": ["high"],
    "regions": ["eu-west-1"],
    "service_accounts": ["lending-*@models.example.org"],
    "roles": ["storage.reader", "metrics.*"],
    "egress": ["features.example.org", "*.telemetry.example.org:443"],
}


def failures(rules: list[dict[str, Any]] | None = None, **deployment: Any) -> list[Finding]:
    """Return what fails of a deployment with some values replaced."""
    context = make_context(make_release(deployment={**DEPLOYMENT, **deployment}))
    findings = judge_with(GATE, [], context, rules=rules or [HIGH])
    assert findings
    return [finding for finding in findings if finding.satisfied is not True]


def test_deployment_within_its_rule_passes() -> None:
    """Account, region and host are on the list."""
    assert [] == failures()


@pytest.mark.parametrize(
    "account",
    ["admin@models.example.org", "lending-a@b@models.example.org", "lending-x@models.example.org.evil.example", "root"],
)
def test_account_off_the_list_fails_at_its_line(account: str) -> None:
    """A wildcard matches within a part alone."""
    [finding] = failures(service_account=account)
    assert (finding.measure, finding.slice) == ("service_account", (("region", "eu-west-1"),))
    assert finding.location.line is not None
    assert finding.hint is not None


@pytest.mark.parametrize(
    "host",
    [
        "evil.example.org",
        "features.example.org.evil.example",
        "a.b.telemetry.example.org:443",
        "x.telemetry.example.org",
        "features.example.org:8443",
    ],
)
def test_host_off_the_list_fails(host: str) -> None:
    """Names are compared whole, ports included; one wildcard is one label."""
    [finding] = failures(egress=[host])
    assert (finding.measure, finding.satisfied) == ("egress", False)


def test_roles_on_the_list_pass_and_each_other_one_fails() -> None:
    """What the platform grants is what the manifest lists, so each role is held on its own."""
    [finding] = failures(roles=["storage.reader", "metrics.writer", "storage.admin"])
    assert ("role", (("region", "eu-west-1"), ("role", "storage.admin"))) == (finding.measure, finding.slice)


@pytest.mark.parametrize("host", ["x.telemetry.example.org:443", "Features.Example.ORG"])
def test_host_on_the_list_passes(host: str) -> None:
    """Wildcards and case."""
    assert [] == failures(egress=[host])


@pytest.mark.parametrize(
    "host",
    [
        "*",
        "*.example.org",
        "0.0.0.0/0",
        "10.0.0.1",
        "169.254.169.254",
        "https://features.example.org",
        "fe\u0430tures.example.org",
        "localhost",
        "features.example.org.",
    ],
)
def test_what_is_not_one_host_fails(host: str) -> None:
    """Wildcards, ranges, addresses, URLs and look-alike letters."""
    [finding] = failures(egress=[host])
    assert "is not the name of one host" in finding.message


def test_every_region_is_held_against_its_own_rules() -> None:
    """What Europe allows says nothing of America."""
    found = failures(regions=["eu-west-1", "us-east-1"])
    assert [("region", (("region", "us-east-1"),))] == [(finding.measure, finding.slice) for finding in found]
    america = {"regions": ["us-east-1"], "service_accounts": ["lending-*@models.example.org"]}
    [finding] = failures([HIGH, america], regions=["eu-west-1", "us-east-1"])
    assert finding.slice == (("region", "us-east-1"), ("host", "features.example.org"))


def test_rules_of_one_region_add_up() -> None:
    """A shared rule for all tiers adds its hosts."""
    shared = {"service_accounts": ["shared@models.example.org"], "egress": ["logs.example.org"]}
    assert [] == failures([HIGH, shared], egress=["features.example.org", "logs.example.org"])


def test_rule_of_another_tier_does_not_help() -> None:
    """A high-risk model may not use what low-risk ones may."""
    [finding] = failures([{**HIGH, "tiers": ["low"]}])
    assert "no rule allows a high-risk model to run in eu-west-1" == finding.message


def test_version_without_deployment_fails_unless_the_policy_lets_it_be() -> None:
    """Nobody knows what it would run as."""
    [finding] = judge_with(GATE, [], rules=[HIGH])
    assert (finding.satisfied, finding.measure) == (False, "deployment")
    parameters = bind_parameters(GATE, rules=[HIGH], without_deployment="not_applicable")
    assert GATE.why_not(parameters, make_context().candidate) is not None
    assert GATE.why_not(parameters, make_context(make_release(deployment=DEPLOYMENT)).candidate) is None


@pytest.mark.parametrize(
    "rules",
    [
        [],
        [{**HIGH, "service_accounts": ["*"]}],
        [{**HIGH, "egress": ["*.*"]}],
        [{**HIGH, "service_accounts": []}],
        [{**HIGH, "hosts": []}],
    ],
)
def test_rules_that_allow_everything_are_refused(rules: list[dict[str, Any]]) -> None:
    """No rule, a bare wildcard and a misspelt key are errors of the policy."""
    with pytest.raises(ProposalError):
        bind_parameters(GATE, rules=rules)
