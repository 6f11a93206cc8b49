"""`.gitattributes`: what would hide or rewrite governed files is refused, line by line."""

from pathlib import Path

import pytest

from promoter.git.attributes import attribute_problems
from promoter.git.canonical import check_trees
from promoter.git.repository import open_repository
from promoter.git.snapshot import Snapshot
from tests.support.repositories import RepositoryBuilder


@pytest.mark.parametrize(
    ("line", "attribute"),
    [
        pytest.param(b"*.yaml linguist-generated", "linguist-generated", id="row 28: collapsed by GitHub"),
        pytest.param(b"models/** -diff", "-diff", id="row 28: no diff"),
        pytest.param(b"/models/** text binary", "binary", id="row 28: binary"),
        pytest.param(b"* filter=lfs diff=lfs", "filter=lfs", id="row 29: filter"),
        pytest.param(b"*.yaml ident", "ident", id="row 29: ident"),
        pytest.param(b"*.yaml eol=crlf", "eol=crlf", id="row 29: line ends"),
        pytest.param(b"Models/x working-tree-encoding=UTF-16", "working-tree-encoding=UTF-16", id="row 29: encoding"),
        pytest.param(b"[attr]hidden -diff", "-diff", id="macro"),
        pytest.param(b'"models/a b" -diff', "-diff", id="quoted"),
        pytest.param(b"[m]odels/x -diff", "-diff", id="class"),
        pytest.param(b"**/x -diff", "-diff", id="any depth"),
        pytest.param(b"docs/ -diff", "-diff", id="a slash at the end anchors nothing"),
    ],
)
def test_a_harmful_attribute_is_refused_at_its_line(line: bytes, attribute: str) -> None:
    """The problem names line, pattern and attribute."""
    (problem,) = attribute_problems(b"# ours\n* text=auto\n" + line + b"\n")
    assert ".gitattributes:3" == str(problem.location)
    assert problem.message.endswith(f"gives governed paths the attribute {attribute}")
    assert "keep only text" in problem.hint


@pytest.mark.parametrize(
    "line",
    [
        b"* text=auto",
        b"*.parquet -text",
        b"*.yaml text eol=lf",
        b"docs/** linguist-documentation",
        b"/x.svg -diff",
        b"",
    ],
)
def test_a_harmless_line_passes(line: bytes) -> None:
    """Text attributes go anywhere, any attribute goes to a folder that is not governed."""
    assert () == attribute_problems(line)


def _problem_paths(builder: RepositoryBuilder, base: dict[str, str], head: dict[str, str]) -> list[str]:
    repository = open_repository(builder.path)
    trees = (Snapshot(repository, builder.tree(files)) for files in (base, head))
    return [str(problem.location) for problem in check_trees(*trees)]


def test_attributes_are_refused_where_they_govern(tmp_path: Path) -> None:
    """Rows 28, 29: new or changed ones, at the root by their lines, in governed folders altogether."""
    builder = RepositoryBuilder.create(tmp_path)
    old = {".gitattributes": "* text=auto\n", "models/a.yaml": "a"}
    assert [".gitattributes:1"] == _problem_paths(builder, old, {**old, ".gitattributes": "*.yaml -diff\n"})
    assert ["models/x/.gitattributes"] == _problem_paths(builder, old, {**old, "models/x/.gitattributes": "* text"})
    assert [] == _problem_paths(builder, old, {**old, "docs/.gitattributes": "* -diff"})
    assert [] == _problem_paths(builder, old, {"models/a.yaml": "a"})


def test_attributes_that_the_base_has_are_not_blamed_on_the_proposal(tmp_path: Path) -> None:
    """A registry whose base holds them can still be changed elsewhere."""
    builder = RepositoryBuilder.create(tmp_path)
    old = {".gitattributes": "* -diff\n", "models/.gitattributes": "* -diff\n", "models/a.yaml": "a"}
    assert [] == _problem_paths(builder, old, {**old, "models/a.yaml": "b"})


def test_a_huge_attributes_file_is_refused_unread(tmp_path: Path) -> None:
    """The size comes from the object's header."""
    builder = RepositoryBuilder.create(tmp_path)
    assert [".gitattributes"] == _problem_paths(builder, {}, {".gitattributes": "#" * 70_000})
