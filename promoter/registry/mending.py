"""What stands broken in a base because it was pushed past the gate, and what the merge history says in its place."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from promoter.errors import Problem, ProposalError
from promoter.registry.address import StageAddress
from promoter.registry.stock import Shelf
from promoter.registry.tree import Tree


@dataclass(frozen=True, slots=True, kw_only=True)
class Annals:
    """What the merge history of a base says; each is read only where it is asked for."""

    first_entries: Callable[[StageAddress], Mapping[str, int]]
    """Stage to {version: how many pointer moves came before it first entered}."""
    last_served: Callable[[StageAddress], str | None]
    """Stage to the version that its last readable pointer named."""
    withdrawn: Callable[[str], frozenset[str]]
    """Model to every version that was ever withdrawn."""


def served_before(base: Tree, address: StageAddress) -> tuple[str | None, tuple[Problem, ...]]:
    """Return the version that a base's pointer names, or None; and why it cannot be read, where it cannot."""
    try:
        pointer = Shelf(base, address.model).read_stage(address.stage)
    except ProposalError as error:
        return None, error.problems
    return (pointer.value.version if pointer is not None else None), ()


def withdrawn_before(base: Tree, model: str, annals: Annals) -> tuple[frozenset[str], tuple[Problem, ...]]:
    """Return what a base withdraws; where its file cannot be read, all that was ever withdrawn, and why it cannot."""
    try:
        return frozenset(entry.version for entry in Shelf(base, model).withdrawn()), ()
    except ProposalError as error:
        return annals.withdrawn(model), error.problems
