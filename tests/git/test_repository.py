"""Revisions, commits and the default branch of real repositories, and what is said when they are not there."""

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pygit2
import pytest

from promoter.errors import ProposalError, ServiceError
from promoter.git.commit import Person
from promoter.git.repository import open_repository
from tests.support.repositories import FIRST_COMMIT_AT, RepositoryBuilder


@pytest.fixture
def builder(tmp_path: Path) -> RepositoryBuilder:
    """Return a builder of an empty repository."""
    return RepositoryBuilder.create(tmp_path / "registry")


def test_a_repository_is_found_from_a_subfolder(builder: RepositoryBuilder) -> None:
    """A data scientist stands anywhere in the working tree."""
    below = builder.path / "models" / "a"
    below.mkdir(parents=True)
    assert builder.path == open_repository(below).folder


def test_a_folder_without_a_repository_is_named(tmp_path: Path) -> None:
    """The error says where, and what to do."""
    for folder in (tmp_path, tmp_path / "absent"):
        with pytest.raises(ProposalError, match=f"{folder}: no git repository here or above; run this inside a reg"):
            open_repository(folder)


def test_a_repository_of_an_unknown_format_is_a_failure_of_the_service(builder: RepositoryBuilder) -> None:
    """Libgit2 says that it does not know it; no traceback."""
    builder.git("config", "core.repositoryformatversion", "7")
    with pytest.raises(ServiceError, match=r"git does not open it: .*version"):
        open_repository(builder.path)


def test_a_revision_resolves_to_its_commit(builder: RepositoryBuilder) -> None:
    """Branches, short ids, ancestors and annotated tags all mean a commit."""
    first = builder.commit({"a": "1"})
    second = builder.commit({"a": "2"})
    builder.git("tag", "-a", "v1", "-m", "first", first)
    repository = open_repository(builder.path)
    assert [second, first, first, first] == [repository.resolve(name) for name in ("main", "main~1", "v1", first[:12])]


@pytest.mark.parametrize("revision", ["absent", "main~9", "1" * 40, "", "main:a", "..", "ma in\n::error::x"])
def test_an_unknown_revision_is_refused_in_one_line(builder: RepositoryBuilder, revision: str) -> None:
    """The text names the revision, escaped, and how to get it."""
    builder.commit({"a": "1"})
    with pytest.raises(ProposalError) as refused:
        open_repository(builder.path).resolve(revision)
    assert f"{revision!a} is no commit of this repository" in str(refused.value)
    assert "git fetch origin" in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_commit_holds_what_history_needs(builder: RepositoryBuilder) -> None:
    """Ids, people, the time in UTC and the whole message."""
    first = builder.commit({"a": "1"})
    second = builder.commit({"a": "2"}, message="second\n\nCo-authored-by: Bo <bo@example.org>")
    commit = open_repository(builder.path).commit(second)
    assert (second, (first,), builder.tree({"a": "2"})) == (commit.id, commit.parent_ids, commit.tree_id)
    assert Person("Ada", "ada@example.org") == commit.author == commit.committer
    assert datetime.fromtimestamp(FIRST_COMMIT_AT + 60, UTC) == commit.committed_at
    assert "second\n\nCo-authored-by: Bo <bo@example.org>\n" == commit.message


def test_text_of_a_commit_that_is_not_utf8_is_replaced(builder: RepositoryBuilder) -> None:
    """A hostile name or message makes no decoding error."""
    text = f"tree {builder.tree({})}\nauthor A\udcff <a> 1 +0000\ncommitter B <b> 1 +0000\n\nm\udcfe\n"
    commit_id = str(builder.odb.write(1, text.encode("utf-8", "surrogateescape")))
    commit = open_repository(builder.path).commit(commit_id)
    assert ("A\ufffd", "m\ufffd\n") == (commit.author.name, commit.message)


def test_a_commit_time_beyond_any_calendar_is_refused(builder: RepositoryBuilder) -> None:
    """A forged time is the author's fault, not a crash."""
    commit_id = builder.commit_tree(builder.tree({}), at=10**17)
    with pytest.raises(ProposalError, match="which no calendar holds"):
        open_repository(builder.path).commit(commit_id)


def test_a_missing_commit_is_a_failure_of_the_service(builder: RepositoryBuilder) -> None:
    """Row 24, for commits; an id of another object is the caller's mistake."""
    builder.commit({"a": "1"})
    repository = open_repository(builder.path)
    with pytest.raises(ServiceError, match=r"object missing: commit 1{40}"):
        repository.commit("1" * 40)
    with pytest.raises(ProposalError, match="is a blob, not a commit"):
        repository.commit(builder.blob("1"))


