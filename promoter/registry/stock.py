"""What a tree holds of one model: its versions, its stages, what is withdrawn."""

from contextlib import suppress
from dataclasses import dataclass

from promoter.errors import Location, Problem, ProposalError
from promoter.registry.layout import MODELS, FileKind, Place
from promoter.registry.manifest import Manifest
from promoter.registry.model import Model
from promoter.registry.reading import Read, read_file
from promoter.registry.stage import Incident, Observation, StagePointer, Withdrawal, Withdrawals
from promoter.registry.tree import Tree


@dataclass(frozen=True, slots=True)
class Shelf:
    """One model in one tree; nothing is read before it is asked for."""

    tree: Tree
    model: str

    @property
    def folder(self) -> str:
        """The model's folder."""
        return f"{MODELS}/{self.model}"

    def read_model(self) -> Read[Model]:
        """Return model.yaml."""
        path = f"{self.folder}/model.yaml"
        return read_file(self.tree, Place(path, FileKind.MODEL, model=self.model), Model)

    def read_manifest(self, version: str) -> Read[Manifest]:
        """Return a version's manifest."""
        path = f"{self.folder}/versions/{version}/manifest.yaml"
        return read_file(self.tree, Place(path, FileKind.MANIFEST, model=self.model, version=version), Manifest)

    def has_version(self, version: str) -> bool:
        """Say whether the version is registered."""
        return self.tree.entry(f"{self.folder}/versions/{version}/manifest.yaml") is not None

    def versions(self) -> tuple[str, ...]:
        """Return the names of all registered versions, in the order of the tree."""
        folder = f"{self.folder}/versions"
        return tuple(entry.path.rsplit("/", 1)[1] for entry in self.tree.children(folder))

    def read_stage(self, stage: str) -> Read[StagePointer] | None:
        """Return a stage's pointer, or None where the stage serves nothing. The version must be registered."""
        path = f"{self.folder}/stages/{stage}.yaml"
        if self.tree.entry(path) is None:
            return None
        pointer = read_file(self.tree, Place(path, FileKind.STAGE, model=self.model, name=stage), StagePointer)
        version = pointer.value.version
        if not self.has_version(version):
            message = f"version {version!r} is not registered"
            known = ", ".join(self.versions()[-5:]) or "none"
            hint = f"add versions/{version}/manifest.yaml, or name a registered version ({known})"
            raise ProposalError(Problem(pointer.document.location(("version",)), message, hint))
        return pointer

    def serving(self) -> dict[str, str]:
        """Return stage to version for every stage that serves one; a pointer that cannot be read serves none."""
        found: dict[str, str] = {}
        for entry in self.tree.children(f"{self.folder}/stages"):
            stage = entry.path.rsplit("/", 1)[1].removesuffix(".yaml")
            # Raised again where the stage itself is asked for: one broken pointer holds up no other stage.
            with suppress(ProposalError):
                pointer = self.read_stage(stage)
                if pointer is not None:
                    found[stage] = pointer.value.version
        return found

    def withdrawn(self) -> tuple[Withdrawal, ...]:
        """Return the versions that may never be promoted again."""
        path = f"{self.folder}/withdrawn.yaml"
        if self.tree.entry(path) is None:
            return ()
        read = read_file(self.tree, Place(path, FileKind.WITHDRAWN, model=self.model), Withdrawals)
        return read.value.withdrawn

    def incidents(self) -> tuple[Incident, ...]:
        """Return the model's incidents, open and ended, in the order of their files."""
        entries = self.tree.children(f"{self.folder}/incidents")
        names = (entry.path.rsplit("/", 1)[1].removesuffix(".yaml") for entry in entries)
        places = (
            Place(f"{self.folder}/incidents/{name}.yaml", FileKind.INCIDENT, model=self.model, name=name)
            for name in names
        )
        return tuple(read_file(self.tree, place, Incident).value for place in places)

    def observations(self) -> dict[str, Observation]:
        """Return what was observed of the model's stages by the path of its file, in the order of the files."""
        folder = f"{self.folder}/observations"
        names = [entry.path for entry in self.tree.children(folder) if entry.path.endswith(".yaml")]
        places = (Place(path, FileKind.OBSERVATION, model=self.model) for path in names)
        return {place.path: read_file(self.tree, place, Observation).value for place in places}

    def version_files(self, version: str) -> dict[str, str]:
        """Return the files of a version's folder: path within it to content key `git:<object id>`."""
        folder = f"{self.folder}/versions/{version}"
        entries = self.tree.walk(folder)
        return {entry.path.removeprefix(folder + "/"): f"git:{entry.object_id}" for entry in entries}


def check_version_folder(manifest: Read[Manifest], files: dict[str, str], folder: str) -> tuple[Problem, ...]:
    """Return files that the manifest does not name, and names that no file answers."""
    value, document = manifest.value, manifest.document
    named: dict[str, tuple[str | int, ...]] = {}
    if "://" not in value.artifact.uri:
        named[value.artifact.uri] = ("artifact", "uri")
    for index, evidence in enumerate(value.evidence):
        if "://" not in evidence.uri:
            named[evidence.uri] = ("evidence", index, "uri")
    for index, text in enumerate(value.documents):
        named[text.path] = ("documents", index, "path")
    missing = (
        Problem(
            document.location(keys),
            f"{path!r} is not in the version's folder",
            f"add {folder}/{path}, or correct the name",
        )
        for path, keys in named.items()
        if path not in files
    )
    surplus = (
        Problem(
            Location(f"{folder}/{path}"), "the manifest names no such file", "name it in manifest.yaml, or remove it"
        )
        for path in files
        if path not in named and path != "manifest.yaml"
    )
    return (*missing, *surplus)
