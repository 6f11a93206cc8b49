"""The history of one branch: its line, events and standings, each kept in the user's cache and grown by what is new.

Whatever is kept is keyed by commit and used only where that commit is on the line that was just walked from the tip,
so a branch that was pushed with force is read anew from where it forked.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import UTC, datetime
from functools import cached_property

from promoter.history.cache import Cache
from promoter.history.event import MOVES, Event, EventKind
from promoter.history.fold import Fold
from promoter.history.line import Line
from promoter.history.port import Reader, folder_id
from promoter.history.standing import Standing, read_standings
from promoter.history.walk import changed_files, changes_of_model, difference_at
from promoter.registry.address import StageAddress

KEPT_STANDINGS = 8


class Timeline:
    """What happened on the first-parent line that ends at a commit."""

    def __init__(self, reader: Reader, tip: str, cache: Cache) -> None:
        """Walk the line; raises ServiceError where a shallow clone ends it early."""
        self._reader = reader
        self._cache = cache
        self._is_earlier = False
        self._moves: dict[StageAddress, tuple[Event, ...]] = {}
        self._models: dict[str, tuple[Event, ...]] = {}
        self._has_all_moves = False
        self.line = self._read_line(tip)

    def standings(self, position: int) -> dict[StageAddress, Standing]:
        """Return what each stage serves after the commit at a position."""
        name = f"standing-{self.line.commit_id(position)}"
        kept = self._kept(name)
        if isinstance(kept, list):
            return {StageAddress(model, stage): Standing(version, setter) for model, stage, version, setter in kept}
        found = read_standings(self._reader, self.line, position)
        rows = [(address.model, address.stage, item.version, item.position) for address, item in found.items()]
        self._cache.save(name, json.dumps(rows).encode())
        self._cache.keep_newest("standing-", count=KEPT_STANDINGS)
        return found

    @cached_property
    def events(self) -> tuple[Event, ...]:
        """All events of the line, oldest first."""
        past, position = self._kept_events()
        fold = Fold(self._reader.blob, self.folder_at, past)
        events = list(past)
        for current in range(position + 1, len(self.line)):
            before = self.line.tree_id(current - 1) if current else None
            after = self.line.tree_id(current)
            if before != after:
                changes = changed_files(self._reader, before, after)
                events += fold.events_of(changes, commit=self.line.commit_id(current), at=self.line.at(current))
        if position + 1 < len(self.line) and not self._is_earlier:
            rows = [_row(event) for event in events]
            kept = {"tip": self.line.commit_id(len(self.line) - 1), "events": rows}
            self._cache.save("events", json.dumps(kept).encode())
        return tuple(events)

    def load_events(self) -> None:
        """Read all events now: worth it before many models are asked for."""
        if not self._has_all_moves:
            self._moves, self._models = _moves_by_address(self.events), _by_model(self.events)
            self._has_all_moves = True

    def moves(self, address: StageAddress, *, until: int) -> tuple[Event, ...]:
        """Return the moves of one stage's pointer up to a position, oldest first; one model alone is read quickly."""
        self._load_model(address.model)
        return tuple(event for event in self._moves.get(address, ()) if self.positions[event.commit] <= until)

    def of_model(self, model: str, kinds: AbstractSet[EventKind], *, until: int) -> tuple[Event, ...]:
        """Return what happened to one model up to a position, oldest first, as far as it is of some kinds."""
        self._load_model(model)
        found = (event for event in self._models.get(model, ()) if event.kind in kinds)
        return tuple(event for event in found if self.positions[event.commit] <= until)

    def _load_model(self, model: str) -> None:
        """Read a model's events, all from one walk: whoever asks for a stage asks for what it served next."""
        if "events" in self.__dict__:
            self.load_events()
        elif model not in self._models:
            events = tuple(self._read_model(model))
            self._models[model] = events
            self._moves |= _moves_by_address(events)

    def changes_back(self, paths: Sequence[str], *, until: int, down_to: int = 0) -> Iterator[int]:
        """Yield the positions that changed what stands at one of some paths, files or folders, from `until` down."""
        for position in range(until, down_to - 1, -1):
            older = self.line.tree_id(position - 1) if position else None
            # The newer tree was read in the step before: as the first of the two it is found again.
            newer = self.line.tree_id(position)
            if any(difference_at(self._reader, path, newer, older) is not None for path in paths):
                yield position

    @cached_property
    def positions(self) -> Mapping[str, int]:
        """Commit id to position on the line."""
        return {self.line.commit_id(position): position for position in range(len(self.line))}

    @property
    def verified_head(self) -> str | None:
        """The tip of the last whole audit on this machine, or None."""
        kept = self._cache.load("verified-head")
        return None if kept is None else kept.decode("ascii")

    def remember_verified(self, head: str) -> None:
        """Keep the tip of a whole audit, whatever else it found: what it saw must stay on the branch."""
        self._cache.save("verified-head", head.encode("ascii"))

    def _read_model(self, model: str) -> Iterator[Event]:
        before, fold = None, Fold(self._reader.blob, self.folder_at)
        for position in range(len(self.line)):
            after = self.line.tree_id(position)
            changes = tuple(changes_of_model(self._reader, model, before, after))
            events = fold.events_of(changes, commit=self.line.commit_id(position), at=self.line.at(position))
            yield from (event for event in events if event.model == model)
            before = after

    def folder_at(self, commit: str, path: str) -> bytes | None:
        """Return the id of the folder that stands at a path after a commit of the line, or None."""
        position = self.line.position_of(commit)
        found = None if position is None else difference_at(self._reader, path, None, self.line.tree_id(position))
        return None if found is None else folder_id(found.after)

    def _read_line(self, tip: str) -> Line:
        content = self._cache.load("line")
        kept = Line() if content is None or len(content) % 48 else Line.from_bytes(content)
        if len(kept) and kept.commit_id(len(kept) - 1) == tip:
            return kept
        known = {kept.commits[index : index + 20] for index in range(0, len(kept.commits), 20)}
        last: bytes | None = None

        def is_known(commit_id: bytes) -> bool:
            nonlocal last
            last = commit_id
            return commit_id in known

        links = list(self._reader.line(tip, is_known))
        fork = kept.position_of(last.hex()) if last in known and last is not None else None
        line = (Line() if fork is None else kept.until(fork)).extended(links)
        if links:
            self._cache.save("line", line.as_bytes())
        else:
            self._is_earlier = True
        return line

    def _kept_events(self) -> tuple[Sequence[Event], int]:
        """Return the kept events that are of this line, and the position up to which they are all of it."""
        kept = self._kept("events")
        if not isinstance(kept, dict):
            return (), -1
        events = [_event(row) for row in kept["events"]]
        tip = self.line.position_of(kept["tip"])
        if tip is not None:
            return events, tip
        while events:
            fork = self.line.position_of(events[-1].commit)
            if fork is not None:
                return events, fork
            gone = events[-1].commit
            while events and events[-1].commit == gone:
                events.pop()
        return (), -1

    def _kept(self, name: str) -> object:
        content = self._cache.load(name)
        return None if content is None else json.loads(content)


def _moves_by_address(events: Iterable[Event]) -> dict[StageAddress, tuple[Event, ...]]:
    moves: dict[StageAddress, list[Event]] = {}
    for event in events:
        if event.kind in MOVES:
            moves.setdefault(StageAddress(event.model or "", event.stage or ""), []).append(event)
    return {address: tuple(found) for address, found in moves.items()}


def _by_model(events: Iterable[Event]) -> dict[str, tuple[Event, ...]]:
    found: dict[str, list[Event]] = {}
    for event in events:
        if event.model is not None:
            found.setdefault(event.model, []).append(event)
    return {model: tuple(of_model) for model, of_model in found.items()}


def _row(event: Event) -> list[str | int | None]:
    at = int(event.at.timestamp())
    return [at, event.commit, event.kind.value, event.path, event.model, event.version, event.stage, event.replaced]


def _event(row: list[str]) -> Event:
    at, commit, kind, path, model, version, stage, replaced = row
    return Event(
        at=datetime.fromtimestamp(int(at), UTC),
        commit=commit,
        kind=EventKind(kind),
        path=path,
        model=model,
        version=version,
        stage=stage,
        replaced=replaced,
    )
