"""Where a version's data comes from, as a graph for the report."""

from dataclasses import dataclass

from promoter.registry.datasets import DatasetRole
from promoter.registry.manifest import Manifest
from promoter.registry.origins import reference_of


@dataclass(frozen=True, slots=True)
class LineageNode:
    """A data set or feature view: its name, what it was used for, and what it was made from."""

    dataset: str
    role: str
    parents: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LineageGraph:
    """The data sets of a version, in the manifest's order. `version` is the version's address."""

    version: str
    nodes: tuple[LineageNode, ...]

    @property
    def unlisted(self) -> tuple[str, ...]:
        """Return parents that the manifest does not list, each once: there the chain is broken."""
        known = {node.dataset for node in self.nodes}
        return tuple(dict.fromkeys(parent for node in self.nodes for parent in node.parents if parent not in known))

    @property
    def trained_on(self) -> tuple[str, ...]:
        """Return the data sets that the model was fitted to."""
        return tuple(node.dataset for node in self.nodes if node.role == DatasetRole.TRAINING)

    @property
    def judged_on(self) -> tuple[str, ...]:
        """Return the data sets that its evidence is about."""
        roles = (DatasetRole.VALIDATION, DatasetRole.EVALUATION)
        return tuple(node.dataset for node in self.nodes if node.role in roles)


def lineage_of(manifest: Manifest) -> LineageGraph:
    """Return the graph of a manifest's data sets, and of the feature views from which its training data were drawn.

    A view's node is called `view <name>`, which no data set's id can be.
    """
    references = (reference_of(feature) for feature in manifest.signature.features)
    views = tuple(dict.fromkeys(f"view {reference[0]}" for reference in references if reference is not None))
    nodes = [
        LineageNode(
            entry.id,
            entry.role.value,
            (*entry.parents, *views) if entry.role is DatasetRole.TRAINING else entry.parents,
        )
        for entry in manifest.datasets
    ]
    nodes += [LineageNode(view, "feature view") for view in views]
    return LineageGraph(f"{manifest.model}@{manifest.version}", tuple(nodes))
