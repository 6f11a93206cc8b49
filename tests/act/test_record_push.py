"""The step that pushes the records, killed before each of its commands, and run again."""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.commands.recorded import Registry
from tests.support.repositories import RepositoryBuilder

ROOT = Path(__file__).parents[2]
_KILLER = """trap '[ $((steps = ${steps:-0} + 1)) -lt COUNT ] || kill -KILL $$' DEBUG
set -T
"""
"""bash sources it first: before the COUNT-th command of the script, or of its functions, the script is gone."""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a registry, `acme/registry`, and the records that it lacks, `records`."""
    folder = tmp_path_factory.mktemp("made")
    registry = Registry.create(folder / "acme/registry")
    registry.builder.git("config", "receive.denyCurrentBranch", "ignore")
    assert 0 == registry.run("record", "--out", str(folder / "records")).exit_code
    program = f'#!/bin/sh\nexec "{sys.executable}" -m promoter "$@"\n'
    (folder / "promoter").write_text(program, encoding="utf-8")
    (folder / "promoter").chmod(0o755)
    return folder


def push(made: Path, place: Path, *, killed_at: int | None = None) -> subprocess.CompletedProcess[str]:
    """Run the step in a runner's empty folder, over git's own transport for folders, as a GitHub App would."""
    shutil.rmtree(place, ignore_errors=True)
    shutil.copytree(made / "records", place / "records")
    shutil.copy(made / "promoter", place / "promoter")
    variables = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "HOME": str(place),
        "RUNNER_TEMP": str(place),
        "GITHUB_SERVER_URL": made.as_uri(),
        "GITHUB_REPOSITORY": "acme/registry",
        "BRANCH": "main",
        "TOKEN": "reads",
        "KEY": "",
        "APP_TOKEN": "writes",
    }
    if killed_at is not None:
        (place / "killer").write_text(_KILLER.replace("COUNT", str(killed_at)), encoding="utf-8")
        variables["BASH_ENV"] = str(place / "killer")
    command = ["bash", ".github/steps/record-push.sh"]
    return subprocess.run(command, cwd=ROOT, env=variables, capture_output=True, text=True, check=False)


def test_a_push_that_is_killed_anywhere_is_healed_by_the_next(made: Path, tmp_path: Path) -> None:
    """Main holds all records or none, whenever it ends; the next run leaves all of them, in one commit, once."""
    registry = Registry(RepositoryBuilder.create(made / "acme/registry"))
    start = registry.builder.git("rev-parse", "main")
    records = {
        path.relative_to(made / "records").as_posix(): path.read_bytes() for path in (made / "records").rglob("*.json")
    }
    count, seen = 0, set()
    while True:
        count += 1
        done = push(made, tmp_path / "runner", killed_at=count)
        has_moved = registry.builder.git("rev-parse", "main") != start
        seen.add(has_moved)
        if has_moved:  # all else that a runner leaves behind is gone with it
            assert records == registry.records()
            assert 0 == push(made, tmp_path / "runner").returncode
            assert records == registry.records()
            assert "1" == registry.builder.git("rev-list", "--count", f"{start}..main")
        if done.returncode != -signal.SIGKILL:
            assert 0 == done.returncode, done.stderr
            break
        registry.builder.git("update-ref", "refs/heads/main", start)
    assert {False, True} == seen
    assert count > 15
