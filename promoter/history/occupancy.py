"""Which versions a stage has served, read off the first-parent history by comparing the pointer's object id."""

from collections.abc import Iterable
from dataclasses import dataclass

from promoter.registry.address import StageAddress
from promoter.registry.layout import MODELS
from promoter.registry.stock import Shelf
from promoter.registry.tree import Tree


@dataclass(frozen=True, slots=True)
class Stay:
    """A span in which a stage served one version (None: nothing), and the commit that began it."""

    version: str | None
    commit_id: str


def read_stays(commits: Iterable[tuple[str, Tree]], address: StageAddress) -> tuple[Stay, ...]:
    """Return a stage's stays, oldest first. `commits` runs from the newest to the oldest first parent.

    A pointer is read only where its object id differs from its successor's.
    """
    path = f"{MODELS}/{address.model}/stages/{address.stage}.yaml"
    stays: list[Stay] = []
    last: tuple[str, Tree, str | None] | None = None
    for commit_id, tree in commits:
        entry = tree.entry(path)
        object_id = entry.object_id if entry else None
        if last is not None and last[2] != object_id:
            stays.append(_stay(last[0], last[1], address))
        last = (commit_id, tree, object_id)
    if last is not None and last[2] is not None:
        stays.append(_stay(last[0], last[1], address))
    return tuple(reversed(stays))


def first_entries(stays: Iterable[Stay]) -> dict[str, int]:
    """Return each version that ever served, with the number of the stay in which it first did."""
    entries: dict[str, int] = {}
    for number, stay in enumerate(stays):
        if stay.version is not None:
            entries.setdefault(stay.version, number)
    return entries


def last_served(stays: Iterable[Stay]) -> str | None:
    """Return the version that served last, though the stage may be empty now."""
    return next((stay.version for stay in reversed(tuple(stays)) if stay.version is not None), None)


def _stay(commit_id: str, tree: Tree, address: StageAddress) -> Stay:
    pointer = Shelf(tree, address.model).read_stage(address.stage)
    return Stay(pointer.value.version if pointer else None, commit_id)
