"""A history of many merges with their decision records, under this project's own policies, and what an audit costs."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tools.bench.history import FIRST_MERGE_AT, SECONDS_BETWEEN_MERGES, write_commit
from tools.bench.registry import MODEL, version_files
from tools.bench.timing import HEADER, row, time_command

RECORDS = 10_000
PER_MODEL = 10
"""Merges of one model: four registrations, five promotions and a rollback."""

Files = list[tuple[str, bytes]]


def model_merges(number: int) -> Iterator[Files]:
    """Yield the files of each of a model's ten merges, each of which has one decision record."""
    model = f"team-{number // 100:03d}/model-{number:05d}"
    yield [
        (f"models/{model}/model.yaml", MODEL.format(model=model, number=number).encode()),
        *version_files(model, number, "1.0.0"),
    ]
    yield from (list(version_files(model, number, f"{version}.0.0")) for version in (2, 3, 4))
    moves = (("staging", 1), ("production", 1), ("staging", 2), ("production", 2), ("production", 1), ("staging", 3))
    for stage, version in moves:
        yield [(f"models/{model}/stages/{stage}.yaml", f'version: "{version}.0.0"\n'.encode())]


def rules(policies: Path) -> Files:
    """Return this project's rules."""
    found = [("CODEOWNERS", (policies.parent / "CODEOWNERS").read_bytes())]
    paths = sorted(policies.rglob("*.yaml"))
    return found + [(f"policies/{path.relative_to(policies).as_posix()}", path.read_bytes()) for path in paths]


def build(folder: Path, *, records: int) -> None:
    """Write a checked-out registry of so many merges, the models taking turns, no record yet."""
    subprocess.run(["git", "init", "-q", "-b", "main", str(folder)], check=True)
    importer = subprocess.Popen(["git", "-C", str(folder), "fast-import", "--quiet"], stdin=subprocess.PIPE)
    stream = importer.stdin
    if stream is None:
        raise RuntimeError("git fast-import takes no input")
    policies = Path(__file__).resolve().parents[2] / "policies"
    write_commit(stream, b"main", FIRST_MERGE_AT, b"", iter(rules(policies)))
    left = [model_merges(number) for number in range(records // PER_MODEL)]
    turns = (files for _ in range(PER_MODEL) for merges in left for files in [next(merges)])
    for position, files in enumerate(turns, 1):
        at = FIRST_MERGE_AT + position * SECONDS_BETWEEN_MERGES
        write_commit(stream, b"candidate", at - 60, b"from refs/heads/main\n", iter(files))
        write_commit(stream, b"main", at, b"merge refs/heads/candidate\n", iter(files))
    stream.close()
    if importer.wait() != 0:
        raise RuntimeError("git fast-import failed")


def main() -> int:
    """Build and record the history in a scratch folder, audit it, and print the table."""
    with tempfile.TemporaryDirectory(prefix="promoter-bench-") as scratch:
        folder = Path(scratch) / "registry"
        os.environ["XDG_CACHE_HOME"] = str(Path(scratch) / "cache")
        build(folder, records=RECORDS)
        git = ["git", "-C", str(folder)]
        for key, value in (("user.name", "Bench"), ("user.email", "bench@example.org")):
            subprocess.run([*git, "config", key, value], check=True)
        promoter = [sys.executable, "-m", "promoter"]
        print(f"{RECORDS:,} merges, each with a decision record\n\n{HEADER}")
        print(
            row("git log --first-parent -m --raw (floor)", time_command([*git, "log", "--first-parent", "-m", "--raw"]))
        )
        recorded = time_command([*promoter, "record", "--commit", "--repo", str(folder)], runs=1, warm=False)
        print(row(f"promoter record (exit {recorded.exit_code})", recorded))
        audited = time_command([*promoter, "audit", "verify", "--repo", str(folder)], runs=1, warm=False)
        print(row(f"promoter audit verify (exit {audited.exit_code})", audited))
    return 0


if __name__ == "__main__":
    sys.exit(main())
