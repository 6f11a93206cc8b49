"""A tenant's overlay adds and tightens; whatever asks less than the registry is refused with both lines."""

from collections.abc import Mapping

import pytest

from promoter.errors import PolicyError
from promoter.policy.rulebook import RuleBook, read_rules
from promoter.registry.memory import MemoryTree
from tests.support.registry import policy_yaml, rule_files

BASE = "policies/catalog/performance/auc.yaml"
OVERLAY = "policies/overlays/lending/auc.yaml"
PARAMETERS = (
    "{bounds: [{measure: roc_auc, at_least: 0.8, decide_on: interval}, {measure: brier, at_most: 0.1}], min_n: 300}"
)
LINES = {"applies_to": "{risk_tiers: [high], stages: [production]}", "near_miss": "{absolute: 0.02}"}


def policy(parameters: str = PARAMETERS, name: str = "auc", **changed: str) -> str:
    """Return the registry's policy, with some lines changed."""
    return policy_yaml(name, "performance", parameters, **{**LINES, **changed})


def rules(files: Mapping[str, str]) -> RuleBook:
    """Return the rules of a registry with one policy and these files."""
    texts = {**rule_files({}), BASE: policy(), **files}
    return read_rules(MemoryTree({path: str(text).encode() for path, text in texts.items()}))


def refused(text: str) -> tuple[str, int | None]:
    """Return the only reason why an overlay is refused, and its line."""
    with pytest.raises(PolicyError) as error:
        rules({OVERLAY: text})
    [problem] = error.value.problems
    assert (OVERLAY, True) == (problem.location.path, BASE in problem.message)
    assert problem.hint.startswith("an overlay may add or tighten")
    return problem.message, problem.location.line


@pytest.mark.parametrize(
    "tighter",
    [
        policy(),
        policy(PARAMETERS.replace("0.8,", "0.85,")),
        policy(PARAMETERS.replace("at_most: 0.1", "at_most: 0.09")),
        policy(PARAMETERS.replace("at_most: 0.1", "at_most: 0.1, decide_on: interval")),
        policy(PARAMETERS.replace("bounds: [", "bounds: [{measure: recall, at_least: 0.7}, ")),
        policy(severity="critical"),
        policy(near_miss="{absolute: 0.001}"),
        policy(remediation="Ask our own team."),
        policy(applies_to="{risk_tiers: [high, medium]}"),
    ],
)
def test_a_tighter_policy_stands_beside_the_registrys(tighter: str) -> None:
    """Both judge the tenant's models: what the registry asks holds whatever the tenant writes."""
    base, overlay = rules({OVERLAY: tighter}).policies
    assert ("auc", BASE, None) == (base.policy.id, base.path, base.policy.applies_to.models)
    assert ("lending-auc", OVERLAY) == (overlay.policy.id, overlay.path)
    assert ("lending/**",) == overlay.policy.applies_to.models


@pytest.mark.parametrize(("days", "is_taken"), [(7, True), (14, True), (6, False)])
def test_a_least_time_may_grow_and_not_shrink(days: int, is_taken: bool) -> None:
    """min_days is a limit like max_: a tenant may let its versions soak longer."""
    soaked = {name: policy_yaml("soaked", "soak", f"{{min_days: {least}}}") for name, least in (("a", 7), ("b", days))}
    files = {
        "policies/catalog/performance/soaked.yaml": soaked["a"],
        "policies/overlays/lending/soaked.yaml": soaked["b"],
    }
    if is_taken:
        assert "lending-soaked" in {file.policy.id for file in rules(files).policies}
    else:
        with pytest.raises(PolicyError, match="min_days is 6, the registry's policy has 7"):
            rules(files)


@pytest.mark.parametrize(
    ("looser", "line", "why"),
    [
        (policy(PARAMETERS.replace("0.8,", "0.75,")), 8, "the bound loosens from at_least: 0.8"),
        (policy(PARAMETERS.replace("0.1}", "0.2}")), 8, "the bound loosens from at_most: 0.1 to at_most: 0.2"),
        (policy(PARAMETERS.replace(", decide_on: interval", "")), 8, "the bound loosens from at_least: 0.8, decide_on"),
        (policy(PARAMETERS.replace(", {measure: brier, at_most: 0.1}", "")), 8, "brier at_most is dropped"),
        (policy(PARAMETERS.replace(", min_n: 300", "")), 8, "min_n is dropped"),
        (policy(PARAMETERS.replace("300", "100")), 8, "min_n is 100, the registry's policy has 300"),
        (policy(PARAMETERS.replace("300}", "300, slices: []}")), 8, "slices is new, and nobody can decide"),
        (policy(enforcement="warn"), 10, "enforcement falls from block to warn"),
        (policy(severity="medium"), 9, "severity falls from high to medium"),
        (policy(owner="lending-models"), 5, "owner is lending-models, the registry's policy has risk"),
        (policy(applies_to="{risk_tiers: [medium], stages: [production]}"), 12, "no longer covers high"),
        (
            policy(applies_to="{risk_tiers: [high], stages: [production], tasks: [binary]}"),
            12,
            "no longer covers every",
        ),
        (policy(on_inconclusive="{action: ask, role: risk}"), 14, "blocks in the registry's policy, and only asks"),
        (policy(effective_from="2026-06-01"), 14, "it begins on 2026-06-01, later"),
        (policy(sunset="2026-06-01"), 14, "it ends on 2026-06-01, earlier"),
    ],
)
def test_a_looser_policy_is_refused_with_both_lines(looser: str, line: int, why: str) -> None:
    """Row 57: loosened bounds, dropped rules, weaker enforcement, longer waivers, narrower selectors."""
    message, found = refused(looser)
    assert why in message
    assert line == found


def test_a_policy_of_ones_own_is_added() -> None:
    """Under an id that the registry does not have, it judges the namespace's models alone."""
    added = rules({"policies/overlays/lending/recall.yaml": policy(name="recall")}).policies[1]
    assert ("recall", ("lending/**",)) == (added.policy.id, added.policy.applies_to.models)


def test_globs_are_held_to_the_namespace() -> None:
    """A tenant's rule never reaches another tenant's models."""
    globs = "{models: ['*/card', lending/mortgage, health/*, '**']}"
    added = rules({"policies/overlays/lending/recall.yaml": policy(name="recall", applies_to=globs)}).policies[1]
    assert ("lending/card", "lending/mortgage", "lending/**") == added.policy.applies_to.models


def test_an_overlay_that_reaches_no_model_is_refused() -> None:
    """It would look like a rule, and hold nothing."""
    text = policy(name="recall", applies_to="{models: [health/*]}")
    with pytest.raises(PolicyError, match="it judges no model of namespace lending; remove the overlay"):
        rules({"policies/overlays/lending/recall.yaml": text})


def test_overlays_of_two_tenants_do_not_meet() -> None:
    """Each has its own id and its own models."""
    book = rules({OVERLAY: policy(), "policies/overlays/health/auc.yaml": policy()})
    assert ["auc", "health-auc", "lending-auc"] == [file.policy.id for file in book.policies]
