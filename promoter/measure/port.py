"""What the measurement plane needs of the world: an engine that counts, and a place for answers."""

from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from promoter.measure.aggregate import Aggregate, Result
from promoter.measure.request import Measured, Request

Content = Path | Callable[[], bytes | Path]
"""Where the bytes of a content key are: a local file, or a function that reads them or fetches such a file."""

Progress = Callable[[str, int, int], None]
"""Called with what is being done, how many steps are done, and how many there are."""


Answering = Callable[[Iterable[Aggregate]], Mapping[Aggregate, Result]]
"""Answers questions together: what they share is read once. Several threads may call it at a time.

A table that cannot be read makes its own questions Unavailable, nothing else.
"""


class Engine(Protocol):
    """Counts over tables. `identity` names the engine and its version; answers of another are not reused."""

    @property
    def identity(self) -> str:
        """Name and version."""

    def opened(self, sources: Mapping[str, Path]) -> AbstractContextManager[Answering]:
        """Return what answers questions on these files until its context ends."""


class Cache(Protocol):
    """Keeps answers between runs; losing one costs time, never a result."""

    def load(self, request: Request, *, engine: str) -> Measured | None:
        """Return the kept answer, or None."""

    def save(self, request: Request, measured: Measured, *, engine: str) -> None:
        """Keep an answer."""
