"""The two trees of a change, opened and checked: what `check` judges and every later command builds on."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from functools import cache, partial
from pathlib import Path

from promoter.commands.chronicle import Chronicle
from promoter.commands.policy_rules import bind_rules, read_subjects
from promoter.commands.rules_of_base import refuse_all_but_mending, seated_rules, standing_rules
from promoter.decision.additions import ListAdditions, no_additions
from promoter.decision.docket import Item, build_docket
from promoter.decision.trees import Trees
from promoter.decision.types import BoundTo
from promoter.digest import sha256_value
from promoter.errors import PolicyError, Problem, ProposalError
from promoter.gates.contract.candidate import Added
from promoter.gates.table import find_gate
from promoter.git.additions import added_files
from promoter.git.canonical import check_trees
from promoter.git.difference import PathChange, diff_snapshots
from promoter.git.names import shown
from promoter.git.repository import Repository
from promoter.git.snapshot import Snapshot
from promoter.policy.lint import lint_rules
from promoter.policy.pins import pin_problems
from promoter.policy.rulebook import RuleBook
from promoter.policy.testfiles import read_tests
from promoter.registry.changes import Change, ChangeKind, find_changes
from promoter.registry.governance import LostRules
from promoter.registry.layout import POLICIES

WORKTREE = "worktree"
"""What stands for the head where uncommitted files are judged."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A change that is to be judged. `head` is a commit id, or `worktree` for uncommitted files."""

    repository: Repository
    base: str
    head: str
    base_tree: Snapshot
    merged_tree: Snapshot
    rules: RuleBook
    items: tuple[Item, ...]
    problems: tuple[Problem, ...]

    @property
    def bound_to(self) -> BoundTo:
        """The objects that a decision on this case is about."""
        champions = {
            f"{item.change.model}#{item.change.stage}": item.candidate.champion.version
            if item.candidate.champion
            else None
            for item in self.items
            if item.candidate is not None and item.change.stage is not None
        }
        return BoundTo(
            head=self.head,
            base=self.base,
            merge_tree=self.merged_tree.tree_id,
            policy_tree=self.rules.tree_id,
            champion=sha256_value(champions) if champions else None,
        )


def open_case(repository: Repository, *, base: str | None, head: str, is_worktree: bool, at: datetime) -> Case:
    """Return the case of a head against a base; without a base, against where it left the default branch.

    The rules are the base's. Where they cannot be applied, the last of its history that can judge the change that
    mends them, and nothing else. Raises ProposalError where no tree can be made of the two, PolicyError for unusable
    rules; what is wrong inside of the trees becomes the case's problems.
    """
    head_id = repository.resolve(head)
    base_id = repository.resolve(
        base or repository.merge_base(repository.resolve(repository.default_branch()), head_id)
    )
    base_tree = Snapshot(repository, repository.commit(base_id).tree_id)
    head_tree = Snapshot(repository, repository.worktree_tree() if is_worktree else repository.commit(head_id).tree_id)
    problems = list(check_trees(base_tree, head_tree))
    chronicle = Chronicle(repository, base_id)
    rules, lost = standing_rules(base_tree, chronicle)
    proposal = _Proposal(merged=base_tree, rules=rules)
    additions: ListAdditions = no_additions
    if not problems:
        # A head that stands on the base is its own merge: so is every commit of the line against the one before it.
        is_merged = is_worktree or repository.merge_base(base_id, head_id) == base_id
        merged = head_tree if is_merged else Snapshot(repository, repository.merged_tree(base_id, head_id))
        if merged.tree_id != head_tree.tree_id:
            problems += check_trees(base_tree, merged)
        proposal = _read_proposal(base_tree, merged, rules, lost, chronicle)
        problems += proposal.problems
        additions = cache(partial(_additions, repository, base=base_id, head=head_id, tree_id=merged.tree_id))
    trees = Trees(
        base=base_tree,
        merged=proposal.merged,
        last_served=chronicle.last_served,
        stays=chronicle.stays,
        recall=chronicle.recall,
        as_merged=chronicle.as_merged,
        rehearse=cache(partial(repository.undone_paths, proposal.differences)),
        additions=additions,
    )
    items, found = build_docket(proposal.changes, trees, proposal.rules, find_gate=find_gate, at=at)
    problems += found
    if proposal.merged.tree_id_of(POLICIES) != base_tree.tree_id_of(POLICIES):
        problems += check_rules(proposal.merged, at)
    return Case(
        repository=repository,
        base=base_id,
        head=WORKTREE if is_worktree else head_id,
        base_tree=base_tree,
        merged_tree=proposal.merged,
        rules=proposal.rules,
        items=items,
        problems=tuple(dict.fromkeys(problems)),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Proposal:
    """What a merge would change of the base, the rules that judge it, and why it is refused as it stands."""

    merged: Snapshot
    rules: RuleBook
    differences: tuple[PathChange, ...] = ()
    changes: tuple[Change, ...] = ()
    problems: tuple[Problem, ...] = ()


def _read_proposal(
    base: Snapshot, merged: Snapshot, rules: RuleBook, lost: LostRules | None, chronicle: Chronicle
) -> _Proposal:
    """Return what a merge changes; who agrees to a change of rules is said by the last ones that seat somebody.

    Raises ProposalError where the base's rules are lost, and the merge brings more than what mends them.
    """
    differences = diff_snapshots(base, merged)
    if lost is not None:
        refuse_all_but_mending(lost, base, merged)
    changes, problems = find_changes(base, merged, differences, chronicle.annals, lost=lost)
    if any(change.kind is ChangeKind.GOVERNANCE for change in changes):
        rules, unheld = seated_rules(base if lost is None else lost.tree, rules, chronicle)
        if unheld is not None:
            lost = unheld if lost is None else lost.further_back(unheld)
            changes, problems = find_changes(base, merged, differences, chronicle.annals, lost=lost)
    return _Proposal(merged=merged, rules=rules, differences=differences, changes=changes, problems=problems)


def _additions(repository: Repository, *, base: str, head: str, tree_id: str) -> tuple[Added, ...]:
    """Return what the commits bring in; the paths are made safe to show, since nobody checked those in between."""
    found = added_files(repository, base=base, head=head, tree_id=tree_id)
    return tuple(Added(shown(file.path), f"git:{file.object_id}", file.commit) for file in found)


def check_rules(tree: Snapshot, at: datetime) -> tuple[Problem, ...]:
    """Return why the rules of a tree could not be applied after a merge, or could never work."""
    try:
        opened = bind_rules(tree)
        read_tests(tree, opened.bound)
        subjects = read_subjects(tree, opened.rules)
    except (PolicyError, ProposalError) as error:
        return error.problems
    parameters = {name: values for name, (_, _, values) in opened.bound.items()}
    problems = lint_rules(opened.rules, parameters, subjects, read_document=opened.read_document, at=at)
    pins = (pin_problems(file, values, tree) for file, _, values in opened.bound.values())
    return (*problems, *(problem for found in pins for problem in found))


@cache
def engine_digest() -> str:
    """Return the digest over the engine's own files: another engine is another decision."""
    root = Path(__file__).resolve().parent.parent
    running = hashlib.sha256()
    for path in sorted(root.rglob("*")):
        if path.is_file() and path.suffix in {".py", ".jinja", ".json"}:
            running.update(path.relative_to(root).as_posix().encode() + b"\0")
            running.update(hashlib.sha256(path.read_bytes()).digest())
    return "sha256:" + running.hexdigest()
