"""What changed between two trees, held against `git diff-tree -r`."""

import random
from pathlib import Path

import pytest

from promoter.errors import ProposalError
from promoter.git.difference import ChangeKind, PathChange, diff_snapshots
from promoter.git.entry import Entry, EntryKind
from promoter.git.repository import open_repository
from promoter.git.snapshot import Snapshot
from tests.support.repositories import FILE, FOLDER, LINK, SUBMODULE, RepositoryBuilder

_GIT_LETTERS = {ChangeKind.ADDED: "A", ChangeKind.REMOVED: "D"}


@pytest.fixture
def builder(tmp_path: Path) -> RepositoryBuilder:
    """Return a builder of an empty repository."""
    return RepositoryBuilder.create(tmp_path)


def difference(builder: RepositoryBuilder, base: str, head: str) -> tuple[PathChange, ...]:
    """Return the changes between two trees."""
    repository = open_repository(builder.path)
    return diff_snapshots(Snapshot(repository, base), Snapshot(repository, head))


def as_git_prints(changes: tuple[PathChange, ...]) -> list[str]:
    """Return changes in the form of `git diff-tree -r`, a change of type printed as a modification."""

    def side(entry: Entry | None) -> tuple[str, str]:
        return ("000000", "0" * 40) if entry is None else (f"{entry.mode:06o}", entry.object_id)

    lines = []
    for change in changes:
        (old_mode, old_id), (new_mode, new_id) = side(change.before), side(change.after)
        letter = _GIT_LETTERS.get(change.kind, "M")
        lines.append(f":{old_mode} {new_mode} {old_id} {new_id} {letter}\t{change.path}")
    return lines


def random_files(rng: random.Random) -> dict[str, str]:
    """Return some of few paths with few contents, so that trees share much; a name is a file or a folder."""
    files: dict[str, str] = {}
    for name in ("a", "a-b", "a.b", "b", "ab"):
        for path in (f"{name}", f"{name}/x", f"{name}/y/z", f"{name}/y-z"):
            taken = any(other.startswith(f"{path}/") or path.startswith(f"{other}/") for other in files)
            if rng.random() < 0.4 and not taken:
                files[path] = rng.choice("123")
    return files


@pytest.mark.parametrize("seed", range(40))
def test_a_difference_is_that_of_git(builder: RepositoryBuilder, seed: int) -> None:
    """Same paths, modes, ids and order as `git diff-tree -r`, files that became folders included."""
    rng = random.Random(seed)  # noqa: S311 - test data, no secret
    base, head = builder.tree(random_files(rng)), builder.tree(random_files(rng))
    expected = builder.git("diff-tree", "-r", "--no-renames", base, head).replace(" T\t", " M\t")
    assert expected.splitlines() == as_git_prints(difference(builder, base, head))


def test_a_new_type_or_mode_is_a_modification(builder: RepositoryBuilder) -> None:
    """A file that becomes a link, a submodule or executable keeps its path and names both entries."""
    blob = builder.blob("x")
    base = builder.raw_tree([(FILE, b"a", blob), (FILE, b"b", blob), (FILE, b"c", blob)])
    head = builder.raw_tree([(LINK, b"a", blob), (SUBMODULE, b"b", "1" * 40), (b"100755", b"c", blob)])
    changes = difference(builder, base, head)
    assert [ChangeKind.MODIFIED] * 3 == [change.kind for change in changes]
    assert [EntryKind.LINK, EntryKind.COMMIT, EntryKind.BLOB] == [
        change.after.kind for change in changes if change.after
    ]


def test_a_rename_is_a_removal_and_an_addition(builder: RepositoryBuilder) -> None:
    """Row 27: both sides are there to be judged."""
    base, head = builder.tree({"models/a.yaml": "x"}), builder.tree({"elsewhere/a.yaml": "x"})
    found = [(change.kind, change.path) for change in difference(builder, base, head)]
    assert [(ChangeKind.ADDED, "elsewhere/a.yaml"), (ChangeKind.REMOVED, "models/a.yaml")] == found


def test_unchanged_folders_are_not_opened(builder: RepositoryBuilder) -> None:
    """The object of an unchanged folder may be absent."""
    absent = (FOLDER, b"reports", "1" * 40)
    base = builder.raw_tree([absent])
    head = builder.raw_tree([(FILE, b"a", builder.blob("x")), absent])
    assert ["a"] == [change.path for change in difference(builder, base, head)]


def test_changes_past_the_limit_are_refused(builder: RepositoryBuilder) -> None:
    """Row 26: the limit itself passes; one more is refused and never cut off."""
    repository = open_repository(builder.path)
    base = Snapshot(repository, builder.tree({}))
    head = Snapshot(repository, builder.tree({f"{number}.yaml": "x" for number in range(11)}))
    assert 11 == len(diff_snapshots(base, head, limit=11))
    with pytest.raises(ProposalError, match="more than 10 paths change; split it into several pull requests"):
        diff_snapshots(base, head, limit=10)
