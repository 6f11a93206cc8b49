"""What is to be judged: each change with its candidate, the policies that apply, and the numbers they need."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache, lru_cache

from promoter.decision.additions import additions_to
from promoter.decision.files import judgements_on_files, why_idle, with_upkeep
from promoter.decision.judge import Judgement
from promoter.decision.releases import earlier_versions, read_release
from promoter.decision.showing import comparison_requests
from promoter.decision.trees import Trees
from promoter.decision.upstream import observations_of, upstream_of
from promoter.document.bind import bind_value
from promoter.errors import Location, PolicyError, Problem, ProposalError
from promoter.gates.contract.candidate import Added, Candidate, Context, Contribution
from promoter.gates.contract.gate import Gate
from promoter.gates.contract.record_of_stage import Precedent, StageRecord, Stay
from promoter.measure.request import Request
from promoter.policy.fetched import store_problems
from promoter.policy.policy import NearMiss
from promoter.policy.rulebook import PolicyFile, RuleBook
from promoter.policy.selector import Subject
from promoter.registry.changes import Change, ChangeKind
from promoter.registry.stock import Shelf

FindGate = Callable[[str], Gate]


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One change on the docket; one without a version to judge has no candidate, and is judged by its files alone.

    `shown` is measured for the report alone: no policy asks for it, and no verdict depends on it.
    """

    change: Change
    candidate: Candidate | None
    judgements: tuple[Judgement, ...]
    shown: tuple[Request, ...] = ()

    @property
    def requests(self) -> tuple[Request, ...]:
        """All that is to be measured, each request once."""
        asked = (request for judgement in self.judgements for request in judgement.requests)
        return tuple(dict.fromkeys((*asked, *self.shown)))

    @property
    def added(self) -> tuple[Added, ...]:
        """What the commits bring in, as far as a judgement asks for it."""
        abouts = (judgement.context for judgement in self.judgements)
        listed = (about.added if isinstance(about, Contribution) else about.candidate.added for about in abouts)
        return tuple(dict.fromkeys(file for added in listed for file in added))


def build_docket(
    changes: Sequence[Change], trees: Trees, rules: RuleBook, *, find_gate: FindGate, at: datetime
) -> tuple[tuple[Item, ...], tuple[Problem, ...]]:
    """Return the docket, and every reason why a candidate cannot be judged. Raises PolicyError for unusable rules."""
    bound = bind_policies(rules, find_gate)
    items: list[Item] = []
    problems: list[Problem] = []
    all_changes = tuple(changes)
    try:
        all_changes = with_upkeep(changes, bound.values(), trees.additions, at=at)
    except ProposalError as error:
        problems += error.problems
    for change in all_changes:
        try:
            candidate = _candidate(change, trees, rules)
            if candidate is None:
                found = judgements_on_files(change, all_changes, bound.values(), trees.additions, at=at)
                items.append(Item(change=change, candidate=None, judgements=found))
            else:
                items.append(_item(change, candidate, trees, rules, bound, at))
        except ProposalError as error:
            problems += error.problems
    return tuple(items), tuple(dict.fromkeys(problems))


@lru_cache(maxsize=8)
def bind_policies(rules: RuleBook, find_gate: FindGate) -> Mapping[str, tuple[PolicyFile, Gate, object]]:
    """Return each policy with its gate and typed parameters. Raises PolicyError with the problems of all of them.

    Kept for the last few rule books: an audit binds the same one again for every merge.
    """
    bound: dict[str, tuple[PolicyFile, Gate, object]] = {}
    problems: list[Problem] = []
    for file in rules.policies:
        try:
            gate = find_gate(file.policy.gate)
            parameters = bind_value(file.policy.parameters, gate.parameters, location_of=_place_of_parameters(file))
            bound[file.policy.id] = (file, gate, parameters)
        except ProposalError as error:
            problems += error.problems
        except PolicyError as error:
            place = file.document.location(("gate",))
            problems += [Problem(place, problem.message, problem.hint) for problem in error.problems]
    if problems:
        raise PolicyError(*problems)
    return bound


def _place_of_parameters(file: PolicyFile) -> Callable[[tuple[str | int, ...]], Location]:
    return lambda keys: file.document.location(("parameters", *keys))


def _item(
    change: Change,
    candidate: Candidate,
    trees: Trees,
    rules: RuleBook,
    bound: Mapping[str, tuple[PolicyFile, Gate, object]],
    at: datetime,
) -> Item:
    serving = Shelf(trees.base, candidate.release.model.model).serving()
    record = _record(candidate, trees, rules)
    subject = candidate.subject
    misfits = _misfits(rules, subject) | _idle(rules, at.date())
    reasons = {
        name: misfits[name] if name in misfits else gate.why_not(parameters, candidate)
        for name, (_, gate, parameters) in bound.items()
    }
    is_asked = any(reasons[name] is None and gate.needs_drill for name, (_, gate, _) in bound.items())
    undone = trees.rehearse() if is_asked else None
    if any(reasons[name] is None and gate.needs_additions for name, (_, gate, _) in bound.items()):
        candidate = replace(candidate, added=additions_to(candidate.release.model.model, trees.additions()))

    @cache
    def context_with(near_miss: NearMiss | None) -> Context:
        return Context(
            candidate=candidate,
            at=at,
            pipeline=rules.pipeline,
            settings=rules.settings,
            near_miss=near_miss,
            serving=serving,
            record=record,
            undone=undone,
        )

    bandless = context_with(None)
    judgements = []
    for name, policy in bound.items():
        why_not, near_miss = reasons[name], policy[0].policy.near_miss
        # Two of three policies do not apply, and what does not judge needs no band of its own.
        context = bandless if why_not is not None or near_miss is None else context_with(near_miss)
        judgements.append(Judgement.of(policy, context, not_applicable=why_not))
    is_judged = any(judgement.requests for judgement in judgements)
    shown = comparison_requests(candidate) if is_judged else ()
    return Item(change=change, candidate=candidate, judgements=tuple(judgements), shown=shown)


