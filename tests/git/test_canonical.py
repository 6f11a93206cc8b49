"""Hostile trees in real repositories: each is refused at its path, with its reason and what to do."""

from pathlib import Path

import pytest

from promoter.errors import Problem, ServiceError
from promoter.git.canonical import MAX_PROBLEMS, check_trees
from promoter.git.repository import open_repository
from promoter.git.snapshot import Snapshot
from tests.support.repositories import FILE, FOLDER, LINK, SUBMODULE, RawEntry, RepositoryBuilder

HONEST_FILES = {"models/lending/mortgage/model.yaml": "title: Mortgage\n", "README.md": "Registry\n"}
MODEL_FOLDER = "models/lending/mortgage"


@pytest.fixture
def builder(tmp_path: Path) -> RepositoryBuilder:
    """Return a builder of an empty repository."""
    return RepositoryBuilder.create(tmp_path)


def problems_of(builder: RepositoryBuilder, tree_id: str) -> tuple[Problem, ...]:
    """Return what is wrong with a tree against the honest base."""
    repository = open_repository(builder.path)
    return check_trees(Snapshot(repository, builder.tree(HONEST_FILES)), Snapshot(repository, tree_id))


def problems_of_model(builder: RepositoryBuilder, entries: list[RawEntry]) -> tuple[Problem, ...]:
    """Return what is wrong with a model's folder of these entries."""
    return problems_of(builder, builder.tree_within(MODEL_FOLDER, builder.raw_tree(entries)))


def assert_one(problems: tuple[Problem, ...], *, path: str, message: str, hint: str) -> None:
    """Hold that there is this one problem."""
    assert [path] == [problem.location.path for problem in problems]
    assert message in problems[0].message
    assert hint in problems[0].hint


def test_an_honest_change_has_no_problem(builder: RepositoryBuilder) -> None:
    """Files, folders and executables that git wrote itself pass."""
    head = builder.tree({**HONEST_FILES, "models/lending/mortgage/stages/staging.yaml": "version: 1.0.0\n"})
    assert () == problems_of(builder, head)


@pytest.mark.parametrize(
    ("name", "path", "message"),
    [
        pytest.param(b"..", f"{MODEL_FOLDER}/..", "would leave its folder", id="row 11: parent"),
        pytest.param(b".git", f"{MODEL_FOLDER}/.git", "takes this name for .git", id="row 11: .git"),
        pytest.param(".g\u200cit".encode(), rf"{MODEL_FOLDER}/.g\u200cit", "for .git", id="row 11: HFS twin"),
        pytest.param(b"git~1", f"{MODEL_FOLDER}/git~1", "for .git", id="row 11: NTFS twin"),
        pytest.param(b"a/../../x", f"{MODEL_FOLDER}/a/../../x", "a slash inside one name", id="row 12"),
        pytest.param(b"a\n::error::x", rf"{MODEL_FOLDER}/a\x0a\x3a\x3aerror\x3a\x3ax", "U+000A", id="row 21"),
        pytest.param(b"\xff", rf"{MODEL_FOLDER}/\xff", "its bytes are ff", id="row 22"),
        pytest.param(b"CON.yaml", f"{MODEL_FOLDER}/CON.yaml", "reserved on Windows", id="row 23"),
    ],
)
def test_a_hostile_name_is_refused_at_its_path(
    builder: RepositoryBuilder, name: bytes, path: str, message: str
) -> None:
    """The name's rule speaks, and its path is escaped."""
    problems = problems_of_model(builder, [(FILE, name, builder.blob("x"))])
    assert_one(problems, path=path, message=message, hint="re")


@pytest.mark.parametrize("name", [b"m.yaml", b"M", b"m"])
def test_two_entries_of_one_name_are_refused(builder: RepositoryBuilder, name: bytes) -> None:
    """Row 13: one reader takes the first, another the last."""
    entries = [(FILE, name, builder.blob("stage: staging")), (FILE, name, builder.blob("stage: production"))]
    problems = problems_of_model(builder, entries)
    assert_one(
        problems, path=f"{MODEL_FOLDER}/{name.decode()}", message="two entries of one name", hint="keep one of them"
    )


def test_a_file_and_a_folder_of_one_name_are_refused(builder: RepositoryBuilder) -> None:
    """Row 14: git's order allows both, no file system does."""
    entries = [(FILE, b"m", builder.blob("x")), (FOLDER, b"m", builder.tree({"a": "b"}))]
    problems = problems_of_model(builder, entries)
    assert_one(problems, path=f"{MODEL_FOLDER}/m", message="two entries of one name", hint="keep one of them")


