"""What the commits of a change bring in, as far as it concerns one change of a pull request."""

from collections.abc import Callable, Sequence

from promoter.gates.contract.candidate import Added
from promoter.registry.changes import Change, ChangeKind
from promoter.registry.layout import MODELS

ListAdditions = Callable[[], tuple[Added, ...]]
"""Returns every file that the change's commits bring in, whatever model they belong to."""


def no_additions() -> tuple[Added, ...]:
    """Return nothing: there are no commits to look at."""
    return ()


def additions_to(model: str, added: Sequence[Added]) -> tuple[Added, ...]:
    """Return what the commits add to one model, and to what belongs to no model."""
    own = f"{MODELS}/{model}/"
    return tuple(file for file in added if file.path.startswith(own) or not file.path.startswith(f"{MODELS}/"))


def additions_beside(changes: Sequence[Change], added: Sequence[Added]) -> tuple[Added, ...]:
    """Return what no change with a model answers for: other models' files, and all the rest where there is none."""
    models = {change.model for change in changes if change.model is not None}
    covered = {file for model in models for file in additions_to(model, added)}
    return tuple(file for file in added if file not in covered)


def upkeep_of(changes: Sequence[Change], added: Sequence[Added]) -> tuple[Change, ...]:
    """Return the change that the files are which no other change answers for, where there are any."""
    left = additions_beside(changes, added)
    if not left or any(change.kind in (ChangeKind.GOVERNANCE, ChangeKind.UPKEEP) for change in changes):
        return ()
    return (Change(kind=ChangeKind.UPKEEP, paths=tuple(dict.fromkeys(file.path for file in left))),)
