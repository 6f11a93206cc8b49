"""What stands broken in a base because it was pushed past the gate, and what the merge history says in its place."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from promoter.errors import Location, Problem, ProposalError
from promoter.registry.address import StageAddress
from promoter.registry.stock import Shelf
from promoter.registry.tree import Tree

UNREADABLE = "the base's file cannot be read"


@dataclass(frozen=True, slots=True, kw_only=True)
class Registered:
    """What the registration of a version merged: the commit, and the id of the version's folder in it."""

    commit: str
    folder_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Annals:
    """What the merge history of a base says; each is read only where it is asked for."""

    first_entries: Callable[[StageAddress], Mapping[str, int]]
    """Stage to {version: how many pointer moves came before it first entered}."""
    last_served: Callable[[StageAddress], str | None]
    """Stage to the version that its last readable pointer named."""
    withdrawn: Callable[[str], frozenset[str]]
    """Model to every version that was ever withdrawn."""
    registered: Callable[[str, str], Registered | None]
    """Model and version to what its first registration merged, whatever became of it since."""
    altered: Callable[[str, str], str | None]
    """Model and version to the commit that left it otherwise than it was merged, or None."""
    had_versions: Callable[[str], bool]
    """Model to whether a version of it was ever registered, though all of it may be gone."""
    states: Callable[[tuple[str, ...]], Iterator[tuple[str, Tree]]]
    """Paths to each commit that changed one of them, with its tree, from the newest to the oldest."""


@dataclass(frozen=True, slots=True)
class Mended:
    """What was broken in the base, and the sentence on what stands for it."""

    problems: tuple[Problem, ...]
    told: str


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


def refuse_reinstated(model: str, version: str, path: str, merged: Tree, annals: Annals) -> None:
    """Raise ProposalError where a pointer at `path` names a version whose withdrawal was taken back past the gate."""
    was_withdrawn = version in annals.withdrawn(model)
    if was_withdrawn and all(entry.version != version for entry in Shelf(merged, model).withdrawn()):
        message = f"version {version} was withdrawn, and its entry was taken back past the gate"
        hint = "put its entry back into withdrawn.yaml; register the mended model as a new version and promote that"
        raise ProposalError(Problem(Location(path), message, hint))
