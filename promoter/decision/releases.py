"""One version of a tree, whole: manifest, model and files."""

from promoter.errors import ProposalError
from promoter.gates.contract.candidate import Release
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
