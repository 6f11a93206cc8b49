"""The way up from a thing to what it is made from: each thing is visited once and no call nests, whatever the graph."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

_LONGEST_WAY = 10
"""Names of a way that are shown; of a longer one the first and the last."""


class End(Enum):
    """How a way up ends."""

    ROOT = "root"
    """It has no parents."""
    UNKNOWN = "unknown"
    """It is named as a parent and is nowhere to be found."""
    CYCLE = "cycle"
    """It was passed on the same way already."""


@dataclass(frozen=True, slots=True)
class Way:
    """A way from the start to where it ends, both included."""

    names: tuple[str, ...]
    end: End

    def __str__(self) -> str:
        is_long = len(self.names) > _LONGEST_WAY
        return " <- ".join((self.names[0], "...", *self.names[2 - _LONGEST_WAY :]) if is_long else self.names)


def climb(start: str, *, parents_of: Callable[[str], Sequence[str] | None]) -> Iterator[Way]:
    """Yield the ends of all ways up, depth first in the parents' order; in time linear in the number of hops.

    `parents_of` returns None for what is not known. A thing that was visited on another way is not climbed again.
    """
    path: dict[str, None] = {}
    waiting: list[Iterator[str]] = [iter((start,))]
    seen: set[str] = set()
    while waiting:
        name = next(waiting[-1], None)
        if name is None:
            waiting.pop()
            if path:
                path.popitem()
        elif name in path:
            yield Way((*path, name), End.CYCLE)
        elif name not in seen:
            seen.add(name)
            parents = parents_of(name)
            if parents:
                path[name] = None
                waiting.append(iter(parents))
            else:
                yield Way((*path, name), End.UNKNOWN if parents is None else End.ROOT)
