"""What a pull request does to the registry, read off two trees by comparing ids; and what it may not do."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from promoter.errors import Location, Problem, ProposalError
from promoter.registry.address import StageAddress
from promoter.registry.layout import RULES_KINDS, FileKind, Place, place_of
from promoter.registry.mending import Annals, served_before, withdrawn_before
from promoter.registry.reading import FORMATS, read_file
from promoter.registry.returning import is_restored, is_return
from promoter.registry.stock import Shelf
from promoter.registry.tree import Changed, Tree


class ChangeKind(StrEnum):
    """What a pull request does to a model, or to the registry's rules."""

    REGISTRATION = "registration"
    PROMOTION = "promotion"
    ROLLBACK = "rollback"
    WITHDRAWAL = "withdrawal"
    RETIREMENT = "retirement"
    GOVERNANCE = "governance"
    UPKEEP = "upkeep"
    """Whatever is none of these: an incident, an observation, a page, a new model without a version."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One change. `replaced` is the version that the stage serves before it; `paths` are the files that make it.

    `mends` says what was wrong with the file of the base that it takes the place of: what that file meant is unknown.
    """

    kind: ChangeKind
    model: str | None = None
    version: str | None = None
    stage: str | None = None
    replaced: str | None = None
    paths: tuple[str, ...] = ()
    mends: tuple[Problem, ...] = ()


def find_changes(
    base: Tree, merged: Tree, changed: Sequence[Changed], annals: Annals
) -> tuple[tuple[Change, ...], tuple[Problem, ...]]:
    """Return the changes of a pull request, and every reason why it is refused as it stands.

    A rollback moves a pointer to a version that first entered the stage before the one that it replaces did;
    any other move is a promotion, the second try of a version that was rolled back included. Where the base's pointer
    cannot be read, the last readable one of history takes its place, and a return to that is a rollback too.
    """
    placed: list[tuple[Changed, Place]] = []
    problems: list[Problem] = []
    for item in changed:
        place = place_of(item.path)
        if isinstance(place, Place):
            placed.append((item, place))
            problems += _refusals(item, place, base)
        elif item.after is not None:
            problems.append(place)
    rules = [item.path for item, place in placed if place.kind in RULES_KINDS or _changes_known_model(item, place)]
    models = [item.path for item, place in placed if place.model and place.kind is not FileKind.RECORD]
    models = [path for path in models if path not in rules]
    if rules and models:
        problems.append(_mixed(rules, models))
    changes: list[Change] = []
    for item, place in placed:
        try:
            if item.after is not None and place.kind in FORMATS:
                read_file(merged, place, FORMATS[place.kind])
            changes += _change(item, place, base, merged, annals)
        except ProposalError as error:
            problems += error.problems
    if rules:
        changes.append(Change(kind=ChangeKind.GOVERNANCE, paths=tuple(rules)))
    return tuple(changes), tuple(dict.fromkeys(problems))


def _change(item: Changed, place: Place, base: Tree, merged: Tree, annals: Annals) -> Iterable[Change]:
    """Yield what one path does; most paths do nothing by themselves."""
    match place.kind:
        case FileKind.MANIFEST if item.before is None:
            yield Change(kind=ChangeKind.REGISTRATION, model=place.model, version=place.version, paths=(item.path,))
        case FileKind.STAGE:
            yield _stage_change(item, place, base, merged, annals)
        case FileKind.WITHDRAWN:
            yield from _withdrawals(item, place.model or "", base, merged, annals)
        case _:
            return


def _stage_change(item: Changed, place: Place, base: Tree, merged: Tree, annals: Annals) -> Change:
    address = StageAddress(place.model or "", place.name or "")
    replaced, mends = served_before(base, address)
    after = Shelf(merged, address.model).read_stage(address.stage)
    kind, version = ChangeKind.RETIREMENT, replaced
    if after is not None:
        version, entered = after.value.version, annals.first_entries(address)
        is_rollback = (
            is_restored(version, last=annals.last_served(address), entered=entered)
            if mends
            else is_return(version, replaced=replaced, entered=entered)
        )
        kind = ChangeKind.ROLLBACK if is_rollback else ChangeKind.PROMOTION
    return Change(
        kind=kind,
        model=address.model,
        version=version,
        stage=address.stage,
        replaced=replaced,
        paths=(item.path,),
        mends=mends,
    )


def _withdrawals(item: Changed, model: str, base: Tree, merged: Tree, annals: Annals) -> Iterable[Change]:
    """Yield what withdrawn.yaml adds; where the base's cannot be read, every entry is stated anew, and none is lost."""
    before, mends = withdrawn_before(base, model, annals)
    after = {entry.version for entry in Shelf(merged, model).withdrawn()}
    for version in sorted(after if mends else after - before):
        yield Change(kind=ChangeKind.WITHDRAWAL, model=model, version=version, paths=(item.path,), mends=mends)
    if before - after:
        raise ProposalError(_unwithdrawn(item.path, sorted(before - after)[0]))


def _changes_known_model(item: Changed, place: Place) -> bool:
    """A merged model.yaml decides tier, task and attributes, and so which rules apply: changing it is governance."""
    return place.kind is FileKind.MODEL and item.before is not None


def _refusals(item: Changed, place: Place, base: Tree) -> Iterable[Problem]:
    """Yield why a path may not change in this way at all."""
    if place.kind is FileKind.RECORD:
        yield Problem(
            Location(item.path),
            "decision records are written by the recorder alone",
            "take this file out of the change",
        )
    in_version = place.kind in (FileKind.MANIFEST, FileKind.VERSION_FILE)
    if in_version and place.model and place.version and Shelf(base, place.model).has_version(place.version):
        what = "removed from" if item.after is None else "added to" if item.before is None else "changed in"
        yield Problem(
            Location(item.path),
            f"{what} version {place.version}, which is merged and never changes",
            "undo it here: register what you want as a new version; to go back, move the pointer (`promoter rollback`)",
        )


def _mixed(rules: Sequence[str], models: Sequence[str]) -> Problem:
    return Problem(
        Location(rules[0]),
        f"the change touches the rules ({rules[0]}) and what they judge ({models[0]})",
        "split it: first a pull request with the rules alone, then one with the models",
    )


def _unwithdrawn(path: str, version: str) -> Problem:
    return Problem(
        Location(path),
        f"version {version} is no longer withdrawn; a withdrawal is for good",
        f"put its entry back; register the mended model as a new version instead of {version}",
    )
