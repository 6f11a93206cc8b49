"""Each setting that decides whether the gate holds: sound, then one thing changed."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from promoter.errors import ServiceError
from promoter.github.doctor.examine import exit_code
from promoter.github.doctor.finding import Finding, Standing
from promoter.github.doctor.ruleset import recommended_ruleset
from tests.forge.server import Forge
from tests.forge.settings_routes import (
    ACTIONS,
    APP,
    CODEOWNERS,
    FORBIDDEN,
    FORK_APPROVAL,
    NOT_FOUND,
    POLICIES,
    PROTECTION,
    RULES,
    RULESET,
    RUNS,
    TOKEN,
    UNPROTECTED,
    rules_of,
)
from tests.forge.shapes import shape
from tests.support.sound_forge import findings_of, only, sound_forge, unsound

ACTIONS_SETTINGS = (ACTIONS, FORK_APPROVAL, POLICIES, TOKEN)


@pytest.fixture
def forge(tmp_path: Path) -> Iterator[Forge]:
    """Yield a sound repository; at the end every exchange must have been one that GitHub describes."""
    with sound_forge(tmp_path) as running:
        yield running
        assert [] == running.violations


def bypass(forge: Forge) -> Finding:
    """Return the one finding on who bypasses the rules that is not sound."""
    (found,) = [entry for entry in findings_of(forge) if entry.id == "bypass" and entry.standing is not Standing.HOLDS]
    return found


def change_rule(forge: Forge, kind: str, **parameters: Any) -> None:
    """Put parameters over those of the rule of a kind."""
    (rule,) = [rule for rule in forge.state.settings[RULES][1] if rule["type"] == kind]
    rule["parameters"] = {**rule["parameters"], **parameters}


def drop_rule(forge: Forge, kind: str) -> None:
    """Take a rule away."""
    status, rules = forge.state.settings[RULES]
    forge.state.settings[RULES] = (status, [rule for rule in rules if rule["type"] != kind])


def test_the_printed_ruleset_makes_the_doctor_content(forge: Forge) -> None:
    """What is recommended is what is asked for: nothing is a hole, weak or unread."""
    findings = findings_of(forge)
    assert {Standing.HOLDS} == {finding.standing for finding in findings}
    assert 0 == exit_code(findings)


def test_a_repository_without_any_rule_is_full_of_holes(forge: Forge) -> None:
    """A fresh repository: every guard of the branch is missing, each with why and what mends it."""
    forge.state.settings[RULES] = (200, [])
    found = unsound(forge)
    expected = {"pull-request", "approvals", "code-owners", "stale-reviews", "last-push", "up-to-date"}
    assert expected | {"force-push", "deletion", "required-check"} == set(found)
    assert 1 == exit_code(findings_of(forge))


@pytest.mark.parametrize(
    ("parameter", "value", "finding"),
    [
        ("required_approving_review_count", 0, "approvals"),
        ("require_code_owner_review", False, "code-owners"),
        ("dismiss_stale_reviews_on_push", False, "stale-reviews"),
        ("require_last_push_approval", False, "last-push"),
    ],
)
def test_each_weakened_review_rule_is_a_hole(forge: Forge, parameter: str, value: object, finding: str) -> None:
    """One parameter changed is one hole."""
    change_rule(forge, "pull_request", **{parameter: value})
    assert {finding: Standing.HOLE} == unsound(forge)


@pytest.mark.parametrize(("kind", "finding"), [("deletion", "deletion"), ("non_fast_forward", "force-push")])
def test_each_missing_rule_is_a_hole(forge: Forge, kind: str, finding: str) -> None:
    """The history must not be rewritten."""
    drop_rule(forge, kind)
    assert {finding: Standing.HOLE} == unsound(forge)


def test_another_required_check_is_not_the_gate(forge: Forge) -> None:
    """The names that are required are told."""
    change_rule(forge, "required_status_checks", required_status_checks=[{"context": "lint"}])
    assert "'promoter' is not required; required are: lint" == only(forge, "required-check").found
    assert {"required-check": Standing.HOLE} == unsound(forge)


def test_a_check_that_any_app_may_report_is_a_hole(forge: Forge) -> None:
    """Row 2: a required check is only a name."""
    change_rule(forge, "required_status_checks", required_status_checks=[{"context": "promoter"}])
    assert {"check-source": Standing.HOLE} == unsound(forge)


def test_a_check_that_any_workflow_may_report_is_weak(forge: Forge) -> None:
    """Who can push a branch can push a workflow; a workflow that the organisation requires ends that."""
    checks = [{"context": "promoter", "integration_id": 15368}]
    change_rule(forge, "required_status_checks", required_status_checks=checks)
    assert {"check-source": Standing.WEAK} == unsound(forge)
    source = {"ruleset_source_type": "Organization", "ruleset_source": "acme", "ruleset_id": 7}
    workflows = {"workflows": [{"path": ".github/workflows/gate.yml", "repository_id": 1}]}
    forge.state.settings[RULES][1].append({"type": "workflows", "parameters": workflows, **source})
    assert {} == unsound(forge)


def test_a_merge_queue_stands_for_being_up_to_date(forge: Forge) -> None:
    """Either is enough; neither is a hole."""
    change_rule(forge, "required_status_checks", strict_required_status_checks_policy=False)
    assert {"up-to-date": Standing.HOLE} == unsound(forge)
    queue = {
        "check_response_timeout_minutes": 60,
        "grouping_strategy": "ALLGREEN",
        "max_entries_to_build": 5,
        "max_entries_to_merge": 5,
        "merge_method": "MERGE",
        "min_entries_to_merge": 1,
        "min_entries_to_merge_wait_minutes": 5,
    }
    forge.state.settings[RULES][1].append({"type": "merge_queue", "parameters": queue, "ruleset_id": 7})
    assert {} == unsound(forge)


@pytest.mark.parametrize(
    ("mode", "standing"),
    [("always", Standing.HOLE), ("exempt", Standing.HOLE), ("pull_request", Standing.WEAK)],
)
def test_who_bypasses_is_named(forge: Forge, mode: str, standing: Standing) -> None:
    """A bypass that still needs a pull request leaves a trace and is weak; any other is a hole."""
    forge.state.settings[RULESET][1]["bypass_actors"] = [
        {"actor_id": 5, "actor_type": "RepositoryRole", "bypass_mode": mode}
    ]
    finding = bypass(forge)
    assert (standing, f"ruleset 'promoter': RepositoryRole 5 ({mode})") == (finding.standing, finding.found)


def test_a_bypass_of_rules_that_hold_elsewhere_too_is_weak(forge: Forge) -> None:
    """The same rules stand in a second ruleset that nobody bypasses."""
    forge.state.settings[RULESET][1]["bypass_actors"] = [{"actor_id": None, "actor_type": "OrganizationAdmin"}]
    assert {"bypass": Standing.HOLE, "recorder": Standing.WEAK} == unsound(forge)
    twin = recommended_ruleset(check_name="promoter", app_id=APP)
    forge.state.settings[RULES][1].extend(rules_of(twin, number=8))
    forge.state.settings["/rulesets/8"] = (200, {**forge.state.settings[RULESET][1], "id": 8, "bypass_actors": []})
    standings = [entry.standing for entry in findings_of(forge) if entry.id == "bypass"]
    assert [Standing.WEAK, Standing.HOLDS, Standing.HOLDS] == standings


def test_a_hidden_bypass_list_is_unread(forge: Forge) -> None:
    """GitHub shows it to the ruleset's administrators only; the doctor does not take silence for an empty list."""
    del forge.state.settings[RULESET][1]["bypass_actors"]
    assert {"bypass": Standing.UNREAD, "recorder": Standing.UNREAD} == unsound(forge)
    assert 3 == exit_code(findings_of(forge))


