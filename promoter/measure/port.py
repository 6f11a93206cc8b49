"""What the measurement plane needs of the world: an engine that counts, and a place for answers."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Protocol

from promoter.measure.aggregate import Aggregate, Result
from promoter.measure.request import Measured, Request

Content = Path | Callable[[], bytes | Path]
"""Where the bytes of a content key are: a local file, or a function that reads them or fetches such a file."""

Progress = Callable[[str, int, int], None]
"""Called with what is being done, how many steps are done, and how many there are."""


class Engine(Protocol):
    """Counts over tables. `identity` names the engine and its version; answers of another are not reused."""

    @property
    def identity(self) -> str:
        """Name and version."""

    def compute(
        self, sources: Mapping[str, Path], batches: Iterable[Iterable[Aggregate]]
    ) -> Iterator[Mapping[Aggregate, Result]]:
        """Yield the answers to each batch, computed when asked for, so that what one batch holds can be let go.

        A table that cannot be read makes its own questions Unavailable, nothing else.
        """


class Cache(Protocol):
    """Keeps answers between runs; losing one costs time, never a result."""

    def load(self, request: Request, *, engine: str) -> Measured | None:
        """Return the kept answer, or None."""

    def save(self, request: Request, measured: Measured, *, engine: str) -> None:
        """Keep an answer."""
