"""What stands before a move that waits or is proposed: when it is free at the earliest, and who is asked then."""

from dataclasses import dataclass
from datetime import datetime

from promoter.commands.past import Past
from promoter.history.earliest import Calendar, Earliest, earliest_move, read_calendars, soak_end, windows_of
from promoter.history.event import Event, EventKind
from promoter.history.occupancy import first_entries, last_served
from promoter.policy.pipeline import StageRules
from promoter.policy.rulebook import RuleBook
from promoter.policy.selector import Subject
from promoter.registry.address import StageAddress
from promoter.registry.changes import ChangeKind
from promoter.registry.model import Model
from promoter.registry.returning import is_restored, is_return
from promoter.registry.stock import Shelf


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A role that must agree, how often, and the logins that may; empty where nobody holds it by name."""

    role: str
    count: int
    people: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Prospect:
    """A move of a stage to a version, as seen from one moment."""

    kind: ChangeKind
    earliest: Earliest
    asked: tuple[Asked, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lookout:
    """A registry from where moves are looked at: what is read once for all of them."""

    past: Past
    rules: RuleBook
    calendars: tuple[Calendar, ...]
    at: datetime

    @classmethod
    def of(cls, past: Past, rules: RuleBook, *, at: datetime) -> "Lookout":
        """Return the lookout at a moment."""
        past.timeline.load_events()
        return cls(past=past, rules=rules, calendars=read_calendars(rules, at=at), at=at)

    def prospect(self, address: StageAddress, version: str | None, *, change: str | None) -> Prospect | None:
        """Return what stands before a move, or None where its model or stage is unknown.

        None as version is a retirement. A rollback soaks nowhere; calendars say themselves whether they hold it.
        """
        stages, shelf = [stage.id for stage in self.rules.pipeline.stages], Shelf(self.past.tree, address.model)
        if address.stage not in stages or shelf.tree.entry(f"{shelf.folder}/model.yaml") is None:
            return None
        model, kind = shelf.read_model().value, self._kind(address, version)
        tier = self.rules.pipeline.tiers.get(model.risk_tier)
        stage_rules = tier.stages.get(address.stage, StageRules()) if tier else StageRules()
        windows = tuple(windows_of(self.rules, self.calendars, self._subject(shelf, model, kind, address, version)))
        soaks_until = self._soaks_until(address, version, stage_rules) if kind is ChangeKind.PROMOTION else self.at
        earliest = earliest_move(self.rules, windows, soaks_until=soaks_until, change=change, at=self.at)
        if kind is ChangeKind.RETIREMENT:
            needed = self.rules.pipeline.retirement_approvals(address.stage)
        else:
            needed = stage_rules.rollback_approvals if kind is ChangeKind.ROLLBACK else stage_rules.approvals
        asked = tuple(Asked(role=rule.role, count=rule.count, people=_people(self.rules, rule.role)) for rule in needed)
        return Prospect(kind=kind, earliest=earliest, asked=asked)

    def _subject(
        self, shelf: Shelf, model: Model, kind: ChangeKind, address: StageAddress, version: str | None
    ) -> Subject:
        """Return what selectors look at; the manifest is opened only where a calendar asks for regions."""
        regions: tuple[str, ...] = ()
        is_asked = any(calendar.applies_to.regions is not None for calendar in self.calendars)
        if is_asked and version is not None and shelf.has_version(version):
            deployment = shelf.read_manifest(version).value.deployment
            regions = deployment.regions if deployment else ()
        return Subject(
            kind=kind,
            model=address.model,
            stage=address.stage,
            task=model.task,
            tier=model.risk_tier,
            domain=model.domain,
            regions=regions,
            tags=model.tags,
        )

    def _moves(self, address: StageAddress) -> tuple[Event, ...]:
        return self.past.timeline.moves(address, until=len(self.past.timeline.line) - 1)

    def _soaks_until(self, address: StageAddress, version: str | None, rules: StageRules) -> datetime | None:
        before = self.rules.pipeline.stage_before(address.stage)
        if before is None or version is None:
            return self.at
        upstream = [move for move in self._moves(StageAddress(address.model, before)) if move.at <= self.at]
        return soak_end(upstream, version, rules)

    def _kind(self, address: StageAddress, version: str | None) -> ChangeKind:
        if version is None:
            return ChangeKind.RETIREMENT
        moves = self._moves(address)
        replaced, entered = moves[-1].version if moves else None, first_entries(moves)
        is_rollback = (
            is_restored(version, last=last_served(moves), entered=entered)
            if moves and moves[-1].kind is EventKind.UNREADABLE
            else is_return(version, replaced=replaced, entered=entered)
        )
        return ChangeKind.ROLLBACK if is_rollback else ChangeKind.PROMOTION


def _people(rules: RuleBook, role: str) -> tuple[str, ...]:
    known = rules.roles.roles.get(role)
    return tuple(member.login for member in known.members) if known is not None else ()
