"""The sample registry and the files of its newest mortgage model, for the tests of `promoter propose`."""

from pathlib import Path

from promoter.document.bind import bind
from promoter.document.reader import read_yaml
from promoter.registry.manifest import Manifest
from tests.support.command import Run, run_promoter
from tests.support.repositories import RepositoryBuilder

ROOT = Path(__file__).parents[2]
MODEL = "lending/mortgage"
SAMPLE = ROOT / "models" / MODEL / "versions" / "2.1.0"
EVIDENCE = SAMPLE / "evidence"


def with_identity(path: Path) -> RepositoryBuilder:
    """Return an empty registry in which git knows who is at work."""
    path.mkdir()
    builder = RepositoryBuilder.create(path)
    builder.git("config", "user.name", "Olu")
    builder.git("config", "user.email", "olu@example.org")
    return builder


def sample_registry(path: Path) -> RepositoryBuilder:
    """Return the sample registry: its rules, and all versions of its mortgage model."""
    builder = with_identity(path)
    builder.commit({path.relative_to(ROOT).as_posix(): path.read_bytes() for path in sample_paths(MODEL)})
    return builder


def propose(builder: RepositoryBuilder, version: str, *arguments: object, model: str = MODEL) -> Run:
    """Propose a version."""
    return run_promoter("propose", model, "--version", version, "--repo", str(builder.path), *map(str, arguments))


def sample_files(*, documents: bool = True) -> tuple[object, ...]:
    """Return the options that name the sample version's files."""
    texts = [f"{kind}={SAMPLE / kind}.md" for kind in ("model-card", "design-notes")] if documents else []
    return (
        *("--artifact", SAMPLE / "model.onnx", "--predictions", EVIDENCE / "predictions.parquet"),
        *("--reference", EVIDENCE / "features_reference.parquet", "--current", EVIDENCE / "features_current.parquet"),
        *(option for text in texts for option in ("--document", text)),
    )


def with_table(option: str, file: Path) -> list[object]:
    """Return the options of the sample version's files with one file in another's place, or beside them."""
    options = [*sample_files(), *(() if option in sample_files() else (option, None))]
    options[options.index(option) + 1] = file
    return options


def manifest_at(builder: RepositoryBuilder, branch: str, version: str, *, model: str = MODEL) -> Manifest:
    """Return a version's manifest as a branch holds it."""
    path = f"models/{model}/versions/{version}/manifest.yaml"
    return bind(read_yaml(builder.git("show", f"{branch}:{path}").encode() + b"\n", path=path), Manifest)


def sample_paths(model: str) -> list[Path]:
    """Return the files of the sample registry's rules and of one model."""
    found = [path for folder in ("policies", f"models/{model}") for path in (ROOT / folder).rglob("*")]
    return [path for path in found if path.is_file()]
