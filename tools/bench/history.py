"""A history of 100,000 merges over 2,000 models, and what `history --as-of` costs there beside `git log --raw`."""

import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from tools.bench.timing import HEADER, Timing, row, time_command

MERGES = 100_000
MODELS = 2_000
TEAMS = 64
SEED = 20_260_131
FIRST_MERGE_AT = 1_577_836_800
SECONDS_BETWEEN_MERGES = 1_800
AS_OF = "2025-01-01"

RULES = {"policies/registry.yaml": b"schema: promoter.registry/1\ntitle: Bench\n", "README.md": b"# Bench\n"}


def address(number: int) -> str:
    """Return a model's id; its namespace is one of 64."""
    return f"team-{number % TEAMS:02d}/model-{number:04d}"


def model_merges(number: int, merges: int, chance: random.Random) -> Iterator[tuple[str, bytes]]:
    """Yield path and content of each merge of one model: versions are registered and go up, one in eight comes back."""
    folder = f"models/{address(number)}"
    newest = 0
    serving = {"staging": 0, "production": 0}
    for _ in range(merges):
        if newest == serving["staging"] == serving["production"]:
            newest += 1
            yield f"{folder}/versions/{newest}.0.0/manifest.yaml", f"version: {newest}\nmodel: {number}\n".encode()
            continue
        stage = "staging" if serving["staging"] < newest else "production"
        is_rollback = serving["production"] > 1 and chance.random() < 1 / 8
        stage = "production" if is_rollback else stage
        serving[stage] = serving[stage] - 1 if is_rollback else newest
        ticket = f"CHG-{chance.randrange(10**6):06d}"
        yield f"{folder}/stages/{stage}.yaml", f'version: "{serving[stage]}.0.0"\nchange: "{ticket}"\n'.encode()


def merges() -> Iterator[tuple[str, bytes]]:
    """Yield path and content of every merge, the models taking turns at random."""
    chance = random.Random(SEED)  # noqa: S311 - a fixture, not a secret
    turns = [number for number in range(MODELS) for _ in range(MERGES // MODELS)]
    chance.shuffle(turns)
    left = {number: model_merges(number, MERGES // MODELS, chance) for number in range(MODELS)}
    for number in turns:
        yield next(left[number])


def write_commit(stream: IO[bytes], branch: bytes, at: int, parents: bytes, files: Iterator[tuple[str, bytes]]) -> None:
    """Write one commit in the language of git fast-import."""
    person = b"Bench <bench@example.org> %d +0000" % at
    stream.write(b"commit refs/heads/%s\ncommitter %s\ndata 6\nchange\n%s" % (branch, person, parents))
    for path, content in files:
        stream.write(b"M 100644 inline %s\ndata %d\n%s\n" % (path.encode(), len(content), content))


def build(folder: Path) -> None:
    """Write the repository: each merge has a branch of one commit as its second parent."""
    subprocess.run(["git", "init", "-q", "--bare", "-b", "main", str(folder)], check=True)
    importer = subprocess.Popen(["git", "-C", str(folder), "fast-import", "--quiet"], stdin=subprocess.PIPE)
    stream = importer.stdin
    if stream is None:
        raise RuntimeError("git fast-import takes no input")
    write_commit(stream, b"main", FIRST_MERGE_AT, b"", iter(RULES.items()))
    for position, (path, content) in enumerate(merges(), 1):
        at = FIRST_MERGE_AT + position * SECONDS_BETWEEN_MERGES
        files = [(path, content)]
        write_commit(stream, b"candidate", at - 60, b"from refs/heads/main\n", iter(files))
        write_commit(stream, b"main", at, b"merge refs/heads/candidate\n", iter(files))
    stream.close()
    if importer.wait() != 0:
        raise RuntimeError("git fast-import failed")


def main() -> int:
    """Build the history in a scratch folder and print the table; floor and engine run in turn in the same minute."""
    with tempfile.TemporaryDirectory(prefix="promoter-bench-") as scratch:
        folder = Path(scratch) / "history.git"
        build(folder)
        os.environ["XDG_CACHE_HOME"] = str(Path(scratch) / "cache")
        print(f"{MERGES:,} merges, {MODELS:,} models\n\n{HEADER}")
        floor_command = ["git", "-C", str(folder), "log", "main", "--first-parent", "-m", "--raw"]
        as_of = [sys.executable, "-m", "promoter", "history", "--as-of", AS_OF, "--repo", str(folder), "--json"]
        floor = time_command(floor_command)
        print(row("git log --first-parent -m --raw (floor)", floor))
        cold = _cold(as_of, Path(scratch) / "cache")
        print(row("history --as-of, no index yet", cold))
        print(row("history --as-of, with the index", time_command(as_of, runs=5)))
        print(f"\ncold is {cold.wall_seconds / floor.wall_seconds:.2f} times the floor")
    return 0


def _cold(command: list[str], cache: Path) -> Timing:
    """Return the median of three runs, each without an index."""
    script = 'rm -rf -- "$0" && exec "$@"'
    return time_command(["sh", "-c", script, str(cache), *command])


if __name__ == "__main__":
    sys.exit(main())
