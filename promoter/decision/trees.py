"""The two trees of a change, and what is asked of the history of the base: the ports behind which git lies."""

from collections.abc import Callable
from dataclasses import dataclass

from promoter.decision.additions import ListAdditions, no_additions
from promoter.gates.contract.record_of_stage import Precedent, Stay
from promoter.registry.tree import Tree

LastServed = Callable[[str, str], str | None]
"""Model and stage to the version that served last before the change, though the pointer may be gone."""

ReadStays = Callable[[str, str], tuple[Stay, ...] | None]
"""Model and stage to the stays before the change, oldest first, or None where history was not read."""


def unread_stays(_model: str, _stage: str) -> None:
    """Say of every stage that its history was not read, so that no gate decides on it."""


Recall = Callable[[str, str, str], Precedent | None]
"""Model, stage and version to what is known of a version that served the stage; None where nobody looked."""


def not_recalled(_model: str, _stage: str, _version: str) -> None:
    """Say of every version that nobody looked, so that no gate decides on it."""


AsMerged = Callable[[str, str], Tree | None]
"""Model and version to a tree that has it as it was registered, where the base has it otherwise; else None."""


def unaltered(_model: str, _version: str) -> None:
    """Say of every version that the base has it as it was registered."""


Rehearse = Callable[[], tuple[str, ...] | None]
"""Makes the merge and its revert, and returns the paths that are not as before; None where it cannot be made."""


def not_rehearsed() -> None:
    """Say that no merge was rehearsed, so that no gate decides on its revert."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trees:
    """The two trees, what the history of the base says of a stage, and the drill of the merge and its revert."""

    base: Tree
    merged: Tree
    last_served: LastServed
    stays: ReadStays = unread_stays
    recall: Recall = not_recalled
    as_merged: AsMerged = unaltered
    rehearse: Rehearse = not_rehearsed
    additions: ListAdditions = no_additions
