"""What an approval is about: the objects that were reviewed, and the rules and champion that they were judged by."""

from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime

from promoter.decision.docket import Item
from promoter.decision.reviews import Review
from promoter.errors import PolicyError
from promoter.gates.contract.candidate import Candidate, Release
from promoter.policy.policy import Enforcement, Policy
from promoter.policy.rulebook import RuleBook, read_rules
from promoter.registry.layout import MODELS, POLICIES
from promoter.registry.tree import Tree

ObjectIds = Mapping[str, str | None]
"""Path to object id; None where nothing stands there."""

Reviewed = Callable[[str, tuple[str, ...]], ObjectIds | None]
"""Commit and paths to the objects that the commit holds there; None where the commit cannot be read."""

BaseAt = Callable[[datetime], Tree | None]
"""Moment to the tree that the base branch held then; None where its history does not reach back so far."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Backdrop:
    """Where approvals are held against: the trees of today, and those of the past."""

    base: Tree
    merged: Tree
    reviewed: Reviewed
    base_at: BaseAt
    _past: dict[str, RuleBook | None] = field(default_factory=dict, repr=False, compare=False)

    def rules_of(self, tree: Tree) -> RuleBook | None:
        """Return a past base's rules, read once a policy tree, or None where they could not be applied."""
        key = tree.tree_id_of(POLICIES) or ""
        if key not in self._past:
            try:
                self._past[key] = read_rules(tree)
            except PolicyError:
                self._past[key] = None
        return self._past[key]


def scope_paths(item: Item) -> tuple[str, ...]:
    """Return what a reviewer looks at: the change's own files, the version's folder, model.yaml, the change record."""
    change = item.change
    paths = set(change.paths)
    if change.model is not None:
        paths.add(f"{MODELS}/{change.model}/model.yaml")
        if change.version is not None:
            paths.add(f"{MODELS}/{change.model}/versions/{change.version}")
    pointer = item.candidate.pointer if item.candidate else None
    if pointer is not None and pointer.change is not None:
        paths.add(f"{POLICIES}/changes/{pointer.change}.yaml")
    return tuple(sorted(paths))


def object_ids(tree: Tree, paths: tuple[str, ...]) -> dict[str, str | None]:
    """Return what a tree holds at some paths."""
    entries = {path: tree.entry(path) for path in paths}
    return {path: entry.object_id if entry else None for path, entry in entries.items()}


def why_void(review: Review, item: Item, backdrop: Backdrop) -> str | None:
    """Return why a review is not about what would be merged today, or None where it is.

    It is about it exactly where the reviewed commit holds the same objects in the change's scope: a rebase keeps them.
    """
    paths = scope_paths(item)
    seen = backdrop.reviewed(review.commit, paths) if review.commit is not None else None
    if seen is None:
        return "the reviewed commit can no longer be read, so what was approved is unknown"
    now = object_ids(backdrop.merged, paths)
    changed = [path for path in paths if seen[path] != now[path]]
    if changed:
        return f"{changed[0]} changed since the reviewed commit {(review.commit or '')[:10]}"
    return None


def reasked_roles(
    review: Review, item: Item, backdrop: Backdrop, rules: RuleBook, needed: AbstractSet[str]
) -> Mapping[str, str]:
    """Return the roles that must look again although what they reviewed is unchanged, each with the reason.

    A policy that judges the change now or did then, and differs, concerns its owner and the role that it asks. A moved
    champion concerns the owners of the policies that measure it; where none does, every role. A base whose past cannot
    be read concerns every role.
    """
    candidate = item.candidate
    if candidate is None:
        return {}
    then = backdrop.base_at(review.submitted_at)
    past = None if then is None else rules if _same_rules(then, backdrop.base) else backdrop.rules_of(then)
    if then is None or past is None:
        return dict.fromkeys(needed, "the rules at the time of the review can no longer be read")
    found: dict[str, str] = {}
    pointer = candidate.stage_path
    if pointer is not None and object_ids(then, (pointer,)) != object_ids(backdrop.base, (pointer,)):
        for role in _owners_of_comparisons(item) & needed or needed:
            found[role] = f"what {candidate.stage} serves moved since the review"
    for policy in _moved_policies(past, rules, candidate):
        for role in needed & {policy.owner, policy.on_inconclusive.role or policy.owner}:
            found.setdefault(role, f"policy {policy.id} changed since the review")
    return found


def _same_rules(first: Tree, second: Tree) -> bool:
    return first.tree_id_of(POLICIES) == second.tree_id_of(POLICIES)


def _moved_policies(past: RuleBook, now: RuleBook, candidate: Candidate) -> list[Policy]:
    """Return the policies that judge the candidate under one of two rule books and differ between them."""
    versions = [{(file.policy.id, file.version): file.policy for file in book.policies} for book in (past, now)]
    moved = versions[0].keys() ^ versions[1].keys()
    policies = [book[key] for book in versions for key in sorted(moved & book.keys())]
    return [policy for policy in policies if _judges(policy, candidate)]


def _judges(policy: Policy, candidate: Candidate) -> bool:
    return policy.enforcement is not Enforcement.OFF and policy.applies_to.misses(candidate.subject) is None


def _owners_of_comparisons(item: Item) -> set[str]:
    """Return the owners of the policies whose numbers rest on the champion's evidence."""
    candidate = item.candidate
    if candidate is None or candidate.champion is None:
        return set()
    champions = _contents(candidate.champion) - _contents(candidate.release)
    return {
        judgement.file.policy.owner
        for judgement in item.judgements
        if any(request.contents & champions for request in judgement.requests)
    }


def _contents(release: Release) -> set[str]:
    manifest = release.manifest
    evidence = {entry.digest for entry in manifest.evidence}
    return {manifest.artifact.digest, *evidence, *release.files.values()}
