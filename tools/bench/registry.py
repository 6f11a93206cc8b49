"""A registry of 10,000 models and 50,000 versions, and what a pull request that touches one of them costs there."""

import hashlib
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tools.bench.timing import HEADER, row, time_command

MODELS = 10_000
VERSIONS = 5
ROWS = 200

MODEL = """schema: promoter.model/1
model: {model}
title: Model {number}
task: binary
risk_tier: medium
owners: [labour-models]
domain: labour
intended_use:
  purpose: Fill a registry of many models
  users: [Benchmarks]
  affected: [Nobody]
  human_oversight: A benchmark decides nothing
"""

MANIFEST = """schema: promoter.manifest/1
model: {model}
version: "{version}"
summary: Version {version} of model {number}, one of many.
artifact:
  uri: model.safetensors
  format: safetensors
  digest: {artifact_digest}
  size_bytes: {artifact_size}
source:
  repository: https://git.example.org/training
  commit: "{commit}"
  path: train.py
signature:
  features:
    - {{name: age, dtype: int, minimum: 0, maximum: 120, origin: person.age}}
    - {{name: income, dtype: float, nullable: true, minimum: 0, origin: person.income}}
    - {{name: region, dtype: string, categories: [north, south, east, west], origin: person.region}}
    - {{name: tenure, dtype: float, minimum: 0, maximum: 60, origin: person.tenure}}
  prediction: {{name: y_score, dtype: float, classes: ["no", "yes"]}}
decision: {{threshold: 0.5}}
datasets:
  - id: raw
    role: raw
    uri: https://data.example.org/person.parquet
    digest: {data_digest}
    collected_from: "2025-01-01"
    collected_to: "2025-12-31"
    personal_data: false
    licence: CC-BY-4.0
  - id: holdout
    role: evaluation
    uri: predictions.csv
    digest: {data_digest}
    collected_from: "2025-06-01"
    collected_to: "2025-12-31"
    personal_data: false
    licence: CC-BY-4.0
    parents: [raw]
evidence:
  - id: predictions
    kind: predictions
    format: csv
    uri: predictions.csv
    digest: {data_digest}
    size_bytes: {data_size}
    dataset: holdout
    columns: {{id: id, label: y_true, score: y_score}}
monitoring:
  dashboard: https://grafana.example.org/d/{number}
  on_call: labour@example.org
  owner: labour-models
  watches:
    - {{measure: roc_auc, minimum: 0.7, window_days: 30}}
rollback:
  procedure: Run promoter rollback
"""


def predictions(number: int) -> bytes:
    """Return the predictions of one version."""
    lines = ["id,y_true,y_score"]
    for index in range(ROWS):
        noise = ((index * 7919 + number * 31) % 101) / 101
        lines.append(f"{index},{index % 2},{0.2 + 0.4 * (index % 2) + 0.35 * noise:.5f}")
    return ("\n".join(lines) + "\n").encode()


def version_files(model: str, number: int, version: str) -> Iterator[tuple[str, bytes]]:
    """Yield path and bytes of the files of one version."""
    header = b'{"__metadata__":{"model":"%d"}}' % number
    artifact = len(header).to_bytes(8, "little") + header
    data = predictions(number % 50)
    text = MANIFEST.format(
        model=model,
        number=number,
        version=version,
        commit=f"{number:040x}",
        artifact_digest="sha256:" + hashlib.sha256(artifact).hexdigest(),
        artifact_size=len(artifact),
        data_digest="sha256:" + hashlib.sha256(data).hexdigest(),
        data_size=len(data),
    )
    folder = f"models/{model}/versions/{version}"
    yield f"{folder}/manifest.yaml", text.encode()
    yield f"{folder}/model.safetensors", artifact
    yield f"{folder}/predictions.csv", data


def registry_files(policies: Path, *, versions: int) -> Iterator[tuple[str, bytes]]:
    """Yield path and bytes of every file of the registry, its rules being this project's own."""
    yield "CODEOWNERS", (policies.parent / "CODEOWNERS").read_bytes()
    for path in sorted(policies.rglob("*.yaml")):
        yield f"policies/{path.relative_to(policies).as_posix()}", path.read_bytes()
    for number in range(MODELS):
        model = f"team-{number // 100:03d}/model-{number:05d}"
        yield f"models/{model}/model.yaml", MODEL.format(model=model, number=number).encode()
        for version in range(1, versions + 1):
            yield from version_files(model, number, f"{version}.0.0")
        yield f"models/{model}/stages/production.yaml", f'version: "{versions}.0.0"\n'.encode()


def build(folder: Path, policies: Path) -> None:
    """Write the branches main, candidate (a pull request for one model) and one-version-each."""
    subprocess.run(["git", "init", "-q", "--bare", "-b", "main", str(folder)], check=True)
    importer = subprocess.Popen(["git", "-C", str(folder), "fast-import", "--quiet"], stdin=subprocess.PIPE)
    stream = importer.stdin
    if stream is None:
        raise RuntimeError("git fast-import takes no input")
    person = b"Bench <bench@example.org> 1767225600 +0000"

    def commit(branch: bytes, parent: bytes, files: Iterator[tuple[str, bytes]]) -> None:
        stream.write(b"commit refs/heads/%s\ncommitter %s\ndata 6\nchange\n%s" % (branch, person, parent))
        for path, content in files:
            stream.write(b"M 100644 inline %s\ndata %d\n%s\n" % (path.encode(), len(content), content))

    commit(b"main", b"", registry_files(policies, versions=VERSIONS))
    commit(b"one-version-each", b"", registry_files(policies, versions=1))
    model = "team-050/model-05000"
    commit(b"candidate", b"from refs/heads/main\n", version_files(model, 5000, "6.0.0"))
    stream.close()
    if importer.wait() != 0:
        raise RuntimeError("git fast-import failed")


def main() -> int:
    """Build the registry in a scratch folder and print the table."""
    policies = Path(__file__).resolve().parents[2] / "policies"
    with tempfile.TemporaryDirectory(prefix="promoter-bench-") as scratch:
        folder = Path(scratch) / "registry.git"
        build(folder, policies)
        promoter = [sys.executable, "-m", "promoter"]
        at = ["--at", "2026-01-15T00:00:00Z"]
        check = [*promoter, "check", "--repo", str(folder), "--base", "main", "--head", "candidate", "--json", *at]
        lint = [*promoter, "lint", "--repo", str(folder), "--rev"]
        print(f"{MODELS:,} models, {MODELS * VERSIONS:,} versions\n\n{HEADER}")
        floor = time_command(["git", "-C", str(folder), "ls-tree", "-r", "main"])
        print(row("git ls-tree -r (floor)", floor))
        print(row("promoter --help", time_command([*promoter, "--help"], runs=5)))
        checked = time_command(check)
        print(row(f"promoter check, one model (exit {checked.exit_code})", checked))
        for branch, manifests in (("one-version-each", MODELS), ("main", MODELS * VERSIONS)):
            linted = time_command([*lint, branch], runs=1, warm=False)
            print(row(f"promoter lint, {manifests:,} manifests (exit {linted.exit_code})", linted))
    return 0


if __name__ == "__main__":
    sys.exit(main())
