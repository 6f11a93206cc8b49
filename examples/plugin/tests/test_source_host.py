import pytest
from promoter.decision.gate_case import judge_described

from source_host_gate.source_host import GATE

CASE = """
schema: promoter.policy-test/1
title: A case of the policy on the gate's page.
candidate: {manifest: {source: {repository: "REPOSITORY"}}}
expect: {outcome: passed}
"""


def outcome(repository: str) -> str:
    """Return what the page's policy says of a version that was trained from this repository."""
    return judge_described(GATE, CASE.replace("REPOSITORY", repository)).outcome


def test_host_of_the_list_passes() -> None:
    """The page's policy keeps two hosts."""
    assert outcome("https://code.example/training") == "passed"


@pytest.mark.parametrize(
    "repository",
    [
        "https://code.example.evil.example/training",
        "https://sub.code.example/training",
        "https://code.example@evil.example/training",
        "https://code.example:8443/training",
        "http://code.example/training",
        "https://Code.example/training",
        "git@code.example:training",
        "https://[::1",
    ],
)
def test_every_other_place_fails_at_its_line(repository: str) -> None:
    """Look-alikes, users, ports and other schemes are other places."""
    result = judge_described(GATE, CASE.replace("REPOSITORY", repository))
    assert result.outcome == "failed"
    assert result.findings[0].location.line is not None
    assert result.findings[0].hint == "push it to code.example or example.org, and train from there"
