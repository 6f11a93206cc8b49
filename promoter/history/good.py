"""Which versions a stage may fall back on, and what is on record of them."""

from collections.abc import Iterable

from promoter.history.event import Event, EventKind
from promoter.history.record import DECISIONS, Record, read_record, record_names
from promoter.registry.address import StageAddress
from promoter.registry.tree import Tree


def fallbacks(moves: Iterable[Event]) -> tuple[str, ...]:
    """Return the versions that a stage can return to, the nearest first, from the moves of its pointer.

    A promotion stands on what was served before; a rollback takes away what came in after the version that it brought
    back. Each first entered before what is served now did, so that going there is a rollback; where the pointer is
    gone, what was served last is the first.
    """
    entered: dict[str, int] = {}
    standing: list[str] = []
    now: str | None = None
    for number, move in enumerate(moves):
        now = move.version
        if now is None:
            continue
        first = entered.setdefault(now, number)
        if move.kind is EventKind.ROLLBACK:
            standing = [version for version in standing if entered[version] < first]
        standing = [*(version for version in standing if version != now), now]
    earlier = (version for version in standing if now is None or entered[version] < entered[now])
    return tuple(reversed(list(earlier)))


def newest_record(tree: Tree, address: StageAddress, version: str) -> Record | None:
    """Return the newest record with which a version came into a stage, or None where there is none."""
    folder = f"{DECISIONS}/{address.model}/{address.stage}"
    names = [name for name in record_names(tree, folder) if name.partition("-")[2] == f"{version}.json"]
    records = (read_record(tree, f"{folder}/{name}") for name in reversed(names))
    return next((record for record in records if record.value.get("kind") != EventKind.RETIREMENT), None)
