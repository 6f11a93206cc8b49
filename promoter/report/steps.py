"""What has to be done next, and by whom."""

from collections.abc import Iterator, Sequence

from promoter.report.figures import counted
from promoter.report.parts import ApprovalView, PolicyView, Standing, Step

AUTHOR = "author"
_NO_ADVICE = "see the policy's findings below"


def steps_of(
    policies: Sequence[PolicyView], approvals: Sequence[ApprovalView], *, reason: str, verdict: str
) -> tuple[Step, ...]:
    """Return what moves a change on: blocking policies by severity, roles that are asked, approvals, then warnings.

    A reason beside the policies comes first: why there is no verdict, or what whoever agrees has to know.
    """
    reader = "policy owner" if verdict == "errored" else "whoever agrees"
    return (
        *([Step(who=reader, what=reason)] if reason else []),
        *(step for policy in policies if policy.standing is Standing.HOLDS for step in _of_policy(policy)),
        *_of_approvals(approvals),
        *(step for policy in policies if policy.standing is Standing.WARNS for step in _of_policy(policy)),
    )


def _of_policy(policy: PolicyView) -> Iterator[Step]:
    optional = "" if policy.standing is Standing.HOLDS else "optional: "
    if policy.outcome == "errored":
        what = policy.reason or "no reason was recorded"
        yield Step(
            who=f"{AUTHOR}, with {policy.owner}",
            what=f"{optional}mend what stopped the policy: {what}",
            policy=policy.id,
        )
        return
    advice = policy.remediation or (policy.hints[0] if policy.hints else _NO_ADVICE)
    yield Step(who=AUTHOR, what=f"{optional}{advice}", policy=policy.id)
    if policy.asks:
        yield Step(
            who=policy.asks,
            what="decide whether it is acceptable: the evidence neither meets the bound nor breaks it.",
            policy=policy.id,
        )


def _of_approvals(approvals: Sequence[ApprovalView]) -> Iterator[Step]:
    for approval in approvals:
        for sentence in approval.awaited:
            yield Step(who=approval.role, what=f"review; {sentence}")
        if approval.missing and not approval.awaited:
            yield Step(
                who=approval.role, what=f"review; {counted(approval.missing, 'approval is', 'approvals are')} missing."
            )
