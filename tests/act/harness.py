"""From an event to what stands in the pull request: the shipped workflows under act, against the forge.

What act lacks is done here: a token a job, with exactly the job's permissions. Replaced are GitHub's own actions
(stubs/), and the installation, which has its own test: each job runs the engine under test. A step that fails is heard
out first (step.sh).
"""

import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from tests.forge.events import payload
from tests.forge.server import Forge, running_forge
from tests.forge.state import BOT, FULL_NAME, MOMENT, Pull
from tests.support.registry import registry_files
from tests.support.repositories import RepositoryBuilder

ROOT = Path(__file__).resolve().parents[2]
STUBS = Path(__file__).with_name("stubs")
ACT = Path(sys.executable).with_name("act")
_STEP = Path(__file__).with_name("step.sh")
_SHIPPED = tuple(ROOT.joinpath(".github").glob("*/*.*"))
_INSTALL = f"""set -eu
printf '#!/bin/sh\\nexec {sys.executable} -I -m promoter "$@"\\n' > "$RUNNER_TEMP/promoter"
chmod +x "$RUNNER_TEMP/promoter"
"""
"""Installs by pointing at the engine under test; tests/act/test_install.py runs the shipped script."""

REPOSITORY = {"full_name": FULL_NAME, "default_branch": "main", "name": "registry", "pushed_at": MOMENT}
"""A repository in an event's payload."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run of act ended. `jobs` maps job id to success, failure or skipped; `log` is all that was printed."""

    jobs: Mapping[str, str]
    log: str
    artifacts: Path


@dataclass(slots=True)
class Scene:
    """A registry on the forge, a clone from which act runs, and what happens to both."""

    folder: Path
    builder: RepositoryBuilder
    forge: Forge
    runs: int = 0
    variables: dict[str, str] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict)

    def propose(self, files: Mapping[str, bytes | str | None], *, branch: str = "candidate", **options: Any) -> Pull:
        """Return a pull request that puts these files over main's."""
        tip = self.forge.state.git("rev-parse", "refs/heads/main")
        self.builder.commit(files, branch=branch, onto=[tip])
        return self.forge.state.open_pull(branch, **options)

    def run(self, event_name: str, content: Mapping[str, Any], *, workflow: str = "workflows/gate.yml") -> Outcome:
        """Run a shipped workflow, a path below .github, as main has it, on an event."""
        self.runs += 1
        place = self.folder / f"run-{self.runs}"
        clone = place / "clone"
        self._git("clone", "--quiet", "--branch", "main", str(self.builder.path), str(clone))
        self._git("-C", str(clone), "remote", "set-url", "origin", f"https://github.com/{FULL_NAME}.git")
        source = clone / ".github" / workflow
        text = with_job_tokens(source.read_text(encoding="utf-8"), self.forge)
        (place / source.name).write_text(heard_out(text, place / "log.txt"), encoding="utf-8")
        (place / "event.json").write_text(json.dumps(content), encoding="utf-8")
        return self._act(event_name, source.name, place)

    def gate(self, pull: Pull) -> Outcome:
        """Run the gate as on a push to the pull request."""
        return self.run("pull_request_target", pull_payload(self.forge, pull))

    def comments(self, number: int = 7) -> list[str]:
        """Return the texts of the bot's comments."""
        return [entry["body"] for entry in self.forge.state.comments_on(number) if entry["user"]["login"] == BOT]

    def checks(self, pull: Pull) -> list[tuple[str, str | None]]:
        """Return status and conclusion of each check run on the head, oldest first."""
        return [(run["status"], run["conclusion"]) for run in self.forge.state.runs_on(self.forge.state.head_of(pull))]

    def _act(self, event_name: str, workflow: str, place: Path) -> Outcome:
        """Run act in host mode; everything that it writes stays below `place`."""
        artifacts = place / "artifacts"
        settings = {
            "GITHUB_API_URL": self.forge.url,
            "GITHUB_SERVER_URL": self.forge.url,
            "HARNESS_ARTIFACTS": str(artifacts),
        }
        command = [str(ACT), event_name, "-W", str(place / workflow), "-e", str(place / "event.json"), "-a", "ada"]
        command += ["-P", "ubuntu-latest=-self-hosted", "--no-cache-server", "--json", "--concurrent-jobs", "1"]
        command += ["-s", f"GITHUB_TOKEN={self.forge.state.mint(contents='read')}"]
        command += [part for name, value in settings.items() for part in ("--env", f"{name}={value}")]
        command += [part for name, value in self.variables.items() for part in ("--var", f"{name}={value}")]
        command += [part for name, value in self.secrets.items() for part in ("-s", f"{name}={value}")]
        text = (place / workflow).read_text(encoding="utf-8")
        for name, pin in sorted(set(re.findall(r"uses: actions/([a-z-]+)@([0-9a-f]{40})", text))):
            command += ["--local-repository", f"actions/{name}@{pin}={STUBS / name}"]
        environment = {"PATH": os.environ["PATH"], "HOME": str(place), "XDG_CACHE_HOME": str(place / "cache")}
        environment |= {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull, "TMPDIR": str(place)}
        log, errors = place / "log.txt", place / "errors.txt"
        with log.open("wb") as out, errors.open("wb") as err:
            subprocess.run(
                command, cwd=place / "clone", env=environment, stdout=out, stderr=err, timeout=300, check=False
            )
        printed = log.read_text(encoding="utf-8")
        return Outcome(_job_results(printed), printed + errors.read_text(encoding="utf-8"), artifacts)

    def _git(self, *arguments: str) -> None:
        environment = {"PATH": os.environ["PATH"], "GIT_CONFIG_GLOBAL": os.devnull, "HOME": str(self.folder)}
        subprocess.run(["git", *arguments], env=environment, check=True, capture_output=True)


