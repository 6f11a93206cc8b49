"""The first-parent line as arrays: 100,000 commits are loaded in milliseconds and searched by moment."""

from array import array
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from promoter.history.port import Link

_ID_BYTES = 20
_TIME_BYTES = 8
_LINK_BYTES = 2 * _ID_BYTES + _TIME_BYTES


@dataclass(frozen=True, slots=True)
class Line:
    """Commits from the first (position 0) to the tip. `times`: Unix seconds, never falling; equal lengths.

    A commit stands at its committer's time, and no earlier than any commit before it: a merge cannot be older than
    what it stands on, so a commit dated back changes no answer about the past.
    """

    commits: bytes = b""
    trees: bytes = b""
    times: "array[int]" = field(default_factory=lambda: array("q"))

    def __len__(self) -> int:
        return len(self.times)

    def commit_id(self, position: int) -> str:
        """Return the commit at a position."""
        return self.commits[position * _ID_BYTES : (position + 1) * _ID_BYTES].hex()

    def tree_id(self, position: int) -> bytes:
        """Return the root tree at a position."""
        return self.trees[position * _ID_BYTES : (position + 1) * _ID_BYTES]

    def at(self, position: int) -> datetime:
        """Return the moment from which the commit at a position holds."""
        return datetime.fromtimestamp(self.times[position], UTC)

    def position_at(self, moment: datetime) -> int | None:
        """Return the last position that holds at a moment, or None before the first commit."""
        found = bisect_right(self.times, int(moment.timestamp())) - 1
        return None if found < 0 else found

    def position_of(self, commit_id: str) -> int | None:
        """Return the position of a commit, or None where it is not on the line."""
        wanted, start = bytes.fromhex(commit_id), 0
        while (found := self.commits.find(wanted, start)) >= 0:
            if found % _ID_BYTES == 0:
                return found // _ID_BYTES
            start = found + 1
        return None

    def until(self, position: int) -> "Line":
        """Return the line up to and with a position."""
        end = (position + 1) * _ID_BYTES
        return Line(self.commits[:end], self.trees[:end], self.times[: position + 1])

    def extended(self, links: Sequence[Link]) -> "Line":
        """Return the line with more commits after its tip; `links` runs from the newest to the oldest."""
        times, latest = array("q", self.times), self.times[-1] if self.times else None
        for link in reversed(links):
            latest = link.committed_at if latest is None else max(latest, link.committed_at)
            times.append(latest)
        commits = b"".join(link.commit_id for link in reversed(links))
        trees = b"".join(link.tree_id for link in reversed(links))
        return Line(self.commits + commits, self.trees + trees, times)

    def as_bytes(self) -> bytes:
        """Return the line as kept in the cache."""
        return self.commits + self.trees + self.times.tobytes()

    @classmethod
    def from_bytes(cls, content: bytes) -> "Line":
        """Return a line from the cache. Raises ValueError where the bytes are none."""
        length, rest = divmod(len(content), _LINK_BYTES)
        if rest:
            raise ValueError("the length is no multiple of a commit's")
        ids = length * _ID_BYTES
        return cls(content[:ids], content[ids : 2 * ids], array("q", content[2 * ids :]))
