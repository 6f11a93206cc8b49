"""A pull request of several commits, rebased onto main: the recorder judges and records it as one."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.act.recorder import Recorder, recorder
from tests.forge.merging import merge_pull
from tests.support.registry import FOLDER, model_yaml, version_files


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Recorder]:
    """Yield a registry of rules alone, whose recorder is set up."""
    with recorder(tmp_path) as found:
        yield found


def test_commits_that_were_rebased_are_recorded_as_one_change(stage: Recorder) -> None:
    """The manifest came first, what it names later: each record tells from where to where the change went."""
    state, builder = stage.scene.forge.state, stage.scene.builder
    files = version_files()
    manifest = f"{FOLDER}/versions/1.0.0/manifest.yaml"
    first = {f"{FOLDER}/model.yaml": model_yaml(), manifest: files.pop(manifest)}
    pull = stage.scene.propose(first, branch="one", author="leo")
    head = builder.commit(dict(files), branch="one")
    state.git("update-ref", f"refs/pull/{pull.number}/head", head)
    state.add_review(pull, "rita")
    merge_pull(state, pull.number, method="rebase")
    landed = state.git("rev-list", "--reverse", "main~2..main").split()
    outcome = stage.run()
    assert "success" == outcome.jobs["push"], outcome.log
    record = stage.records()["versions/0001-1.0.0.json"]
    assert (landed[0], landed) == (record["commit"], record["people"]["merged"]["rebased"])
    assert (pull.number, "passed") == (record["pull_request"], record["decision"]["verdict"])
