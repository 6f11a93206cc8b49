"""What a pull request does to the registry, read off two trees by comparing ids; and what it may not do."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from promoter.errors import Location, Problem, ProposalError
from promoter.registry.address import StageAddress
from promoter.registry.codeowners import LOCATIONS
from promoter.registry.governance import (
    LostRules,
    mended_model,
    mended_owners,
    mended_rules,
    owners_faults,
    touches_policies,
)
from promoter.registry.layout import RULES_KINDS, FileKind, Place, place_of
from promoter.registry.mending import UNREADABLE, Annals, Mended, refuse_reinstated, served_before, withdrawn_before
from promoter.registry.reading import FORMATS, read_file
from promoter.registry.returning import is_restored, is_return
from promoter.registry.stock import Shelf
from promoter.registry.tree import Changed, Tree
from promoter.registry.versions import VersionChange, find_version_changes, refuse_altered


class ChangeKind(StrEnum):
    """What a pull request does to a model, or to the registry's rules."""

    REGISTRATION = "registration"
    PROMOTION = "promotion"
    ROLLBACK = "rollback"
    WITHDRAWAL = "withdrawal"
    RETIREMENT = "retirement"
    RESTORATION = "restoration"
    """A version that was altered past the gate is again what its registration merged."""
    GOVERNANCE = "governance"
    UPKEEP = "upkeep"
    """Whatever is none of these: an incident, an observation, a page, a new model without a version."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One change. `replaced` is the version that the stage serves before it; `paths` are the files that make it.

    `mends` says what was wrong with the files of the base that it takes the place of: what they meant is unknown.
    `restores` is the commit whose version a restoration brings back.
    """

    kind: ChangeKind
    model: str | None = None
    version: str | None = None
    stage: str | None = None
    replaced: str | None = None
    paths: tuple[str, ...] = ()
    mends: tuple[Mended, ...] = ()
    restores: str | None = None


def find_changes(
    base: Tree, merged: Tree, changed: Sequence[Changed], annals: Annals, *, lost: LostRules | None = None
) -> tuple[tuple[Change, ...], tuple[Problem, ...]]:
    """Return the changes of a pull request, and every reason why it is refused as it stands.

    A rollback moves a pointer to a version that first entered the stage before the one that it replaces did;
    any other move is a promotion, the second try of a version that was rolled back included. Where the base's pointer
    cannot be read, the last readable one of history takes its place, and a return to that is a rollback too.
    `lost` are the base's rules where others stand in for them: then all below policies/ is governance.
    """
    placed, problems = _placed(changed)
    rules = [item.path for item, place in placed if _is_rule(item, place, base, annals)]
    if lost is not None:
        rules = [item.path for item in changed if item.path in rules or touches_policies((item.path,))]
    models = [item.path for item, place in placed if place.model and place.kind is not FileKind.RECORD]
    models = [path for path in models if path not in rules]
    if rules and models:
        problems.append(_mixed(rules, models))
    versions, refused = find_version_changes(placed, base, merged, annals)
    problems += refused
    restored = {path for change in versions.values() if change.restores for path in change.paths}
    changes: list[Change] = []
    for item, place in placed:
        try:
            # What a registration merged comes back as it was, though today's format may be another.
            if item.after is not None and place.kind in FORMATS and item.path not in restored:
                read_file(merged, place, FORMATS[place.kind])
            if item.path in versions:
                changes.append(_version_change(versions[item.path]))
            changes += _change(item, place, base, merged, annals)
        except ProposalError as error:
            problems += error.problems
    if rules:
        changed_rules = [(item, place) for item, place in placed if item.path in rules]
        mends = tuple(_mended_rules(changed_rules, rules, base, merged, annals, lost))
        paths = tuple(rules) if lost is None else lost.scope(rules, merged)
        changes.append(Change(kind=ChangeKind.GOVERNANCE, paths=paths, mends=mends))
        if any(path in LOCATIONS for path in rules):
            problems += owners_faults(merged)
    return tuple(changes), tuple(dict.fromkeys(problems))


