from dataclasses import replace
from typing import Any

import pytest

from promoter.github.client import Client
from promoter.github.deployments import StageChange, State, announce, is_announced, newest_commit
from tests.forge.server import Forge
from tests.github.conftest import Waits, client_of

STAGE = "lending/mortgage#production"


@pytest.fixture
def writer(forge: Forge, waits: Waits) -> Client:
    """Return a client that may write deployments and nothing else."""
    return client_of(forge, waits, deployments="write")


def change(forge: Forge, version: str, **changed: Any) -> StageChange:
    """Return the change that brought a version to production."""
    commit = forge.state.git("rev-parse", "main")
    payload = {"record": f"reports/decisions/lending/mortgage/production/{version}.json", "commit": commit}
    plain = StageChange(
        environment=STAGE,
        commit=commit,
        is_production=True,
        state=State.SUCCESS,
        description=f"serves {version}",
        payload=payload,
    )
    return replace(plain, **changed)


def standing(forge: Forge) -> list[list[str]]:
    """Return the states of each deployment, oldest first."""
    return [[status["state"] for status in statuses] for _, statuses in sorted(forge.state.deployment_statuses.items())]


def test_a_change_gets_one_deployment(writer: Client, forge: Forge) -> None:
    """On the merge, with what it serves; a second call writes nothing."""
    first = change(forge, "1.0.0")
    assert (None, False) == (newest_commit(writer), is_announced(writer, first))
    announce(writer, first)
    (made,) = forge.state.deployments.values()
    assert (first.commit, STAGE, True) == (made["sha"], made["environment"], made["production_environment"])
    assert dict(first.payload) == made["payload"]
    assert (first.commit, True) == (newest_commit(writer), is_announced(writer, first))
    forge.seen.clear()
    announce(writer, first)
    assert [] == [entry for entry in forge.seen if not entry.startswith("GET")]


def test_the_one_before_becomes_inactive(writer: Client, forge: Forge) -> None:
    """GitHub leaves it as it is in production; an older change that is announced again is not revived."""
    for version in ("1.0.0", "2.0.0", "1.0.0"):
        announce(writer, change(forge, version))
    assert [["success", "inactive"], ["success"]] == standing(forge)


def test_a_change_without_a_sound_record_is_a_failure_and_ends_nothing(writer: Client, forge: Forge) -> None:
    """What `resolve` refuses is not shown as serving."""
    announce(writer, change(forge, "1.0.0"))
    announce(writer, change(forge, "2.0.0", state=State.FAILURE))
    assert [["success"], ["failure"]] == standing(forge)
    announce(writer, change(forge, "3.0.0"))
    assert [["success", "inactive"], ["failure"], ["success"]] == standing(forge)


def test_a_retirement_ends_the_last(writer: Client, forge: Forge) -> None:
    """Nothing serves there any more."""
    announce(writer, change(forge, "1.0.0"))
    announce(writer, change(forge, "none", state=State.INACTIVE))
    assert [["success", "inactive"], ["inactive"]] == standing(forge)


def test_a_failure_that_was_carried_out_leaves_one_that_serves(writer: Client, forge: Forge) -> None:
    """GitHub made it and answered 502: the second try made a twin, which is ended."""
    forge.fail("POST", "/deployments$", 502, is_carried_out=True)
    announce(writer, change(forge, "1.0.0"))
    assert [["success"], ["inactive"]] == standing(forge)


def test_another_stage_and_another_tool_are_left_alone(writer: Client, forge: Forge) -> None:
    """Deployments are ours by their task."""
    announce(writer, change(forge, "1.0.0"))
    (ours,) = forge.state.deployments.values()
    forge.state.deployments[90] = {**ours, "id": 90, "task": "deploy"}
    forge.state.deployment_statuses[90] = []
    announce(writer, change(forge, "2.0.0", environment="lending/mortgage#staging"))
    assert {1: 2, 0: 1} == {size: [len(states) for states in standing(forge)].count(size) for size in (1, 0)}
    assert [] == forge.state.deployment_statuses[90]
