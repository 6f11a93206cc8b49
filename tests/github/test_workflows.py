from pathlib import Path

import pytest

from promoter.git.repository import open_repository
from promoter.git.snapshot import Snapshot
from promoter.github.workflows import find_impostors
from tests.support.repositories import RepositoryBuilder

PATH = ".github/workflows/green.yml"


def impostors(folder: Path, text: str | bytes, *, base: str | None = None) -> list[str]:
    """Return what is said of a workflow that a change adds, or changes from `base`."""
    builder = RepositoryBuilder.create(folder)
    first = builder.commit({"README.md": "x\n", **({PATH: base} if base is not None else {})})
    second = builder.commit({PATH: text}, branch="candidate", onto=[first])
    repository = open_repository(folder)
    trees = (Snapshot(repository, repository.commit(commit).tree_id) for commit in (first, second))
    return [f"{problem.location}: {problem.message}" for problem in find_impostors(*trees)]


@pytest.mark.parametrize(
    "job",
    [
        "promoter: {runs-on: x}",
        "ok: {name: promoter}",
        "ok: {name: 'Promoter '}",
        'ok: {name: "prom\\u006fter"}',
        "ok: {name: \"${{ 'promoter' }}\"}",
        '"prom\\x6fter": {runs-on: x}',
    ],
)
def test_row_2_the_gates_name_is_found_however_it_is_written(tmp_path: Path, job: str) -> None:
    """As id or name, in another case, escaped, or put together; at the job's line."""
    (found,) = impostors(tmp_path, f"on: push\njobs:\n  {job}\n")
    assert found.startswith(f"{PATH}:3:3: a job here reports a check named 'promoter'")


def test_row_2_an_anchor_hides_no_name(tmp_path: Path) -> None:
    """GitHub allows anchors; the alias is what it stands for."""
    (found,) = impostors(tmp_path, "env: {A: &a promoter}\njobs:\n  x:\n    name: *a\n")
    assert found.startswith(f"{PATH}:3:3")


@pytest.mark.parametrize("text", ["jobs: [\n", "[" * 5000, b"\xff\xfe\x00", "a: b: c\n"])
def test_row_2_what_cannot_be_read_is_refused(tmp_path: Path, text: str | bytes) -> None:
    """Nobody can tell which checks such a file reports."""
    (found,) = impostors(tmp_path, text)
    assert "it is no YAML that can be read" in found


@pytest.mark.parametrize(
    "text", ["", "jobs: 3\n", "jobs: {x: 3}\n", "jobs: {x: {steps: [{name: promoter}]}}\n", "- a\n"]
)
def test_other_names_are_fine(tmp_path: Path, text: str) -> None:
    """A step may bear the name, and odd files are GitHub's to refuse."""
    assert [] == impostors(tmp_path, text or "# nothing\n")


def test_what_main_already_holds_is_not_asked_again(tmp_path: Path) -> None:
    """A registry that chose the fallback has such a job; an unchanged file keeps nobody from merging."""
    text = "jobs: {promoter: {runs-on: x}}\n"
    assert [] == impostors(tmp_path, text, base=text)
    assert 1 == len(impostors(tmp_path / "changed", f"{text}# more\n", base=text))


def test_the_shipped_workflows_bear_it_nowhere(tmp_path: Path) -> None:
    """The check run is posted; no job of ours is named like it."""
    for file in sorted((Path(__file__).parents[2] / ".github/workflows").glob("*.yml")):
        assert [] == impostors(tmp_path / file.stem, file.read_bytes())
