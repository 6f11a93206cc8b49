"""Pushing and asking over ssh: the real client, a real server on loopback, deploy keys, and git on both ends."""

import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import asyncssh
import pytest

from promoter.errors import ServiceError
from promoter.git.remote import Remote
from tests.forge.protection import protect
from tests.forge.server import Forge, running_forge
from tests.forge.ssh_backend import NEEDS_SSH, Cut, add_deploy_key, known_host
from tests.forge.state import FULL_NAME
from tests.support.repositories import RepositoryBuilder

pytestmark = NEEDS_SSH

BRANCH = "promoter/lending/mortgage/production"


@dataclass(slots=True)
class Desk:
    """A clone whose remote is the forge over ssh, with a key and a pinned host."""

    folder: Path
    forge: Forge
    monkeypatch: pytest.MonkeyPatch

    @property
    def remote(self) -> Remote:
        """The clone's remote."""
        return Remote(self.folder / "clone")

    def identify(self, key: str, *, known: str | None = None) -> None:
        """Let git's ssh know this key alone, and this line of known_hosts."""
        identity, hosts = self.folder / "identity", self.folder / "known_hosts"
        identity.unlink(missing_ok=True)
        identity.touch(mode=0o600)
        identity.write_text(key, encoding="ascii")
        hosts.write_text(known_host(self.forge.url) if known is None else known, encoding="ascii")
        options = ("IdentitiesOnly=yes", "BatchMode=yes", "StrictHostKeyChecking=yes", f"UserKnownHostsFile={hosts}")
        words = ["ssh", "-F", "none", "-i", str(identity), *(word for option in options for word in ("-o", option))]
        self.monkeypatch.setenv("GIT_SSH_COMMAND", " ".join(words))

    def commit(self, text: str) -> str:
        """Return a new commit of the clone."""
        return RepositoryBuilder.create(self.folder / "clone").commit({"models/a/b/model.yaml": text}, branch="work")

    def objects(self) -> str:
        """Return all objects of the forge's repository; fails where one is broken."""
        self.forge.state.git("fsck", "--full", "--strict")
        return self.forge.state.git("cat-file", "--batch-all-objects", "--batch-check")


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """Yield a clone with a deploy key that may write."""
    builder = RepositoryBuilder.create(tmp_path / "registry.git")
    builder.commit({"README.md": "registry\n"})
    builder.git("config", "receive.denyCurrentBranch", "ignore")
    with running_forge(builder.path) as forge:
        found = Desk(tmp_path, forge, monkeypatch)
        found.identify(add_deploy_key(forge.state, tmp_path))
        address = f"ssh://git@{forge.url.removeprefix('http://')}/{FULL_NAME}.git"
        command = ["git", "clone", "--quiet", address, str(tmp_path / "clone")]
        subprocess.run(command, check=True, env=os.environ | {"GIT_CONFIG_GLOBAL": os.devnull})
        yield found


def refusal(desk: Desk, commit: str, *, expected: str | None = None) -> str:
    """Return in one line why a push did not come about."""
    with pytest.raises(ServiceError) as caught:
        desk.remote.push(commit, BRANCH, expected=expected)
    return str(caught.value)


def test_a_branch_is_made_moved_and_taken_away(desk: Desk) -> None:
    """Each only from where it was."""
    first, second = desk.commit("one\n"), desk.commit("two\n")
    assert {BRANCH: None} == desk.remote.tips(BRANCH)
    desk.remote.push(first, BRANCH, expected=None)
    desk.remote.push(second, BRANCH, expected=first)
    assert {BRANCH: second, "none": None} == desk.remote.tips(BRANCH, "none")
    assert second == desk.forge.state.git("rev-parse", f"refs/heads/{BRANCH}")
    desk.remote.delete(BRANCH, expected=second)
    assert {BRANCH: None} == desk.remote.tips(BRANCH)


