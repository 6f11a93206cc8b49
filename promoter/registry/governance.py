"""What a change of the rules takes the place of, where the base's rules are broken, and what stands in for them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

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
    """Why the rules of a base cannot be applied, and the newest commit whose rules can: they stand in."""

    problems: tuple[Problem, ...]
    commit: str
    tree: Tree

    def unlike(self, merged: Tree) -> tuple[str, ...]:
        """Return the files below policies/ that are not as the stand-in has them, gone ones too.

        What was pushed beside the break is among them: it is merged for good with the mending, and so agreed to.
        """
        before, after = _files(self.tree), _files(merged)
        return tuple(sorted({path for path, _ in before.items() ^ after.items()}))


def mended_rules(lost: LostRules, merged: Tree, changed: Sequence[str]) -> Mended:
    """Return that the rules were broken; what differs from the stand-in beside the change itself is named."""
    text = f"the base's rules cannot be applied, so those of commit {lost.commit[:10]}, the last that can be, stand in"
    others = [path for path in lost.unlike(merged) if path not in changed]
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
