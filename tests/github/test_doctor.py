"""Each setting that decides whether the gate holds: sound, then one thing changed."""

from collections.abc import Iterator
from typing import Any

import pytest

from promoter.errors import ServiceError
from promoter.github.client import connect
from promoter.github.doctor.examine import examine, exit_code
from promoter.github.doctor.finding import Finding, Standing
from promoter.github.doctor.ruleset import recommended_ruleset
from promoter.github.patience import Patience
from promoter.github.settings import read_settings
from tests.forge.shapes import shape
from tests.support.settings_server import (
    APP,
    FORBIDDEN,
    NOT_FOUND,
    REPOSITORY,
    UNPROTECTED,
    SettingsServer,
    rules_of,
    serving,
)

RULES = "/rules/branches/main"
PROTECTION = "/branches/main/protection"


@pytest.fixture
def server() -> Iterator[SettingsServer]:
    """Return a sound repository; at the end every answer must have been one that GitHub describes."""
    with serving(SettingsServer()) as running:
        yield running
        assert [] == running.violations


def findings_of(server: SettingsServer) -> tuple[Finding, ...]:
    """Return what the doctor says."""
    client = connect(REPOSITORY, token="t" * 20, api_url=server.url, patience=Patience(total_seconds=0))
    return examine(read_settings(client), check_name="promoter")


def only(server: SettingsServer, name: str) -> Finding:
    """Return the one finding of an id."""
    (finding,) = [finding for finding in findings_of(server) if finding.id == name]
    return finding


def unsound(server: SettingsServer) -> dict[str, Standing]:
    """Return id to standing of all that does not hold."""
    return {entry.id: entry.standing for entry in findings_of(server) if entry.standing is not Standing.HOLDS}


def change_rule(server: SettingsServer, kind: str, **parameters: Any) -> None:
    """Put parameters over those of the rule of a kind."""
    (rule,) = [rule for rule in server.answers[RULES][1] if rule["type"] == kind]
    rule["parameters"] = {**rule["parameters"], **parameters}


def drop_rule(server: SettingsServer, kind: str) -> None:
    """Take a rule away."""
    status, rules = server.answers[RULES]
    server.answers[RULES] = (status, [rule for rule in rules if rule["type"] != kind])


def test_the_printed_ruleset_makes_the_doctor_content(server: SettingsServer) -> None:
    """What is recommended is what is asked for: nothing is a hole, weak or unread."""
    findings = findings_of(server)
    assert {Standing.HOLDS} == {finding.standing for finding in findings}
    assert 0 == exit_code(findings)


def test_a_repository_without_any_rule_is_full_of_holes(server: SettingsServer) -> None:
    """A fresh repository: every guard of the branch is missing, each with why and what mends it."""
    server.answers[RULES] = (200, [])
    found = unsound(server)
    expected = {"pull-request", "approvals", "code-owners", "stale-reviews", "last-push", "up-to-date"}
    assert expected | {"force-push", "deletion", "required-check"} == set(found)
    assert 1 == exit_code(findings_of(server))


@pytest.mark.parametrize(
    ("parameter", "value", "finding"),
    [
        ("required_approving_review_count", 0, "approvals"),
        ("require_code_owner_review", False, "code-owners"),
        ("dismiss_stale_reviews_on_push", False, "stale-reviews"),
        ("require_last_push_approval", False, "last-push"),
    ],
)
def test_each_weakened_review_rule_is_a_hole(
    server: SettingsServer, parameter: str, value: object, finding: str
) -> None:
    """One parameter changed is one hole."""
    change_rule(server, "pull_request", **{parameter: value})
    assert {finding: Standing.HOLE} == unsound(server)


@pytest.mark.parametrize(("kind", "finding"), [("deletion", "deletion"), ("non_fast_forward", "force-push")])
def test_each_missing_rule_is_a_hole(server: SettingsServer, kind: str, finding: str) -> None:
    """The history must not be rewritten."""
    drop_rule(server, kind)
    assert {finding: Standing.HOLE} == unsound(server)


def test_another_required_check_is_not_the_gate(server: SettingsServer) -> None:
    """The names that are required are told."""
    change_rule(server, "required_status_checks", required_status_checks=[{"context": "lint"}])
    assert "'promoter' is not required; required are: lint" == only(server, "required-check").found
    assert {"required-check": Standing.HOLE} == unsound(server)


