"""What the doctor says of the recorder's way past the rules: sound, then one thing changed."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from promoter.github.doctor.finding import Standing
from tests.forge.server import Forge
from tests.forge.settings_routes import (
    FORBIDDEN,
    HISTORY_RULESET,
    KEYS,
    NOT_FOUND,
    RECORDER,
    RECORDER_BRANCHES,
    RULESET,
    environment,
    key,
)
from tests.forge.shapes import shape
from tests.support.command import run_promoter
from tests.support.sound_forge import only, sound_forge, unsound

APP = 4711
APP_PASSING = {"actor_id": APP, "actor_type": "Integration", "bypass_mode": "always"}
PASSING = {"actor_id": None, "actor_type": "DeployKey", "bypass_mode": "always"}


@pytest.fixture
def forge(tmp_path: Path) -> Iterator[Forge]:
    """Yield a sound repository; at the end every exchange must have been one that GitHub describes."""
    with sound_forge(tmp_path) as running:
        yield running
        assert [] == running.violations


def test_a_recorder_that_cannot_pass_is_weak(forge: Forge) -> None:
    """Nothing unjudged comes in, but the records are missing: what to set is said."""
    forge.state.settings[RULESET][1]["bypass_actors"] = []
    assert {"recorder": Standing.WEAK} == unsound(forge)
    assert "Deploy keys" in only(forge, "recorder").mend


@pytest.mark.parametrize(
    ("keys", "standing"),
    [
        ([key("recorder", is_read_only=False), key("old", is_read_only=False)], Standing.HOLE),
        ([key("mirror", is_read_only=True)], Standing.WEAK),
    ],
)
def test_each_key_that_may_write_passes_the_rules(forge: Forge, keys: list[Any], standing: Standing) -> None:
    """One is the recorder's; a second is somebody else's way past the gate; none is no recorder."""
    forge.state.settings[KEYS] = (200, keys)
    assert {"recorder-key": standing} == unsound(forge)


@pytest.mark.parametrize("answer", [NOT_FOUND, (200, environment(custom=False)), (200, shape("environment"))])
def test_a_key_that_other_branches_reach_is_a_hole(forge: Forge, answer: tuple[int, Any]) -> None:
    """No environment, one for every protected branch, one for all."""
    forge.state.settings[RECORDER] = answer
    assert {"recorder-environment": Standing.HOLE} == unsound(forge)


def test_an_environment_for_one_more_branch_is_a_hole(forge: Forge) -> None:
    """The default branch alone."""
    more = [shape("deployment-branch-policy", name=name) for name in ("main", "release/*")]
    forge.state.settings[RECORDER_BRANCHES] = (200, more)
    assert "limited to main, release/*" == only(forge, "recorder-environment").found
    assert {"recorder-environment": Standing.HOLE} == unsound(forge)


def test_a_key_that_may_rewrite_history_is_a_hole(forge: Forge) -> None:
    """The rules against deletion and force pushes are bypassed as well."""
    forge.state.settings[HISTORY_RULESET][1]["bypass_actors"] = [PASSING]
    assert {"recorder-history": Standing.HOLE} == unsound(forge)


def test_what_cannot_be_read_is_said(forge: Forge) -> None:
    """Silence is not taken for a list without keys."""
    forge.state.settings |= {KEYS: FORBIDDEN, RECORDER: FORBIDDEN}
    assert {"recorder-key": Standing.UNREAD, "recorder-environment": Standing.UNREAD} == unsound(forge)


def test_an_app_that_is_named_as_the_recorder_passes_in_the_keys_place(forge: Forge) -> None:
    """No deploy key is asked for then; without the option the app is a hole, and the records have no way."""
    forge.state.settings[RULESET][1]["bypass_actors"] = [APP_PASSING]
    forge.state.settings[KEYS] = (200, [])
    assert {} == unsound(forge, recorder_app=APP)
    assert {"bypass": Standing.HOLE, "recorder": Standing.WEAK} == unsound(forge)


@pytest.mark.parametrize("actors", [[APP_PASSING, PASSING], [{**APP_PASSING, "actor_id": APP + 1}, APP_PASSING]])
def test_whoever_passes_beside_the_recorders_app_is_a_hole(forge: Forge, actors: list[Any]) -> None:
    """A deploy key too, and another app."""
    forge.state.settings[RULESET][1]["bypass_actors"] = actors
    assert {"bypass": Standing.HOLE} == unsound(forge, recorder_app=APP)


def test_the_apps_environment_is_held_as_the_keys_is(forge: Forge) -> None:
    """It holds the app's private key."""
    forge.state.settings[RULESET][1]["bypass_actors"] = [APP_PASSING]
    forge.state.settings[RECORDER] = NOT_FOUND
    assert {"recorder-environment": Standing.HOLE} == unsound(forge, recorder_app=APP)


def test_the_printed_ruleset_lets_the_app_pass() -> None:
    """In place of the deploy keys, and nobody else."""
    run = run_promoter("doctor", "--print-ruleset", "--recorder-app", str(APP))
    assert [APP_PASSING] == json.loads(run.out)["bypass_actors"]
