"""Who must agree to a change: by the pipeline, by the policies that it touches, by the results that ask somebody."""

from collections.abc import Mapping, Sequence

from promoter.decision.docket import Item
from promoter.decision.types import Result
from promoter.gates.contract.candidate import Context
from promoter.policy.pipeline import ApprovalRule
from promoter.policy.policy import Enforcement
from promoter.policy.rulebook import RuleBook
from promoter.registry.changes import ChangeKind


def required_roles(item: Item, results: Sequence[Result], rules: RuleBook) -> Mapping[str, int]:
    """Return role to count. A policy's own wish for a review adds its role, where the policy blocks."""
    needed = {rule.role: rule.count for rule in _rules_of(item, rules)}
    if item.change.kind is ChangeKind.GOVERNANCE:
        for owner in _owners(item, rules):
            needed.setdefault(owner, 1)
    for result in results:
        if result.asks is not None and result.enforcement == Enforcement.BLOCK:
            needed.setdefault(result.asks, 1)
    return needed


def _rules_of(item: Item, rules: RuleBook) -> Sequence[ApprovalRule]:
    """Return what the pipeline asks: of a candidate by tier and stage, of everything else by kind of change."""
    pipeline, change = rules.pipeline, item.change
    match change.kind:
        case ChangeKind.GOVERNANCE:
            asked = pipeline.governance_approvals
            return asked if pipeline.approvals.governance is not None else _staffed(asked, rules)
        case ChangeKind.WITHDRAWAL:
            return pipeline.withdrawal_approvals
        case ChangeKind.RETIREMENT:
            return pipeline.retirement_approvals(change.stage or "")
    context = item.judgements[0].context if item.judgements else None
    stage_rules = context.stage_rules if isinstance(context, Context) else None
    if stage_rules is None:
        return ()
    return stage_rules.rollback_approvals if change.kind is ChangeKind.ROLLBACK else stage_rules.approvals


def _staffed(asked: Sequence[ApprovalRule], rules: RuleBook) -> tuple[ApprovalRule, ...]:
    """Return the rules whose role has somebody: a registry that is new could otherwise never name its first members."""
    return tuple(rule for rule in asked if _has_people(rule.role, rules))


def _owners(item: Item, rules: RuleBook) -> tuple[str, ...]:
    """Return the owners of the base's policies that the change touches, those alone that have somebody."""
    touched = set(item.change.paths)
    owners = {file.policy.owner for file in rules.policies if file.path in touched}
    return tuple(sorted(owner for owner in owners if _has_people(owner, rules)))


def _has_people(role: str, rules: RuleBook) -> bool:
    known = rules.roles.roles.get(role)
    return known is not None and bool(known.members or known.teams)
