"""Which versions a stage has served, from the moves of its pointer."""

from collections.abc import Iterable
from dataclasses import replace

from promoter.gates.contract.record_of_stage import Stay
from promoter.history.event import Event


def first_entries(moves: Iterable[Event]) -> dict[str, int]:
    """Return each version that a stage ever served, with the number of the move by which it first did."""
    entries: dict[str, int] = {}
    for number, move in enumerate(moves):
        if move.version is not None:
            entries.setdefault(move.version, number)
    return entries


def last_served(moves: Iterable[Event]) -> str | None:
    """Return the version that a stage served last, though it may be empty now."""
    return next((move.version for move in reversed(tuple(moves)) if move.version is not None), None)


def stays_of(moves: Iterable[Event]) -> tuple[Stay, ...]:
    """Return the spans in which a stage served a version, oldest first; the last has no end while it lasts."""
    stays: list[Stay] = []
    for move in moves:
        if stays and stays[-1].left_at is None:
            stays[-1] = replace(stays[-1], left_at=move.at)
        if move.version is not None:
            stays.append(Stay(version=move.version, entered_at=move.at))
    return tuple(stays)
