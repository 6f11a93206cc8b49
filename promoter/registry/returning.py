"""What tells a return to an earlier version from a step forward: one rule for proposals and for history."""

from collections.abc import Mapping


def is_return(version: str, *, replaced: str | None, entered: Mapping[str, int]) -> bool:
    """Say whether a move brings back a version that first entered the stage before the one that it replaces did.

    `entered` maps each version that the stage ever served to the number of the move that first brought it in.
    """
    if replaced is None or version not in entered or replaced not in entered:
        return False
    return entered[version] < entered[replaced]


def is_restored(version: str, *, last: str | None, entered: Mapping[str, int]) -> bool:
    """Say whether a move away from an unreadable pointer brings back `last`, the last readable, or what preceded it."""
    return last is not None and (version == last or is_return(version, replaced=last, entered=entered))
