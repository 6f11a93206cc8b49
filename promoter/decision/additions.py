"""What the commits of a change bring in, as far as it concerns one candidate."""

from collections.abc import Callable

from promoter.gates.contract.candidate import Added, Candidate
from promoter.registry.layout import MODELS

ListAdditions = Callable[[], tuple[Added, ...]]
"""Returns every file that the change's commits bring in, whatever model they belong to."""


def no_additions() -> tuple[Added, ...]:
    """Return nothing: there are no commits to look at."""
    return ()


def additions_to(candidate: Candidate, added: tuple[Added, ...]) -> tuple[Added, ...]:
    """Return what the commits add to a candidate's model, and to what belongs to no model."""
    own = f"{MODELS}/{candidate.release.model.model}/"
    return tuple(file for file in added if file.path.startswith(own) or not file.path.startswith(f"{MODELS}/"))
