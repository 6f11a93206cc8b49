"""Files of evidence stores: checked before they are opened, verified while they are read, kept by digest."""

import hashlib
import http.client
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import IO

from promoter.errors import Location, Problem, ProposalError, ServiceError
from promoter.evidence.https import RefusedError, open_https
from promoter.evidence.keep import CHUNK_BYTES, Keep
from promoter.policy.settings import Store
from promoter.policy.uri import check_uri, find_store

_DRIVERS = {"s3": "s3fs", "gs": "gcsfs", "abfs": "adlfs"}


def resolve(
    uri: str,
    *,
    digest: str,
    size_bytes: int,
    stores: Sequence[Store],
    cache_dir: Path,
    location: Location,
    asks_anew: bool = False,
) -> Path:
    """Return a local file with these bytes, from the keep in `cache_dir` or fetched into it.

    With `asks_anew` the store's file is read to its end though the keep has it: it must be there today, and the same.
    Raises ProposalError at `location` for a URI that no store allows, a file that is not there, and other bytes
    than digest and size say; ServiceError where the store failed.
    """
    fault = check_uri(uri, stores)
    if fault is not None:
        raise ProposalError(Problem(location, fault.message, fault.hint))
    keep = Keep(cache_dir)
    kept = keep.find(digest)
    if kept is None:
        return keep.put(digest, _verified(uri, digest, size_bytes, stores, location))
    if asks_anew:
        deque(_verified(uri, digest, size_bytes, stores, location), maxlen=0)
    return kept


def _verified(uri: str, digest: str, size_bytes: int, stores: Sequence[Store], location: Location) -> Iterator[bytes]:
    """Yield the file's bytes; raise at the first byte too many, or at the end where the digest is another."""
    running, size = hashlib.sha256(), 0
    for chunk in read_chunks(uri, stores, location):
        size += len(chunk)
        if size > size_bytes:
            message = f"{uri} is larger than the {size_bytes:,} bytes of the manifest"
            raise ProposalError(Problem(location, message, "correct size_bytes, or restore the file"))
        running.update(chunk)
        yield chunk
    found = f"sha256:{running.hexdigest()}"
    if size != size_bytes or found != digest:
        message = f"{uri} has {size:,} bytes and digest {found}, the manifest says {size_bytes:,} and {digest}"
        raise ProposalError(Problem(location, message, "restore the file, or register a new version with its digest"))


def read_chunks(uri: str, stores: Sequence[Store], location: Location, *, start: int = 0) -> Iterator[bytes]:
    """Yield the file's bytes from `start` on, unverified; every failure of a store is told by who must act."""
    try:
        with _open(uri, stores, start=start) as stream:
            if start and stream.seekable():
                stream.seek(start)
            while chunk := stream.read(CHUNK_BYTES):
                yield chunk
    except FileNotFoundError as error:
        message = f"{uri} is not in its store"
        raise ProposalError(Problem(location, message, "upload the file, or correct the uri")) from error
    except RefusedError as error:
        raise ProposalError(Problem(location, f"{uri} is refused: {error}", "name the file's final place")) from error
    except ImportError as error:
        driver = _DRIVERS[uri.partition(":")[0]]
        message = f"{uri} needs the package {driver}, which is not installed"
        raise ServiceError(Problem(location, message, f"install {driver} where promoter runs")) from error
    except (OSError, http.client.HTTPException) as error:
        message = f"{uri} could not be read: {type(error).__name__}: {error}"
        raise ServiceError(Problem(location, message, "check the store and its credentials, then run again")) from error


def _open(uri: str, stores: Sequence[Store], *, start: int) -> AbstractContextManager[IO[bytes]]:
    scheme, _, rest = uri.partition("://")
    if scheme == "https":
        return open_https(uri, start=start)
    if scheme == "file":
        return _contained(Path(rest), find_store(uri, stores)).open("rb")
    import fsspec

    opened: AbstractContextManager[IO[bytes]] = fsspec.filesystem(scheme).open(rest, "rb", cache_type="none")
    return opened


def _contained(path: Path, store: Store | None) -> Path:
    """Return the file behind links. Raises RefusedError where that is outside of the store or no regular file."""
    target, root = path.resolve(strict=True), Path(store.prefix if store else "/nowhere").resolve()
    if not target.is_relative_to(root):
        raise RefusedError("a link leads out of the store")
    if not target.is_file():
        raise RefusedError("it is not a regular file")
    return target
