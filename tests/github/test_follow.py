"""`promoter record follow`: killed at each of its requests to GitHub and run again, and where it may not write."""

import copy
import itertools
import os
import signal
import subprocess
import sys
import threading
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from promoter.commands.overtaken import RECORDER
from tests.commands.recorded import Registry
from tests.forge.server import Forge, running_forge
from tests.forge.state import BOT, FULL_NAME
from tests.support.registry import FOLDER, stage_files, version_files

ROOT = Path(__file__).parents[2]
BRANCH = "promoter/lending/mortgage/production"
PIPELINE = (
    "schema: promoter.pipeline/1\n"
    "stages: [{id: staging, title: Staging, then: propose}, {id: production, title: Production}]\n"
    "tiers: {high: {review_interval_days: 180, stages: {}}}\n"
)


@dataclass(slots=True)
class Follower:
    """A recorded registry on a forge, and the job that follows the records."""

    registry: Registry
    forge: Forge
    folder: Path
    process: subprocess.Popen[bytes] | None = None
    left: int = 0
    said: str = ""

    def run(self, *, killed_at: int = 0) -> int:
        """Return how the command ended; it is killed when its n-th request has come in, and 0 lets it be."""
        self.left = killed_at
        token = self.forge.state.mint(contents="write", deployments="write", pull_requests="write", actions="write")
        header = "Authorization: basic " + b64encode(f"x-access-token:{token}".encode()).decode()
        environment = {
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "GITHUB_TOKEN": token,
            "GITHUB_API_URL": self.forge.url,
            "GIT_CONFIG_COUNT": "1",
            "GIT_CONFIG_KEY_0": "http.extraheader",
            "GIT_CONFIG_VALUE_0": header,
        }
        command = [sys.executable, "-m", "promoter", "record", "follow"]
        command += ["--repository", FULL_NAME, "--repo", str(self.folder)]
        others = set(threading.enumerate())  # connections that other tests keep open never end
        with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, stdout=subprocess.PIPE) as process:
            self.process = process
            self.said = process.communicate()[1].decode()
        for thread in set(threading.enumerate()) - others:
            if "process_request_thread" in thread.name:
                thread.join()  # what a killed run asked for is carried out before it is looked at
        return process.returncode

    def merge(self, files: dict[str, bytes | str | None]) -> None:
        """Commit to the default branch, record it, and bring the clone up to date."""
        self.registry.commit(files)
        assert 0 == self.registry.run("record", "--commit").exit_code
        self.forge.state.git("-C", str(self.folder), "fetch", "-q", str(self.registry.builder.path), "main:main")

    def note(self) -> None:
        """Count a request, and kill who sent it where it is the one; it is carried out all the same."""
        self.left -= 1
        if self.left == 0 and self.process is not None:
            self.process.send_signal(signal.SIGKILL)

    def told(self) -> tuple[Any, ...]:
        """Return what stands on GitHub: deployments with their states, pull requests, and the branch's pointer."""
        state = self.forge.state
        deployments = [
            (entry["environment"], entry["payload"]["version"], [s["state"] for s in state.deployment_statuses[number]])
            for number, entry in sorted(state.deployments.items())
        ]
        pulls = [(pull.title, pull.body, pull.state) for pull in state.pulls.values()]
        return deployments, pulls, state.git("diff", "--stat", "main", BRANCH)

    def left_behind(self) -> tuple[Any, ...]:
        """Return all that a run may leave, before it came to its end too."""
        state = self.forge.state
        branches = state.git("for-each-ref", "--format=%(refname) %(objectname)", "refs/heads")
        return state.deployments, state.deployment_statuses, list(state.pulls.values()), branches

    def kept(self) -> tuple[Any, ...]:
        """Return a copy of what stands on GitHub, for `restore`."""
        state = self.forge.state
        stored = (state.deployments, state.deployment_statuses, state.pulls, state.comments)
        return copy.deepcopy(stored), state.git("rev-parse", f"refs/heads/{BRANCH}")

    def restore(self, kept: tuple[Any, ...]) -> None:
        """Bring GitHub back to what `kept` returned."""
        state, (stored, head) = self.forge.state, kept
        now = (state.deployments, state.deployment_statuses, state.pulls, state.comments)
        for current, earlier in zip(now, copy.deepcopy(stored), strict=True):
            current.clear()
            current.update(earlier)
        state.git("update-ref", f"refs/heads/{BRANCH}", head)

    def taken_back(self) -> tuple[Any, ...]:
        """Return the states of the pull requests, how often each was commented, and whether the branch is there."""
        state = self.forge.state
        branch = state.git("for-each-ref", "--format=%(refname)", f"refs/heads/{BRANCH}").strip()
        return [pull.state for pull in state.pulls.values()], len(state.comments), bool(branch)

    def forget(self) -> None:
        """Bring GitHub back to before the first run."""
        state = self.forge.state
        for kept in (state.deployments, state.deployment_statuses, state.pulls):
            kept.clear()
        state.ids = itertools.count(1000)
        state.git("update-ref", "-d", f"refs/heads/{BRANCH}")


