"""Merges in memory, held against `git merge-tree --write-tree`."""

import random
import subprocess
from pathlib import Path

import pygit2
import pytest

from promoter.errors import ProposalError
from promoter.git.repository import open_repository
from promoter.git.snapshot import Snapshot
from tests.support.repositories import FILE, RepositoryBuilder

LINES = "".join(f"line {number}\n" for number in range(12))


@pytest.fixture
def builder(tmp_path: Path) -> RepositoryBuilder:
    """Return a builder of an empty repository."""
    return RepositoryBuilder.create(tmp_path)


def expected_merge(builder: RepositoryBuilder, base: str, head: str) -> str | None:
    """Return the tree that git's own merge makes, or None on a conflict. It does write to disk, so it runs last."""
    try:
        return builder.git("merge-tree", "--write-tree", base, head)
    except subprocess.CalledProcessError as exc:
        if exc.returncode == 1:
            return None
        raise


def actual_merge(builder: RepositoryBuilder, base: str, head: str) -> str | None:
    """Return the tree that Promoter's merge makes, or None on a conflict."""
    try:
        return open_repository(builder.path).merged_tree(base, head)
    except ProposalError:
        return None


def disk(builder: RepositoryBuilder) -> dict[str, bytes]:
    """Return every file below .git with its bytes."""
    return {str(path): path.read_bytes() for path in (builder.path / ".git").rglob("*") if path.is_file()}


def random_change(rng: random.Random, files: dict[str, bytes]) -> dict[str, str | None]:
    """Return edits, additions and removals. Every file is unlike the others, so that none is taken for a rename."""
    change: dict[str, str | None] = {}
    for path in [path for path in files if rng.random() < 0.35]:
        lines = files[path].decode().splitlines(keepends=True)
        lines[rng.randrange(len(lines))] = f"{rng.random()}\n"
        change[path] = None if rng.random() < 0.15 else "".join(lines)
    for _ in range(rng.randrange(3)):
        path = f"{rng.choice('abc')}/{rng.choice('xyz')}{rng.randrange(100)}/new.yaml"
        change[path] = "".join(f"{rng.random()}\n" for _ in range(8))
    return change


@pytest.mark.parametrize("seed", range(30))
def test_a_merge_is_that_of_git(builder: RepositoryBuilder, seed: int) -> None:
    """Random histories, merged both ways in between: the same tree, or a conflict in both."""
    rng = random.Random(seed)  # noqa: S311 - test data, no secret
    start: dict[str, str | None] = {
        f"{folder}/{name}/f.yaml": "".join(f"{rng.random()}\n" for _ in range(12)) for folder in "abc" for name in "xyz"
    }
    fork = builder.commit(start)
    tips = {"main": fork, "topic": fork}
    for _ in range(5):
        branch, other = rng.sample(["main", "topic"], 2)
        merged = actual_merge(builder, tips[branch], tips[other]) if rng.random() < 0.3 else None
        if merged is not None and builder.git("merge-tree", "--write-tree", tips[branch], tips[other]) == merged:
            tips[branch] = builder.commit_tree(merged, parents=[tips[branch], tips[other]])
        else:
            change = random_change(rng, builder.files(tips[branch]))
            tips[branch] = builder.commit(change, branch=branch, onto=[tips[branch]])
    actual = actual_merge(builder, tips["main"], tips["topic"])
    assert expected_merge(builder, tips["main"], tips["topic"]) == actual


def test_a_merge_writes_nothing_to_disk(builder: RepositoryBuilder) -> None:
    """Both ways: whole entries taken over, and two edits of one file merged line by line."""
    fork = builder.commit({"a/x": LINES, "b/x": "1"})
    edited = builder.commit({"a/x": LINES.replace("line 1\n", "main 1\n")}, onto=[fork])
    added = builder.commit({"b/y": "2"}, branch="added", onto=[fork])
    also_edited = builder.commit({"a/x": LINES.replace("line 9\n", "topic 9\n")}, branch="topic", onto=[fork])
    repository = open_repository(builder.path)
    before = disk(builder)
    taken, merged = repository.merged_tree(edited, added), repository.merged_tree(edited, also_edited)
    assert before == disk(builder)
    assert b"2" == Snapshot(repository, taken).read("b/y", limit_bytes=9)
    content = Snapshot(repository, merged).read("a/x", limit_bytes=999).decode()
    assert ["main 1", "topic 9"] == [line for line in content.splitlines() if not line.startswith("line")]


