"""The step that pushes the records, run by itself in a runner's empty folder."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.commands.recorded import Registry

ROOT = Path(__file__).parents[2]
STEPS = Path(".github/steps")
_KILLER = """trap '[ $((steps = ${steps:-0} + 1)) -lt COUNT ] || kill -KILL $$' DEBUG
set -T
"""
"""bash sources it first: before the COUNT-th command of the script, or of its functions, the script is gone."""


def make_records(folder: Path) -> Path:
    """Return the folder, with a registry, `acme/registry`, and the records that it lacks, `records`."""
    registry = Registry.create(folder / "acme/registry")
    registry.builder.git("config", "receive.denyCurrentBranch", "ignore")
    assert 0 == registry.run("record", "--out", str(folder / "records")).exit_code
    program = f'#!/bin/sh\nexec "{sys.executable}" -m promoter "$@"\n'
    (folder / "promoter").write_text(program, encoding="utf-8")
    (folder / "promoter").chmod(0o755)
    return folder


def records_made(folder: Path) -> dict[str, bytes]:
    """Return what `make_records` made, by path in the registry."""
    made = folder / "records"
    return {path.relative_to(made).as_posix(): path.read_bytes() for path in made.rglob("*.json")}


@dataclass(frozen=True, slots=True, kw_only=True)
class PushStep:
    """The step at `server`, in the folder of `make_records`, with the secrets of its environment.

    `known_hosts` takes the place of the file that is shipped.
    """

    made: Path
    server: str
    token: str = ""
    key: str = ""
    app_token: str = ""
    known_hosts: str | None = None

    def run(self, *, killed_at: int | None = None) -> subprocess.CompletedProcess[str]:
        """Run it in an empty folder."""
        place = self.made / "runner"
        shutil.rmtree(place, ignore_errors=True)
        shutil.copytree(self.made / "records", place / "records")
        shutil.copy(self.made / "promoter", place / "promoter")
        shutil.copytree(ROOT / STEPS, place / "checkout" / STEPS)
        if self.known_hosts is not None:
            (place / "checkout" / STEPS / "known_hosts.txt").write_text(self.known_hosts, encoding="ascii")
        variables = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(ROOT),
            "HOME": str(place),
            "GIT_CONFIG_GLOBAL": os.devnull,
            "RUNNER_TEMP": str(place),
            "GITHUB_SERVER_URL": self.server,
            "GITHUB_REPOSITORY": "acme/registry",
            "BRANCH": "main",
            "TOKEN": self.token,
            "KEY": self.key,
            "APP_TOKEN": self.app_token,
        }
        if killed_at is not None:
            (place / "killer").write_text(_KILLER.replace("COUNT", str(killed_at)), encoding="utf-8")
            variables["BASH_ENV"] = str(place / "killer")
        return subprocess.run(
            ["bash", str(STEPS / "record-push.sh")],
            cwd=place / "checkout",
            env=variables,
            capture_output=True,
            text=True,
            check=False,
        )
