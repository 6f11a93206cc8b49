"""A GitHub App as the recorder: the shipped workflow with the documented lines, and a ruleset that names that app."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from promoter.github.doctor.ruleset import history_ruleset, recommended_ruleset
from tests.act.pushing import PushStep, make_records
from tests.act.recorder import Recorder, install_app, recorder, use_key
from tests.act.test_recording import ALL_GREEN, FIRST
from tests.forge.apps import register_app
from tests.forge.git_backend import basic_header
from tests.forge.protection import protect
from tests.forge.server import Forge, running_forge
from tests.forge.ssh_backend import NEEDS_SSH, add_deploy_key, known_host
from tests.forge.state import FULL_NAME

pytestmark = NEEDS_SSH

ACTIONS, KEYS = "Integration:15368", "DeployKey:"


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Recorder]:
    """Yield a registry whose recorder is set up."""
    with recorder(tmp_path) as found:
        yield found


def test_the_apps_own_token_brings_the_records_past_the_ruleset(stage: Recorder) -> None:
    """Main takes them from the app alone; the next stage's branch comes from the job's token. No ssh is used."""
    state = stage.scene.forge.state
    app = register_app(state, slug="acme-recorder", contents="write")
    install_app(stage, app)
    stage.merge(FIRST, branch="one")
    outcome = stage.run()
    assert ALL_GREEN == outcome.jobs, outcome.log
    assert {"staging/0001-1.0.0.json", "versions/0001-1.0.0.json"} == stage.records().keys()
    assert [f"Integration:{app.id}", ACTIONS] == state.pushers
    assert app.key.splitlines()[1] not in outcome.log


def test_another_app_with_the_same_right_is_refused_until_the_ruleset_names_it(stage: Recorder) -> None:
    """Contents: write is not the bypass. Nothing is recorded or deployed; the next run by the right app heals it."""
    state = stage.scene.forge.state
    app = register_app(state, slug="acme-recorder", contents="write")
    other = register_app(state, slug="acme-mirror", contents="write")
    install_app(stage, app)
    use_key(stage, other)
    stage.merge(FIRST, branch="one")
    outcome = stage.run()
    assert ("failure", {}) == (outcome.jobs["push"], stage.records()), outcome.log
    assert "GH013: Repository rule violations found for refs/heads/main" in outcome.log
    assert "let the recorder bypass the ruleset" in outcome.log
    assert ([f"Integration:{other.id}"], []) == (state.pushers, stage.deployed()), outcome.log
    use_key(stage, app)
    healed = stage.run()
    assert ALL_GREEN == healed.jobs, healed.log
    assert 2 == len(stage.records())


def test_a_key_of_another_app_gets_no_token(stage: Recorder) -> None:
    """The job ends before anything is pushed."""
    state = stage.scene.forge.state
    app = register_app(state, slug="acme-recorder", contents="write")
    other = register_app(state, slug="acme-mirror", contents="write")
    install_app(stage, app)
    stage.scene.secrets = {"PROMOTER_APP_KEY": other.key}
    stage.merge(FIRST, branch="one")
    outcome = stage.run()
    assert ("failure", {}) == (outcome.jobs["push"], stage.records()), outcome.log
    assert "GitHub refused the token (401)" in outcome.log
    assert [] == state.pushers


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a registry and the records that it lacks."""
    return make_records(tmp_path_factory.mktemp("made"))


@pytest.fixture
def protected(made: Path) -> Iterator[Forge]:
    """Yield a forge whose main one app may push to; nothing in these tests does."""
    with running_forge(made / "acme/registry") as forge:
        app = register_app(forge.state, slug="acme-recorder", contents="write")
        protect(forge.state, recommended_ruleset(check_name="promoter", recorder_app=int(app.id)), history_ruleset())
        yield forge


def refused(forge: Forge, step: PushStep) -> str:
    """Return what the step says, which must fail and leave main alone."""
    tip = forge.state.git("rev-parse", "main")
    done = step.run()
    assert (1, tip) == (done.returncode, forge.state.git("rev-parse", "main")), done.stdout
    return done.stdout


def test_neither_a_jobs_token_nor_a_deploy_key_passes_in_the_apps_place(
    protected: Forge, made: Path, tmp_path: Path
) -> None:
    """What may write contents is refused by the ruleset; what may only read is not let in."""
    state = protected.state
    step = PushStep(made=made, server=protected.url, token=state.mint(contents="read"))
    assert "let the recorder bypass" in refused(protected, replace(step, app_token=state.mint(contents="write")))
    key = add_deploy_key(state, tmp_path)
    assert "let the recorder bypass" in refused(
        protected, replace(step, key=key, known_hosts=known_host(protected.url))
    )
    assert [ACTIONS, KEYS] == state.pushers
    told = refused(protected, replace(step, app_token=state.mint("acme-recorder[bot]", app="4711", contents="read")))
    assert "the app's token may not write contents here" in told


def test_a_push_that_github_lost_is_healed_in_the_same_run(made: Path, tmp_path: Path) -> None:
    """A 502: the branch is asked what it holds, and the app pushes again."""
    folder = Path(shutil.copytree(made, tmp_path / "made"))
    with running_forge(folder / "acme/registry") as forge:
        app = register_app(forge.state, slug="acme-recorder", contents="write")
        protect(forge.state, recommended_ruleset(check_name="promoter", recorder_app=int(app.id)))
        token = forge.state.mint("acme-recorder[bot]", app=app.id, contents="write")
        forge.state.settings["next_push_fails"] = True
        step = PushStep(made=folder, server=forge.url, token=forge.state.mint(contents="read"), app_token=token)
        done = step.run()
        assert (0, True) == (done.returncode, "the connection failed" in done.stdout), done.stderr
        assert [f"Integration:{app.id}"] * 2 == forge.state.pushers
        assert "1" == forge.state.git("rev-list", "--count", "--grep", "^Record the decisions", "main")


def test_the_app_may_not_rewrite_the_history(protected: Forge) -> None:
    """The second ruleset binds it like everybody."""
    state = protected.state
    git = Path(state.git("rev-parse", "--absolute-git-dir"))
    assert ["promoter", "promoter-history"] == [one["name"] for one in json.loads((git / "rulesets.json").read_text())]
    token = state.mint("acme-recorder[bot]", app="4711", contents="write")
    header = {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "http.extraheader"}
    header["GIT_CONFIG_VALUE_0"] = basic_header(token)
    address = f"{protected.url}/{FULL_NAME}"
    for refspec, words in (("+main~1:refs/heads/main", "Cannot force-push"), (":refs/heads/main", "Cannot delete")):
        with pytest.raises(subprocess.CalledProcessError) as caught:
            state.git_as(header, "push", address, refspec)
        assert words in caught.value.stderr