def protection(*, admins: bool, **reviews: Any) -> dict[str, Any]:
    """Return branch protection of the older kind that asks for all."""
    asked = {
        "required_approving_review_count": 2,
        "dismiss_stale_reviews": True,
        "require_code_owner_reviews": True,
        "require_last_push_approval": True,
    }
    return shape(
        "branch-protection",
        enforce_admins={"url": "https://api.github.com/x", "enabled": admins},
        required_pull_request_reviews=asked | reviews,
        required_status_checks={
            "strict": True,
            "contexts": ["promoter"],
            "checks": [{"context": "promoter", "app_id": APP}],
        },
        allow_force_pushes={"enabled": False},
        allow_deletions={"enabled": False},
    )


def test_branch_protection_of_the_older_kind_is_enough(forge: Forge) -> None:
    """Without rulesets it carries every guard, as long as administrators are bound; no key passes it."""
    forge.state.settings[RULES] = (200, [])
    forge.state.settings[PROTECTION] = (200, protection(admins=True))
    assert {"recorder": Standing.WEAK} == unsound(forge)
    forge.state.settings[PROTECTION] = (200, protection(admins=False))
    assert {"admins": Standing.HOLE, "recorder": Standing.WEAK} == unsound(forge)


def test_people_exempt_from_branch_protection_are_named(forge: Forge) -> None:
    """They need no pull request."""
    forge.state.settings[RULES] = (200, [])
    exempt = {"users": [shape("simple-user", login="root")], "teams": [], "apps": []}
    forge.state.settings[PROTECTION] = (200, protection(admins=True, bypass_pull_request_allowances=exempt))
    assert "branch protection: root need no pull request" == bypass(forge).found


