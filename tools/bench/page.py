"""What the full report costs: `promoter check` of the sample model of mortgages with and without --html."""

import shutil
import tempfile
from pathlib import Path

from tests.support.repositories import RepositoryBuilder
from tools.bench.timing import HEADER, row, time_command

ROOT = Path(__file__).resolve().parents[2]
POINTER = {"models/lending/mortgage/stages/production.yaml": 'version: "2.1.0"\n'}
GOAL_CPU_SECONDS = 3.0


def main() -> int:
    """Print both, and their difference beside the goal."""
    with tempfile.TemporaryDirectory(prefix="promoter-bench-") as scratch:
        folder = Path(scratch) / "registry"
        for name in ("models", "policies"):
            shutil.copytree(ROOT / name, folder / name)
        builder = RepositoryBuilder.create(folder)
        builder.git("add", "-A")
        builder.git("commit", "-qm", "registry")
        builder.commit(POINTER, branch="candidate", onto=[builder.git("rev-parse", "HEAD")])
        check = [str(ROOT / ".venv/bin/promoter"), "check", "--repo", str(folder), "--head", "candidate", "--json"]
        page = Path(scratch) / "report.html"
        plain, drawn = time_command(check), time_command([*check, "--html", str(page)])
        print(HEADER)
        print(row("check", plain))
        print(row(f"check --html, {page.stat().st_size / 1000:,.0f} kB", drawn))
    added = drawn.cpu_seconds - plain.cpu_seconds
    print(f"\nThe report takes {added:.2f} s of CPU; the goal is below {GOAL_CPU_SECONDS:g} s.")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
