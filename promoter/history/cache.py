"""A folder of files that may be lost at any time: written whole or not at all, and checked when read."""

import zlib
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile

_FORMAT = b"promoter.history/3\n"
_SUM_BYTES = 4


@dataclass(frozen=True, slots=True)
class Cache:
    """Keeps bytes by name. A missing, foreign or damaged file is no file; an unwritable folder keeps none."""

    folder: Path

    def load(self, name: str) -> bytes | None:
        """Return what was kept, or None."""
        try:
            content = (self.folder / name).read_bytes()
        except OSError:
            return None
        start = len(_FORMAT) + _SUM_BYTES
        body = content[start:]
        is_whole = content[:start] == _FORMAT + _checksum(body)
        return body if is_whole else None

    def save(self, name: str, body: bytes) -> None:
        """Keep bytes; a reader sees the old file or the new one."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with NamedTemporaryFile(dir=self.folder, prefix=f".{name}-", delete=False) as file:
                try:
                    file.write(_FORMAT + _checksum(body) + body)
                    file.flush()
                    Path(file.name).replace(self.folder / name)
                except OSError:
                    Path(file.name).unlink(missing_ok=True)
        except OSError:
            return

    def keep_newest(self, prefix: str, *, count: int) -> None:
        """Forget all but the files of a prefix that were written last."""
        try:
            files = sorted(self.folder.glob(f"{prefix}*"), key=lambda path: path.stat().st_mtime_ns, reverse=True)
            for path in files[count:]:
                path.unlink(missing_ok=True)
        except OSError:
            return


def _checksum(body: bytes) -> bytes:
    return zlib.crc32(body).to_bytes(_SUM_BYTES, "big")
