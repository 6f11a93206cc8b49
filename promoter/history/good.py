"""Which versions a stage may fall back on, and what is on record of them."""

from collections.abc import Iterable

from promoter.history.event import Event, EventKind
from promoter.history.record import DECISIONS, read_record, record_names
from promoter.registry.address import StageAddress
from promoter.registry.tree import Tree


def fallbacks(moves: Iterable[Event]) -> tuple[str, ...]:
    """Return the versions that a stage can return to, the nearest first, from the moves of its pointer.

    A promotion stands on what was served before; a rollback takes away what stood above the version that it brought
    back. What is served now is none of them; where the pointer is gone, what was served last is the first.
    """
    standing: list[str] = []
    is_serving = False
    for move in moves:
        is_serving = move.version is not None
        if move.version is None:
            continue
        if move.version in standing:
            kept = standing.index(move.version)
            standing = standing[:kept] if move.kind is EventKind.ROLLBACK else [*standing[:kept], *standing[kept + 1 :]]
        standing.append(move.version)
    return tuple(reversed(standing[:-1] if is_serving else standing))


def recorded_verdict(tree: Tree, address: StageAddress, version: str) -> str | None:
    """Return the verdict of the newest record with which a version came into a stage, or None where there is none."""
    folder = f"{DECISIONS}/{address.model}/{address.stage}"
    names = [name for name in record_names(tree, folder) if name.partition("-")[2] == f"{version}.json"]
    records = (read_record(tree, f"{folder}/{name}") for name in reversed(names))
    newest = next((record for record in records if record.value.get("kind") != EventKind.RETIREMENT), None)
    return str(newest.decision.get("verdict")) if newest is not None else None
