"""From a merge to its record on main, its deployment, and the next stage's pull request."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from promoter.github.doctor.ruleset import recommended_ruleset
from tests.act.recorder import Recorder, recorder
from tests.forge.protection import protect
from tests.forge.ssh_backend import NEEDS_SSH
from tests.support.registry import FOLDER, model_yaml, stage_files, version_files

pytestmark = NEEDS_SSH
FIRST = {f"{FOLDER}/model.yaml": model_yaml(), **version_files(), **stage_files(staging="1.0.0")}
SECOND = {**version_files("2.0.0"), **stage_files(staging="2.0.0")}
ALL_GREEN = {"evidence": "success", "evaluate": "success", "push": "success", "follow": "success"}
STAGING = "lending/mortgage#staging"


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Recorder]:
    """Yield a registry of rules alone, whose recorder is set up."""
    with recorder(tmp_path) as found:
        yield found


def test_a_merge_gets_its_record_its_deployment_and_the_next_pull_request(stage: Recorder) -> None:
    """One commit on main, one deployment, one pull request whose gate is asked for; a second run adds none."""
    number = stage.merge(FIRST, branch="one")
    outcome = stage.run()
    assert ALL_GREEN == outcome.jobs, outcome.log
    records = stage.records()
    assert ["staging/0001-1.0.0.json", "versions/0001-1.0.0.json"] == sorted(records)
    record = records["staging/0001-1.0.0.json"]
    assert (number, "maria", "passed") == (record["pull_request"], record["merger"], record["decision"]["verdict"])
    assert ["rita"] == [entry["reviewer"]["login"] for entry in record["people"]["merged"]["reviews"]["reviews"]]
    assert [(STAGING, "1.0.0", ["success"])] == stage.deployed()
    state = stage.scene.forge.state
    following = state.pulls[max(state.pulls)]
    assert ("promoter/lending/mortgage/production", "github-actions[bot]") == (following.branch, following.author)
    assert "soaks until" in following.body
    assert [str(following.number)] == [entry["inputs"]["pull"] for entry in state.dispatches]
    before = state.git("rev-parse", "main"), len(state.pulls), len(state.deployments)
    again = stage.run()
    assert {"evidence": "success", "follow": "success"} == again.jobs
    assert before == (state.git("rev-parse", "main"), len(state.pulls), len(state.deployments))


@pytest.mark.parametrize("method", ["squash", "rebase"])
def test_squash_and_rebase_are_recorded_with_their_pull_request(stage: Recorder, method: str) -> None:
    """What was reviewed is in no branch any more, and the approval is held against it all the same."""
    stage.merge(FIRST, branch="one")
    number = stage.merge(stage_files(production="1.0.0"), branch="two", method=method)  # type: ignore[arg-type]
    stage.run()
    record = stage.records()["production/0001-1.0.0.json"]
    assert (number, "maria") == (record["pull_request"], record["merger"])
    (change,) = record["decision"]["changes"]
    assert [("risk", "rita")] == [(entry["role"], entry["login"]) for entry in change["approvals"]["given"]]
    assert [] == change["approvals"]["missing"]


def test_two_merges_close_together_are_recorded_in_order(stage: Recorder) -> None:
    """The second lands while the first one's record is pushed: onto the new tip; the next run adds the rest."""
    stage.merge(FIRST, branch="one")
    stage.scene.propose(SECOND, branch="two", author="leo")
    state = stage.scene.forge.state
    (open_pull,) = (pull for pull in state.pulls.values() if pull.state == "open")
    tip = state.git("rev-parse", "main")
    tree = state.git("merge-tree", "--write-tree", tip, "two")
    person = {f"GIT_{who}_{what}": "maria@example.org" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    merge = state.git_as(person, "commit-tree", tree, "-p", tip, "-p", "two", "-m", "Merge pull request #8 from x/two")
    open_pull.state, open_pull.merged_by, open_pull.merged = "closed", "maria", (merge,)
    stage.scene.forge.ssh.before_push.append(lambda: state.git("update-ref", "refs/heads/main", merge) and None)
    outcome = stage.run()
    assert "moved meanwhile" in outcome.log
    assert ALL_GREEN == outcome.jobs
    assert {"staging/0001-1.0.0.json", "versions/0001-1.0.0.json"} == stage.records().keys()
    stage.run()
    assert ["1.0.0", "2.0.0"] == [
        record["version"] for path, record in sorted(stage.records().items()) if "staging" in path
    ]
    assert [(STAGING, "1.0.0", ["success", "inactive"]), (STAGING, "2.0.0", ["success"])] == stage.deployed()


def test_a_push_that_protection_refuses_fails_loudly(stage: Recorder) -> None:
    """Nothing is recorded or deployed; the log says what to set; the next run heals it."""
    stage.merge(FIRST, branch="one")
    state = stage.scene.forge.state
    nobody = {**recommended_ruleset(check_name="promoter"), "bypass_actors": []}
    protect(state, nobody)
    outcome = stage.run()
    assert ("failure", {}) == (outcome.jobs["push"], stage.records())
    assert "GH013: Repository rule violations found for refs/heads/main" in outcome.log
    assert "let the recorder bypass the ruleset" in outcome.log
    assert [] == stage.deployed()
    protect(state, recommended_ruleset(check_name="promoter"))
    assert ALL_GREEN == stage.run().jobs
    assert 2 == len(stage.records())


def test_a_change_that_went_around_the_gate_is_deployed_as_a_failure(stage: Recorder) -> None:
    """A pull request without the approval that production takes: its record says so, and so does GitHub."""
    stage.merge(FIRST, branch="one")
    state = stage.scene.forge.state
    stage.scene.builder.commit(stage_files(production="1.0.0"), message="by hand (#7)")
    stage.run()
    record = stage.records()["production/0001-1.0.0.json"]
    assert (None, None) == (record["pull_request"], record["people"]["merged"]["reviews"])
    assert ("lending/mortgage#production", "1.0.0", ["failure"]) == stage.deployed()[-1]
    assert "UNVERIFIED" in state.deployments[max(state.deployments)]["description"]
