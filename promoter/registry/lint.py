"""The whole registry held against its layout, its formats and its own references."""

from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass

from promoter.document.reader import Document
from promoter.document.strict import Strict
from promoter.errors import Location, Problem, ProposalError
from promoter.registry.layout import MODELS, RECORDS, FileKind, Place, place_of
from promoter.registry.manifest import Manifest
from promoter.registry.model import Model
from promoter.registry.reading import FORMATS, Read, read_file
from promoter.registry.stage import Incident, Observation, StagePointer, Withdrawals
from promoter.registry.stock import check_version_folder
from promoter.registry.tree import Tree


@dataclass(frozen=True, slots=True)
class ModelFiles:
    """The files of one model, by kind; `files` maps version to {path in its folder: content key}."""

    model: str
    places: tuple[Place, ...]
    files: dict[str, dict[str, str]]


def group_models(tree: Tree) -> tuple[tuple[ModelFiles, ...], tuple[Problem, ...]]:
    """Return the models of a tree with their files, and every path that the layout does not know."""
    places: dict[str, list[Place]] = {}
    files: dict[str, dict[str, dict[str, str]]] = {}
    problems: list[Problem] = []
    for folder in (MODELS, RECORDS):
        for entry in tree.walk(folder):
            place = place_of(entry.path)
            if isinstance(place, Problem):
                problems.append(place)
            elif place.model is not None and place.kind is not FileKind.RECORD:
                places.setdefault(place.model, []).append(place)
                if place.version is not None:
                    inside = entry.path.split("/versions/", 1)[1].split("/", 1)[1]
                    versions = files.setdefault(place.model, {})
                    versions.setdefault(place.version, {})[inside] = f"git:{entry.object_id}"
    models = tuple(ModelFiles(model, tuple(found), files.get(model, {})) for model, found in sorted(places.items()))
    return models, tuple(problems)


def lint_model(tree: Tree, model: ModelFiles, *, roles: Collection[str] | None = None) -> tuple[Problem, ...]:
    """Return every problem of one model: of each file, and of what one file says of another.

    `roles` are those that policies/roles.yaml knows; None leaves owners unchecked.
    """
    problems: list[Problem] = []
    kinds = {place.kind for place in model.places}
    if FileKind.MODEL not in kinds:
        message, hint = "the model has no model.yaml", "add it: title, task, owners, risk tier and intended use"
        problems.append(Problem(Location(f"{MODELS}/{model.model}"), message, hint))
    registered = {place.version for place in model.places if place.kind is FileKind.MANIFEST}
    for place in model.places:
        if place.kind is FileKind.VERSION_FILE and place.version not in registered:
            folder = f"{MODELS}/{model.model}/versions/{place.version}"
            problems.append(
                Problem(Location(folder), "the version has no manifest.yaml", "add it, or remove the folder")
            )
        if place.kind in FORMATS:
            try:
                problems += _lint_file(tree, place, model, roles)
            except ProposalError as error:
                problems += error.problems
    problems += _unnamed_rows(tree, model)
    return tuple(dict.fromkeys(problems))


def _unnamed_rows(tree: Tree, model: ModelFiles) -> Iterator[Problem]:
    """Yield files of observed rows that no observation names, and names that no file answers."""
    folder = f"{MODELS}/{model.model}/observations"
    lying = {place.path for place in model.places if place.kind is FileKind.OBSERVED_ROWS}
    named: dict[str, str] = {}
    for place in model.places:
        if place.kind is FileKind.OBSERVATION:
            with suppress(ProposalError):
                uri = read_file(tree, place, Observation).value.uri
                if "://" not in uri:
                    named[f"{folder}/{uri}"] = place.path
    for path in sorted(lying - set(named)):
        message, hint = "no observation names these rows", "name the file as uri in an observation, or remove it"
        yield Problem(Location(path), message, hint)
    for path in sorted(set(named) - lying):
        message = f"{path.removeprefix(folder + '/')!r} is not beside it"
        yield Problem(Location(named[path]), message, f"add {path}, or correct uri")


def _lint_file(tree: Tree, place: Place, model: ModelFiles, roles: Collection[str] | None) -> Iterable[Problem]:
    read = read_file(tree, place, FORMATS[place.kind])
    if isinstance(read.value, Manifest):
        folder = place.path.rsplit("/", 1)[0]
        manifest: Read[Manifest] = Read(read.value, read.document)
        return check_version_folder(manifest, model.files[read.value.version], folder)
    if isinstance(read.value, Model) and roles is not None:
        return _unknown_owners(read.value, read.document, roles)
    return _unknown_versions(read, model)


def _unknown_owners(model: Model, document: Document, roles: Collection[str]) -> Iterator[Problem]:
    """Yield owners that are no role: nobody would be asked."""
    for index, owner in enumerate(model.owners):
        if owner not in roles:
            message = f"owner {owner!r} is no role of policies/roles.yaml"
            hint = f"name one of {', '.join(sorted(roles))}, or add the role first"
            yield Problem(document.location(("owners", index)), message, hint)


def _unknown_versions(read: Read[Strict], model: ModelFiles) -> Iterator[Problem]:
    """Yield where a file names a version that is not registered."""
    names: list[tuple[tuple[str | int, ...], str]] = []
    if isinstance(read.value, StagePointer | Incident | Observation):
        names = [(("version",), read.value.version)]
    if isinstance(read.value, Withdrawals):
        names = [(("withdrawn", index, "version"), entry.version) for index, entry in enumerate(read.value.withdrawn)]
    for keys, version in names:
        if version not in model.files:
            known = ", ".join(sorted(model.files)[-5:]) or "none"
            message = f"version {version!r} is not registered"
            yield Problem(read.document.location(keys), message, f"name a registered version ({known}), or register it")
