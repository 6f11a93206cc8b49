"""What the merge history of a base says of stages, versions and files: what a change is held against."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

from promoter.commands.past import past_before, past_of
from promoter.errors import ProposalError
from promoter.gates.contract.record_of_stage import Precedent, Stay
from promoter.git.repository import Repository
from promoter.git.snapshot import Snapshot
from promoter.history.event import OF_VERSIONS, OF_WITHDRAWALS, Event, EventKind
from promoter.history.good import newest_record
from promoter.history.landing import registered_until
from promoter.history.occupancy import first_entries, last_served, stays_of
from promoter.history.record import Record
from promoter.history.timeline import Timeline
from promoter.registry.address import StageAddress
from promoter.registry.layout import MODELS
from promoter.registry.mending import Annals, Registered
from promoter.registry.stock import Shelf


@dataclass(frozen=True)
class Chronicle:
    """What the history of a base says; its timeline is read once a process. `tip` is the base's commit id."""

    repository: Repository
    tip: str

    @property
    def annals(self) -> Annals:
        """All that a change of the registry is held against."""
        return Annals(
            first_entries=self.first_entries,
            last_served=self.served_last,
            withdrawn=self.withdrawn,
            registered=self.registered,
            altered=self.altered,
            had_versions=self.had_versions,
            states=self.states,
        )

    def first_entries(self, address: StageAddress) -> dict[str, int]:
        """Return each version that served a stage, with the number of the move that first brought it in."""
        return first_entries(self._moves(address))

    def last_served(self, model: str, stage: str) -> str | None:
        """Return the version that served a stage last, or None; one that was never registered compares with nothing."""
        versions = self._versions(model)
        known = {None, *(event.version for event in versions if event.kind is EventKind.REGISTRATION)}
        return last_served(move for move in self._moves(StageAddress(model, stage)) if move.version in known)

    def served_last(self, address: StageAddress) -> str | None:
        """Return the version that a stage's last readable pointer named, or None."""
        return last_served(self._moves(address))

    def withdrawn(self, model: str) -> frozenset[str]:
        """Return every version of a model that was ever withdrawn."""
        events = self._of_model(model, OF_WITHDRAWALS)
        return frozenset(event.version or "" for event in events if event.kind is EventKind.WITHDRAWAL)

    def registered(self, model: str, version: str) -> Registered | None:
        """Return what the first registration of a version merged, or None where there is none."""
        events = (event for event in self._versions(model) if event.version == version)
        first = next((event for event in events if event.kind is EventKind.REGISTRATION), None)
        if first is None:
            return None
        complete = self._registered_until(model, version)
        commit = first.commit if complete is None else self._timeline().line.commit_id(complete)
        folder_id = self._tree(commit).tree_id_of(f"{MODELS}/{model}/versions/{version}")
        return Registered(commit=commit, folder_id=folder_id or "")

    def altered(self, model: str, version: str) -> str | None:
        """Return the commit that left a version otherwise than it was merged, or None."""
        last = next((event for event in reversed(self._versions(model)) if event.version == version), None)
        if last is None or last.kind is EventKind.REGISTRATION:
            return None
        complete = self._registered_until(model, version)
        if complete is not None and self._timeline().positions[last.commit] <= complete:
            return None
        if last.kind is EventKind.RESTORATION:
            first, folder = self.registered(model, version), f"{MODELS}/{model}/versions/{version}"
            if first is not None and self._tree(self.tip).tree_id_of(folder) == first.folder_id:
                return None
        return last.commit

    def _registered_until(self, model: str, version: str) -> int | None:
        return registered_until(self._timeline(), self._tree(self.tip), model, version)

    def as_merged(self, model: str, version: str) -> Snapshot | None:
        """Return a tree that has a version as it was registered, where that of the tip has it otherwise, or None."""
        first = self.registered(model, version) if self.altered(model, version) is not None else None
        return None if first is None else self._tree(first.commit)

    def had_versions(self, model: str) -> bool:
        """Say whether a version of a model was ever registered."""
        return bool(self._versions(model))

    def states(self, paths: tuple[str, ...]) -> Iterator[tuple[str, Snapshot]]:
        """Yield each commit that changed a path, with its tree, from the newest to the oldest."""
        timeline = self._timeline()
        for position in timeline.changes_back(paths, until=timeline.positions[self.tip]):
            commit = timeline.line.commit_id(position)
            yield commit, self._tree(commit)

    def stays(self, model: str, stage: str) -> tuple[Stay, ...]:
        """Return the spans in which a stage served a version, oldest first."""
        return stays_of(self._moves(StageAddress(model, stage)))

    def recall(self, model: str, stage: str, version: str) -> Precedent:
        """Return what records and pointers say of a version that served a stage."""
        address = StageAddress(model, stage)
        moves = self._moves(address)
        about = [move for move in moves if version in (move.version, move.replaced)]
        reasons = (self._reason(address, move.commit) for move in about)
        record = newest_record(self._tree(self.tip), address, version)
        return Precedent(
            verdict=str(record.decision.get("verdict")) if record is not None else None,
            agreed=_agreed(record) if record is not None else None,
            reasons=tuple(reason for reason in reasons if reason is not None),
        )

    def _reason(self, address: StageAddress, commit: str) -> str | None:
        """Return the reason that a pointer gave at a commit; one that is gone or unreadable gave none."""
        with suppress(ProposalError):
            pointer = Shelf(self._tree(commit), address.model).read_stage(address.stage)
            return pointer.value.reason if pointer is not None else None
        return None

    def _tree(self, commit: str) -> Snapshot:
        return Snapshot(self.repository, self.repository.commit(commit).tree_id)

    def _moves(self, address: StageAddress) -> tuple[Event, ...]:
        timeline = self._timeline()
        return timeline.moves(address, until=timeline.positions[self.tip])

    def _versions(self, model: str) -> tuple[Event, ...]:
        return self._of_model(model, OF_VERSIONS)

    def _of_model(self, model: str, kinds: frozenset[EventKind]) -> tuple[Event, ...]:
        timeline = self._timeline()
        return timeline.of_model(model, kinds, until=timeline.positions[self.tip])

    def _timeline(self) -> Timeline:
        """Return the default branch's history, which is read once, where there is one with the tip on it."""
        with suppress(ProposalError):
            timeline = past_of(self.repository).timeline
            if self.tip in timeline.positions:
                return timeline
        return past_before(self.repository, self.tip).timeline


def _agreed(record: Record) -> bool | None:
    """Return whether the roles that had to agree did; a record that does not let itself be read leaves it open."""
    try:
        return record.agreed
    except ValueError:
        return None
