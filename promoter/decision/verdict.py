"""Many results to one verdict."""

from collections.abc import Collection, Iterable, Sequence

from promoter.decision.types import Decision, Outcome, Result, Verdict
from promoter.policy.policy import Enforcement
from promoter.registry.changes import ChangeKind

NEEDS_POLICY = frozenset({ChangeKind.REGISTRATION, ChangeKind.PROMOTION, ChangeKind.ROLLBACK})
"""Changes that bring a version in; a rule set that matches none of it is no verdict."""

_HOLDS_BACK = frozenset({Outcome.FAILED, Outcome.INCONCLUSIVE, Outcome.ERRORED})


def verdict_of(
    kind: ChangeKind, results: Sequence[Result], *, approved_roles: Collection[str] = ()
) -> tuple[Verdict, str | None]:
    """Return a change's verdict, and its reason where no single policy gives it.

    An undecided result holds the change back, unless its policy asks a role and the role has approved: then it warns.
    """
    judged = [result for result in results if result.outcome is not Outcome.NOT_APPLICABLE]
    enforced = [result for result in judged if result.enforcement != Enforcement.OFF]
    if kind in NEEDS_POLICY and not enforced:
        return Verdict.ERRORED, f"no policy judges this {kind}; bind at least one to it in policies/catalog/"
    accepted = [result for result in judged if result.outcome is Outcome.INCONCLUSIVE and result.asks in approved_roles]
    blocking = [r.outcome for r in judged if r.enforcement == Enforcement.BLOCK and r not in accepted]
    if Outcome.ERRORED in blocking:
        return Verdict.ERRORED, None
    if Outcome.FAILED in blocking or Outcome.INCONCLUSIVE in blocking:
        return Verdict.FAILED, None
    warns = [result for result in judged if result.enforcement == Enforcement.WARN and result.outcome in _HOLDS_BACK]
    waived = [result for result in judged if result.outcome is Outcome.WAIVED]
    return (Verdict.WARNED if warns or waived or accepted else Verdict.PASSED), None


def worst_of(verdicts: Iterable[Verdict]) -> Verdict:
    """Return the worst verdict; none at all is a pass, because nothing changed."""
    return max(verdicts, key=lambda verdict: verdict.rank, default=Verdict.PASSED)


def is_waiting_for_people(decision: Decision) -> bool:
    """Say whether people alone hold a decision: it would not fail once every role that is asked has agreed."""
    if decision.problems or not any(change.approvals.missing for change in decision.changes):
        return False
    return all(
        verdict_of(change.kind, change.results, approved_roles=[role for role, _ in change.approvals.required])[0].rank
        <= Verdict.WARNED.rank
        for change in decision.changes
    )
