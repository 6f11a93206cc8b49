"""Evidence stores: real files, verified while they are read."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from fsspec.implementations.memory import MemoryFileSystem

from promoter.digest import sha256_bytes
from promoter.errors import Location, PromoterError, ProposalError, ServiceError
from promoter.evidence.https import RefusedError, is_public, public_address
from promoter.evidence.keep import Keep
from promoter.evidence.store import resolve
from promoter.policy.settings import Store

CONTENT = b"rows and rows"
DIGEST = sha256_bytes(CONTENT)
HERE = Location("models/a/b/versions/1.0.0/manifest.yaml", 12, 7)


def fetch(
    uri: str, tmp_path: Path, *, digest: str = DIGEST, size_bytes: int = len(CONTENT), asks_anew: bool = False
) -> Path:
    """Resolve a URI against a store on disk, a bucket and a web host."""
    stores = (
        Store(id="disk", scheme="file", host="", prefix=str(tmp_path / "store")),
        Store(id="bucket", scheme="s3", host="evidence"),
    )
    return resolve(
        uri,
        digest=digest,
        size_bytes=size_bytes,
        stores=stores,
        cache_dir=tmp_path / "keep",
        location=HERE,
        asks_anew=asks_anew,
    )


@pytest.fixture
def on_disk(tmp_path: Path) -> str:
    """Return the URI of a file in the store on disk."""
    path = tmp_path / "store" / "a.parquet"
    path.parent.mkdir()
    path.write_bytes(CONTENT)
    return f"file://{path}"


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[MemoryFileSystem]:
    """Put fsspec's file system in memory where s3 is looked up."""
    monkeypatch.setitem(sys.modules["fsspec.registry"]._registry, "s3", MemoryFileSystem)
    files = MemoryFileSystem()
    yield files
    files.store.clear()


def problem_of(error: pytest.ExceptionInfo[PromoterError]) -> str:
    """Return the one problem's text."""
    (problem,) = error.value.problems
    assert problem.location == HERE
    return f"{problem.message}; {problem.hint}"


def test_a_file_is_fetched_once_and_kept_by_digest(tmp_path: Path, on_disk: str) -> None:
    """The second time the store is not needed."""
    first = fetch(on_disk, tmp_path)
    Path(on_disk.removeprefix("file://")).unlink()
    assert CONTENT == first.read_bytes()
    assert first == fetch(on_disk, tmp_path) == Keep(tmp_path / "keep").path_of(DIGEST)


def test_a_store_that_is_asked_anew_must_have_the_file_still(tmp_path: Path, on_disk: str) -> None:
    """What was kept does not stand for it: the same bytes pass, others and none do not."""
    kept, path = fetch(on_disk, tmp_path), Path(on_disk.removeprefix("file://"))
    assert kept == fetch(on_disk, tmp_path, asks_anew=True)
    path.write_bytes(CONTENT[::-1])
    with pytest.raises(ProposalError, match="has 13 bytes and digest"):
        fetch(on_disk, tmp_path, asks_anew=True)
    path.unlink()
    with pytest.raises(ProposalError, match="is not in its store"):
        fetch(on_disk, tmp_path, asks_anew=True)
    assert CONTENT == kept.read_bytes()


def test_a_bucket_is_read_through_fsspec(tmp_path: Path, bucket: MemoryFileSystem) -> None:
    """Bytes arrive in pieces and are held against the digest."""
    bucket.pipe("evidence/a.parquet", CONTENT)
    assert CONTENT == fetch("s3://evidence/a.parquet", tmp_path).read_bytes()


def test_other_bytes_are_not_kept(tmp_path: Path, on_disk: str) -> None:
    """A wrong digest is the author's to mend, and leaves no file."""
    other = sha256_bytes(b"other")
    with pytest.raises(ProposalError) as error:
        fetch(on_disk, tmp_path, digest=other)
    assert f"has 13 bytes and digest {DIGEST}, the manifest says 13 and {other}" in problem_of(error)
    assert [] == [path for path in (tmp_path / "keep").rglob("*") if path.is_file()]


def test_reading_stops_at_the_first_byte_too_many(tmp_path: Path, on_disk: str) -> None:
    """The size of the manifest is a cap."""
    with pytest.raises(ProposalError) as error:
        fetch(on_disk, tmp_path, size_bytes=5)
    assert "is larger than the 5 bytes of the manifest; correct size_bytes, or restore the file" in problem_of(error)


def test_an_absent_file_is_the_authors_problem(tmp_path: Path, on_disk: str) -> None:
    """Where, what, what next."""
    with pytest.raises(ProposalError) as error:
        fetch(on_disk + "x", tmp_path)
    assert "is not in its store; upload the file, or correct the uri" in problem_of(error)


def test_a_link_out_of_the_store_is_refused(tmp_path: Path, on_disk: str) -> None:
    """A link inside of the store cannot reach a file outside."""
    (tmp_path / "secret").write_bytes(CONTENT)
    (tmp_path / "store" / "link").symlink_to(tmp_path / "secret")
    with pytest.raises(ProposalError) as error:
        fetch(on_disk.replace("a.parquet", "link"), tmp_path)
    assert "a link leads out of the store" in problem_of(error)


def test_a_uri_outside_of_the_stores_is_never_opened(tmp_path: Path) -> None:
    """The answer is given at the manifest's line."""
    with pytest.raises(ProposalError) as error:
        fetch("file:///etc/passwd", tmp_path)
    assert "file:///etc/passwd lies in no store of the registry" in problem_of(error)


def test_a_store_without_its_driver_is_the_operators_problem(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No verdict, and the package's name."""
    monkeypatch.setitem(sys.modules, "s3fs", None)
    with pytest.raises(ServiceError) as error:
        fetch("s3://evidence/a.parquet", tmp_path)
    assert "needs the package s3fs, which is not installed; install s3fs where promoter runs" in problem_of(error)


def test_a_file_altered_in_the_keep_is_fetched_again(tmp_path: Path, on_disk: str) -> None:
    """What lies on disk is verified at each use."""
    fetch(on_disk, tmp_path).write_bytes(b"altered")
    assert CONTENT == fetch(on_disk, tmp_path).read_bytes()


@pytest.mark.parametrize(
    ("expected", "address"),
    [
        (True, "93.184.216.34"),
        (False, "127.0.0.1"),
        (False, "10.1.2.3"),
        (False, "169.254.169.254"),
        (False, "100.64.0.1"),
        (False, "240.0.0.1"),
        (False, "224.0.0.1"),
        (False, "::1"),
        (False, "fe80::1%eth0"),
        (False, "fd00::1"),
        (False, "::ffff:10.0.0.1"),
        (True, "2606:2800:220:1:248:1893:25c8:1946"),
    ],
)
def test_only_public_addresses_are_connected_to(address: str, *, expected: bool) -> None:
    """Loopback, private, link-local, shared and multicast addresses are inner ones."""
    assert expected == is_public(address)


def test_a_name_that_resolves_to_an_inner_address_is_refused() -> None:
    """The check is of the address that is then connected to."""
    with pytest.raises(RefusedError, match="localhost resolves to"):
        public_address("localhost")