@pytest.fixture
def follower(tmp_path: Path) -> Iterator[Follower]:
    """Yield a registry whose staging serves 3.0.0, which the pipeline proposes for production."""
    registry = Registry.create(tmp_path / "registry")
    registry.commit({"policies/pipeline.yaml": PIPELINE})
    registry.commit({**version_files("3.0.0"), **stage_files(staging="3.0.0")})
    registry.run("record", "--commit")
    with running_forge(registry.builder.path) as forge:
        forge.state.settings["actions_may_open_pulls"] = True
        clone = tmp_path / "clone.git"
        forge.state.git("clone", "-q", "--bare", str(registry.builder.path), str(clone))
        forge.state.git("-C", str(clone), "remote", "set-url", "origin", f"{forge.url}/{FULL_NAME}")
        forge.state.emails[RECORDER.email] = BOT
        found = Follower(registry, forge, clone)
        for method in ("GET", "POST", "PATCH"):
            forge.on(method, "", found.note)
        yield found
        assert [] == forge.violations


def test_a_run_that_is_killed_at_any_request_is_healed_by_the_next(follower: Follower) -> None:
    """One deployment a change, one pull request, and the same words, wherever the first run ended."""
    assert 0 == follower.run()
    expected = follower.told()
    assert [("production", "2.0.0"), ("staging", "3.0.0")] == [(e.partition("#")[2], v) for e, v, _ in expected[0]]
    assert ["Promote lending/mortgage#production to 3.0.0"] == [title for title, _, _ in expected[1]]
    count, healed = 0, set()
    while True:
        count += 1
        follower.forget()
        if follower.run(killed_at=count) == 0:
            break
        left_behind = repr(follower.left_behind())
        if left_behind not in healed:
            assert 0 == follower.run()
            assert expected == follower.told()
        healed.add(left_behind)
    assert count > 10
    assert len(healed) > 5


def test_where_actions_may_open_none_the_branch_waits_for_a_person(follower: Follower) -> None:
    """The setting that doctor advises: the log names the address, and the deployments are made all the same."""
    follower.forge.state.settings["actions_may_open_pulls"] = False
    assert 0 == follower.run()
    assert f"{FULL_NAME}/compare/main...{BRANCH}?expand=1" in follower.said
    deployments, pulls, _ = follower.told()
    assert (2, []) == (len(deployments), pulls)


STAGING = f"{FOLDER}/stages/staging.yaml"
WITHDRAWN = 'schema: promoter.withdrawn/1\nwithdrawn: [{version: "3.0.0", reason: "It was wrong"}]\n'


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        (
            {**stage_files(staging="4.0.0"), "policies/pipeline.yaml": PIPELINE.replace("then: propose", "then: wait")},
            "serves 4.0.0 since",
        ),
        ({STAGING: None}, "serves nothing since"),
        ({f"{FOLDER}/withdrawn.yaml": WITHDRAWN}, "3.0.0 is withdrawn"),
    ],
)
def test_a_proposal_that_was_overtaken_is_closed_with_the_reason(
    follower: Follower, files: dict[str, bytes | str | None], reason: str
) -> None:
    """By another version, a retirement or a withdrawal; its branch goes, and a second run finds nothing to say."""
    assert 0 == follower.run()
    follower.merge({**version_files("4.0.0"), **files})
    assert (0, 0) == (follower.run(), follower.run())
    state = follower.forge.state
    [pull] = state.pulls.values()
    [comment] = state.comments.values()
    assert ("closed", True) == (pull.state, reason in comment["body"])
    assert "" == state.git("for-each-ref", f"refs/heads/{BRANCH}")


def test_taking_a_proposal_back_is_healed_wherever_a_run_was_killed(follower: Follower) -> None:
    """Before the comment, after it, closed and not deleted: the next run ends it, and says nothing twice."""
    assert 0 == follower.run()
    follower.merge({STAGING: None})
    before, seen = follower.kept(), []
    for count in itertools.count(1):
        follower.restore(before)
        if follower.run(killed_at=count) == 0:
            break
        seen.append(follower.taken_back())
        if seen[-1] not in seen[:-1]:
            assert 0 == follower.run()
            assert (["closed"], 1, False) == follower.taken_back()
    assert (["closed"], 1, True) in seen


