"""What GitHub Actions may do: sound, then one setting changed."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from promoter.github.doctor.actions_policy import recommended_actions
from promoter.github.doctor.finding import Standing
from tests.forge.contract import Request, request_violation
from tests.forge.server import Forge
from tests.forge.settings_routes import (
    ACTIONS,
    FORK_APPROVAL,
    NOT_FOUND,
    POLICIES,
    RUNS,
    SELECTED,
    TOKEN,
    policy,
    run,
)
from tests.forge.state import FULL_NAME
from tests.support.sound_forge import only, sound_forge, unsound

GATE = ".github/workflows/gate.yml"


@pytest.fixture
def forge(tmp_path: Path) -> Iterator[Forge]:
    """Yield a sound repository; at the end every exchange must have been one that GitHub describes."""
    with sound_forge(tmp_path) as running:
        yield running
        assert [] == running.violations


@pytest.mark.parametrize("number", range(len(recommended_actions())))
def test_each_request_to_send_is_one_that_github_describes(number: int) -> None:
    """By GitHub's own description; and one that is spoilt is refused by it."""
    request = recommended_actions()[number]

    def violation(body: Any) -> str | None:
        path = f"/repos/{FULL_NAME}/{request['path']}"
        return request_violation(Request(request["method"].lower(), path, {}, json.dumps(body).encode()))

    assert violation(request["body"]) is None
    assert violation(dict.fromkeys(request["body"], 7)) is not None


def test_a_default_token_that_writes_is_a_hole(forge: Forge) -> None:
    """Both settings of the page are told apart."""
    answer = {"default_workflow_permissions": "write", "can_approve_pull_request_reviews": True}
    forge.state.settings[TOKEN] = (200, answer)
    assert {"workflow-token": Standing.HOLE, "actions-approve": Standing.HOLE} == unsound(forge)


def test_actions_that_are_off_are_a_hole(forge: Forge) -> None:
    """The gate never runs."""
    forge.state.settings[ACTIONS] = (200, {"enabled": False})
    assert {"actions-enabled": Standing.HOLE} == unsound(forge)


def test_unpinned_actions_and_open_fork_workflows_are_weak(forge: Forge) -> None:
    """Neither lets an unjudged change in by itself."""
    forge.state.settings[ACTIONS][1]["sha_pinning_required"] = False
    forge.state.settings[FORK_APPROVAL] = (200, {"approval_policy": "first_time_contributors"})
    assert {"actions-pinned": Standing.WEAK, "fork-workflows": Standing.WEAK} == unsound(forge)


@pytest.mark.parametrize(
    ("selected", "standing", "found"),
    [
        ({"patterns_allowed": ["aws-actions/configure-aws-credentials@*"]}, Standing.HOLDS, "aws-actions"),
        ({"patterns_allowed": ["aws-actions/*"]}, Standing.WEAK, "GitHub's, and aws-actions/*"),
        ({"verified_allowed": True}, Standing.WEAK, "GitHub's, and verified creators"),
        ({"github_owned_allowed": False}, Standing.HOLE, "the gate's checkout cannot run"),
    ],
)
def test_whose_actions_may_be_used(forge: Forge, selected: dict[str, Any], standing: Standing, found: str) -> None:
    """GitHub's own, and what is named one by one; a whole owner is wide."""
    forge.state.settings[SELECTED][1].update(selected)
    finding = only(forge, "actions-allowed")
    assert standing is finding.standing
    assert found in finding.found


@pytest.mark.parametrize(("allowed", "standing"), [("all", Standing.WEAK), ("local_only", Standing.HOLE)])
def test_all_actions_are_too_many_and_those_of_the_repository_too_few(
    forge: Forge, allowed: str, standing: Standing
) -> None:
    """The gate checks out with GitHub's own action."""
    forge.state.settings[ACTIONS][1]["allowed_actions"] = allowed
    assert {"actions-allowed": standing} == unsound(forge)


def test_a_gate_that_never_ran_in_a_public_repository_is_weak(forge: Forge) -> None:
    """GitHub blocks pull_request_target there unless a policy allows it; a private repository is not concerned."""
    forge.state.settings[POLICIES] = (200, [])
    forge.state.settings[RUNS] = (200, [run(conclusion="startup_failure")])
    assert {"gate-event": Standing.WEAK} == unsound(forge)
    forge.state.settings["private"] = True
    assert {} == unsound(forge)


def test_where_policies_cannot_be_read_what_ran_counts(forge: Forge) -> None:
    """GitHub's servers of the past have no policies, and answer 404."""
    forge.state.settings[POLICIES] = NOT_FOUND
    assert "it ran, last on 2026-06-01T12:00:00Z" == only(forge, "gate-event").found


def _restricting(number: int, events: list[str], **values: Any) -> dict[str, Any]:
    """Return a policy that allows some events and no other."""
    rules = [{"type": "restrict_action_events", "parameters": {"allowed_events": events}}]
    return policy(number, rules=rules, **values)


@pytest.mark.parametrize(
    ("added", "standing"),
    [
        ({"conditions": {"workflow_path": {"include": ["~ALL"], "exclude": []}}}, Standing.HOLE),
        ({"conditions": {"workflow_path": {"include": [".github/workflows/g*.yml"], "exclude": []}}}, Standing.HOLE),
        ({"conditions": {}}, Standing.HOLE),
        ({"conditions": {"workflow_path": {"include": ["~ALL"], "exclude": [GATE]}}}, Standing.HOLDS),
        ({"conditions": {"workflow_path": {"include": [".github/workflows/ci.yml"], "exclude": []}}}, Standing.HOLDS),
        ({"conditions": {}, "enforcement": "evaluate"}, Standing.HOLDS),
    ],
)
def test_a_policy_that_leaves_the_gates_event_out_blocks_it(
    forge: Forge, added: dict[str, Any], standing: Standing
) -> None:
    """Beside the recommended one: all that apply to the gate's file must allow the event."""
    forge.state.settings[POLICIES][1].append(_restricting(2, ["push", "merge_group", "workflow_dispatch"], **added))
    assert standing is only(forge, "gate-event").standing


def test_a_policy_about_actors_alone_blocks_no_event(forge: Forge) -> None:
    """It says who, not what."""
    actors = {"type": "restrict_actions_actors", "parameters": {"allowed_actors": [{"id": 1, "type": "Team"}]}}
    forge.state.settings[POLICIES][1].append(policy(2, rules=[actors]))
    assert {} == unsound(forge)


def test_a_policy_that_is_listed_without_its_rules_is_read_by_itself(forge: Forge) -> None:
    """What the list leaves out stands at the policy's own address."""
    listed = {key: value for key, value in policy(1).items() if key != "rules"}
    forge.fail("GET", "/actions/policies[?]", 200, body=json.dumps({"total_count": 1, "policies": [listed]}).encode())
    assert Standing.HOLDS is only(forge, "gate-event").standing
    assert [entry for entry in forge.seen if "/actions/policies/1 " in entry]