def test_a_branch_that_somebody_moved_is_left_alone(desk: Desk) -> None:
    """The lease holds over ssh too."""
    theirs, ours = desk.commit("theirs\n"), desk.commit("ours\n")
    desk.remote.push(theirs, BRANCH, expected=None)
    assert "somebody moved the branch meanwhile" in refusal(desk, ours)
    assert {BRANCH: theirs} == desk.remote.tips(BRANCH)


def test_a_host_with_another_key_gets_nothing(desk: Desk) -> None:
    """Neither the branch nor an object, and the line says what to compare."""
    other = asyncssh.generate_private_key("ssh-ed25519")
    desk.identify((desk.folder / "recorder").read_text(), known=known_host(desk.forge.url, key=other))
    before = desk.objects()
    told = refusal(desk, desk.commit("one\n"))
    assert "Host key verification failed" in told
    assert "compare the host's key with the one that it publishes" in told
    assert "ssh-keygen" not in told
    assert before == desk.objects()
    with pytest.raises(ServiceError, match="its key in known_hosts"):
        desk.remote.tips(BRANCH)


def test_a_host_that_is_not_known_gets_nothing(desk: Desk) -> None:
    """Nobody is asked where nobody sits."""
    desk.identify((desk.folder / "recorder").read_text(), known="")
    assert "its key in known_hosts" in refusal(desk, desk.commit("one\n"))


def test_a_key_that_only_reads_pushes_nothing(desk: Desk) -> None:
    """It may ask; GitHub's words name the reason, and the hint what to do."""
    desk.identify(add_deploy_key(desk.forge.state, desk.folder, title="mirror", is_read_only=True))
    assert {BRANCH: None} == desk.remote.tips(BRANCH)
    told = refusal(desk, desk.commit("one\n"))
    assert "marked as read only" in told
    assert "that may write there" in told


def test_a_key_that_nobody_knows_is_not_let_in(desk: Desk) -> None:
    """Refused at the door."""
    stranger = asyncssh.generate_private_key("ssh-ed25519").export_private_key().decode()
    desk.identify(stranger)
    told = refusal(desk, desk.commit("one\n"))
    assert "Permission denied (publickey)" in told
    assert "that may write there" in told


def test_a_connection_that_breaks_in_the_middle_leaves_nothing(desk: Desk) -> None:
    """No branch and no object; the same push comes through afterwards."""
    commit = desk.commit("one\n")
    before = desk.objects()
    desk.forge.ssh.cuts.append(Cut.PACK)
    assert "the connection failed: run this again" in refusal(desk, commit)
    assert before == desk.objects()
    desk.remote.push(commit, BRANCH, expected=None)
    assert {BRANCH: commit} == desk.remote.tips(BRANCH)


def test_an_answer_that_is_lost_is_taken_up_again(desk: Desk) -> None:
    """The branch moved, and nobody heard of it: the next run finds it there."""
    commit = desk.commit("one\n")
    desk.forge.ssh.cuts.append(Cut.ANSWER)
    assert "the connection failed: run this again" in refusal(desk, commit)
    assert {BRANCH: commit} == desk.remote.tips(BRANCH)
    desk.remote.push(commit, BRANCH, expected=commit)


def test_a_protected_branch_takes_no_key_that_the_ruleset_does_not_name(desk: Desk) -> None:
    """GitHub's reason is in the line."""
    rules = [{"type": "pull_request"}]
    names = {"ref_name": {"include": ["~DEFAULT_BRANCH"], "exclude": []}}
    protect(desk.forge.state, {"enforcement": "active", "conditions": names, "bypass_actors": [], "rules": rules})
    tip = desk.forge.state.git("rev-parse", "main")
    with pytest.raises(ServiceError, match="Changes must be made through a pull request"):
        desk.remote.push(desk.commit("one\n"), "main", expected=tip)
    assert {"main": tip} == desk.remote.tips("main")
