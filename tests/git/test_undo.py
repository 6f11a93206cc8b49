from collections.abc import Mapping
from pathlib import Path

import pytest
from pygit2.enums import FileMode

from promoter.errors import ServiceError
from promoter.git.difference import ChangeKind, PathChange, diff_snapshots
from promoter.git.entry import Entry, EntryKind
from promoter.git.repository import open_repository
from promoter.git.snapshot import Snapshot
from tests.support.repositories import RepositoryBuilder

Files = Mapping[str, bytes | str | None]


def undone(folder: Path, base: Files, edit: Files) -> tuple[str, ...]:
    """Return what the rehearsal finds of a merge of these edits."""
    builder = RepositoryBuilder.create(folder)
    first = builder.commit(base)
    second = builder.commit(edit)
    repository = open_repository(folder)
    before, after = (Snapshot(repository, repository.commit(commit).tree_id) for commit in (first, second))
    return repository.undone_paths(diff_snapshots(before, after))


@pytest.mark.parametrize(
    "edit",
    [{"a/new.yaml": "1"}, {"a/old.yaml": "2"}, {"a/old.yaml": None}, {"a/old.yaml": None, "b/moved.yaml": "1"}, {}],
)
def test_a_merge_and_its_revert_leave_everything_as_before(tmp_path: Path, edit: Files) -> None:
    """Added, changed, removed, moved or nothing at all."""
    assert () == undone(tmp_path, {"a/old.yaml": "1", "c/other.yaml": "x"}, edit)


def test_the_rehearsal_writes_nothing(tmp_path: Path) -> None:
    """Commits and trees of the rehearsal die with the process."""
    folder = tmp_path / "registry"
    builder = RepositoryBuilder.create(folder)
    commits = [builder.commit({"a.yaml": text}) for text in ("1", "2")]
    objects = sorted((folder / ".git").rglob("*"))
    repository = open_repository(folder)
    trees = [Snapshot(repository, repository.commit(commit).tree_id) for commit in commits]
    assert () == repository.undone_paths(diff_snapshots(*trees))
    assert objects == sorted((folder / ".git").rglob("*"))


def test_a_mode_comes_back_with_its_file(tmp_path: Path) -> None:
    """What became executable is as before, a mode of git's first years included."""
    builder = RepositoryBuilder.create(tmp_path)
    repository = open_repository(tmp_path)
    old, new = (
        Entry("a.yaml", builder.blob(text), mode, EntryKind.BLOB) for text, mode in (("1", 0o100664), ("2", 0o100755))
    )
    change = PathChange("a.yaml", ChangeKind.MODIFIED, old, new)
    assert () == repository.undone_paths([change])


def test_an_object_that_is_missing_is_a_service_error(tmp_path: Path) -> None:
    """No verdict, and never a pass."""
    RepositoryBuilder.create(tmp_path)
    gone = Entry("a.yaml", "1" * 40, int(FileMode.BLOB), EntryKind.BLOB)
    with pytest.raises(ServiceError, match="cannot rehearse"):
        open_repository(tmp_path).undone_paths([PathChange("a.yaml", ChangeKind.ADDED, None, gone)])
