"""One file of a store brought to a place of its own: what a broken connection left is taken up again."""

import hashlib
from collections.abc import Callable, Iterable
from pathlib import Path

from promoter.errors import Location, Problem, ProposalError, ServiceError
from promoter.evidence.keep import CHUNK_BYTES

ReadFrom = Callable[[int], Iterable[bytes]]
"""Yields a file's bytes from an offset on."""


def bring(
    read_from: ReadFrom,
    target: Path,
    *,
    digest: str,
    size_bytes: int,
    location: Location,
    tell: Callable[[int], None],
) -> None:
    """Write a file of this digest and size to `target`, which appears whole and verified or not at all.

    What has arrived lies beside it, in a file that is named after the digest, so that no other file's bytes are gone
    on with; the next run goes on behind it. A target that holds these bytes already is left as it is. `tell` is given
    the bytes that are there, then the size of each piece. Raises ProposalError at `location` for other bytes than the
    digest says, which are removed; ServiceError where the target cannot be written.
    """
    part = target.with_name(f"{target.name}.{digest.removeprefix('sha256:')[:12]}.part")
    try:
        is_there = target.is_file() and target.stat().st_size == size_bytes
        if is_there and f"sha256:{_hashed(target, size_bytes)[0].hexdigest()}" == digest:
            tell(size_bytes)
            return
        running, size = _hashed(part, size_bytes)
        tell(size)
        with part.open("ab") as file:
            file.truncate(size)
            # A part that holds all asks for nothing more: an offset at the end of a file is no range.
            for chunk in read_from(size) if size < size_bytes else ():
                size += len(chunk)
                running.update(chunk)
                file.write(chunk)
                tell(len(chunk))
                if size > size_bytes:
                    break
        found = f"sha256:{running.hexdigest()}"
        if size < size_bytes:
            message = f"the store sent {size:,} of {size_bytes:,} bytes"
            raise ServiceError(Problem(location, message, "run it again: what has arrived is kept"))
        if size != size_bytes or found != digest:
            part.unlink()
            message = f"{size:,} bytes with digest {found} came, the manifest says {size_bytes:,} and {digest}"
            raise ProposalError(
                Problem(location, message, "run it again; if it repeats, restore the file in its store")
            )
        part.replace(target)
    except OSError as exc:
        message = f"{exc.filename or target} cannot be written: {exc.strerror}"
        raise ServiceError(Problem(location, message, "make room, or name another file with --out")) from exc


def _hashed(part: Path, size_bytes: int) -> tuple["hashlib._Hash", int]:
    """Return the running digest and the size of what has arrived; more than there can be counts as nothing."""
    running, size = hashlib.sha256(), 0
    if not part.is_file() or part.stat().st_size > size_bytes:
        return running, 0
    with part.open("rb") as file:
        while chunk := file.read(CHUNK_BYTES):
            running.update(chunk)
            size += len(chunk)
    return running, size