@pytest.mark.parametrize("mode", [b"100664", b"100777", b"123456", b"0100644", b"100600", b"", b"rw-r--"])
def test_a_mode_that_git_does_not_write_is_refused(builder: RepositoryBuilder, mode: bytes) -> None:
    """Row 15: libgit2 reads 123456 as a link and 100777 as a file."""
    problems = problems_of_model(builder, [(mode, b"model.yaml", builder.blob("x"))])
    message = f"mode {mode.decode() or '.'} is none that git writes"
    assert_one(problems, path=f"{MODEL_FOLDER}/model.yaml", message=message, hint="use 100644")


def test_a_zero_padded_folder_is_refused_and_still_searched(builder: RepositoryBuilder) -> None:
    """Row 15: 040000 hides nothing below it."""
    below = builder.raw_tree([(FILE, b"..", builder.blob("x"))])
    problems = problems_of_model(builder, [(b"040000", b"stages", below)])
    assert [f"{MODEL_FOLDER}/stages", f"{MODEL_FOLDER}/stages/.."] == [p.location.path for p in problems]
    assert "mode 040000 is none that git writes" in problems[0].message


@pytest.mark.parametrize("folder", ["models/a", "policies", "reports/decisions", "promoter", ".github/workflows"])
def test_a_link_in_a_governed_folder_is_refused(builder: RepositoryBuilder, folder: str) -> None:
    """Row 16: what a link shows depends on where it is read."""
    link = builder.raw_tree([(LINK, b"m.yaml", builder.blob("../../policies/x.yaml"))])
    problems = problems_of(builder, builder.tree_within(folder, link))
    assert_one(
        problems, path=f"{folder}/m.yaml", message="a symbolic link in a governed", hint="commit the file itself"
    )


@pytest.mark.parametrize("name", [b"models", b"policies", b"CODEOWNERS", b".gitattributes", b"docs"])
def test_a_link_in_place_of_a_governed_root_name_is_refused(builder: RepositoryBuilder, name: bytes) -> None:
    """Row 16: a link at the root may not replace a governed folder or file."""
    problems = problems_of(builder, builder.raw_tree([(LINK, name, builder.blob("elsewhere"))]))
    assert_one(problems, path=name.decode(), message="a symbolic link", hint="commit the file itself")


def test_a_link_outside_of_the_governed_folders_is_left_alone(builder: RepositoryBuilder) -> None:
    """An AGENTS.md that links to CLAUDE.md decides nothing."""
    assert () == problems_of(builder, builder.raw_tree([(LINK, b"AGENTS.md", builder.blob("CLAUDE.md"))]))


def test_a_submodule_in_a_governed_folder_is_refused(builder: RepositoryBuilder) -> None:
    """Row 17: its files are in another repository."""
    problems = problems_of_model(builder, [(SUBMODULE, b"versions", "1" * 40)])
    assert_one(problems, path=f"{MODEL_FOLDER}/versions", message="a submodule", hint="commit the files themselves")


def test_an_entry_without_an_object_is_refused(builder: RepositoryBuilder) -> None:
    """The null id is no object; git fsck calls it nullSha1."""
    problems = problems_of_model(builder, [(FILE, b"model.yaml", "0" * 40)])
    assert_one(
        problems, path=f"{MODEL_FOLDER}/model.yaml", message="points at no object", hint="write the commit again"
    )


def test_names_that_differ_in_case_alone_are_refused(builder: RepositoryBuilder) -> None:
    """Row 18: the new file collides with one that the base already has."""
    head = builder.tree({"models/Fraud.yaml": "new", "models/fraud.yaml": "old"})
    message = r"reads the same as Fraud.yaml beside it"
    assert_one(problems_of(builder, head), path="models/fraud.yaml", message=message, hint="rename one")


def test_a_governed_folder_of_another_case_is_refused(builder: RepositoryBuilder) -> None:
    """Row 18: Models/ has no owner on GitHub and is models/ on Windows."""
    problems = problems_of(builder, builder.tree({"Models/lending/model.yaml": "x", "README.md": "r"}))
    assert_one(problems, path="Models", message="reads as the governed folder models/", hint="rename it to models")


