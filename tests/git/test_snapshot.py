"""Files of a tree by path: entries, sizes and bytes, and what is refused."""

from pathlib import Path

import pygit2
import pytest
from pygit2.enums import ObjectType

from promoter.errors import ProposalError, ServiceError
from promoter.git.entry import Entry, EntryKind
from promoter.git.repository import open_repository
from promoter.git.snapshot import Snapshot
from tests.support.repositories import FILE, FOLDER, LINK, SUBMODULE, RepositoryBuilder

FILES = {"models/a/model.yaml": "title: A\n", "models/a/stages/staging.yaml": "version: 1\n", "README.md": "hello"}


@pytest.fixture
def builder(tmp_path: Path) -> RepositoryBuilder:
    """Return a builder of an empty repository."""
    return RepositoryBuilder.create(tmp_path)


def snapshot_of(builder: RepositoryBuilder, tree_id: str) -> Snapshot:
    """Return the tree as Promoter opens it."""
    return Snapshot(open_repository(builder.path), tree_id)


def test_an_entry_has_path_id_mode_and_kind(builder: RepositoryBuilder) -> None:
    """Files and folders are found by path; what is absent is None."""
    snapshot = snapshot_of(builder, builder.tree(FILES))
    model = Entry("models/a/model.yaml", builder.blob("title: A\n"), 0o100644, EntryKind.BLOB)
    assert model == snapshot.entry("models/a/model.yaml")
    folder = snapshot.entry("models/a")
    assert folder is not None
    assert (EntryKind.TREE, snapshot.tree_id_of("models/a")) == (folder.kind, folder.object_id)
    for absent in ("models/b/model.yaml", "models/a/model.yaml/x", "absent", ""):
        assert snapshot.entry(absent) is None


def test_a_folder_has_a_tree_and_children(builder: RepositoryBuilder) -> None:
    """The root is the empty path; a file has neither tree nor children."""
    snapshot = snapshot_of(builder, builder.tree(FILES))
    assert snapshot.tree_id == snapshot.tree_id_of("")
    assert ["README.md", "models"] == [entry.path for entry in snapshot.children("")]
    assert ["models/a/model.yaml", "models/a/stages"] == [entry.path for entry in snapshot.children("models/a")]
    assert snapshot.tree_id_of("README.md") is None
    assert () == snapshot.children("README.md")


def test_a_walk_yields_what_is_no_folder(builder: RepositoryBuilder) -> None:
    """Links and submodules come too, so that a reader of the layout can refuse them."""
    model = builder.raw_tree(
        [(LINK, b"link", builder.blob("x")), (FILE, b"model.yaml", builder.blob("y")), (SUBMODULE, b"sub", "1" * 40)]
    )
    snapshot = snapshot_of(builder, builder.tree_within("models/a", model))
    found = [(entry.path, entry.kind) for entry in snapshot.walk("models")]
    expected = [("link", EntryKind.LINK), ("model.yaml", EntryKind.BLOB), ("sub", EntryKind.COMMIT)]
    assert [(f"models/a/{name}", kind) for name, kind in expected] == found


def test_a_walk_is_in_the_order_of_git(builder: RepositoryBuilder) -> None:
    """A folder sorts as if its name ended in a slash."""
    snapshot = snapshot_of(builder, builder.tree({"m/x": "", "m.yaml": "", "m-a": "", "a": ""}))
    assert ["a", "m-a", "m.yaml", "m/x"] == [entry.path for entry in snapshot.walk("")]


def test_bytes_are_those_of_the_blob(builder: RepositoryBuilder) -> None:
    """No filter and no line-end conversion stands between."""
    snapshot = snapshot_of(builder, builder.tree({".gitattributes": "* eol=lf ident\n", "a": b"$Id$\r\n\0"}))
    assert b"$Id$\r\n\0" == snapshot.read("a", limit_bytes=7)
    assert 7 == snapshot.size("a")


def test_a_file_over_the_limit_is_refused_with_both_sizes(builder: RepositoryBuilder) -> None:
    """Row 25: the limit itself passes, one byte more does not."""
    snapshot = snapshot_of(builder, builder.tree({"models/a": b"x" * 1025}))
    assert 1025 == len(snapshot.read("models/a", limit_bytes=1025))
    with pytest.raises(ProposalError, match="models/a: 1,025 bytes, and at most 1,024 are read; make the file smaller"):
        snapshot.read("models/a", limit_bytes=1024)


