"""The working tree as a tree, held against `git add -A`, with nothing written to disk."""

import os
import subprocess
from pathlib import Path

import pytest

from promoter.errors import ProposalError
from promoter.git.repository import open_repository
from promoter.git.snapshot import Snapshot
from promoter.git.worktree import MAX_FILE_BYTES
from tests.support.repositories import RepositoryBuilder

COMMITTED = {"models/a/model.yaml": "a", "models/b/model.yaml": "b", "gone": "x", "run": "#!", ".gitignore": "*.tmp\n"}


@pytest.fixture
def builder(tmp_path: Path) -> RepositoryBuilder:
    """Return a builder of a repository with a commit checked out."""
    builder = RepositoryBuilder.create(tmp_path / "registry")
    builder.commit(COMMITTED)
    builder.git("reset", "-q", "--hard")
    return builder


def edit_everything(folder: Path) -> None:
    """Leave the tree with a staged, a changed, a removed, an executable, a new, an ignored file and a new link."""
    (folder / "models/a/model.yaml").write_text("changed")
    (folder / "gone").unlink()
    (folder / "run").chmod(0o755)
    (folder / "models/c").mkdir()
    (folder / "models/c/model.yaml").write_text("new")
    (folder / "ignored.tmp").write_text("ignored")
    (folder / "link").symlink_to("run")


def disk(folder: Path) -> dict[str, bytes]:
    """Return every file of a repository, its .git included, with its bytes."""
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_tree_is_what_add_and_commit_would_make(builder: RepositoryBuilder) -> None:
    """Staged, changed, removed, untracked and executable files count; ignored ones do not."""
    edit_everything(builder.path)
    (builder.path / "staged").write_text("staged")
    builder.git("add", "staged")
    tree_id = open_repository(builder.path).worktree_tree()
    builder.git("add", "-A")
    assert builder.git("write-tree") == tree_id


def test_nothing_is_written_to_disk(builder: RepositoryBuilder) -> None:
    """Index, references, objects and `git status` stay as they were."""
    edit_everything(builder.path)
    status = builder.git("status", "--porcelain")
    before = disk(builder.path)
    open_repository(builder.path).worktree_tree()
    assert before == disk(builder.path)
    assert status == builder.git("status", "--porcelain")


def test_a_clean_working_tree_is_that_of_its_commit(builder: RepositoryBuilder) -> None:
    """And an edit after the first question is seen by the second."""
    repository = open_repository(builder.path)
    assert builder.tree(COMMITTED) == repository.worktree_tree()
    (builder.path / "gone").write_text("back")
    assert builder.tree({**COMMITTED, "gone": "back"}) == repository.worktree_tree()


def test_the_files_of_the_tree_can_be_read(builder: RepositoryBuilder) -> None:
    """Its objects are in memory, and the same repository reads them."""
    (builder.path / "models/a/model.yaml").write_text("uncommitted")
    repository = open_repository(builder.path)
    snapshot = Snapshot(repository, repository.worktree_tree())
    assert b"uncommitted" == snapshot.read("models/a/model.yaml", limit_bytes=99)


def test_a_repository_without_a_commit_has_a_working_tree(tmp_path: Path) -> None:
    """The first question comes before the first commit."""
    builder = RepositoryBuilder.create(tmp_path)
    (tmp_path / "a").write_text("1")
    assert builder.tree({"a": "1"}) == open_repository(tmp_path).worktree_tree()


def test_an_unresolved_conflict_is_refused_with_its_path(builder: RepositoryBuilder) -> None:
    """A file full of conflict markers is nobody's candidate."""
    builder.commit({"gone": "theirs"}, branch="topic")
    fork = builder.git("rev-parse", "main")
    builder.commit({"gone": "theirs"}, branch="topic", onto=[fork])
    builder.commit({"gone": "ours"}, onto=[fork])
    builder.git("reset", "-q", "--hard")
    with pytest.raises(subprocess.CalledProcessError):
        builder.git("merge", "-q", "topic")
    with pytest.raises(ProposalError, match="gone: an unresolved conflict; resolve it and `git add` it"):
        open_repository(builder.path).worktree_tree()


def test_a_file_that_github_would_refuse_is_refused_unread(builder: RepositoryBuilder) -> None:
    """A forgotten data set does not fill the memory."""
    with (builder.path / "big.parquet").open("wb") as file:
        os.truncate(file.fileno(), MAX_FILE_BYTES + 1)
    with pytest.raises(ProposalError, match=r"big\.parquet: 104,857,601 bytes, and GitHub takes at most .*\.gitignore"):
        open_repository(builder.path).worktree_tree()


@pytest.mark.parametrize("has_commit", [True, False])
def test_a_repository_inside_the_working_tree_is_refused(builder: RepositoryBuilder, has_commit: bool) -> None:
    """Its files would not be in the commit; one that is ignored does no harm."""
    nested = RepositoryBuilder.create(builder.path / "models" / "nested")
    (nested.path / "a").write_text("1")
    if has_commit:
        nested.commit({"a": "1"})
    with pytest.raises(ProposalError, match="models/nested/: a git repository inside this one; move it out"):
        open_repository(builder.path).worktree_tree()
    (builder.path / ".git/info").mkdir(exist_ok=True)
    (builder.path / ".git/info/exclude").write_text("nested/\n")
    assert builder.tree(COMMITTED) == open_repository(builder.path).worktree_tree()


def test_a_bare_repository_has_no_working_tree(builder: RepositoryBuilder, tmp_path: Path) -> None:
    """The error says what to name in its place."""
    builder.git("clone", "-q", "--bare", str(builder.path), str(tmp_path / "bare.git"))
    with pytest.raises(ProposalError, match="a bare repository has no working tree; name a commit with --head"):
        open_repository(tmp_path / "bare.git").worktree_tree()
