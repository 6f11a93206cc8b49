"""The rules that judge: those of a tree; where they are broken, the last of its history that can be applied."""

from contextlib import suppress

from promoter.commands.chronicle import Chronicle
from promoter.decision.docket import bind_policies
from promoter.document.reader import read_yaml
from promoter.errors import PolicyError, Problem, ProposalError
from promoter.gates.table import find_gate
from promoter.git.objects import ObjectStore
from promoter.git.snapshot import Snapshot
from promoter.policy.lint import seat_problems
from promoter.policy.rulebook import RuleBook, read_rules
from promoter.registry.governance import LostRules
from promoter.registry.layout import POLICIES
from promoter.registry.reading import YAML_LIMIT_BYTES
from promoter.registry.tree import Tree

_RULES: dict[tuple[ObjectStore, str], RuleBook] = {}
_KEPT_RULES = 8


def rules_of(tree: Snapshot) -> RuleBook:
    """Return the rules of a tree. Raises PolicyError as `read_rules` does.

    Those of the last few trees of policies/ are kept: an audit meets the same rules merge after merge. Each repository
    has its own: a bundle holds what was read of the one that it is made from.
    """
    key = tree.repository, tree.tree_id_of(POLICIES) or ""
    if key not in _RULES:
        rules = read_rules(tree)
        while len(_RULES) >= _KEPT_RULES:
            del _RULES[next(iter(_RULES))]
        _RULES[key] = rules
    return _RULES[key]


def usable_rules(tree: Snapshot) -> RuleBook:
    """Return the rules of a tree, each policy bound to its gate. Raises PolicyError where any cannot be applied."""
    try:
        rules = rules_of(tree)
    except ProposalError as error:  # what stands below policies/ is no tree that git would write
        raise PolicyError(*error.problems) from error
    bind_policies(rules, find_gate)
    return rules


def standing_rules(tree: Snapshot, chronicle: Chronicle) -> tuple[RuleBook, LostRules | None]:
    """Return the rules that stand at the tip of a history, and what is lost where its own tree's cannot be applied.

    Raises PolicyError where no rules of the whole history can be.
    """
    try:
        return usable_rules(tree), None
    except PolicyError as error:
        problems = error.problems
    for commit, earlier in chronicle.states((POLICIES,)):
        try:
            rules = usable_rules(earlier)
        except PolicyError:
            continue
        return rules, LostRules(problems=problems, commit=commit, tree=earlier)
    raise PolicyError(*problems)


def seated_rules(tree: Tree, rules: RuleBook, chronicle: Chronicle) -> tuple[RuleBook, LostRules | None]:
    """Return the rules by which a change of the rules is agreed to, and what is lost where those are not a tree's own.

    Rules that ask roles which nobody holds were pushed past the gate, if any before them did not: who emptied a role
    could else agree alone, and who made one up could keep everybody from agreeing.
    """
    problems = _seat_problems(tree, rules)
    for commit, earlier in chronicle.states((POLICIES,)) if problems else ():
        with suppress(PolicyError):
            found = usable_rules(earlier)
            if not _seat_problems(earlier, found):
                fault, merit = "ask roles that nobody holds", "that do not"
                return found, LostRules(problems=problems, commit=commit, tree=earlier, fault=fault, merit=merit)
    return rules, None


def _seat_problems(tree: Tree, rules: RuleBook) -> tuple[Problem, ...]:
    return seat_problems(rules, lambda path: read_yaml(tree.read(path, limit_bytes=YAML_LIMIT_BYTES), path=path))


def refuse_all_but_mending(lost: LostRules, base: Snapshot, merged: Snapshot) -> None:
    """Raise PolicyError for a change that leaves broken rules as they are: they judge nothing."""
    if merged.tree_id_of(POLICIES) == base.tree_id_of(POLICIES):
        message = "the rules of the base cannot be applied, so nothing is judged but what mends them"
        hint = f"mend {POLICIES}/ in a pull request of its own: the rules of commit {lost.commit[:10]} judge it"
        raise PolicyError(*lost.problems, Problem(lost.problems[-1].location, message, hint))
