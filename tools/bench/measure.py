"""The whole set of statistics that a high-risk binary model is judged on, beside the bare scan and other libraries.

Environment: BENCH_ROWS is a list of table sizes (10000000 takes minutes and 5 GB of disk), BENCH_RIVALS=no leaves out
the other libraries. Tables and environments are kept in the user's cache folder.
"""

import os
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

from tools.bench.measure_tables import tables
from tools.bench.timing import HEADER, Timing, median, row, time_command

SECONDS_AT_MOST = 320
ROWS = "100000,1000000"
MANY_ROWS = 5_000_000

ENVIRONMENTS = {
    "polars": ("polars",),
    "evidently": ("evidently", "pandas<3.1"),
    "deepchecks": (
        "deepchecks",
        "numpy<2",
        "scikit-learn<1.6",
        "category-encoders<2.7",
        "setuptools<81",
        "pyarrow<19",
        "pandas<2.3",
    ),
}
"""Libraries that this project's own environment cannot hold beside its pins, and what they need to be importable."""

FLOOR_CASE = ("DuckDB scan (floor)", "scan")
OWN_CASES = (
    ("promoter, whole set", "whole"),
    ("promoter, drift alone", "drift"),
)
LIBRARY_CASES = (
    ("scikit-learn: AUC, AP, log loss, Brier of 2 models", "scikit-learn"),
    ("fairlearn: 7 rates, sex x race", "fairlearn"),
)
RIVAL_CASES = (
    ("polars scan", "polars", ("reference", "current", "champion")),
    ("evidently: drift, defaults", "evidently", ("reference", "current")),
    ("deepchecks: drift, sample of 100,000", "deepchecks", ("reference", "current")),
)


def main() -> int:
    """Build the tables and print a block of rows for each size."""
    folder = _cache()
    has_rivals = os.environ.get("BENCH_RIVALS") != "no"
    rivals = _environments(folder) if has_rivals else {}
    print(f"{os.cpu_count()} cores, {_memory_gb()} GB, {sys.platform}, Python {sys.version.split()[0]}, ", end="")
    print(", ".join(f"{name} {version(name)}" for name in ("duckdb", "numpy", "scipy", "scikit-learn", "fairlearn")))
    for name, python in rivals.items():
        print(f"{name}: {_version(python, name)}")
    for rows in (int(text) for text in os.environ.get("BENCH_ROWS", ROWS).split(",")):
        _print_block(folder, rows, LIBRARY_CASES if has_rivals else (), rivals)
    return 0


def _print_block(folder: Path, rows: int, cases: tuple[tuple[str, str], ...], rivals: dict[str, Path]) -> None:
    """Print a row a case. The floor and ours take turns, so that what else the machine does meets them alike."""
    paths = tables(folder / "tables", rows)
    print(f"\n{rows:,} rows in reference and current, 38 columns; load {os.getloadavg()[0]:.1f}\n")
    titles, rule = HEADER.split("\n")
    print(f"{titles} wall, x scan | CPU, x scan |\n{rule}---|---|")
    commands = {
        title: _limited([sys.executable, "-m", "tools.bench.measure_case", name, str(folder / "tables"), str(rows)])
        for title, name in (FLOOR_CASE, *OWN_CASES, *cases)
    }
    own = [title for title, _ in (FLOOR_CASE, *OWN_CASES)]
    repeats = 3 if rows < MANY_ROWS else 2
    rounds = [{title: time_command(commands[title], runs=1, warm=False) for title in own} for _ in range(repeats)]
    timings = {title: median([timed[title] for timed in rounds]) for title in own}
    floor = timings[FLOOR_CASE[0]]
    for title, command in commands.items():
        _print_row(title, timings.get(title) or time_command(command, runs=1, warm=False), floor)
    script = str(Path(__file__).with_name("measure_rivals.py"))
    for title, name, files in RIVAL_CASES:
        if name in rivals:
            command = _limited([str(rivals[name]), script, name, *(str(paths[file]) for file in files)])
            _print_row(title, time_command(command, runs=1, warm=False), floor)


def _print_row(title: str, timing: Timing, floor: Timing) -> None:
    """Print a case; one that failed or was stopped says so in place of being fast."""
    if timing.exit_code != 0:
        title += f" (stopped at {SECONDS_AT_MOST} s)" if timing.exit_code == _STOPPED else " (failed)"
    ratios = timing.wall_seconds / floor.wall_seconds, timing.cpu_seconds / floor.cpu_seconds
    print(f"{row(title, timing)} {ratios[0]:.1f} | {ratios[1]:.1f} |", flush=True)


_STOPPED = 124


def _limited(command: list[str]) -> list[str]:
    return ["timeout", str(SECONDS_AT_MOST), *command]


def _environments(folder: Path) -> dict[str, Path]:
    """Return the Python of each environment that could be made."""
    uv = Path(sys.executable).with_name("uv")
    found = {}
    for name, packages in ENVIRONMENTS.items():
        environment = folder / f"environment-{name}"
        python = environment / "bin" / "python"
        if not (environment / "done").exists():
            made = subprocess.run([uv, "venv", "-q", "--clear", "--python", sys.executable, environment], check=False)
            install = [uv, "pip", "install", "-q", "--python", python, *packages]
            if made.returncode or subprocess.run(install, check=False).returncode:
                print(f"{name} could not be installed and is left out")
                continue
            (environment / "done").touch()
        found[name] = python
    return found


def _version(python: Path, name: str) -> str:
    command = [str(python), "-c", f"from importlib.metadata import version; print(version({name!r}))"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def _cache() -> Path:
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return cache / "promoter" / "bench"


def _memory_gb() -> int:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**30


if __name__ == "__main__":
    sys.exit(main())