@contextmanager
def scene(folder: Path, files: Mapping[str, bytes | str] | None = None) -> Iterator[Scene]:
    """Yield a scene whose main holds a registry and the shipped workflows; all exchanges are held to the contract."""
    builder = RepositoryBuilder.create(folder / "registry.git")
    builder.git("config", "uploadpack.allowAnySHA1InWant", "true")
    shipped = {path.relative_to(ROOT).as_posix(): path.read_bytes() for path in _SHIPPED}
    registry = registry_files(production="1.0.0") if files is None else files
    builder.commit({**registry, **shipped, ".github/steps/install.sh": _INSTALL})
    with running_forge(builder.path) as forge:
        yield Scene(folder, builder, forge)
        assert [] == forge.violations


def with_job_tokens(text: str, forge: Forge) -> str:
    """Return a workflow in which each job's `github.token` is a token with that job's permissions alone."""
    jobs = yaml.safe_load(text)["jobs"]
    first = text.index("\njobs:")
    starts = [(text.index(f"\n  {name}:\n", first), job) for name, job in jobs.items()]
    pieces = [text[: starts[0][0]]]
    for (start, job), end in zip(starts, [*(start for start, _ in starts[1:]), len(text)], strict=True):
        permissions = {scope.replace("-", "_"): level for scope, level in job.get("permissions", {}).items()}
        pieces.append(text[start:end].replace("${{ github.token }}", forge.state.mint(**permissions)))
    return "".join(pieces)


def heard_out(text: str, log: Path) -> str:
    """Return a workflow whose failing steps end when what they said stands in act's log: see step.sh."""
    shell = f"bash {shlex.quote(str(_STEP))} {shlex.quote(str(log))} {{0}}"
    return text.replace("\njobs:", f"\ndefaults:\n  run:\n    shell: {json.dumps(shell)}\n\njobs:", 1)


def pull_payload(forge: Forge, pull: Pull) -> dict[str, Any]:
    """Return the payload of a push to a pull request."""
    end = {"repo": REPOSITORY}
    values = {
        "number": pull.number,
        "title": pull.title,
        "updated_at": MOMENT,
        "head": {**end, "ref": pull.branch, "sha": forge.state.head_of(pull)},
        "base": {**end, "ref": pull.base, "sha": forge.state.git("rev-parse", f"refs/heads/{pull.base}")},
    }
    return payload(
        "pull-request-synchronize", {"number": pull.number, "pull_request": values, "repository": REPOSITORY}
    )


def _job_results(printed: str) -> dict[str, str]:
    """Return each job's end out of act's JSON lines; a job without one was skipped."""
    found: dict[str, str] = {}
    for line in printed.splitlines():
        entry = json.loads(line) if line.startswith("{") else {}
        if entry.get("jobID") and entry.get("jobResult"):
            found[entry["jobID"]] = entry["jobResult"]
    return found
