"""`policies/overlays/<namespace>/<id>.yaml`: what a tenant asks of its own models beyond the registry's rules.

An overlay is a policy. Under an id of the catalogue or a pack it repeats that policy and tightens it; under any other
id it adds one. It stands beside the policy that it tightens, as `<namespace>-<id>`, and both judge: what the registry
asks holds whatever a tenant writes, and a report shows whose bound was missed. What may differ is decidable: bounds,
margins, max_ and min_ limits may tighten and be added, selectors may widen, enforcement and severity may rise; all
else that decides is repeated as it is. What only tells is the tenant's own: title, rationale, references, remediation,
review_by, change, and the near-miss band, which no verdict depends on.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from promoter.document.places import Keys
from promoter.document.reader import Document
from promoter.errors import Problem
from promoter.policy.bound import Bound
from promoter.policy.policy import Enforcement, Policy, Severity
from promoter.policy.selector import Selector

LONGEST_ID = 63
_RANKS: dict[str, tuple[str, ...]] = {
    "enforcement": tuple(reversed(Enforcement)),
    "severity": tuple(reversed(Severity)),
}
_SETS = ("kinds", "stages", "tasks", "risk_tiers", "domains", "regions", "tags", "models")
_BOUND = {"at_least", "at_most"}
_SAMPLE_SIZES = frozenset({"min_n", "min_labelled", "min_judged"})
"""Rows below which nothing is decided: more of them may turn a failure into a question, so they tighten nothing."""
_HINT = "an overlay may add or tighten; restore the registry's value, or ask the policy's owner to change it"


def loosenings(overlay: tuple[Policy, Document], base: tuple[Policy, Document]) -> Iterator[Problem]:
    """Yield every way in which an overlay asks less than the policy that it tightens, with both lines."""
    (ours, document), (theirs, base_document) = overlay, base
    for keys, why in _loosenings(ours, theirs):
        message = f"{why} ({base_document.location(keys)})"
        yield Problem(document.location(keys), message, _HINT)


def _loosenings(ours: Policy, theirs: Policy) -> Iterator[tuple[Keys, str]]:
    for name in ("gate", "owner", "category"):
        if getattr(ours, name) != getattr(theirs, name):
            yield (name,), f"{name} is {getattr(ours, name)}, the registry's policy has {getattr(theirs, name)}"
    for name, order in _RANKS.items():
        mine, other = getattr(ours, name), getattr(theirs, name)
        if order.index(mine) < order.index(other):
            yield (name,), f"{name} falls from {other} to {mine}"
    if theirs.on_inconclusive.action == "block" and ours.on_inconclusive.action != "block":
        yield ("on_inconclusive",), "an undecided result blocks in the registry's policy, and only asks here"
    elif ours.on_inconclusive.action == "ask" and ours.on_inconclusive.role != theirs.on_inconclusive.role:
        yield ("on_inconclusive",), "an undecided result asks another role than in the registry's policy"
    if ours.effective_from is not None and (
        theirs.effective_from is None or ours.effective_from > theirs.effective_from
    ):
        yield ("effective_from",), f"it begins on {ours.effective_from}, later than the registry's policy"
    if ours.sunset is not None and (theirs.sunset is None or ours.sunset < theirs.sunset):
        yield ("sunset",), f"it ends on {ours.sunset}, earlier than the registry's policy"
    yield from _narrowed(ours.applies_to, theirs.applies_to)
    yield from _parameters(ours.parameters, theirs.parameters, ("parameters",))


def _narrowed(ours: Selector, theirs: Selector) -> Iterator[tuple[Keys, str]]:
    for name in _SETS:
        mine, other = getattr(ours, name), getattr(theirs, name)
        if mine is None or mine == other:
            continue
        lost = "everything else" if other is None else ", ".join(sorted(set(other) - set(mine)))
        if lost:
            yield ("applies_to", name), f"applies_to.{name} no longer covers {lost}"


def _parameters(ours: Any, theirs: Any, keys: Keys) -> Iterator[tuple[Keys, str]]:
    """Yield where parameters differ by anything but a tighter limit or one more of them."""
    if isinstance(theirs, Mapping) and isinstance(ours, Mapping):
        if _BOUND & set(theirs):
            yield from _bound(ours, theirs, keys)
            return
        for key in dict.fromkeys((*theirs, *ours)):
            place = (*keys, key)
            if key not in ours:
                yield keys, f"{key} is dropped"
            elif key not in theirs:
                yield place, f"{key} is new, and nobody can decide whether it tightens"
            else:
                yield from _parameters(ours[key], theirs[key], place)
    elif isinstance(theirs, list) and isinstance(ours, list) and _identity(theirs) is not None:
        yield from _items(ours, theirs, keys)
    elif ours != theirs and not _is_tighter_limit(keys[-1], ours, theirs):
        yield keys, f"{keys[-1]} is {ours!r}, the registry's policy has {theirs!r}"


def _is_tighter_limit(key: str | int, ours: Any, theirs: Any) -> bool:
    """Say whether a plain number is a limit that got tighter: a lower margin or max_ one, or a higher min_ one."""
    if not isinstance(key, str):
        return False
    if not all(isinstance(value, int | float) and not isinstance(value, bool) for value in (ours, theirs)):
        return False
    if key == "margin" or key.startswith("max_"):
        return bool(ours <= theirs)
    return key.startswith("min_") and key not in _SAMPLE_SIZES and bool(ours >= theirs)


def _bound(ours: Mapping[str, Any], theirs: Mapping[str, Any], keys: Keys) -> Iterator[tuple[Keys, str]]:
    """Yield a bound that lets something pass that the registry's would not."""
    parts = ("at_least", "at_most", "decide_on")
    mine, other = ({key: value[key] for key in parts if key in value} for value in (ours, theirs))
    rest = [{key: item for key, item in value.items() if key not in parts} for value in (ours, theirs)]
    if rest[0] != rest[1]:
        yield keys, f"the bound is about {rest[0]}, the registry's about {rest[1]}"
    elif Bound.model_validate(mine, strict=False).is_looser_than(Bound.model_validate(other, strict=False)):
        yield keys, f"the bound loosens from {_shown(other)} to {_shown(mine)}"


