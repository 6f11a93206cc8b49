"""From the event to the posted comment: each step of the shipped gate under act, and the installation from the lock.

The proposal moves the sample model of mortgages, 2.1.0, to staging: all of its evidence is judged, beside what serves.
GitHub is the forge of the tests on loopback: what a network adds is not in it.
"""

import json
import os
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from tests.act.harness import Outcome, scene
from tools.bench.timing import time_command

ROOT = Path(__file__).resolve().parents[2]
POINTER = {"models/lending/mortgage/stages/staging.yaml": 'version: "2.1.0"\n'}
ENGINE_STEPS = ("Judge, without token and network", "Answer in the pull request")
STEPS = ("Fetch base and head as git objects", "Bring reviews, and files from the allowed stores", *ENGINE_STEPS)
GOALS = (("engine and reporting", 10.0), ("installation", 30.0))
RUNS = 3


def registry() -> dict[str, bytes | str]:
    """Return this project's own registry, as it is committed."""
    named = ["CODEOWNERS", "policies", "models"]
    listed = subprocess.run(["git", "ls-files", "-z", *named], cwd=ROOT, capture_output=True, check=True).stdout
    paths = [name for name in listed.decode().split("\0") if name and (ROOT / name).is_file()]
    return {path: (ROOT / path).read_bytes() for path in paths}


def step_seconds(outcome: Outcome) -> Iterator[tuple[str, str, float]]:
    """Yield job, step and its seconds; act tells a step with an action once for each of its phases."""
    for line in outcome.log.splitlines():
        entry = json.loads(line) if line.startswith("{") else {}
        if entry.get("stepResult") and "executionTime" in entry:
            yield entry["jobID"], entry["step"], entry["executionTime"] / 1e9


def gate(folder: Path) -> dict[tuple[str, str], float]:
    """Return job and step to seconds of one run. Raises RuntimeError where it did not end in a comment and a check."""
    with scene(folder, registry()) as stage:
        pull = stage.propose(POINTER)
        outcome = stage.gate(pull)
        if set(outcome.jobs.values()) != {"success"} or len(stage.comments()) != 1 or len(stage.checks(pull)) != 1:
            raise RuntimeError(f"the gate did not answer: {outcome.jobs}\n{outcome.log[-2000:]}")
        return {(job, step): seconds for job, step, seconds in step_seconds(outcome) if step in STEPS}


def install_seconds(folder: Path) -> tuple[float, float]:
    """Return what the shipped installation takes, from the lock, without a cache of packages; and a first judgement."""
    (folder / "temp").mkdir(parents=True)
    copy = folder / "copy"
    subprocess.run(["git", "clone", "--quiet", f"file://{ROOT}", str(copy)], check=True)
    environment = {**os.environ, "RUNNER_TEMP": str(folder / "temp"), "PIP_NO_CACHE_DIR": "1"}
    started = time.perf_counter()
    subprocess.run(
        ["bash", ".github/steps/install.sh"], cwd=copy, env=environment, stderr=subprocess.DEVNULL, check=True
    )
    installed = time.perf_counter() - started
    for path, text in POINTER.items():
        (copy / path).write_text(text, encoding="utf-8")
    judge = [str(folder / "temp/promoter"), "check", "--worktree", "--base", "HEAD", "--repo", str(copy)]
    judged = time_command(judge, runs=1, warm=False)
    if judged.exit_code != 0:
        raise RuntimeError(f"the first judgement ended with {judged.exit_code}")
    return installed, judged.wall_seconds


def main() -> int:
    """Run the gate some times and the installation once, and print medians and goals."""
    with tempfile.TemporaryDirectory(prefix="promoter-bench-") as scratch:
        runs = [gate(Path(scratch) / f"run-{number}") for number in range(RUNS)]
        print("| job | step | wall s, least of 3 |\n|---|---|---|")
        best = {place: min(run[place] for run in runs) for place in runs[0]}
        for (job, step), seconds in best.items():
            print(f"| {job} | {step} | {seconds:.2f} |")
        engine = sum(seconds for (_, step), seconds in best.items() if step in ENGINE_STEPS)
        installed, first = install_seconds(Path(scratch) / "install")
        print(f"| - | `promoter check` of the same, first run after the installation | {first:.2f} |\n")
        for (name, goal), seconds in zip(GOALS, (engine, installed), strict=True):
            print(f"{name}: {seconds:.2f} s, goal {goal:g} s: {'met' if seconds < goal else 'MISSED'}")
    return 0