def test_composed_and_decomposed_twins_are_refused(builder: RepositoryBuilder) -> None:
    """Row 19: the decomposed twin is refused for its form and for the collision."""
    head = builder.tree({"models/café.md": "1", "models/cafe\u0301.md": "2"})
    problems = problems_of(builder, head)
    assert {r"models/cafe\u0301.md", r"models/caf\u00e9.md"} == {problem.location.path for problem in problems}
    assert any("composed form (NFC)" in problem.message for problem in problems)
    assert any("reads the same as" in problem.message for problem in problems)


def test_a_folder_out_of_order_is_refused(builder: RepositoryBuilder) -> None:
    """Git's own readers stop early in such a folder."""
    entries = [(FILE, b"b.yaml", builder.blob("1")), (FILE, b"a.yaml", builder.blob("2"))]
    problems = problems_of_model(builder, entries)
    assert_one(problems, path=MODEL_FOLDER, message="not in git's order", hint="write the commit again")


def test_a_path_over_1024_bytes_is_refused_and_not_entered(builder: RepositoryBuilder) -> None:
    """Row 23: depth is bounded by the length of paths, so no tree can exhaust the walk."""
    tree_id = builder.tree({"model.yaml": "x"})
    for _ in range(600):
        tree_id = builder.raw_tree([(FOLDER, b"dd", tree_id)])
    problems = problems_of(builder, tree_id)
    assert_one(problems, path="/".join(["dd"] * 342), message="a path of 1,025 bytes", hint="shorten")


def test_bytes_that_are_no_tree_are_refused(builder: RepositoryBuilder) -> None:
    """A truncated tree object is named with its folder."""
    broken = str(builder.odb.write(2, b"100644 model.yaml\0short"))
    problems = problems_of(builder, builder.tree_within(MODEL_FOLDER, broken))
    assert_one(problems, path=MODEL_FOLDER, message="is malformed", hint="write the commit again")


def test_a_folder_that_is_a_file_is_refused(builder: RepositoryBuilder) -> None:
    """The mode says folder, the object is a blob."""
    problems = problems_of(builder, builder.tree_within(MODEL_FOLDER, builder.blob("x")))
    assert_one(problems, path=MODEL_FOLDER, message="is a blob, its entry says tree", hint="write the commit again")


def test_a_missing_folder_is_a_failure_of_the_service(builder: RepositoryBuilder) -> None:
    """Row 24: nothing is said about a proposal that is not all here."""
    head = builder.raw_tree([(FOLDER, b"models", "1" * 40)])
    with pytest.raises(ServiceError, match=r"models: object missing: 1{40}.*git fetch --unshallow"):
        problems_of(builder, head)


def test_more_than_100_000_files_are_refused(builder: RepositoryBuilder) -> None:
    """Row 26: the cap is explicit, and no part of the change is judged."""
    blob = builder.blob("x")
    head = builder.raw_tree([(FILE, b"%06d" % number, blob) for number in range(100_001)])
    problems = problems_of(builder, builder.tree_within("models", head))
    assert_one(problems, path=".", message="more than 100,000 paths change", hint="split it")


def test_a_tree_bomb_is_refused_before_it_unfolds(builder: RepositoryBuilder) -> None:
    """Twelve folders that each name one below a hundred times make 10^24 paths of 13 objects."""
    tree_id = builder.tree({"f": "x"})
    for _ in range(12):
        tree_id = builder.raw_tree([(FOLDER, b"d%02d" % number, tree_id) for number in range(100)])
    assert_one(problems_of(builder, tree_id), path=".", message="more than 100,000 paths change", hint="split it")


def test_the_problems_of_one_change_are_bounded(builder: RepositoryBuilder) -> None:
    """A thousand bad names fill no report."""
    blob = builder.blob("x")
    problems = problems_of_model(builder, [(FILE, b"%04d?" % number, blob) for number in range(1000)])
    assert MAX_PROBLEMS == len(problems)


def test_an_unchanged_folder_is_not_opened(builder: RepositoryBuilder) -> None:
    """What the base already holds is not read again: its object may even be absent."""
    absent = (FOLDER, b"reports", "1" * 40)
    repository = open_repository(builder.path)
    base = Snapshot(repository, builder.raw_tree([absent]))
    head = Snapshot(repository, builder.raw_tree([(FOLDER, b"models", builder.tree({"a": "b"})), absent]))
    assert () == check_trees(base, head)
    with pytest.raises(ServiceError, match="reports: object missing"):
        check_trees(None, head)