def _shown(bound: Mapping[str, Any]) -> str:
    return ", ".join(f"{key}: {value}" for key, value in bound.items())


def _identity(items: list[Any]) -> list[tuple[Any, ...]] | None:
    """Return what names each item of a list of rules, or None for a list of plain values."""
    if not items or not all(isinstance(item, Mapping) for item in items):
        return None
    return [
        tuple((key, str(item[key])) for key in ("measure", "by", "kind", "role", "name") if key in item)
        + tuple(sorted(_BOUND & set(item)))
        for item in items
    ]


def _items(ours: list[Any], theirs: list[Any], keys: Keys) -> Iterator[tuple[Keys, str]]:
    """Yield registry's items that an overlay drops or loosens; further items are added rules."""
    mine = dict(zip(_identity(ours) or [], enumerate(ours), strict=False))
    for name, item in zip(_identity(theirs) or [], theirs, strict=True):
        if name not in mine:
            what = " ".join(part[1] if isinstance(part, tuple) else part for part in name) or "an item"
            yield keys, f"{what} is dropped"
        else:
            index, own = mine[name]
            yield from _parameters(own, item, (*keys, index))


def within_namespace(policy: Policy, namespace: str) -> Selector | None:
    """Return the policy's selector over the namespace's models alone, or None where it reaches none of them."""
    globs = policy.applies_to.models
    kept = (f"{namespace}/**",) if globs is None else tuple(filter(None, (_inside(glob, namespace) for glob in globs)))
    return policy.applies_to.model_copy(update={"models": kept}) if kept else None


def _inside(glob: str, namespace: str) -> str | None:
    """Return the part of a glob below a namespace: `*/card` becomes `lending/card`; None where there is none."""
    first, _, rest = glob.partition("/")
    if first.startswith("**") or (not rest and "*" in first):
        return f"{namespace}/**"
    if first in ("*", namespace):
        return f"{namespace}/{rest}"
    return None