def test_every_path_in_conflict_is_named(builder: RepositoryBuilder) -> None:
    """Two edits of one line, and an edit of what the other side removed; each with what to do."""
    fork = builder.commit({"a": "1", "b": "1", "c": "1"})
    base = builder.commit({"a": "2", "b": None}, onto=[fork])
    head = builder.commit({"a": "3", "b": "3", "c": "3"}, branch="topic", onto=[fork])
    with pytest.raises(ProposalError) as refused:
        open_repository(builder.path).merged_tree(base, head)
    assert ["a", "b"] == [problem.location.path for problem in refused.value.problems]
    for problem in refused.value.problems:
        assert "changed here and in the base" in problem.message
        assert "merge the base branch into yours" in problem.hint


def test_a_head_on_top_of_the_base_is_its_own_tree(builder: RepositoryBuilder) -> None:
    """And a head that the base already holds changes nothing."""
    first = builder.commit({"a": "1"})
    second = builder.commit({"a": "2"})
    repository = open_repository(builder.path)
    assert builder.tree({"a": "2"}) == repository.merged_tree(first, second) == repository.merged_tree(second, first)


def test_an_edit_follows_a_renamed_file(builder: RepositoryBuilder) -> None:
    """As on GitHub: the other side's edit lands at the new path."""
    fork = builder.commit({"models/a.yaml": LINES, "b": "1"})
    base = builder.commit({"models/a.yaml": None, "models/c.yaml": LINES}, onto=[fork])
    head = builder.commit({"models/a.yaml": LINES + "more\n"}, branch="topic", onto=[fork])
    assert builder.tree({"models/c.yaml": LINES + "more\n", "b": "1"}) == actual_merge(builder, base, head)
    assert expected_merge(builder, base, head) == actual_merge(builder, base, head)


def test_a_file_renamed_to_two_names_is_a_conflict(builder: RepositoryBuilder) -> None:
    """The path is gone from both sides, so whole entries do not settle it."""
    fork = builder.commit({"a.yaml": LINES, "b": "1"})
    base = builder.commit({"a.yaml": None, "c.yaml": LINES}, onto=[fork])
    head = builder.commit({"a.yaml": None, "d.yaml": LINES}, branch="topic", onto=[fork])
    assert actual_merge(builder, base, head) is None
    assert expected_merge(builder, base, head) is None


def test_two_new_folders_of_one_name_are_joined(builder: RepositoryBuilder) -> None:
    """Two pull requests that add the first two models of a namespace do not conflict."""
    fork = builder.commit({"models/a/model.yaml": "1"})
    base = builder.commit({"models/b/x/model.yaml": "2"}, onto=[fork])
    head = builder.commit({"models/b/y/model.yaml": "3"}, branch="topic", onto=[fork])
    files = {"models/a/model.yaml": "1", "models/b/x/model.yaml": "2", "models/b/y/model.yaml": "3"}
    assert builder.tree(files) == actual_merge(builder, base, head)


def test_branches_merged_crosswise_go_by_all_common_ancestors(builder: RepositoryBuilder) -> None:
    """Two best ancestors: either alone would settle the stage, and git's merge of both conflicts."""
    fork = builder.commit({"stage": "0", "x": "0"})
    ours = builder.commit({"stage": "1"}, onto=[fork])
    theirs = builder.commit({"stage": "2"}, branch="topic", onto=[fork])
    our_merge = builder.commit({"stage": "1"}, onto=[ours, theirs])
    their_merge = builder.commit({"stage": "2"}, branch="topic", onto=[theirs, ours])
    assert expected_merge(builder, our_merge, their_merge) is None
    assert actual_merge(builder, our_merge, their_merge) is None


def test_a_hostile_head_is_refused_before_the_merge(builder: RepositoryBuilder) -> None:
    """Row 13: no merge decides which of two entries of one name is meant."""
    fork = builder.commit({"a": "1"})
    base = builder.commit({"a": "1", "b": "2"})
    entries = [(FILE, b"a", builder.blob("1")), (FILE, b"c", builder.blob("2")), (FILE, b"c", builder.blob("3"))]
    head = builder.commit_tree(builder.raw_tree(entries), parents=[fork])
    with pytest.raises(ProposalError, match="c: two entries of one name; keep one of them"):
        open_repository(builder.path).merged_tree(base, head)


def test_an_unchanged_folder_is_not_opened_by_a_merge(builder: RepositoryBuilder) -> None:
    """Its tree object may be absent: a merge costs what changed."""
    fork = builder.commit({"models/a/f": "1", "reports/r": "1"})
    base = builder.commit({"models/b/f": "1"}, onto=[fork])
    head = builder.commit({"models/c/f": "1"}, branch="topic", onto=[fork])
    reports = str(pygit2.Repository(str(builder.path))[fork].peel(pygit2.Tree)["reports"].id)
    expected = builder.tree({f"models/{name}/f": "1" for name in "abc"} | {"reports/r": "1"})
    (builder.path / ".git/objects" / reports[:2] / reports[2:]).unlink()
    assert expected == actual_merge(builder, base, head)
