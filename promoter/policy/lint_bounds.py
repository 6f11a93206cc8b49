"""Bounds that cannot mean what their author meant: unknown names, wrong units, two that exclude each other."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from pydantic import BaseModel

from promoter.document.nearest import did_you_mean
from promoter.errors import Location, Problem
from promoter.policy.bound import MeasureBound
from promoter.policy.measures import MEASURES, QUALITY
from promoter.policy.policy import Enforcement
from promoter.policy.rulebook import PolicyFile
from promoter.policy.selector import Selector, matches_glob

_SCOPES = ("by", "attributes", "intersections")
"""Parameters that say which rows a bound is about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """A bound as a policy states it: where, and about which rows. `is_open` says that its measure is free text."""

    file: PolicyFile
    bound: MeasureBound
    location: Location
    scope: tuple[object, ...]
    is_open: bool

    @property
    def text(self) -> str:
        """The bound in words."""
        return f"{self.bound.measure} {self.bound.comparator} {self.bound.limit:g}"


def stated_bounds(file: PolicyFile, parameters: object) -> Iterator[Stated]:
    """Yield every bound on a measure in a policy's typed parameters, in the order in which they are written."""
    for keys, bound, scope in _walk(parameters, (), ()):
        yield Stated(
            file=file,
            bound=bound,
            location=file.document.location(("parameters", *keys)),
            scope=scope,
            is_open=type(bound).model_fields["measure"].annotation is str,
        )


def _walk(
    value: Any, keys: tuple[str | int, ...], scope: tuple[object, ...]
) -> Iterator[tuple[tuple[str | int, ...], MeasureBound, tuple[object, ...]]]:
    if isinstance(value, MeasureBound):
        yield keys, value, scope
    elif isinstance(value, BaseModel):
        own = tuple((name, repr(getattr(value, name))) for name in _SCOPES if name in type(value).model_fields)
        for name in type(value).model_fields:
            yield from _walk(getattr(value, name), (*keys, name), scope + own)
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value):
            yield from _walk(item, (*keys, index), scope)


def unit_problems(stated: Stated) -> Iterator[Problem]:
    """Yield why one bound can never be met, never be missed, or names what nobody measures."""
    name = stated.bound.measure
    scale = MEASURES.get(name)
    if stated.is_open and name not in QUALITY:
        yield unknown_measure(name, stated.location, QUALITY)
        return
    if scale is None:
        return
    tasks = stated.file.policy.applies_to.tasks
    if stated.is_open and tasks and scale.tasks and not scale.tasks & set(tasks):
        message = f"{name} is measured for {' and '.join(sorted(scale.tasks))} models, the policy judges"
        hint = "bound a measure of that task, or correct applies_to.tasks"
        yield Problem(stated.location, f"{message} {' and '.join(sorted(tasks))} models alone", hint)
    yield from limit_problems(stated.bound, stated.location)


def unknown_measure(name: str, location: Location, known: Collection[str]) -> Problem:
    """Return the problem that nobody measures what a bound names."""
    hint = f"{did_you_mean(name, tuple(known))}measures: {', '.join(known)}"
    return Problem(location, f"no measure is called {name!r}", hint)


def limit_problems(bound: MeasureBound, location: Location) -> Iterator[Problem]:
    """Yield why a limit lies outside of its measure's range, or at the end of it where it can never fail."""
    scale = MEASURES.get(bound.measure)
    if scale is None:
        return
    limit = bound.limit
    if not scale.lower <= limit <= scale.upper:
        is_percent = scale.is_fraction and 1 < limit <= 100
        hint = f"write {limit / 100:g}: rates are fractions" if is_percent else f"write a value in {scale}"
        yield Problem(location, f"{bound.measure} lies in {scale}, and the bound is {limit:g}", hint)
    elif limit == (scale.lower if bound.at_least is not None else scale.upper):
        text = f"{bound.measure} {bound.comparator} {limit:g}"
        message = f"{text} holds for every value of {bound.measure}, so the bound can never fail"
        yield Problem(location, message, "tighten it, or remove the bound")


def pair_problems(stated: Sequence[Stated], models: Sequence[str]) -> Iterator[Problem]:
    """Yield bounds that exclude each other in blocking policies, and bounds that one policy states twice."""
    families: dict[tuple[object, ...], list[Stated]] = {}
    for one in stated:
        families.setdefault((one.file.policy.gate, one.bound.measure, one.scope), []).append(one)
    for family in families.values():
        for first, second in combinations(family, 2):
            if first.file is second.file and first.bound == second.bound:
                message = f"{first.text} stands at {first.location} too"
                yield Problem(second.location, message, "remove one of the two")
            elif _exclude(first, second) and _may_meet(first.file, second.file, models):
                message = f"{second.text} cannot hold together with {first.text} at {first.location}"
                hint = "correct one of the bounds, or let applies_to keep the two policies apart"
                yield Problem(second.location, message, hint)


def _exclude(first: Stated, second: Stated) -> bool:
    """Say whether no value satisfies both bounds."""
    blocks = all(one.file.policy.enforcement is Enforcement.BLOCK for one in (first, second))
    sides = {one.bound.comparator: one.bound.limit for one in (first, second)}
    return blocks and len(sides) > 1 and sides[">="] > sides["<="]


def _may_meet(first: PolicyFile, second: PolicyFile, models: Sequence[str]) -> bool:
    """Say whether one change can be judged by both policies on one day."""
    one, other = first.policy, second.policy
    for early, late in ((one, other), (other, one)):
        if early.sunset and late.effective_from and early.sunset <= late.effective_from:
            return False
    return may_overlap(one.applies_to, other.applies_to, models)


def may_overlap(one: Selector, other: Selector, models: Sequence[str]) -> bool:
    """Say whether two selectors can match one change; `models` are the registry's, for globs. Tags never exclude."""
    for name in ("kinds", "stages", "tasks", "risk_tiers", "domains"):
        ours, theirs = getattr(one, name), getattr(other, name)
        if ours is not None and theirs is not None and not set(ours) & set(theirs):
            return False
    if one.models is None or other.models is None or one.models == other.models:
        return True
    return any(_matches(model, one.models) and _matches(model, other.models) for model in models)


def _matches(model: str, globs: Sequence[str]) -> bool:
    return any(matches_glob(model, glob) for glob in globs)


def twin_problems(
    files: Sequence[PolicyFile], parameters: Mapping[str, object], models: Sequence[str]
) -> Iterator[Problem]:
    """Yield policies that ask the same as another one of changes that both judge.

    A pack repeats what a regulation asks and an overlay what it tightens: neither is a twin of the catalogue's.
    """
    families: dict[tuple[str, str, str | None], list[PolicyFile]] = {}
    for file in files:
        if file.namespace is None:
            key = (file.policy.gate, repr(parameters[file.policy.id]), file.pack)
            families.setdefault(key, []).append(file)
    for family in families.values():
        for first, second in combinations(family, 2):
            if _may_meet(first, second, models):
                message = f"asks the same of the same changes as {first.policy.id} ({first.path})"
                hint = "remove one of the two policies, or let applies_to keep them apart"
                yield Problem(second.document.location(("gate",)), message, hint)