def test_a_check_that_any_app_may_report_is_a_hole(server: SettingsServer) -> None:
    """Row 2: a required check is only a name."""
    change_rule(server, "required_status_checks", required_status_checks=[{"context": "promoter"}])
    assert {"check-source": Standing.HOLE} == unsound(server)


def test_a_check_that_any_workflow_may_report_is_weak(server: SettingsServer) -> None:
    """Who can push a branch can push a workflow; a workflow that the organisation requires ends that."""
    checks = [{"context": "promoter", "integration_id": 15368}]
    change_rule(server, "required_status_checks", required_status_checks=checks)
    assert {"check-source": Standing.WEAK} == unsound(server)
    source = {"ruleset_source_type": "Organization", "ruleset_source": "acme", "ruleset_id": 7}
    workflows = {"workflows": [{"path": ".github/workflows/gate.yml", "repository_id": 1}]}
    server.answers[RULES][1].append({"type": "workflows", "parameters": workflows, **source})
    assert {} == unsound(server)


def test_a_merge_queue_stands_for_being_up_to_date(server: SettingsServer) -> None:
    """Either is enough; neither is a hole."""
    change_rule(server, "required_status_checks", strict_required_status_checks_policy=False)
    assert {"up-to-date": Standing.HOLE} == unsound(server)
    queue = {
        "check_response_timeout_minutes": 60,
        "grouping_strategy": "ALLGREEN",
        "max_entries_to_build": 5,
        "max_entries_to_merge": 5,
        "merge_method": "MERGE",
        "min_entries_to_merge": 1,
        "min_entries_to_merge_wait_minutes": 5,
    }
    server.answers[RULES][1].append({"type": "merge_queue", "parameters": queue, "ruleset_id": 7})
    assert {} == unsound(server)


@pytest.mark.parametrize(
    ("mode", "standing"),
    [("always", Standing.HOLE), ("exempt", Standing.HOLE), ("pull_request", Standing.WEAK)],
)
def test_who_bypasses_is_named(server: SettingsServer, mode: str, standing: Standing) -> None:
    """A bypass that still needs a pull request leaves a trace and is weak; any other is a hole."""
    server.answers["/rulesets/7"][1]["bypass_actors"] = [
        {"actor_id": 5, "actor_type": "RepositoryRole", "bypass_mode": mode}
    ]
    finding = only(server, "bypass")
    assert (standing, f"ruleset 'promoter': RepositoryRole 5 ({mode})") == (finding.standing, finding.found)


def test_a_bypass_of_rules_that_hold_elsewhere_too_is_weak(server: SettingsServer) -> None:
    """The same rules stand in a second ruleset that nobody bypasses."""
    server.answers["/rulesets/7"][1]["bypass_actors"] = [{"actor_id": None, "actor_type": "OrganizationAdmin"}]
    assert {"bypass": Standing.HOLE} == unsound(server)
    twin = recommended_ruleset(check_name="promoter", app_id=APP)
    server.answers[RULES][1].extend(rules_of(twin, number=8))
    server.answers["/rulesets/8"] = (200, {**server.answers["/rulesets/7"][1], "id": 8, "bypass_actors": []})
    assert [Standing.WEAK, Standing.HOLDS] == [entry.standing for entry in findings_of(server) if entry.id == "bypass"]


def test_a_hidden_bypass_list_is_unread(server: SettingsServer) -> None:
    """GitHub shows it to the ruleset's administrators only; the doctor does not take silence for an empty list."""
    del server.answers["/rulesets/7"][1]["bypass_actors"]
    assert {"bypass": Standing.UNREAD} == unsound(server)
    assert 3 == exit_code(findings_of(server))


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


def test_branch_protection_of_the_older_kind_is_enough(server: SettingsServer) -> None:
    """Without rulesets it carries every guard, as long as administrators are bound."""
    server.answers[RULES] = (200, [])
    server.answers[PROTECTION] = (200, protection(admins=True))
    assert {} == unsound(server)
    server.answers[PROTECTION] = (200, protection(admins=False))
    assert {"admins": Standing.HOLE} == unsound(server)


def test_people_exempt_from_branch_protection_are_named(server: SettingsServer) -> None:
    """They need no pull request."""
    server.answers[RULES] = (200, [])
    exempt = {"users": [shape("simple-user", login="root")], "teams": [], "apps": []}
    server.answers[PROTECTION] = (200, protection(admins=True, bypass_pull_request_allowances=exempt))
    assert "branch protection: root need no pull request" == only(server, "bypass").found