def test_unbound_administrators_beside_sound_rulesets_are_weak(forge: Forge) -> None:
    """The ruleset binds them all the same."""
    forge.state.settings[PROTECTION] = (200, protection(admins=False))
    assert {"admins": Standing.WEAK} == unsound(forge)


@pytest.mark.parametrize("answer", [FORBIDDEN, NOT_FOUND])
def test_protection_that_may_hide_a_guard_is_no_hole(forge: Forge, answer: tuple[int, Any]) -> None:
    """What the rulesets lack may stand in the protection that this token cannot see: unread, not a hole."""
    forge.state.settings[PROTECTION] = answer
    assert {} == unsound(forge)
    drop_rule(forge, "deletion")
    assert {"deletion": Standing.UNREAD} == unsound(forge)


def test_an_unprotected_branch_is_not_an_unreadable_one(forge: Forge) -> None:
    """GitHub says both with 404 and tells them apart in words."""
    forge.state.settings[PROTECTION] = UNPROTECTED
    drop_rule(forge, "deletion")
    assert {"deletion": Standing.HOLE} == unsound(forge)


def test_errors_in_codeowners_are_a_hole(forge: Forge) -> None:
    """The first three are told with line and kind."""
    error = {"line": 3, "column": 1, "kind": "Unknown owner", "message": "m", "path": ".github/CODEOWNERS"}
    forge.state.settings[CODEOWNERS] = (200, {"errors": [error] * 4})
    finding = only(forge, "codeowners")
    assert Standing.HOLE is finding.standing
    assert finding.found.startswith(".github/CODEOWNERS:3: Unknown owner; ")
    assert finding.found.endswith("; and 1 more")


def test_a_missing_codeowners_is_a_hole(forge: Forge) -> None:
    """Without the file a required review of owners passes vacuously."""
    forge.state.settings[CODEOWNERS] = NOT_FOUND
    assert {"codeowners": Standing.HOLE} == unsound(forge)


def test_a_token_without_rights_leaves_everything_unread(forge: Forge) -> None:
    """Nothing is called sound or a hole that was not seen; each finding names the token that is needed."""
    for path in (RULES, PROTECTION, CODEOWNERS, RUNS, *ACTIONS_SETTINGS):
        forge.state.settings[path] = FORBIDDEN
    findings = findings_of(forge, forge.state.mint("ada", kind="User"))
    assert {Standing.UNREAD} == {finding.standing for finding in findings}
    assert all("administrator" in finding.mend for finding in findings)
    assert 3 == exit_code(findings)


def test_a_failing_github_is_no_finding(forge: Forge) -> None:
    """The doctor cannot speak without GitHub: an error, not an unread setting."""
    forge.fail("GET", "/actions/permissions", 500, times=99)
    with pytest.raises(ServiceError, match="GitHub failed"):
        findings_of(forge)
