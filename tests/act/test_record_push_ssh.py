"""The step that pushes the records, over real ssh with a deploy key, to a main that rulesets protect."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import asyncssh
import pytest

from promoter.github.doctor.ruleset import history_ruleset, recommended_ruleset
from tests.act.pushing import PushStep, make_records, records_made
from tests.commands.recorded import Registry
from tests.forge.protection import protect
from tests.forge.server import Forge, running_forge
from tests.forge.ssh_backend import NEEDS_SSH, Cut, add_deploy_key, known_host
from tests.support.repositories import RepositoryBuilder

pytestmark = NEEDS_SSH


@dataclass(frozen=True, slots=True)
class Recording:
    """The step as it is set up, and the forge that it pushes to."""

    step: PushStep
    forge: Forge
    start: str

    def held(self) -> dict[str, bytes]:
        """Return the records on main."""
        return Registry(RepositoryBuilder.create(self.step.made / "acme/registry")).records()

    def untouched(self) -> tuple[str, str]:
        """Return the tip of main and all objects of the repository; fails where one is broken."""
        state = self.forge.state
        state.git("fsck", "--full")
        return state.git("rev-parse", "main"), state.git("cat-file", "--batch-all-objects", "--batch-check")

    def is_recorded_once(self) -> bool:
        """Say whether main holds all records, by one commit."""
        count = self.forge.state.git("rev-list", "--count", f"{self.start}..main")
        return (records_made(self.step.made), "1") == (self.held(), count)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a registry and the records that it lacks."""
    return make_records(tmp_path_factory.mktemp("made"))


@pytest.fixture
def recording(made: Path, tmp_path: Path) -> Iterator[Recording]:
    """Yield the step with its deploy key, the host's key pinned, and the shipped rulesets in force."""
    folder = Path(shutil.copytree(made, tmp_path / "made"))
    with running_forge(folder / "acme/registry") as forge:
        protect(forge.state, recommended_ruleset(check_name="promoter"), history_ruleset())
        step = PushStep(
            made=folder,
            server=forge.url,
            token=forge.state.mint(contents="read"),
            key=add_deploy_key(forge.state, tmp_path),
            known_hosts=known_host(forge.url),
        )
        yield Recording(step, forge, forge.state.git("rev-parse", "main"))


def test_the_deploy_key_brings_the_records_past_the_ruleset(recording: Recording) -> None:
    """By one commit; a second run adds none. The token of the job could not have."""
    done = recording.step.run()
    assert (0, True) == (done.returncode, recording.is_recorded_once()), done.stderr
    again = recording.step.run()
    assert (0, True) == (again.returncode, recording.is_recorded_once()), again.stderr


def test_a_host_with_another_key_gets_no_byte(recording: Recording) -> None:
    """The error says which file holds the pin, and what to compare."""
    other = known_host(recording.forge.url, key=asyncssh.generate_private_key("ssh-ed25519"))
    before = recording.untouched()
    done = replace(recording.step, known_hosts=other).run()
    assert (1, before) == (done.returncode, recording.untouched())
    assert "::error::the host shows another key than .github/steps/known_hosts.txt names" in done.stdout
    assert "ruleset" not in done.stdout
    assert 0 == recording.step.run().returncode
    assert recording.is_recorded_once()


def test_a_key_without_the_right_to_write_is_told_apart(recording: Recording, tmp_path: Path) -> None:
    """Neither the ruleset nor the network is blamed."""
    before = recording.untouched()
    key = add_deploy_key(recording.forge.state, tmp_path, title="mirror", is_read_only=True)
    done = replace(recording.step, key=key).run()
    assert (1, before) == (done.returncode, recording.untouched())
    assert "::error::the deploy key may only read: add it again, with write access" in done.stdout


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("no key at all", "PROMOTER_RECORDER_KEY is no private key of OpenSSH"),
        (
            asyncssh.generate_private_key("ssh-ed25519").export_private_key().decode(),
            "is no deploy key of acme/registry",
        ),
    ],
    ids=["mangled", "unknown"],
)
def test_a_key_that_opens_nothing_is_told(recording: Recording, key: str, words: str) -> None:
    """A secret that was pasted in part, and the key of something else."""
    before = recording.untouched()
    done = replace(recording.step, key=key).run()
    assert (1, before) == (done.returncode, recording.untouched())
    assert words in done.stdout
    assert "PRIVATE KEY-----" not in done.stdout + done.stderr


@pytest.mark.parametrize("cut", list(Cut))
def test_a_connection_that_breaks_once_is_healed_in_the_same_run(recording: Recording, cut: Cut) -> None:
    """Whether the push was carried out or not: the branch is asked what it holds."""
    recording.forge.ssh.cuts.append(cut)
    done = recording.step.run()
    assert (0, True) == (done.returncode, recording.is_recorded_once()), done.stderr
    assert "the connection failed" in done.stdout


def test_a_connection_that_keeps_breaking_leaves_nothing_behind(recording: Recording) -> None:
    """Five tries, no half record, no object; the next run heals it."""
    before = recording.untouched()
    recording.forge.ssh.cuts += [Cut.PACK] * 5
    done = recording.step.run()
    assert (1, before) == (done.returncode, recording.untouched())
    assert "in five tries the records did not come onto main" in done.stdout
    assert 0 == recording.step.run().returncode
    assert recording.is_recorded_once()


def test_the_key_is_gone_after_the_step(recording: Recording) -> None:
    """However it ended."""
    recording.step.run()
    replace(recording.step, known_hosts="").run()
    assert not (recording.step.made / "runner/recorder").exists()
