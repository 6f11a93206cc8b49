"""What each stage serves, and which version stands before it: since when, until when it soaks, who must agree."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from promoter.errors import Problem, ProposalError
from promoter.history.event import MOVES, Event, EventKind
from promoter.policy.pipeline import StageRules, TierRules
from promoter.policy.rulebook import RuleBook
from promoter.registry.address import StageAddress
from promoter.registry.stock import Shelf
from promoter.registry.tree import Tree


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A version that may come next. `earliest`: the end of its soak in the stage before, or its registration."""

    version: str
    earliest: datetime
    approvals: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """One stage of one model; `version` and `since` are None where it serves nothing.

    `problems` say why model.yaml or withdrawn.yaml cannot be read: then nothing waits, since nobody knows what may.
    `broken` says why the stage's pointer cannot be followed: it cannot be read, or names a version that is not there.
    `altered` says that the version is not what was merged under its name; it is left out where nobody looked.
    """

    address: StageAddress
    version: str | None
    since: datetime | None
    waiting: Waiting | None
    problems: tuple[Problem, ...] = ()
    broken: tuple[Problem, ...] = ()
    altered: tuple[Problem, ...] = ()

    @property
    def faults(self) -> tuple[Problem, ...]:
        """All that is wrong with the stage."""
        return (*self.broken, *self.altered, *self.problems)


def build_outlook(tree: Tree, rules: RuleBook, events: Iterable[Event], *, at: datetime) -> tuple[Outlook, ...]:
    """Return every stage that the pipeline has, of every model with a registered version, in the order of both.

    A model that lost its files is among them, and says so: what was registered once is never taken away.
    Before the first stage waits the version that was registered last, before each other stage what the stage before
    it serves; never what the stage serves already, what it has served before, or what is withdrawn.
    """
    serving: dict[StageAddress, Event] = {}
    served: set[tuple[StageAddress, str]] = set()
    registered: dict[str, list[Event]] = {}
    for event in events:
        if event.at > at or event.model is None:
            continue
        if event.kind in MOVES:
            address = StageAddress(event.model, event.stage or "")
            serving[address] = event
            served.add((address, event.version or ""))
        elif event.kind is EventKind.REGISTRATION:
            registered.setdefault(event.model, []).append(event)
    outlooks = []
    for model in sorted(registered):
        shelf = Shelf(tree, model)
        tier, withdrawn, problems = _read_standing(shelf, rules)
        for stage in rules.pipeline.stages:
            address = StageAddress(model, stage.id)
            now, before = serving.get(address), rules.pipeline.stage_before(stage.id)
            source = registered[model][-1] if before is None else serving.get(StageAddress(model, before))
            waiting = None
            version = source.version if source else None
            if (
                not problems
                and source is not None
                and version is not None
                and (address, version) not in served | _of(address, withdrawn)
            ):
                stage_rules = tier.stages.get(stage.id, StageRules()) if tier else StageRules()
                waiting = _waiting(version, source.at, stage_rules, is_first=before is None)
            is_served = now is not None and now.version is not None
            outlooks.append(
                Outlook(
                    address=address,
                    version=now.version if now else None,
                    since=now.at if now and is_served else None,
                    waiting=waiting,
                    problems=problems,
                    broken=_why_broken(shelf, now),
                )
            )
    return tuple(outlooks)


def _why_broken(shelf: Shelf, now: Event | None) -> tuple[Problem, ...]:
    """Return why what a stage's last move left cannot be followed; a sound pointer is not read again."""
    if now is None or now.kind is EventKind.RETIREMENT or (now.version is not None and shelf.has_version(now.version)):
        return ()
    try:
        shelf.read_stage(now.stage or "")
    except ProposalError as error:
        return error.problems
    return ()


def _read_standing(shelf: Shelf, rules: RuleBook) -> tuple[TierRules | None, frozenset[str], tuple[Problem, ...]]:
    """Return a model's tier and withdrawn versions, and why they cannot be read: one model's fault is not another's."""
    try:
        tier = rules.pipeline.tiers.get(shelf.read_model().value.risk_tier)
        return tier, frozenset(entry.version for entry in shelf.withdrawn()), ()
    except ProposalError as error:
        return None, frozenset(), error.problems


def _waiting(version: str, since: datetime, rules: StageRules, *, is_first: bool) -> Waiting:
    soak = timedelta(0) if is_first else timedelta(days=rules.soak_days)
    approvals = tuple((rule.role, rule.count) for rule in rules.approvals)
    return Waiting(version=version, earliest=since + soak, approvals=approvals)


def _of(address: StageAddress, versions: Iterable[str]) -> set[tuple[StageAddress, str]]:
    return {(address, version) for version in versions}
