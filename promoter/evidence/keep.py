"""A folder of files kept by their digest: verified when they come in, whole or not there at all."""

import os
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from promoter.digest import sha256_chunks

CHUNK_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Keep:
    """Files by digest below a folder of the user's cache; losing it costs time, never a result."""

    folder: Path

    def path_of(self, digest: str) -> Path:
        """Return where a file of that digest would lie."""
        name = digest.removeprefix("sha256:")
        return self.folder / name[:2] / name

    def find(self, digest: str) -> Path | None:
        """Return the kept file, its bytes verified again, or None; a file that was altered is removed."""
        path = self.path_of(digest)
        if not path.is_file():
            return None
        with path.open("rb") as file:
            if sha256_chunks(iter(lambda: file.read(CHUNK_BYTES), b"")) == digest:
                return path
        path.unlink(missing_ok=True)
        return None

    def put(self, digest: str, chunks: Iterable[bytes]) -> Path:
        """Keep bytes that arrive in pieces; the file appears whole, under its name, at the end."""
        path = self.path_of(digest)
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=".part-")
        try:
            with os.fdopen(handle, "wb") as file:
                for chunk in chunks:
                    file.write(chunk)
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
        return path
