"""The rules of one tree, opened and bound to their gates: what every `promoter policy` command begins with."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from promoter.decision.docket import bind_policies
from promoter.document.reader import Document, read_yaml
from promoter.gates.contract.gate import Gate
from promoter.gates.table import find_gate
from promoter.git.repository import open_repository
from promoter.git.snapshot import Snapshot
from promoter.policy.rulebook import PolicyFile, RuleBook, read_rules
from promoter.policy.selector import Subject
from promoter.registry.changes import ChangeKind
from promoter.registry.layout import MODELS
from promoter.registry.reading import YAML_LIMIT_BYTES
from promoter.registry.stock import Shelf


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenRules:
    """A tree with its rules; `bound` maps policy id to file, gate and typed parameters."""

    tree: Snapshot
    rules: RuleBook
    bound: Mapping[str, tuple[PolicyFile, Gate, object]]

    def read_document(self, path: str) -> Document:
        """Return a file of the rules with the places of its parts."""
        return read_yaml(self.tree.read(path, limit_bytes=YAML_LIMIT_BYTES), path=path)


def open_rules(repo: Path, rev: str | None) -> OpenRules:
    """Return the rules of a commit, or of the files as they stand. Raises PolicyError where they cannot be read."""
    repository = open_repository(repo)
    tree_id = repository.worktree_tree() if rev is None else repository.commit(repository.resolve(rev)).tree_id
    return bind_rules(Snapshot(repository, tree_id))


def bind_rules(tree: Snapshot) -> OpenRules:
    """Return the rules of a tree. Raises PolicyError where they cannot be read or do not fit their gates."""
    rules = read_rules(tree)
    return OpenRules(tree=tree, rules=rules, bound=bind_policies(rules, find_gate))


def read_subjects(tree: Snapshot, rules: RuleBook) -> tuple[Subject, ...]:
    """Return each model of the registry as selectors see it; regions are read only where a policy asks for them."""
    needs_regions = any(file.policy.applies_to.regions for file in rules.policies)
    suffix = "/model.yaml"
    paths = (
        entry.path for entry in tree.walk(MODELS) if entry.path.endswith(suffix) and "/versions/" not in entry.path
    )
    shelves = (Shelf(tree, path.removeprefix(f"{MODELS}/").removesuffix(suffix)) for path in paths)
    return tuple(_subject(shelf, _regions(shelf) if needs_regions else ()) for shelf in shelves)


def _subject(shelf: Shelf, regions: tuple[str, ...]) -> Subject:
    model = shelf.read_model().value
    return Subject(
        kind=ChangeKind.PROMOTION,
        model=model.model,
        stage=None,
        task=model.task,
        tier=model.risk_tier,
        domain=model.domain,
        regions=regions,
        tags=model.tags,
    )


def _regions(shelf: Shelf) -> tuple[str, ...]:
    """Return every region that a version of the model is deployed to."""
    manifests = (shelf.read_manifest(version).value for version in shelf.versions())
    deployments = (manifest.deployment for manifest in manifests)
    return tuple(sorted({region for deployment in deployments if deployment for region in deployment.regions}))
