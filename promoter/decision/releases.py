"""One version of a tree, whole: manifest, model and files; and what lies beside it."""

from promoter.errors import ProposalError
from promoter.gates.contract.candidate import Earlier, Release
from promoter.registry.address import version_order
from promoter.registry.changes import Change, ChangeKind
from promoter.registry.stock import Shelf, check_version_folder
from promoter.registry.tree import Tree


def read_release(tree: Tree, model: str, version: str) -> Release:
    """Return one version of a tree. Raises ProposalError with all problems of its files."""
    shelf = Shelf(tree, model)
    manifest = shelf.read_manifest(version)
    files = shelf.version_files(version)
    problems = check_version_folder(manifest, files, f"{shelf.folder}/versions/{version}")
    if problems:
        raise ProposalError(*problems)
    model_file = shelf.read_model()
    return Release(
        model=model_file.value,
        manifest=manifest.value,
        document=manifest.document,
        files=files,
        model_document=model_file.document,
    )


def earlier_versions(change: Change, base: Tree) -> tuple[Earlier, ...]:
    """Return the versions that a base holds beside one that a change registers, from the newest name down.

    Their manifests are not read: a model with many versions costs a walk of their folders. Other changes move versions
    that were held against their elders when they were registered.
    """
    if change.kind is not ChangeKind.REGISTRATION or change.model is None:
        return ()
    shelf = Shelf(base, change.model)
    names = sorted((name for name in shelf.versions() if name != change.version), key=version_order, reverse=True)
    return tuple(Earlier(name, shelf.version_files(name)) for name in names)
