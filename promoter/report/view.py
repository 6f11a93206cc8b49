"""A decision as a report says it: one model under every surface."""

from collections.abc import Mapping
from typing import Any

from promoter.report.comparison import compare, measurement_rows
from promoter.report.lineage import LineageGraph
from promoter.report.parts import ApprovalView, ChangeView, DisqualifiedView, PolicyView, ProblemView, View
from promoter.report.people import sentence_of
from promoter.report.policies import reading_order, view_policy
from promoter.report.record import ApprovalsRecord, ChangeRecord, DecisionRecord, parse_record
from promoter.report.steps import steps_of
from promoter.report.summary import summarise_all, summarise_change, verdict_word

_VERDICTS = ("errored", "failed", "warned", "passed")

_ACTIONS = {
    "registration": ("registration of", ""),
    "promotion": ("promotion of", "to"),
    "rollback": ("rollback to", "in"),
    "withdrawal": ("withdrawal of", ""),
    "retirement": ("retirement of", "from"),
    "restoration": ("restoration of", ""),
    "governance": ("change of the registry's rules", ""),
    "upkeep": ("change of other files", ""),
}


def build_view(decision: Mapping[str, Any], *, lineage: Mapping[str, LineageGraph] | None = None) -> View:
    """Return the report of a decision's plain JSON. `lineage` maps a version's address to its data sets.

    Raises ProposalError where the JSON is no decision of this form.
    """
    record = parse_record(decision)
    graphs = lineage or {}
    ordered = sorted(record.changes, key=lambda change: _VERDICTS.index(change.verdict))
    changes = tuple(_view_change(change, graphs) for change in ordered)
    problems = tuple(
        ProblemView(
            path=problem.location.path,
            line=problem.location.line,
            column=problem.location.column,
            message=problem.message,
            hint=problem.hint,
        )
        for problem in record.problems
    )
    return View(
        verdict=record.verdict,
        verdict_word=verdict_word(record.verdict, _all_policies(changes)),
        summary=summarise_all(changes, problems),
        changes=changes,
        problems=problems,
        decided_at=record.decided_at,
        digests=_digests(record),
    )


def _all_policies(changes: tuple[ChangeView, ...]) -> tuple[PolicyView, ...]:
    return tuple(policy for change in changes for policy in change.policies)


def _view_change(change: ChangeRecord, graphs: Mapping[str, LineageGraph]) -> ChangeView:
    policies = tuple(map(view_policy, sorted(change.results, key=reading_order)))
    approvals = _view_approvals(change.approvals)
    action, preposition = _ACTIONS[change.kind]
    address = "@".join(part for part in (change.model, change.version) if part)
    return ChangeView(
        verdict=change.verdict,
        verdict_word=verdict_word(change.verdict, policies),
        action=action,
        address=address,
        preposition=preposition if change.stage else "",
        stage=change.stage or "",
        summary=summarise_change(change.verdict, policies, approvals),
        reason=change.reason or "",
        champion=change.champion or "",
        policies=policies,
        steps=steps_of(policies, approvals, reason=change.reason or "", verdict=change.verdict),
        comparison=compare(change),
        approvals=approvals,
        disqualified=tuple(
            DisqualifiedView(login=entry.login, reason=entry.reason) for entry in change.approvals.disqualified
        ),
        measurements=measurement_rows(change.measurements),
        lineage=graphs.get(address),
    )


def _view_approvals(approvals: ApprovalsRecord) -> tuple[ApprovalView, ...]:
    missing = {entry.role: entry.count for entry in approvals.missing}
    return tuple(
        ApprovalView(
            role=entry.role,
            required=entry.count,
            given=tuple(given.login for given in approvals.given if given.role == entry.role),
            missing=missing.get(entry.role, 0),
            awaited=tuple(sentence_of(awaited) for awaited in approvals.awaited if awaited.role == entry.role),
        )
        for entry in approvals.required
    )


def _digests(record: DecisionRecord) -> tuple[tuple[str, str], ...]:
    bound = record.bound_to
    pairs = (
        ("head", bound.head),
        ("base", bound.base),
        ("merged tree", bound.merge_tree),
        ("policies", bound.policy_tree),
        ("champion", bound.champion or ""),
        (f"engine {record.engine.version}", record.engine.digest),
    )
    return tuple((name, value) for name, value in pairs if value)