def _placed(changed: Sequence[Changed]) -> tuple[list[tuple[Changed, Place]], list[Problem]]:
    """Return each path that the layout knows, with what it is, and why some may not change at all."""
    placed: list[tuple[Changed, Place]] = []
    problems: list[Problem] = []
    for item in changed:
        place = place_of(item.path)
        if isinstance(place, Place):
            placed.append((item, place))
            problems += _records(item, place)
        elif item.after is not None:
            problems.append(place)
    return placed, problems


def _version_change(change: VersionChange) -> Change:
    first = change.restores
    return Change(
        kind=ChangeKind.RESTORATION if first else ChangeKind.REGISTRATION,
        model=change.model,
        version=change.version,
        paths=change.paths,
        restores=first.commit if first else None,
    )


def _mended_rules(
    changed: Sequence[tuple[Changed, Place]],
    paths: Sequence[str],
    base: Tree,
    merged: Tree,
    annals: Annals,
    lost: LostRules | None,
) -> Iterable[Mended]:
    """Yield what a change of the rules takes the place of that was broken."""
    if lost is not None:
        yield mended_rules(lost, merged, paths)
    models = [place for _, place in changed if place.kind is FileKind.MODEL]
    owners = [mended_owners(base, paths, annals)] if any(path in LOCATIONS for path in paths) else []
    for mended in (*(mended_model(place, base, merged, annals) for place in models), *owners):
        if mended is not None:
            yield mended


def _change(item: Changed, place: Place, base: Tree, merged: Tree, annals: Annals) -> Iterable[Change]:
    """Yield what one path does; most paths do nothing by themselves."""
    match place.kind:
        case FileKind.STAGE:
            yield _stage_change(item, place, base, merged, annals)
        case FileKind.WITHDRAWN:
            yield from _withdrawals(item, place.model or "", base, merged, annals)
        case _:
            return


def _stage_change(item: Changed, place: Place, base: Tree, merged: Tree, annals: Annals) -> Change:
    address = StageAddress(place.model or "", place.name or "")
    replaced, broken = served_before(base, address)
    after = Shelf(merged, address.model).read_stage(address.stage)
    kind, version = ChangeKind.RETIREMENT, replaced
    if after is not None:
        version, entered = after.value.version, annals.first_entries(address)
        refuse_altered(address.model, version, item.path, merged, annals)
        refuse_reinstated(address.model, version, item.path, merged, annals)
        is_rollback = (
            is_restored(version, last=annals.last_served(address), entered=entered)
            if broken
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
        mends=(Mended(broken, f"{UNREADABLE}, so the last version on record stands for it"),) if broken else (),
    )


def _withdrawals(item: Changed, model: str, base: Tree, merged: Tree, annals: Annals) -> Iterable[Change]:
    """Yield what withdrawn.yaml adds; where the base's cannot be read, every entry is stated anew, and none is lost.

    What a push took back past the gate is stated anew too: a withdrawal is for good.
    """
    before, broken = withdrawn_before(base, model, annals)
    mends = (Mended(broken, f"{UNREADABLE}, so what was ever withdrawn stands for it"),) if broken else ()
    after = {entry.version for entry in Shelf(merged, model).withdrawn()}
    for version in sorted(after if broken else after - before):
        yield Change(kind=ChangeKind.WITHDRAWAL, model=model, version=version, paths=(item.path,), mends=mends)
    lost = (before | annals.withdrawn(model)) - after
    if lost:
        raise ProposalError(_unwithdrawn(item.path, sorted(lost)[0]))


def _is_rule(item: Changed, place: Place, base: Tree, annals: Annals) -> bool:
    """Say whether a path is a rule: a model.yaml decides tier, task and attributes, and so which rules apply.

    Changing a merged one is governance. So is a new one where versions are, or once were: a model that lost its file
    past the gate is no new model, which may choose.
    """
    if place.kind is not FileKind.MODEL:
        return place.kind in RULES_KINDS
    model = place.model or ""
    return item.before is not None or bool(Shelf(base, model).versions()) or annals.had_versions(model)


def _records(item: Changed, place: Place) -> Iterable[Problem]:
    """Yield that a record may not change."""
    if place.kind is FileKind.RECORD:
        yield Problem(
            Location(item.path),
            "decision records are written by the recorder alone",
            "take this file out of the change",
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