def test_the_merge_base_is_where_two_branches_part(builder: RepositoryBuilder) -> None:
    """Unrelated histories have none, and that is refused."""
    fork = builder.commit({"a": "1"})
    ours = builder.commit({"a": "2"})
    theirs = builder.commit({"b": "3"}, branch="topic", onto=[fork])
    alone = builder.commit({"c": "4"}, branch="alone", onto=[])
    repository = open_repository(builder.path)
    assert fork == repository.merge_base(ours, theirs)
    with pytest.raises(ProposalError, match="share no history; branch from the default branch"):
        repository.merge_base(ours, alone)


def test_the_default_branch_is_that_of_origin_then_main_then_master(builder: RepositoryBuilder) -> None:
    """Full names, so that a tag called main cannot stand in for the branch."""
    tip = builder.commit({"a": "1"}, branch="trunk")
    with pytest.raises(ProposalError, match=r"no default branch.*git remote set-head origin --auto"):
        open_repository(builder.path).default_branch()
    for reference, expected in (
        ("refs/remotes/origin/master", "refs/remotes/origin/master"),
        ("refs/heads/master", "refs/heads/master"),
        ("refs/remotes/origin/main", "refs/remotes/origin/main"),
        ("refs/tags/main", "refs/remotes/origin/main"),
        ("refs/heads/main", "refs/heads/main"),
        ("refs/remotes/origin/trunk", "refs/heads/main"),
    ):
        builder.git("update-ref", reference, tip)
        assert expected == open_repository(builder.path).default_branch()
    builder.git("symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/trunk")
    assert "refs/remotes/origin/trunk" == open_repository(builder.path).default_branch()
    builder.git("symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/gone")
    assert "refs/heads/main" == open_repository(builder.path).default_branch()


def test_the_default_branch_of_a_bare_repository_is_that_of_its_head(tmp_path: Path) -> None:
    """As the recorder's is, whatever the branch is called, and as `git clone --bare` leaves it."""
    bare = RepositoryBuilder(tmp_path, pygit2.init_repository(str(tmp_path), bare=True, initial_head="trunk").odb)
    with pytest.raises(ProposalError, match=r"no commit yet.*promoter init"):
        open_repository(tmp_path).default_branch()
    tip = bare.commit({"a": "1"}, branch="main")
    assert "refs/heads/main" == open_repository(tmp_path).default_branch()
    bare.git("update-ref", "refs/heads/trunk", tip)
    assert "refs/heads/trunk" == open_repository(tmp_path).default_branch()


def test_objects_of_another_hash_are_named_as_the_cause(tmp_path: Path) -> None:
    """A repository of SHA-256 objects is nobody else's: no other hint would help."""
    subprocess.run(["git", "init", "-q", "--object-format=sha256", str(tmp_path)], check=True)
    with pytest.raises(ServiceError, match="SHA-1 objects"):
        open_repository(tmp_path)


def test_first_parents_are_those_of_git_log(builder: RepositoryBuilder) -> None:
    """Merged branches are passed by; `since` is the first that is left out."""
    first = builder.commit({"a": "1"})
    side = builder.commit({"b": "1"}, branch="topic", onto=[first])
    second = builder.commit({"a": "2"})
    merge = builder.commit({"b": "1"}, onto=[second, side])
    repository = open_repository(builder.path)
    found = [commit.id for commit in repository.first_parents(merge)]
    assert builder.git("log", "--first-parent", "--format=%H", "main").splitlines() == found
    assert [merge, second] == [commit.id for commit in repository.first_parents(merge, since=first)]
    assert [] == list(repository.first_parents(merge, since=merge))
    with pytest.raises(ServiceError, match=f"commit {side} is not among the first parents of {merge}: history was rew"):
        list(repository.first_parents(merge, since=side))


def test_a_shallow_clone_is_named_as_the_cause(builder: RepositoryBuilder, tmp_path: Path) -> None:
    """Row 72: a history that was cut short is never read as a whole one."""
    builder.commit({"a": "1"})
    tip = builder.commit({"a": "2"})
    builder.git("clone", "-q", "--depth=1", f"file://{builder.path}", str(tmp_path / "clone"))
    repository = open_repository(tmp_path / "clone")
    with pytest.raises(ProposalError, match=r"'main~1' is no commit.*git fetch --unshallow"):
        repository.resolve("main~1")
    with pytest.raises(ServiceError, match=rf"history ends at commit {tip}, which has parents; .*fetch-depth: 0"):
        list(repository.first_parents(tip))


def test_only_pygit2_is_imported_for_git() -> None:
    """Nothing heavy comes with it: the terminal's start stays quick."""
    heavy = "numpy,scipy,pandas,duckdb,pydantic,yaml,jinja2,requests,rich"
    code = f"import sys, promoter.git.repository; print(*sorted(set('{heavy}'.split(',')) & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert "" == done.stdout.strip()