def test_unbound_administrators_beside_sound_rulesets_are_weak(server: SettingsServer) -> None:
    """The ruleset binds them all the same."""
    server.answers[PROTECTION] = (200, protection(admins=False))
    assert {"admins": Standing.WEAK} == unsound(server)


@pytest.mark.parametrize("answer", [FORBIDDEN, NOT_FOUND])
def test_protection_that_may_hide_a_guard_is_no_hole(server: SettingsServer, answer: tuple[int, Any]) -> None:
    """What the rulesets lack may stand in the protection that this token cannot see: unread, not a hole."""
    server.answers[PROTECTION] = answer
    assert {} == unsound(server)
    drop_rule(server, "deletion")
    assert {"deletion": Standing.UNREAD} == unsound(server)


def test_an_unprotected_branch_is_not_an_unreadable_one(server: SettingsServer) -> None:
    """GitHub says both with 404 and tells them apart in words."""
    server.answers[PROTECTION] = UNPROTECTED
    drop_rule(server, "deletion")
    assert {"deletion": Standing.HOLE} == unsound(server)


def test_a_default_token_that_writes_is_a_hole(server: SettingsServer) -> None:
    """Both settings of the page are told apart."""
    answer = {"default_workflow_permissions": "write", "can_approve_pull_request_reviews": True}
    server.answers["/actions/permissions/workflow"] = (200, answer)
    assert {"workflow-token": Standing.HOLE, "actions-approve": Standing.HOLE} == unsound(server)


def test_actions_that_are_off_are_a_hole(server: SettingsServer) -> None:
    """The gate never runs."""
    server.answers["/actions/permissions"] = (200, {"enabled": False})
    assert {"actions-enabled": Standing.HOLE} == unsound(server)


def test_unpinned_actions_and_open_fork_workflows_are_weak(server: SettingsServer) -> None:
    """Neither lets an unjudged change in by itself."""
    server.answers["/actions/permissions"] = (200, {"enabled": True, "sha_pinning_required": False})
    policy = {"approval_policy": "first_time_contributors"}
    server.answers["/actions/permissions/fork-pr-contributor-approval"] = (200, policy)
    assert {"actions-pinned": Standing.WEAK, "fork-workflows": Standing.WEAK} == unsound(server)


def test_a_gate_that_never_ran_in_a_public_repository_is_weak(server: SettingsServer) -> None:
    """GitHub blocks pull_request_target there unless a policy allows it; a private repository is not concerned."""
    server.answers["/actions/runs"] = (200, {"total_count": 1, "workflow_runs": [{"conclusion": "startup_failure"}]})
    assert {"gate-event": Standing.WEAK} == unsound(server)
    server.answers[""][1]["private"] = True
    assert {} == unsound(server)


def test_errors_in_codeowners_are_a_hole(server: SettingsServer) -> None:
    """The first three are told with line and kind."""
    error = {"line": 3, "column": 1, "kind": "Unknown owner", "message": "m", "path": ".github/CODEOWNERS"}
    server.answers["/codeowners/errors"] = (200, {"errors": [error] * 4})
    finding = only(server, "codeowners")
    assert Standing.HOLE is finding.standing
    assert finding.found.startswith(".github/CODEOWNERS:3: Unknown owner; ")
    assert finding.found.endswith("; and 1 more")


def test_a_missing_codeowners_is_a_hole(server: SettingsServer) -> None:
    """Without the file a required review of owners passes vacuously."""
    server.answers["/codeowners/errors"] = NOT_FOUND
    assert {"codeowners": Standing.HOLE} == unsound(server)


def test_a_token_without_rights_leaves_everything_unread(server: SettingsServer) -> None:
    """Nothing is called sound or a hole that was not seen; each finding names the token that is needed."""
    for path in server.answers.keys() - {""}:
        server.answers[path] = FORBIDDEN
    findings = findings_of(server)
    assert {Standing.UNREAD} == {finding.standing for finding in findings}
    assert all("administrator" in finding.mend for finding in findings)
    assert 3 == exit_code(findings)


def test_a_failing_github_is_no_finding(server: SettingsServer) -> None:
    """The doctor cannot speak without GitHub: an error, not an unread setting."""
    server.answers["/actions/permissions"] = (500, {"message": "Server Error"})
    with pytest.raises(ServiceError, match="GitHub failed"):
        findings_of(server)
