"""promote, rollback and propose on GitHub: one branch, one pull request, and every break healed by the next run."""

import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.forge.server import Forge, running_forge
from tests.forge.state import Pull
from tests.support.clones import clone_of
from tests.support.command import Run, run_promoter
from tests.support.registry import AUC_POLICY, FOLDER, MODEL, registry_files, rule_files, stage_files, version_files
from tests.support.repositories import RepositoryBuilder

BRANCH = f"promoter/{MODEL}/production"
POINTER = f"{FOLDER}/stages/production.yaml"
MAY = {"contents": "write", "pull_requests": "write", "actions": "write"}
INTERRUPTIBLE = (
    "import signal; signal.signal(signal.SIGINT, signal.default_int_handler);"
    "import runpy; runpy.run_module('promoter', run_name='__main__')"
)
"""Runs promoter where interruptions come through: a shell turns them off for what it starts in the background."""


@pytest.fixture
def forge(tmp_path: Path) -> Iterator[Forge]:
    """Yield a forge whose registry went from 1.0.0 to 2.0.0 in production.

    3.0.0, the bad 4.0.0 and 5.0.0, which somebody pushed with a stray file, are registered.
    """
    builder = RepositoryBuilder.create(tmp_path / "registry.git")
    versions = {**version_files("2.0.0"), **version_files("3.0.0"), **version_files("4.0.0", shift=1.0)}
    versions |= {**version_files("5.0.0"), f"{FOLDER}/versions/5.0.0/stray.txt": "x"}
    policy = AUC_POLICY + "applies_to: {kinds: [registration, promotion, rollback]}\n"
    rules = rule_files({"catalog/performance/auc.yaml": policy})
    builder.commit({**registry_files(production="1.0.0"), **rules, **versions})
    builder.commit(stage_files(production="2.0.0"))
    with running_forge(builder.path) as forge:
        yield forge
        assert [] == forge.violations


