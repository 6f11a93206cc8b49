"""What a change of the rules takes the place of, where the base's rules are broken, and what stands in for them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from promoter.errors import Problem, ProposalError
from promoter.registry.codeowners import LOCATIONS, SIZE_LIMIT_BYTES, CodeOwners, governing_location, parse_codeowners
from promoter.registry.codeowners_lint import skipped_lines
from promoter.registry.layout import POLICIES, Place
from promoter.registry.mending import UNREADABLE, Annals, Mended
from promoter.registry.model import Model
from promoter.registry.stock import Shelf
from promoter.registry.tree import Tree

_MOST_TOLD = 3
_WORDS = frozenset({"task", "risk_tier", "domain"})
"""Keys of model.yaml by which rules are chosen; each is one word."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LostRules:
    """Why the rules of a base cannot say who agrees to others, and the newest commit whose rules can: they stand in."""

    problems: tuple[Problem, ...]
    commit: str
    tree: Tree
    fault: str = "cannot be applied"
    """What the base's rules do, and those of the commit do not: the end of a sentence about the former."""
    merit: str = "that can be"

    def further_back(self, unheld: "LostRules") -> "LostRules":
        """Return the same break, with the rules in its place that somebody holds the roles of."""
        merit = f"{self.merit} and ask somebody"
        return replace(unheld, problems=(*self.problems, *unheld.problems), fault=self.fault, merit=merit)

    def scope(self, changed: Sequence[str], merged: Tree) -> tuple[str, ...]:
        """Return what a change of the rules answers for; one of policies/ for all that is not as the stand-in has it.

        What was pushed beside the break is among that: it is merged for good with the mending, and so agreed to.
        """
        if not touches_policies(changed):
            return tuple(changed)
        before, after = _files(self.tree), _files(merged)
        return tuple(sorted({*changed, *(path for path, _ in before.items() ^ after.items())}))


def touches_policies(paths: Iterable[str]) -> bool:
    """Say whether one of some paths is policies/, or lies in it."""
    return any(f"{path}/".startswith(f"{POLICIES}/") for path in paths)


def mended_rules(lost: LostRules, merged: Tree, changed: Sequence[str]) -> Mended:
    """Return that the rules were broken; what differs from the stand-in beside the change itself is named."""
    text = f"the base's rules {lost.fault}, so those of commit {lost.commit[:10]}, the last {lost.merit}, stand in"
    others = [path for path in lost.scope(changed, merged) if path not in changed]
    if others:
        more = f" and {len(others) - _MOST_TOLD} more" if len(others) > _MOST_TOLD else ""
        text += f"; with it is merged what was pushed beside the break: {', '.join(others[:_MOST_TOLD])}{more}"
    return Mended(lost.problems, text)


def mended_model(place: Place, base: Tree, merged: Tree, annals: Annals) -> Mended | None:
    """Return that a model.yaml of the base was broken or gone, and what its last readable one said otherwise."""
    model = place.model or ""
    try:
        Shelf(base, model).read_model()
    except ProposalError as error:
        return Mended(error.problems, _last_model(place, merged, annals))
    return None


def _last_model(place: Place, merged: Tree, annals: Annals) -> str:
    for commit, tree in annals.states((place.path,)):
        last = _model(tree, place)
        if last is not None:
            differing = ", ".join(_differences(last, _model(merged, place)))
            beside = f"{UNREADABLE}, so it is held against the last that can, of commit {commit[:10]}"
            return f"{beside}: {differing}" if differing else f"{beside}, and says the same"
    return f"{UNREADABLE}, and no earlier one can: it is held against none"


def _model(tree: Tree, place: Place) -> Model | None:
    try:
        return Shelf(tree, place.model or "").read_model().value
    except ProposalError:
        return None


def _differences(last: Model, new: Model | None) -> Iterator[str]:
    """Yield each key that differs; of a word, what it was and what it is."""
    for name in Model.model_fields:
        before, after = getattr(last, name), getattr(new, name, None)
        if before != after:
            yield f"{name} was {before} and is {after}" if name in _WORDS else f"{name} differs"


def owners_faults(tree: Tree) -> tuple[Problem, ...]:
    """Return why GitHub asks fewer people than the CODEOWNERS file of a tree means; none where there is no file."""
    try:
        codeowners = _codeowners(tree)
    except ProposalError as error:
        return error.problems
    return () if codeowners is None else tuple(skipped_lines(codeowners))


def mended_owners(base: Tree, changed: Sequence[str], annals: Annals) -> Mended | None:
    """Return that CODEOWNERS of the base was broken, and who owns the change by the last sound one.

    GitHub asks by the broken file: nobody can make it ask those, so they are named.
    """
    faults = owners_faults(base)
    if not faults:
        return None
    fewer = "GitHub asks fewer people than the base's CODEOWNERS means"
    for commit, tree in annals.states(LOCATIONS):
        if not owners_faults(tree) and (last := _codeowners(tree)) is not None:
            names = sorted({owner for guard in last.required_owners(list(changed)) for owner in guard.owners})
            told = f"{', '.join(names)} own what changes" if names else "nobody owns what changes"
            return Mended(faults, f"{fewer}; by the last sound one, of commit {commit[:10]}, {told}, whoever is asked")
    return Mended(faults, f"{fewer}; no earlier one is sound, so whom it means is unknown")


def _codeowners(tree: Tree) -> CodeOwners | None:
    """Return the file that GitHub loads, or None. Raises ProposalError where it is too large, or no file."""
    existing = [path for path in LOCATIONS if tree.entry(path) is not None and tree.tree_id_of(path) is None]
    path = governing_location(existing)
    return None if path is None else parse_codeowners(tree.read(path, limit_bytes=SIZE_LIMIT_BYTES), path=path)


def _files(tree: Tree) -> Mapping[str, str]:
    return {entry.path: entry.object_id for entry in tree.walk(POLICIES)}
