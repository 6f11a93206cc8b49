"""Who is waited for, as a reader acts on it; and whether people alone hold a report's verdict."""

from promoter.report.parts import PolicyView, Standing, View
from promoter.report.record import AwaitedRecord

_MOST_NAMES = 5


def sentence_of(awaited: AwaitedRecord) -> str:
    """Return why a role is open, since when, who can fill it and how to reach them, as one sentence."""
    since = f" since {awaited.since[:10]}" if awaited.since else ""
    return f"{awaited.reason}{since}; {_who(awaited.people)}, reached at `{awaited.contact}`."


def _who(people: tuple[str, ...]) -> str:
    if not people:
        return "nobody in this role may agree to this change, so somebody must join it"
    names = [f"`{login}`" for login in people[:_MOST_NAMES]]
    left = len(people) - _MOST_NAMES
    if left > 0:
        return f"{', '.join(names)} or {left} more can"
    return f"{' or '.join([', '.join(names[:-1]), names[-1]] if len(names) > 1 else names)} can"


def is_waiting_for_people(view: View) -> bool:
    """Say whether a report's verdict would not fail once every role that is asked has agreed.

    It agrees with `promoter.decision.verdict.is_waiting_for_people`; a test holds the two together.
    """
    if view.problems or view.verdict == "errored":
        return False
    holding = [policy for change in view.changes for policy in change.policies if policy.standing is Standing.HOLDS]
    is_open = any(approval.missing for change in view.changes for approval in change.approvals)
    return is_open and all(_asks(policy) for policy in holding)


def _asks(policy: PolicyView) -> bool:
    return policy.outcome == "inconclusive" and bool(policy.asks)
