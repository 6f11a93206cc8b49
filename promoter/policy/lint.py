"""Rules that load and still cannot work: names that nobody has, selectors that match nothing, dates gone by."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime

from promoter.document.nearest import did_you_mean
from promoter.document.reader import Document
from promoter.errors import Location, Problem
from promoter.policy.lint_bounds import pair_problems, stated_bounds, twin_problems, unit_problems
from promoter.policy.lint_waivers import waiver_problems
from promoter.policy.pipeline import ApprovalRule, Pipeline
from promoter.policy.rulebook import PolicyFile, RuleBook
from promoter.policy.selector import Selector, Subject
from promoter.registry.changes import ChangeKind
from promoter.registry.layout import POLICIES

ReadDocument = Callable[[str], Document]
"""Path of a file of the rules to its text with places."""

_WITH_STAGE = frozenset({ChangeKind.PROMOTION, ChangeKind.ROLLBACK, ChangeKind.RETIREMENT})


def lint_rules(
    rules: RuleBook,
    parameters: Mapping[str, object],
    subjects: Sequence[Subject],
    *,
    read_document: ReadDocument,
    at: datetime,
) -> tuple[Problem, ...]:
    """Return every problem of rules that can be read, in reading order.

    `parameters` maps policy id to the gate's typed parameters; `subjects` holds each model of the registry once, its
    kind and stage of no account. A registry without models is told nothing about selectors.
    """
    problems: list[Problem] = []
    for file in rules.policies:
        problems += [*_references(file, rules), *_dates(file, at), *_reach(file, rules, subjects)]
    stated = [bound for file in rules.policies for bound in stated_bounds(file, parameters[file.policy.id])]
    for bound in stated:
        problems += unit_problems(bound)
    models = [subject.model for subject in subjects if subject.model is not None]
    problems += pair_problems(stated, models)
    problems += twin_problems(rules.policies, parameters, models)
    problems += [*_pipeline_roles(rules, read_document), *_waivers(rules, read_document, models, at)]
    return tuple(sorted(set(problems), key=lambda problem: (*problem.location.sort_key, problem.message)))


def seat_problems(rules: RuleBook, read_document: ReadDocument) -> tuple[Problem, ...]:
    """Return each role that rules ask and nobody can answer for.

    The gate lets no such rules in, so where there were others before, somebody pushed these past it.
    """
    seats = (problem for file in rules.policies for problem in _seats(file, rules))
    return (*seats, *_pipeline_roles(rules, read_document))


def _references(file: PolicyFile, rules: RuleBook) -> Iterator[Problem]:
    """Yield roles that do not exist or are empty, and tickets without a change record."""
    yield from _seats(file, rules)
    policy = file.policy
    if policy.change is not None and policy.change not in {change.ticket for change in rules.changes}:
        hint = f"add policies/changes/{policy.change}.yaml, or name the ticket whose record is there"
        yield Problem(file.document.location(("change",)), f"ticket {policy.change!r} has no change record", hint)


def _seats(file: PolicyFile, rules: RuleBook) -> Iterator[Problem]:
    """Yield roles that do not exist or are empty."""
    policy, roles = file.policy, rules.roles.roles
    named: list[tuple[tuple[str, ...], str]] = [(("owner",), policy.owner)]
    if policy.on_inconclusive.role is not None:
        named.append((("on_inconclusive", "role"), policy.on_inconclusive.role))
    for keys, role in named:
        place = file.document.location(keys)
        if role not in roles:
            yield _unknown_role(place, role, rules)
        elif not roles[role].members and not roles[role].teams:
            yield Problem(place, f"role {role} has nobody in it", "add its members to policies/roles.yaml")


def _unknown_role(place: Location, role: str, rules: RuleBook) -> Problem:
    known = tuple(rules.roles.roles)
    hint = f"{did_you_mean(role, known)}roles of policies/roles.yaml: {', '.join(known)}"
    return Problem(place, f"no role is called {role!r}", hint)


def _dates(file: PolicyFile, at: datetime) -> Iterator[Problem]:
    """Yield reviews that are overdue, and policies that judge nothing any more."""
    policy, day = file.policy, at.date()
    if policy.sunset is not None and policy.sunset <= day:
        message = f"the policy judges nothing since {policy.sunset}"
        yield Problem(file.document.location(("sunset",)), message, "remove the file, or give it a later sunset")
    elif policy.review_by is not None and policy.review_by < day:
        message = f"its review was due by {policy.review_by}, {(day - policy.review_by).days} days ago"
        hint = f"{policy.owner} looks at it again and sets the next review_by"
        yield Problem(file.document.location(("review_by",)), message, hint)


def _reach(file: PolicyFile, rules: RuleBook, subjects: Sequence[Subject]) -> Iterator[Problem]:
    """Yield why a policy can match no change at all."""
    selector, place = file.policy.applies_to, file.document.location
    known = [stage.id for stage in rules.pipeline.stages]
    for index, stage in enumerate(selector.stages or ()):
        if stage not in known:
            message = f"the pipeline has no stage {stage!r}"
            yield Problem(place(("applies_to", "stages", index)), message, f"use one of {', '.join(known)}")
    if selector.stages is not None and not _WITH_STAGE & set(selector.kinds):
        message = f"a {' or '.join(selector.kinds)} moves no stage, so with stages it matches nothing"
        yield Problem(place(("applies_to", "stages")), message, "remove stages, or add promotion to kinds")
    elif subjects and not _could_match(selector, subjects):
        keys, why = _empty_condition(selector, subjects)
        hint = "correct the selector, or keep the policy until such a model is registered"
        yield Problem(place(("applies_to", *keys)), f"it judges nothing: {why}", hint)


def _could_match(selector: Selector, subjects: Sequence[Subject]) -> bool:
    """Say whether some change of some model matches."""
    free = selector.model_copy(update={"kinds": tuple(ChangeKind), "stages": None})
    return any(free.misses(subject) is None for subject in subjects)


def _empty_condition(selector: Selector, subjects: Sequence[Subject]) -> tuple[tuple[str, ...], str]:
    """Return the first condition that no model meets by itself; () where only all of them together are met by none."""
    for name in ("tasks", "risk_tiers", "domains", "regions", "tags", "models"):
        values = getattr(selector, name)
        alone = Selector(kinds=selector.kinds).model_copy(update={name: values})
        if values is not None and not _could_match(alone, subjects):
            return (name,), f"none of {len(subjects):,} models has {name} {' or '.join(values)}"
    return (), f"none of {len(subjects):,} models meets all of its conditions together"


def _pipeline_roles(rules: RuleBook, read_document: ReadDocument) -> Iterator[Problem]:
    """Yield roles of which the pipeline asks approvals, and that do not exist."""
    document = None
    for keys, approval in _asked(rules.pipeline):
        if approval.role not in rules.roles.roles:
            document = document or read_document(f"{POLICIES}/pipeline.yaml")
            yield _unknown_role(document.location((*keys, "role")), approval.role, rules)


def _asked(pipeline: Pipeline) -> Iterator[tuple[tuple[str | int, ...], ApprovalRule]]:
    """Yield each place of the pipeline that asks for an approval, and what it asks."""
    for tier, tier_rules in pipeline.tiers.items():
        for stage, stage_rules in tier_rules.stages.items():
            for name in ("approvals", "rollback_approvals"):
                for index, approval in enumerate(getattr(stage_rules, name)):
                    yield ("tiers", tier.value, "stages", stage, name, index), approval
    for kind in ("governance", "withdrawal", "retirement"):
        for index, approval in enumerate(getattr(pipeline.approvals, kind) or ()):
            yield ("approvals", kind, index), approval


def _waivers(rules: RuleBook, read_document: ReadDocument, models: Sequence[str], at: datetime) -> Iterator[Problem]:
    for waiver in rules.waivers:
        document = read_document(f"{POLICIES}/waivers/{waiver.id}.yaml")
        yield from waiver_problems(waiver, document, rules, models, at=at)