@pytest.mark.parametrize("is_squashed", [True, False])
def test_a_branch_without_a_pull_request_goes_where_it_brings_nothing(follower: Follower, is_squashed: bool) -> None:
    """What it proposes came in by a squash: the recorder deletes it; one that still waits for a person stays."""
    follower.forge.state.settings["actions_may_open_pulls"] = False
    assert 0 == follower.run()
    if is_squashed:
        follower.merge(dict(stage_files(production="3.0.0")))
    assert 0 == follower.run()
    assert ([], 0, not is_squashed) == follower.taken_back()


def test_a_proposal_of_a_version_that_is_rolled_back_is_closed_until_it_is_promoted_again(follower: Follower) -> None:
    """The pull request says to which version; a later promotion opens a new one."""
    follower.merge({**version_files("4.0.0"), **stage_files(staging="4.0.0")})
    assert 0 == follower.run()
    follower.merge(dict(stage_files(staging="3.0.0")))
    assert 0 == follower.run()
    state = follower.forge.state
    assert ["closed"] == [pull.state for pull in state.pulls.values()]
    assert "lending/mortgage#staging was rolled back to 3.0.0 since" in next(iter(state.comments.values()))["body"]
    follower.merge({**version_files("5.0.0"), **stage_files(staging="5.0.0")})
    assert 0 == follower.run()
    assert ["closed", "open"] == [pull.state for pull in state.pulls.values()]


def test_a_later_version_takes_over_the_pull_request_that_is_open(follower: Follower) -> None:
    """Where the pipeline proposes it: one pull request a stage, the latest wins, and none is closed."""
    assert 0 == follower.run()
    follower.merge({**version_files("4.0.0"), **stage_files(staging="4.0.0")})
    assert 0 == follower.run()
    [pull] = follower.forge.state.pulls.values()
    assert ("open", "Promote lending/mortgage#production to 4.0.0") == (pull.state, pull.title)
    assert {} == follower.forge.state.comments


def test_a_pull_request_with_a_persons_commit_is_left_to_that_person(follower: Follower) -> None:
    """The recorder closes its own alone."""
    assert 0 == follower.run()
    builder = follower.registry.builder
    builder.commit({"docs/notes.md": "Wait for me.\n"}, branch=BRANCH)
    [pull] = follower.forge.state.pulls.values()
    follower.forge.state.move_head(pull)
    follower.merge({STAGING: None})
    assert 0 == follower.run()
    assert ("open", {}) == (pull.state, follower.forge.state.comments)


def test_a_persons_rollback_that_waits_is_not_made_a_promotion(follower: Follower) -> None:
    """The branch is the stage's one: what the pipeline would propose is said there, once, and the deployment made."""
    builder, state = follower.registry.builder, follower.forge.state
    rolled_back = builder.commit(
        stage_files(production="1.0.0"), branch=BRANCH, onto=[builder.git("rev-parse", "main")]
    )
    pull = state.open_pull(BRANCH, author="olu", title="Roll lending/mortgage#production back to 1.0.0")
    assert (0, 0) == (follower.run(), follower.run())
    assert (rolled_back, pull.title) == (state.head_of(pull), "Roll lending/mortgage#production back to 1.0.0")
    [comment] = state.comments.values()
    assert "`lending/mortgage#staging` serves `3.0.0` since commit" in comment["body"]
    assert "`promoter promote lending/mortgage@3.0.0 --stage production`" in comment["body"]
    assert "lending/mortgage#staging" in {entry["environment"] for entry in state.deployments.values()}


def test_what_the_pipeline_proposes_says_who_asked_and_what_it_waits_for(follower: Follower) -> None:
    """The record of the stage before, the soak, the window by its reason; and no command to run again."""
    frozen = "windows: [{kind: exclude, reason: year end, from_date: 2023-11-01, to_date: 2023-11-30}]\n"
    soaks = PIPELINE.replace("stages: {}", "stages: {production: {soak_days: 7}}")
    follower.merge({"policies/pipeline.yaml": soaks + frozen})
    assert 0 == follower.run()
    [pull] = follower.forge.state.pulls.values()
    assert "reports/decisions/lending/mortgage/staging/0001-3.0.0.json" in pull.body
    assert "| earliest | 2023-12-01 00:00 UTC |" in pull.body
    assert "| waits for | soaks until 2023-11-2" in pull.body
    assert "year end |" in pull.body
    assert "The same command" not in pull.body
