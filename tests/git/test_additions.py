"""What commits bring in is found even where the head holds nothing of it."""

from pathlib import Path

import pytest

from promoter.errors import ServiceError
from promoter.git.additions import Addition, added_files
from promoter.git.repository import Repository, open_repository
from tests.support.repositories import RepositoryBuilder


@pytest.fixture
def builder(tmp_path: Path) -> RepositoryBuilder:
    """Return a repository with one file on main."""
    made = RepositoryBuilder.create(tmp_path)
    made.commit({"a.txt": "old"})
    return made


def added(builder: RepositoryBuilder, base: str, head: str) -> list[tuple[str, bytes, str | None]]:
    """Return (path, bytes, commit) of what a head adds to a base."""
    repository: Repository = open_repository(builder.path)
    found = added_files(repository, base=base, head=head, tree_id=repository.commit(head).tree_id)
    assert all(isinstance(addition, Addition) for addition in found)
    return [
        (file.path, repository.load_file(file.object_id, path=file.path, limit_bytes=100), file.commit)
        for file in found
    ]


def test_file_that_a_later_commit_removes_is_an_addition_of_its_commit(builder: RepositoryBuilder) -> None:
    """The head's tree is the base's, and the history is not."""
    base = builder.commit({"b.txt": "b"})
    first = builder.commit({"secret.txt": "key"}, branch="candidate", onto=[base])
    head = builder.commit({"secret.txt": None}, branch="candidate")
    assert [("secret.txt", b"key", first)] == added(builder, base, head)


def test_each_content_that_stood_at_a_path_is_an_addition(builder: RepositoryBuilder) -> None:
    """Overwriting hides nothing, and what the base has already is none."""
    base = builder.commit({"b.txt": "b"})
    first = builder.commit({"a.txt": "one"}, branch="candidate", onto=[base])
    second = builder.commit({"a.txt": "two"}, branch="candidate")
    head = builder.commit({"a.txt": "old"}, branch="candidate")
    found = sorted(added(builder, base, head), key=lambda entry: entry[1])
    assert [("a.txt", b"old", head), ("a.txt", b"one", first), ("a.txt", b"two", second)] == found


def test_merging_the_base_adds_nothing_of_the_base(builder: RepositoryBuilder) -> None:
    """Only what no parent has is the merge's own."""
    fork = builder.commit({"b.txt": "b"})
    own = builder.commit({"own.txt": "own"}, branch="candidate", onto=[fork])
    base = builder.commit({"base.txt": "base"})
    merge = builder.commit({"base.txt": "base", "evil.txt": "evil"}, branch="candidate", onto=[own, base])
    assert [("evil.txt", b"evil", merge), ("own.txt", b"own", own)] == added(builder, base, merge)


def test_branch_without_a_common_past_adds_all_that_it_holds(builder: RepositoryBuilder) -> None:
    """A first commit has no parent to be held against."""
    base = builder.commit({"b.txt": "b"})
    head = builder.commit({"a.txt": "old", "c.txt": "c"}, branch="candidate", onto=[])
    assert [("a.txt", b"old", head), ("c.txt", b"c", head)] == added(builder, base, head)


def test_file_that_is_not_committed_has_no_commit(builder: RepositoryBuilder) -> None:
    """The working tree's files count as the tree that is judged."""
    base = builder.commit({"b.txt": "b"})
    tree = builder.tree({"a.txt": "old", "b.txt": "b", "new.txt": "new"})
    found = added_files(open_repository(builder.path), base=base, head=base, tree_id=tree)
    assert [("new.txt", None)] == [(file.path, file.commit) for file in found]


def test_commits_that_are_not_there_are_no_clean_commits(builder: RepositoryBuilder) -> None:
    """A shallow clone could hide what it does not hold."""
    base = builder.commit({"b.txt": "b"})
    tree = builder.tree({"a.txt": "old"})
    head = builder.commit_tree(tree, parents=["1" * 40])
    with pytest.raises(ServiceError):
        added(builder, base, head)