@pytest.fixture
def clone(forge: Forge, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return olu's clone; the environment has a token that may push and open pull requests."""
    return clone_of(forge, tmp_path / "clone", login="olu", patch=monkeypatch, **MAY)


def promote(clone: Path, version: str, *options: str) -> Run:
    """Promote a version to production."""
    return run_promoter("promote", f"{MODEL}@{version}", "--stage", "production", "--repo", str(clone), *options)


def rollback(clone: Path, *options: str) -> Run:
    """Roll production back."""
    return run_promoter("rollback", f"{MODEL}#production", "--reason", "refusals", "--repo", str(clone), *options)


def only_pull(forge: Forge) -> Pull:
    """Return the forge's one pull request."""
    (pull,) = forge.state.pulls.values()
    return pull


def pushed_version(forge: Forge) -> str:
    """Return the pointer that the one pull request proposes."""
    return forge.state.git("show", f"{forge.state.head_of(only_pull(forge))}:{POINTER}")


def test_a_rollback_ends_in_an_open_pull_request(forge: Forge, clone: Path) -> None:
    """Branch, title, body with reason, incident and verdict; its address is printed, the exit code is the verdict's."""
    run = rollback(clone, "--incident", "inc-7")
    pull = only_pull(forge)
    assert 0 == run.code, run.err
    assert (BRANCH, "main", f"Roll {MODEL}#production back to 1.0.0") == (pull.branch, pull.base, pull.title)
    assert 'version: "1.0.0"' in pushed_version(forge)
    for words in ("| serves now | `2.0.0` |", "| reason | refusals |", "| incident | inc-7 |", "**Passed**"):
        assert words in pull.body
    assert f"pull request {pull.number} is open: https://github.com/acme/registry/pull/{pull.number}" in run.err


def test_a_newer_move_takes_the_place_of_the_older(forge: Forge, clone: Path) -> None:
    """One pull request a model and stage: its branch, title and body are those of the latest."""
    assert [0, 1] == [promote(clone, version).code for version in ("3.0.0", "4.0.0")]
    assert 'version: "4.0.0"' in pushed_version(forge)
    assert f"Promote {MODEL}#production to 4.0.0" == only_pull(forge).title
    rolled_back = rollback(clone).err
    assert f"pull request {only_pull(forge).number} said 'Promote {MODEL}#production to 4.0.0'" in rolled_back
    promote(clone, "4.0.0")
    assert "`4.0.0`" in only_pull(forge).body


def test_the_same_again_writes_nothing(forge: Forge, clone: Path) -> None:
    """Neither a push nor an edit, so that no gate starts again."""
    rollback(clone)
    before = len(forge.seen)
    pushes = [line for line in forge.git_seen if "git-receive-pack" in line]
    assert "is up to date" in rollback(clone).err
    assert pushes == [line for line in forge.git_seen if "git-receive-pack" in line]
    assert ["GET"] == [line.split()[0] for line in forge.seen[before:]]


def test_a_pull_request_that_could_not_be_opened_is_opened_by_the_next_run(forge: Forge, clone: Path) -> None:
    """GitHub refuses it once the branch is pushed: the way by hand is named; the same command then only opens it."""
    forge.fail("POST", "/pulls$", 403)
    run = rollback(clone)
    assert 3 == run.code
    assert {} == forge.state.pulls
    assert "use a token that may write pull requests in this repository" in run.err
    assert f"/compare/main...{BRANCH}?expand=1" in run.err
    head = forge.state.git("rev-parse", f"refs/heads/{BRANCH}")
    assert 0 == rollback(clone).code
    assert head == forge.state.head_of(only_pull(forge))


def test_an_interruption_between_push_and_pull_request_is_gone_on_with(forge: Forge, clone: Path) -> None:
    """Ctrl-C: exit 130 and a line; the same command then opens the pull request, and pushes nothing again."""
    words = [*("rollback", f"{MODEL}#production", "--reason", "refusals"), *("--repo", str(clone))]
    command = [sys.executable, "-c", INTERRUPTIBLE, *words]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        waiting = threading.Event()

        def interrupt() -> None:
            if process.poll() is None and not waiting.is_set():
                process.send_signal(signal.SIGINT)
                waiting.wait(1)
                waiting.set()

        forge.on("GET", "/pulls", interrupt)
        _, said = process.communicate()
    assert (130, {}) == (process.returncode, forge.state.pulls)
    assert "interrupted: the same command, run again, goes on from here" in said
    head = forge.state.git("rev-parse", f"refs/heads/{BRANCH}")
    assert 0 == rollback(clone).code
    assert head == forge.state.head_of(only_pull(forge))


def test_who_waits_for_github_is_told(forge: Forge, clone: Path) -> None:
    """A limit that ends in a second: the terminal says so, and the pull request is opened."""
    forge.fail("GET", "/pulls", 403, headers={"Retry-After": "1"})
    run = rollback(clone)
    assert 0 == run.code
    assert "GitHub does not answer, or asks to wait: trying again in 1 s" in run.err


def test_a_token_that_github_does_not_know_is_told_to_a_person(
    forge: Forge, clone: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No job is spoken of, whose token it might be."""
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)
    monkeypatch.setenv("GITHUB_TOKEN", "unknown")
    run = rollback(clone)
    assert 3 == run.code
    assert "must hold a token that GitHub knows, such as `gh auth token` prints" in run.err
    assert "job" not in run.err


def test_a_branch_that_moved_meanwhile_is_not_overwritten(forge: Forge, clone: Path) -> None:
    """Somebody pushed between the question and the push: nothing is lost, and the next run takes the place openly."""
    rollback(clone)
    theirs = RepositoryBuilder.create(forge.state.bare).commit({"docs/x.md": "theirs"}, branch="theirs")
    hook = clone / ".git" / "hooks" / "pre-push"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(f"#!/bin/sh\nexec git -C '{forge.state.bare}' update-ref refs/heads/{BRANCH} {theirs}\n")
    hook.chmod(0o755)
    run = promote(clone, "3.0.0")
    assert 3 == run.code
    assert "somebody moved the branch meanwhile" in run.err
    assert theirs == forge.state.git("rev-parse", f"refs/heads/{BRANCH}")
    hook.unlink()
    assert 0 == promote(clone, "3.0.0").code
    assert 'version: "3.0.0"' in pushed_version(forge)


def test_a_clone_that_is_behind_proposes_nothing(forge: Forge, clone: Path) -> None:
    """What served meanwhile is not known here: exit 2, before anything is committed."""
    newer = RepositoryBuilder.create(forge.state.bare).commit({"docs/x.md": "newer"})
    run = rollback(clone)
    assert 2 == run.code
    assert f"main is at {newer} on GitHub" in run.err
    assert "git fetch origin" in run.err
    assert {} == forge.state.pulls


def test_nothing_is_written_without_a_token_or_with_local_or_dry_run(
    forge: Forge, clone: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each says what was not done, and how it is done by hand."""
    assert f"would push {BRANCH} and open its pull request" in rollback(clone, "--dry-run").err
    assert "--local was given" in rollback(clone, "--local").err
    monkeypatch.delenv("GITHUB_TOKEN")
    run = rollback(clone)
    assert "neither GITHUB_TOKEN nor GH_TOKEN holds a token; open it yourself: git push --force-with-lease" in run.err
    assert ({}, []) == (forge.state.pulls, forge.seen)


def test_a_remote_elsewhere_is_never_given_the_token(
    forge: Forge, clone: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server of the token is another."""
    monkeypatch.setenv("GITHUB_SERVER_URL", "https://github.example")
    assert "origin is no repository on https://github.example" in rollback(clone).err
    assert [] == forge.seen


def test_a_held_promotion_is_opened_and_an_unusable_one_is_not(forge: Forge, clone: Path) -> None:
    """Held: the pull request is where it goes on. Unusable: a version that was pushed with a stray file."""
    run = promote(clone, "5.0.0")
    assert 2 == run.code
    assert "nothing was pushed" in run.err
    assert {} == forge.state.pulls
    assert 1 == promote(clone, "4.0.0").code
    assert "**Held**" in only_pull(forge).body


def test_the_verdict_can_be_left_to_the_gate(forge: Forge, clone: Path) -> None:
    """No decision is printed; the gate is started, as the default branch has it."""
    run = promote(clone, "3.0.0", "--skip-check", "--start-gate")
    assert 0 == run.code, run.err
    assert "NOT JUDGED here" in run.err
    assert "not judged before it was pushed" in only_pull(forge).body
    number = str(only_pull(forge).number)
    assert [{"workflow": "gate.yml", "ref": "main", "inputs": {"pull": number}}] == forge.state.dispatches


def test_text_of_a_reason_stays_text(forge: Forge, clone: Path) -> None:
    """No mention, link or row comes out of it."""
    promote(clone, "3.0.0", "--reason", "@acme | <img src=x> ![x](http://beacon.example)")
    body = only_pull(forge).body
    assert "<img" not in body
    assert "@acme" not in body
    assert "![x](" not in body


def test_a_push_that_is_refused_says_why_and_keeps_the_commit(
    forge: Forge, clone: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A token that may only read: git's own words, and no password among them."""
    reader = clone_of(forge, tmp_path / "reader", login="eve", patch=monkeypatch, contents="read")
    run = rollback(reader)
    assert 3 == run.code
    assert "git push origin: " in run.err
    assert "x-access-token" not in run.err
    assert 'version: "1.0.0"' in RepositoryBuilder.create(reader).git("show", f"{BRANCH}:{POINTER}")
