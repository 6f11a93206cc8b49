"""What plug-ins test with: the policy of a gate's page on a described candidate."""

from dataclasses import replace

import pytest

from promoter.decision.gate_case import judge_described, page_policy
from promoter.errors import ProposalError
from promoter.gates.contract.gate import Gate
from promoter.gates.performance import GATE

CASE = """
schema: promoter.policy-test/1
title: Discrimination of a credit model.
measurements:
  - {measure: roc_auc, value: 0.8, interval: {lower: 0.78, upper: 0.82}}
  - {measure: brier, value: 0.1}
  - {measure: recall, value: 0.9, slice: {sex: female}}
expect: {outcome: passed}
"""


def test_the_pages_policy_judges_the_described_candidate() -> None:
    """Values of a case decide, and nothing else is read."""
    assert "passed" == judge_described(GATE, CASE).outcome
    assert "failed" == judge_described(GATE, CASE.replace("value: 0.9,", "value: 0.7,")).outcome


def test_a_case_that_is_none_is_told_at_its_line() -> None:
    """A misspelt key is refused as it would be in a registry."""
    with pytest.raises(ProposalError, match=r"case\.yaml:4:1: unknown key 'measurments'"):
        judge_described(GATE, CASE.replace("measurements", "measurments"))


def test_a_page_without_an_example_is_refused() -> None:
    """The message names the gate and what to keep."""
    gate: Gate = replace(GATE, judge=_judge_of_this_module)
    with pytest.raises(ValueError, match="the page of gate performance has 0 examples"):
        page_policy(gate)


def _judge_of_this_module(*_arguments: object) -> tuple[()]:
    return ()
