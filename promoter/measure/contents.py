"""Contents made ready to be read: found, verified against their keys, and lying in a local file."""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from promoter.digest import sha256_chunks
from promoter.errors import PromoterError
from promoter.measure.port import Content

_CHUNK_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Staged:
    """Paths of the contents that can be read, and why the others cannot."""

    paths: Mapping[str, Path]
    failures: Mapping[str, str]

    def failure_of(self, contents: Iterable[str]) -> str | None:
        """Return why one of these contents cannot be read, or None where all can."""
        return next((self.failures[content] for content in contents if content in self.failures), None)


def stage(contents: Iterable[str], sources: Mapping[str, Content], *, folder: Path) -> Staged:
    """Verify each content once; what a function reads is written to `folder` first."""
    paths: dict[str, Path] = {}
    failures: dict[str, str] = {}
    for index, content in enumerate(dict.fromkeys(contents)):
        found = _staged(content, sources.get(content), folder / f"content_{index}")
        if isinstance(found, Path):
            paths[content] = found
        else:
            failures[content] = f"{content}: {found}"
    return Staged(paths, failures)


def _staged(content: str, source: Content | None, place: Path) -> Path | str:
    """Return the verified file, or why there is none and what to do."""
    if source is None:
        return "no file with this content is at hand; fetch it, or correct the digest in the manifest"
    try:
        path = source if isinstance(source, Path) else _brought(source, place)
        found = _key_of(content, path)
    except OSError as error:
        return f"cannot be read: {error.strerror or error}; check that the file exists and is readable"
    except PromoterError as error:
        return str(error)
    if found is not None and found != content:
        return f"the file's digest is {found}; restore the file, or register its new digest as a new version"
    return path


def _brought(read: Callable[[], bytes | Path], place: Path) -> Path:
    found = read()
    if isinstance(found, Path):
        return found
    place.write_bytes(found)
    return place


def _key_of(content: str, path: Path) -> str | None:
    """Return the key that the file's bytes have, in the key's own scheme; None for a scheme that pins nothing.

    `git:` is the id of a git blob: SHA-1 or SHA-256, by the key's length, of "blob <size>", a zero byte and the bytes.
    """
    with path.open("rb") as stream:
        chunks = iter(lambda: stream.read(_CHUNK_BYTES), b"")
        if content.startswith("sha256:"):
            return sha256_chunks(chunks)
        if content.startswith("git:"):
            name = "sha1" if len(content) == len("git:") + 40 else "sha256"
            running = hashlib.new(name, f"blob {path.stat().st_size}\0".encode(), usedforsecurity=False)
            for chunk in chunks:
                running.update(chunk)
            return f"git:{running.hexdigest()}"
    return None
