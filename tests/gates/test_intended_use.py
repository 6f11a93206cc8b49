from typing import Any

import pytest

from promoter.errors import ProposalError
from promoter.gates.contract.finding import Finding
from promoter.gates.intended_use import GATE
from promoter.policy.policy import NearMiss
from tests.support.candidates import MODEL, bind_parameters, judge_with, make_context, make_release

USE = {**MODEL["intended_use"], "prohibited": ["Automatic refusal"], "human_oversight": "An underwriter decides each."}
PLACE = "models/lending/mortgage/model.yaml"


def findings_on(parameters: dict[str, Any] | None = None, *, title: str = "Mortgage", **use: Any) -> list[Finding]:
    """Return the gate's findings on a model with this use."""
    release = make_release(model={"title": title, "intended_use": {**USE, **use}})
    near = NearMiss(absolute=1)
    return judge_with(
        GATE, [], make_context(release, near_miss=near), **{"min_oversight_words": 4, **(parameters or {})}
    )


def test_permitted_use_with_oversight_passes() -> None:
    """Domain, uses, exclusions and oversight hold; four words pass at a bound of four."""
    found = findings_on({"domains": ["credit"], "forbidden_uses": ["social scoring"]})
    names = ["domain", "forbidden_use", "prohibited", "affected", "oversight_words"]
    assert [(name, True) for name in names] == [(finding.measure, finding.satisfied) for finding in found]
    assert (0.0, True) == (found[-1].margin, found[-1].is_near)


@pytest.mark.parametrize("parameters", [{"domains": ["health"]}, {"forbidden_domains": ["credit"]}])
def test_domain_that_is_not_allowed_fails(parameters: dict[str, Any]) -> None:
    """It is on no list of allowed ones, or on the list of forbidden ones."""
    finding = findings_on(parameters)[0]
    assert (False, "domain credit is not allowed", PLACE) == (
        finding.satisfied,
        finding.message,
        finding.location.path,
    )


@pytest.mark.parametrize("purpose", ["A social scoring of tenants.", "Social-Scoring", "for SOCIAL  scoring, and more"])
def test_forbidden_use_in_the_purpose_fails(purpose: str) -> None:
    """Words in a row count, without case and punctuation."""
    finding = findings_on({"forbidden_uses": ["social scoring"]}, purpose=purpose)[1]
    assert (False, "purpose names a forbidden use: social scoring") == (finding.satisfied, finding.message)


def test_forbidden_use_in_the_title_fails() -> None:
    """The title is read as well."""
    finding = findings_on({"forbidden_uses": ["social scoring"]}, title="Social scoring")[1]
    assert (False, "title names a forbidden use: social scoring") == (finding.satisfied, finding.message)


@pytest.mark.parametrize("purpose", ["antisocial scoring", "social and scoring", "scoring social"])
def test_other_words_are_no_forbidden_use(purpose: str) -> None:
    """Whole words, in their order."""
    assert findings_on({"forbidden_uses": ["social scoring"]}, purpose=purpose)[1].satisfied is True


def test_model_that_rules_nothing_out_fails() -> None:
    """Unless the policy does not ask."""
    assert (False, "no use is ruled out") == (
        findings_on(prohibited=[])[1].satisfied,
        findings_on(prohibited=[])[1].message,
    )
    assert all(finding.satisfied for finding in findings_on({"prohibited": "ignore"}, prohibited=[]))


def test_oversight_in_too_few_words_fails_narrowly() -> None:
    """Three of four words are a near miss."""
    finding = findings_on(human_oversight="An underwriter decides.")[-1]
    assert (False, -1.0, True) == (finding.satisfied, finding.margin, finding.is_near)


def test_every_model_is_judged() -> None:
    """Each model has a use."""
    assert GATE.why_not(bind_parameters(GATE), make_context().candidate) is None


def test_unknown_parameters_are_refused() -> None:
    """A domain is an identifier."""
    with pytest.raises(ProposalError):
        bind_parameters(GATE, domains=["Credit risk"])


@pytest.mark.parametrize(
    ("group", "satisfied"),
    [("Loan applicants", True), ("Everyone.", False), ("N/A", False), ("School children", False), ("users", False)],
)
def test_those_whom_decisions_touch_are_named(group: str, satisfied: bool) -> None:
    """Everybody is nobody's concern; and the policy takes no children."""
    found = findings_on({"forbidden_affected": ["children"]}, affected=["Applicants", group])
    assert [True, satisfied] == [finding.satisfied for finding in found if finding.measure == "affected"]


def test_a_policy_may_leave_the_affected_to_others() -> None:
    """It says so."""
    found = findings_on({"affected": "ignore"}, affected=["everyone"])
    assert "affected" not in {finding.measure for finding in found}
