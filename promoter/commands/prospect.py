"""What stands before a move that waits or is proposed: when it is free at the earliest, and who is asked then."""

from dataclasses import dataclass
from datetime import datetime

from promoter.commands.past import Past
from promoter.history.earliest import Earliest, earliest_move, soak_end
from promoter.history.occupancy import first_entries
from promoter.policy.pipeline import StageRules
from promoter.policy.rulebook import RuleBook
from promoter.policy.selector import Subject
from promoter.registry.address import StageAddress
from promoter.registry.changes import ChangeKind
from promoter.registry.returning import is_return
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


def prospect_of(
    past: Past, rules: RuleBook, address: StageAddress, version: str | None, *, change: str | None, at: datetime
) -> Prospect | None:
    """Return what stands before a move, or None where its model or stage is unknown. None as version is a retirement.

    A rollback soaks nowhere; calendars say themselves whether they hold it.
    """
    stages = [stage.id for stage in rules.pipeline.stages]
    shelf = Shelf(past.tree, address.model)
    if address.stage not in stages or past.tree.entry(f"{shelf.folder}/model.yaml") is None:
        return None
    model = shelf.read_model().value
    kind = _kind(past, shelf, address, version)
    tier = rules.pipeline.tiers.get(model.risk_tier)
    stage_rules = tier.stages.get(address.stage, StageRules()) if tier else StageRules()
    regions: tuple[str, ...] = ()
    if version is not None and shelf.has_version(version):
        deployment = shelf.read_manifest(version).value.deployment
        regions = deployment.regions if deployment else ()
    subject = Subject(
        kind=kind,
        model=address.model,
        stage=address.stage,
        task=model.task,
        tier=model.risk_tier,
        domain=model.domain,
        regions=regions,
        tags=model.tags,
    )
    soaks_until: datetime | None = at
    before = rules.pipeline.stage_before(address.stage)
    if kind is ChangeKind.PROMOTION and version is not None and before is not None:
        moves = past.timeline.moves(StageAddress(address.model, before), until=len(past.timeline.line) - 1)
        soaks_until = soak_end([move for move in moves if move.at <= at], version, stage_rules)
    earliest = earliest_move(rules, subject, soaks_until=soaks_until, change=change, at=at)
    if kind is ChangeKind.RETIREMENT:
        needed = rules.pipeline.retirement_approvals(address.stage)
    else:
        needed = stage_rules.rollback_approvals if kind is ChangeKind.ROLLBACK else stage_rules.approvals
    asked = tuple(Asked(role=rule.role, count=rule.count, people=_people(rules, rule.role)) for rule in needed)
    return Prospect(kind=kind, earliest=earliest, asked=asked)


def _kind(past: Past, shelf: Shelf, address: StageAddress, version: str | None) -> ChangeKind:
    if version is None:
        return ChangeKind.RETIREMENT
    moves = past.timeline.moves(address, until=len(past.timeline.line) - 1)
    replaced = shelf.serving().get(address.stage)
    is_rollback = is_return(version, replaced=replaced, entered=first_entries(moves))
    return ChangeKind.ROLLBACK if is_rollback else ChangeKind.PROMOTION


def _people(rules: RuleBook, role: str) -> tuple[str, ...]:
    known = rules.roles.roles.get(role)
    return tuple(member.login for member in known.members) if known is not None else ()
