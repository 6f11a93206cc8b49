"""Changed files, commit by commit, folded into events: pure but for the blobs that it asks for."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache

from promoter.errors import Problem
from promoter.history.event import MOVES, Event, EventKind
from promoter.history.pointer import read_version, read_withdrawn
from promoter.history.walk import FileChange
from promoter.registry.address import StageAddress
from promoter.registry.layout import RULES_KINDS, FileKind, Place, place_of
from promoter.registry.returning import is_restored, is_return

ReadBlob = Callable[[bytes], bytes]
ReadFolder = Callable[[str, str], bytes | None]
"""Commit and path to the id of the folder that stood there, or None."""

Found = tuple[EventKind, str | None, str | None]
"""Kind, version and replaced version of what one file's change does."""


@dataclass
class Service:
    """What one stage serves now, and the number of the move by which each version first entered it."""

    version: str | None = None
    moves: int = 0
    entered: dict[str, int] = field(default_factory=dict)
    last: str | None = None
    """The version that the last readable pointer named."""
    is_unreadable: bool = False

    def kind_of(self, version: str) -> EventKind:
        """Tell a rollback from a promotion."""
        is_rollback = (
            is_restored(version, last=self.last, entered=self.entered)
            if self.is_unreadable
            else is_return(version, replaced=self.version, entered=self.entered)
        )
        return EventKind.ROLLBACK if is_rollback else EventKind.PROMOTION

    def move(self, version: str | None, *, kind: EventKind) -> None:
        """Serve another version, none, or who knows what."""
        if version is not None:
            self.entered.setdefault(version, self.moves)
            self.last = version
        self.version = version
        self.is_unreadable = kind is EventKind.UNREADABLE
        self.moves += 1


class Fold:
    """Turns the changes of one commit after another, oldest first, into events."""

    def __init__(self, read_blob: ReadBlob, read_folder: ReadFolder, past: Iterable[Event] = ()) -> None:
        """Start after `past`: the events of all commits so far."""
        self._read_blob = read_blob
        self._read_folder = read_folder
        self.services: dict[StageAddress, Service] = {}
        self._left: dict[tuple[str, str], list[str]] = {}
        """Version to the commits that left its folder in another state, its registration first."""
        self._withdrawn: dict[str, set[str]] = {}
        for event in past:
            self._follow(event)

    def events_of(self, changes: Iterable[FileChange], *, commit: str, at: datetime) -> Iterator[Event]:
        """Yield the events of the next commit."""
        for change in changes:
            place = _place(change.path)
            if isinstance(place, Place):
                for kind, version, replaced in self._found(change, place):
                    event = Event(
                        at=at,
                        commit=commit,
                        kind=kind,
                        path=change.path,
                        model=place.model,
                        version=version,
                        stage=place.name if place.kind is FileKind.STAGE else None,
                        replaced=replaced,
                    )
                    self._follow(event)
                    yield event

    def _found(self, change: FileChange, place: Place) -> Iterator[Found]:
        """Yield what one file's change does; most files do nothing."""
        match place.kind:
            case FileKind.MANIFEST:
                yield self._version_kind(change, (place.model or "", place.version or "")), place.version, None
            case FileKind.STAGE:
                yield from self._move(change, StageAddress(place.model or "", place.name or ""))
            case FileKind.WITHDRAWN:
                yield from self._withdrawals(change, place.model or "")
            case FileKind.WAIVER:
                yield EventKind.WAIVER, None, None
            case FileKind.MODEL if change.before is not None:
                yield EventKind.GOVERNANCE, None, None
            case kind if kind in RULES_KINDS:
                yield EventKind.GOVERNANCE, None, None
            case _:
                return

    def _version_kind(self, change: FileChange, name: tuple[str, str]) -> EventKind:
        """Tell what the change of a version's folder is: one that once stood there comes back, or another comes in."""
        states = self._left.get(name, ())
        if not states:
            return EventKind.ALTERATION if change.is_altered_version else EventKind.REGISTRATION
        folder = change.path.rpartition("/")[0]
        is_whole = change.after is not None and change.version_folder is not None
        is_back = is_whole and any(self._read_folder(commit, folder) == change.version_folder for commit in states)
        return EventKind.RESTORATION if is_back else EventKind.ALTERATION

    def _withdrawals(self, change: FileChange, model: str) -> Iterator[Found]:
        """Yield what withdrawn.yaml says anew: in place of one that nobody could read, all; and what it lost."""
        before = read_withdrawn(self._read_blob(change.before)) if change.before else frozenset[str]()
        after = read_withdrawn(self._read_blob(change.after)) if change.after else frozenset[str]()
        if after is None:
            yield EventKind.BROKEN, None, None
            return
        for version in sorted(self._withdrawn.get(model, set()) - after):
            yield EventKind.REINSTATEMENT, version, None
        for version in sorted(after - (before or frozenset())):
            yield EventKind.WITHDRAWAL, version, None

    def _move(self, change: FileChange, address: StageAddress) -> Iterator[Found]:
        service = self.services.get(address, Service())
        if change.after is None:
            yield EventKind.RETIREMENT, None, service.version
            return
        version = read_version(self._read_blob(change.after))
        if version is None:
            yield EventKind.UNREADABLE, None, service.version
        elif change.before is None or version != service.version:
            yield service.kind_of(version), version, service.version

    def _follow(self, event: Event) -> None:
        if event.kind in MOVES:
            address = StageAddress(event.model or "", event.stage or "")
            self.services.setdefault(address, Service()).move(event.version, kind=event.kind)
        elif event.kind in (EventKind.REGISTRATION, EventKind.ALTERATION):
            self._left.setdefault((event.model or "", event.version or ""), []).append(event.commit)
        elif event.kind is EventKind.WITHDRAWAL:
            self._withdrawn.setdefault(event.model or "", set()).add(event.version or "")
        elif event.kind is EventKind.REINSTATEMENT:
            self._withdrawn.get(event.model or "", set()).discard(event.version or "")


@cache
def _place(path: str) -> Place | Problem:
    """Return what a path is; a name at the root that is a folder counts as what lies in it."""
    place = place_of(path)
    if isinstance(place, Place) and place.kind is FileKind.RULES and "/" not in path:
        return place_of(f"{path}/x") if path in {"docs", "examples"} else place
    return place
