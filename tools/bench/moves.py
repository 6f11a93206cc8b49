"""A rollback on the registry of 10,000 models: from the command to the open pull request, and to its verdict.

GitHub is the forge of the tests on loopback, with git's own HTTP: what a network adds is not in it.
"""

import os
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from promoter.git.commit import Person
from promoter.git.writing import Stamp, Writer
from tests.forge.git_backend import basic_header
from tests.forge.server import Forge, running_forge
from tests.forge.state import FULL_NAME
from tools.bench.registry import MODELS, VERSIONS, build
from tools.bench.timing import HEADER, row, time_command

MODEL = "team-050/model-05000"
BRANCH = f"promoter/{MODEL}/production"
GOALS = (("command to open pull request", 5.0), ("verdict", 10.0))


def promote_once(folder: Path) -> None:
    """Merge the candidate 6.0.0 and its promotion to production, as GitHub makes merges."""
    writer = Writer.open(folder)
    person = Person("Bench", "bench@example.org")
    pointer = {f"models/{MODEL}/stages/production.yaml": f'version: "{VERSIONS + 1}.0.0"\n'.encode()}
    stamps = [
        Stamp(author=person, at=datetime(2026, 1, 2, 9, minute, tzinfo=UTC), message=f"Merge pull request #{minute}")
        for minute in (1, 2)
    ]
    writer.merge("main", writer.tip("candidate") or "", stamps[0])
    writer.merge("main", writer.commit_files("side", pointer, stamps[1], onto=writer.tip("main")), stamps[1])


def clone(forge: Forge, folder: Path) -> None:
    """Make the clone of somebody on call, with credentials for git."""
    token = forge.state.mint("olu", kind="User", contents="write", pull_requests="write")
    os.environ |= {"GITHUB_SERVER_URL": forge.url, "GITHUB_API_URL": forge.url, "GITHUB_TOKEN": token}
    options = ["-c", f"http.{forge.url}/.extraheader={basic_header(token)}", "-c", "user.name=olu"]
    options += ["-c", "user.email=olu@example.org", "--quiet", "--no-checkout"]
    subprocess.run(["git", "clone", *options, f"{forge.url}/{FULL_NAME}.git", str(folder)], check=True)


def main() -> int:
    """Build the registry in a scratch folder and print the table."""
    policies = Path(__file__).resolve().parents[2] / "policies"
    with tempfile.TemporaryDirectory(prefix="promoter-bench-") as scratch:
        bare, work = Path(scratch) / "registry.git", Path(scratch) / "clone"
        os.environ["XDG_CACHE_HOME"] = str(Path(scratch) / "cache")
        build(bare, policies)
        promote_once(bare)
        promoter = [sys.executable, "-m", "promoter"]
        roll = [*promoter, "rollback", f"{MODEL}#production", "--reason", "bench", "--repo", str(work)]
        with running_forge(bare) as forge:
            clone(forge, work)
            print(f"{MODELS:,} models, {MODELS * VERSIONS + 1:,} versions\n\n{HEADER}")
            floor = time_command(["git", "-C", str(work), "ls-remote", "origin", "main"])
            cold = time_command(roll, runs=1, warm=False)
            print(row("git ls-remote (floor)", floor))
            print(row(f"rollback to the open pull request, judged before, first run (exit {cold.exit_code})", cold))
            again = time_command(roll)
            print(row(f"the same again: up to date (exit {again.exit_code})", again))
            unjudged = time_command([*roll, "--skip-check"])
            print(row(f"with --skip-check (exit {unjudged.exit_code})", unjudged))
            opened = [pull.branch for pull in forge.state.pulls.values()]
        check = [*promoter, "check", "--repo", str(bare), "--base", "main", "--head", BRANCH, "--json"]
        judged = time_command(check)
        print(row(f"its verdict: promoter check (exit {judged.exit_code})", judged))
    if opened != [BRANCH]:
        print(f"no pull request was opened: {opened}")
        return 1
    for (what, goal), found in zip(GOALS, (cold, judged), strict=True):
        print(f"\n{what}: {found.wall_seconds:.1f} s, goal {goal:.0f} s", end="")
    print()
    return 0


if __name__ == "__main__":
    sys.exit(main())