def _record(candidate: Candidate, trees: Trees, rules: RuleBook) -> StageRecord:
    """Return the past of a model's stages, under the base's rules; history is read only where a stage is moved.

    An incident of the base stands as the base has it: a change cannot end the incident that holds it.
    """
    model = candidate.release.model.model
    stages = rules.pipeline.stages if candidate.stage is not None else ()
    stays = {stage.id: trees.stays(model, stage.id) for stage in stages}
    known = Shelf(trees.base, model).incidents()
    names = {incident.id for incident in known}
    added = (incident for incident in Shelf(trees.merged, model).incidents() if incident.id not in names)
    return StageRecord(
        stays={stage: found for stage, found in stays.items() if found is not None},
        incidents=(*known, *added),
        changes={change.ticket: change for change in rules.changes},
        roles=rules.roles.roles,
        precedent=_precedent(candidate, trees, stays),
    )


def _precedent(candidate: Candidate, trees: Trees, stays: Mapping[str, tuple[Stay, ...] | None]) -> Precedent | None:
    """Return what is known of a version that comes back; of all others nothing is looked up."""
    stage, version = candidate.stage, candidate.release.version
    if stage is None or all(stay.version != version for stay in stays.get(stage) or ()):
        return None
    return trees.recall(candidate.release.model.model, stage, version)


def _idle(rules: RuleBook, day: date) -> dict[str, str]:
    """Return the policies that judge nothing on a day, each with the reason."""
    reasons = ((file.policy, why_idle(file, day)) for file in _seasonal(rules))
    return {policy.id: reason for policy, reason in reasons if reason is not None}


@lru_cache(maxsize=8)
def _seasonal(rules: RuleBook) -> tuple[PolicyFile, ...]:
    """Return the policies that judge nothing on some day at all; most judge on every day."""
    # One is in force in a single span of days, so that what idles on neither the first nor the last day never does.
    return tuple(file for file in rules.policies if why_idle(file, date.min) or why_idle(file, date.max))


@lru_cache(maxsize=256)
def _misfits(rules: RuleBook, subject: Subject) -> dict[str, str]:
    """Return the policies whose selector leaves a subject out, each with the reason.

    The last few are kept: an audit meets a model's versions one after the other.
    """
    reasons = ((file.policy, file.policy.applies_to.misses(subject)) for file in rules.policies)
    return {policy.id: reason for policy, reason in reasons if reason is not None}


def _candidate(change: Change, trees: Trees, rules: RuleBook) -> Candidate | None:
    """Return what a change would bring in, or None for changes that only take away or change rules."""
    if change.model is None or change.version is None:
        return None
    if change.stage is not None:
        _check_stage(change, rules)
    if change.kind in (ChangeKind.WITHDRAWAL, ChangeKind.RETIREMENT, ChangeKind.RESTORATION):
        return None
    release = read_release(trees.merged, change.model, change.version)
    refused = tuple(store_problems(release.manifest, rules.settings.stores, location_of=release.document.location))
    if refused:
        raise ProposalError(*refused)
    withdrawn = Shelf(trees.merged, change.model).withdrawn()
    if change.stage is not None:
        for entry in withdrawn:
            if entry.version == change.version:
                raise ProposalError(_withdrawn(change, entry.reason))
    champion = None
    if change.stage is not None:
        serving = change.replaced or trees.last_served(change.model, change.stage)
        # What was altered past the gate is no champion: a weaker one could be pushed, or one that nobody can read.
        tree = (trees.as_merged(change.model, serving) if serving else None) or trees.base
        if serving is not None and Shelf(tree, change.model).has_version(serving):
            champion = read_release(tree, change.model, serving)
    pointer = Shelf(trees.merged, change.model).read_stage(change.stage) if change.stage is not None else None
    return Candidate(
        kind=change.kind,
        stage=change.stage,
        release=release,
        champion=champion,
        withdrawn=withdrawn,
        stage_path=change.paths[0] if change.stage else None,
        pointer=pointer.value if pointer else None,
        upstream=upstream_of(change, rules, release, base=trees.base),
        observations=tuple(observations_of(change, rules, base=trees.base, merged=trees.merged)),
        earlier=earlier_versions(change, trees.base),
    )


def _check_stage(change: Change, rules: RuleBook) -> None:
    """Raise ProposalError where the pipeline knows no such stage."""
    stages = [stage.id for stage in rules.pipeline.stages]
    if change.kind is not ChangeKind.RETIREMENT and change.stage not in stages:
        message = f"the pipeline has no stage {change.stage!r}"
        raise ProposalError(Problem(Location(change.paths[0]), message, f"use one of {', '.join(stages)}"))


def _withdrawn(change: Change, reason: str) -> Problem:
    message = f"version {change.version} is withdrawn: {reason}"
    return Problem(Location(change.paths[0]), message, "register the mended model as a new version and promote that")