def test_a_large_file_is_sized_from_its_header(builder: RepositoryBuilder) -> None:
    """Row 25: the object's body is broken here, so a read of it would fail, and the size does not."""
    blob = builder.blob(b"x" * 3_000_000)
    stored = builder.path / ".git/objects" / blob[:2] / blob[2:]
    stored.chmod(0o644)
    whole = stored.read_bytes()
    stored.write_bytes(whole[:40] + b"\xff" * 40 + whole[80:])
    snapshot = snapshot_of(builder, builder.raw_tree([(FILE, b"big", blob)]))
    assert 3_000_000 == snapshot.size("big")
    with pytest.raises(ProposalError, match="3,000,000 bytes"):
        snapshot.read("big", limit_bytes=256 * 1024)
    with pytest.raises(ServiceError, match=r"big: object .* cannot be read: .*git fsck"):
        snapshot.read("big", limit_bytes=4_000_000)


def test_a_missing_object_is_a_failure_of_the_service(builder: RepositoryBuilder) -> None:
    """Row 24: a blob or a tree that a partial clone lacks is named with its path."""
    snapshot = snapshot_of(builder, builder.raw_tree([(FILE, b"a", "1" * 40), (FOLDER, b"b", "2" * 40)]))
    with pytest.raises(ServiceError, match=r"a: object missing: 1{40} is not in this repository; a shallow or partial"):
        snapshot.read("a", limit_bytes=1)
    with pytest.raises(ServiceError, match=r"b: object missing: 2{40}"):
        snapshot.children("b")


@pytest.mark.parametrize(
    ("path", "found"), [("folder", "a tree"), ("link", "a link"), ("sub", "a commit"), ("x", "noth")]
)
def test_only_a_file_can_be_read(builder: RepositoryBuilder, path: str, found: str) -> None:
    """Row 16: the text of a link is never taken for a file's content."""
    entries = [
        (FOLDER, b"folder", builder.tree({"a": "b"})),
        (LINK, b"link", builder.blob("target")),
        (SUBMODULE, b"sub", "1" * 40),
    ]
    snapshot = snapshot_of(builder, builder.raw_tree(entries))
    with pytest.raises(ProposalError, match=f"{path}: a file is needed here, and there is {found}"):
        snapshot.read(path, limit_bytes=10)


def test_a_folder_with_a_name_twice_is_not_read(builder: RepositoryBuilder) -> None:
    """Row 13: even a caller that forgot the tree check gets neither of the two."""
    tree_id = builder.raw_tree([(FILE, b"a", builder.blob("1")), (FILE, b"a", builder.blob("2"))])
    with pytest.raises(ProposalError, match="lists one name twice; keep one entry a name"):
        snapshot_of(builder, tree_id).entry("a")


def test_a_name_that_is_not_utf8_survives_as_a_path(builder: RepositoryBuilder) -> None:
    """Row 22: no decoding error, and the way back finds the entry."""
    snapshot = snapshot_of(builder, builder.raw_tree([(FILE, b"a\xff", builder.blob("1"))]))
    (entry,) = snapshot.walk("")
    assert entry == snapshot.entry(entry.path)
    assert b"1" == snapshot.read(entry.path, limit_bytes=1)


def test_an_unknown_mode_is_refused(builder: RepositoryBuilder) -> None:
    """A named pipe has no place in a tree."""
    snapshot = snapshot_of(builder, builder.raw_tree([(b"010000", b"pipe", builder.blob("1"))]))
    with pytest.raises(ProposalError, match="pipe: git knows no mode 010000"):
        snapshot.entry("pipe")


def test_a_file_whose_object_is_a_tree_is_refused(builder: RepositoryBuilder) -> None:
    """The object's own type is checked against its entry."""
    tree_id = builder.raw_tree([(FILE, b"a", builder.tree({"b": "c"}))])
    with pytest.raises(ProposalError, match="is a tree, its entry says blob"):
        snapshot_of(builder, tree_id).read("a", limit_bytes=1000)


def test_every_kind_of_object_store_is_read(builder: RepositoryBuilder) -> None:
    """A packed object reads like a loose one."""
    commit_id = builder.commit(FILES)
    builder.git("gc", "-q")
    git = pygit2.Repository(str(builder.path))
    assert ObjectType.COMMIT == git.odb.read_header(pygit2.Oid(hex=commit_id))[0]
    repository = open_repository(builder.path)
    snapshot = Snapshot(repository, repository.commit(commit_id).tree_id)
    assert b"hello" == snapshot.read("README.md", limit_bytes=5)
