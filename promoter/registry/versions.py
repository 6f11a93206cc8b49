"""What a change does to versions: registers new ones, restores what was altered past the gate, or is refused."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from promoter.errors import Location, Problem, ProposalError
from promoter.registry.layout import FileKind, Place
from promoter.registry.mending import Annals, Registered
from promoter.registry.stock import Shelf
from promoter.registry.tree import Changed, Tree

Placed = Sequence[tuple[Changed, Place]]


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionChange:
    """The files of one version that a change touches. `restores`: the registration whose bytes they bring back."""

    model: str
    version: str
    paths: tuple[str, ...]
    restores: Registered | None = None


def find_version_changes(
    placed: Placed, base: Tree, merged: Tree, annals: Annals
) -> tuple[Mapping[str, VersionChange], tuple[Problem, ...]]:
    """Return the versions that a change registers or restores, each by its first path, and what it may not do.

    A merged version never changes. What a direct push made of one may be undone: its folder comes back byte for byte
    as its first registration merged it. A version that was removed is no new one either.
    """
    folders: dict[tuple[str, str], list[tuple[Changed, Place]]] = {}
    for item, place in placed:
        if place.kind in (FileKind.MANIFEST, FileKind.VERSION_FILE):
            folders.setdefault((place.model or "", place.version or ""), []).append((item, place))
    found: dict[str, VersionChange] = {}
    problems: list[Problem] = []
    for (model, version), items in folders.items():
        is_merged = Shelf(base, model).has_version(version)
        manifest = next((item for item, place in items if place.kind is FileKind.MANIFEST), None)
        is_new = not is_merged and manifest is not None and manifest.after is not None
        first = annals.registered(model, version) if is_merged or is_new else None
        paths = tuple(item.path for item, _ in items)
        change = VersionChange(model=model, version=version, paths=paths, restores=first)
        if first is not None and _is_as_merged(merged, change, first):
            found[paths[0]] = change
        elif is_merged:
            problems += _never_changes(items, version, _altered(base, change))
        elif manifest is not None and first is not None:
            problems.append(_is_no_new_one(manifest.path, version, first))
        elif manifest is not None and is_new:
            paths = (manifest.path,)
            found[manifest.path] = VersionChange(model=model, version=version, paths=paths)
    return found, tuple(problems)


def refuse_altered(model: str, version: str, path: str, merged: Tree, annals: Annals) -> None:
    """Raise ProposalError where a pointer at `path` names a version that is not what was merged, and stays so."""
    bad = annals.altered(model, version)
    first = annals.registered(model, version) if bad is not None else None
    if bad is None or first is None:
        return
    if not _is_as_merged(merged, VersionChange(model=model, version=version, paths=()), first):
        message = f"version {version} was altered past the gate, last by commit {bad[:10]}"
        hint = f"bring its folder back as commit {first.commit[:10]} has it, here or before; or name another version"
        raise ProposalError(Problem(Location(path), message, hint))


def _is_as_merged(merged: Tree, change: VersionChange, first: Registered) -> bool:
    shelf = Shelf(merged, change.model)
    return merged.tree_id_of(f"{shelf.folder}/versions/{change.version}") == first.folder_id


def _altered(base: Tree, change: VersionChange) -> Registered | None:
    """Return what the version was merged as where the base has it otherwise, or None."""
    first = change.restores
    return None if first is None or _is_as_merged(base, change, first) else first


def _never_changes(items: Placed, version: str, altered: Registered | None) -> Iterator[Problem]:
    """Yield each path of a merged version that a change touches."""
    hint = "undo it here: register what you want as a new version; to go back, move the pointer (`promoter rollback`)"
    if altered is not None:
        hint = f"it was altered past the gate: bring its whole folder back as commit {altered.commit[:10]} has it"
    for item, _ in items:
        what = "removed from" if item.after is None else "added to" if item.before is None else "changed in"
        message = f"{what} version {version}, which is merged and never changes"
        yield Problem(Location(item.path), message, hint)


def _is_no_new_one(path: str, version: str, first: Registered) -> Problem:
    message = f"version {version} is merged, was taken away past the gate, and this is not what was merged"
    hint = f"bring its folder back as commit {first.commit[:10]} has it, or register this as a new version"
    return Problem(Location(path), message, hint)
