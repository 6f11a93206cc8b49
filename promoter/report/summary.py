"""The verdict in one word and one sentence."""

from collections.abc import Sequence

from promoter.report.figures import counted
from promoter.report.parts import ApprovalView, ChangeView, PolicyView, ProblemView, Standing

_VERDICT_WORDS = {"passed": "Passed", "warned": "Passed with warnings", "failed": "Held", "errored": "No verdict"}


def verdict_word(verdict: str, policies: Sequence[PolicyView]) -> str:
    """Return a verdict in words; a pass that rests on a waiver says so."""
    standings = {policy.standing for policy in policies}
    if verdict == "warned" and Standing.WAIVED in standings:
        return "Passed under a waiver" + (", with warnings" if Standing.WARNS in standings else "")
    return _VERDICT_WORDS[verdict]


def summarise_change(verdict: str, policies: Sequence[PolicyView], approvals: Sequence[ApprovalView]) -> str:
    """Return how many policies hold, and what else a reviewer must know, as sentences."""
    count = {standing: sum(policy.standing is standing for policy in policies) for standing in Standing}
    blocking = [policy for policy in policies if policy.enforcement == "block" and policy.outcome != "not_applicable"]
    parts = [_blocking_sentence(blocking)] if blocking else []
    asides = [
        counted(count[Standing.WARNS], "policy warns", "policies warn") if count[Standing.WARNS] else "",
        counted(count[Standing.WAIVED], "policy is waived", "policies are waived") if count[Standing.WAIVED] else "",
        counted(count[Standing.NARROW], "narrow pass", "narrow passes") if count[Standing.NARROW] else "",
        _missing(approvals),
    ]
    told = ", ".join(aside for aside in asides if aside)
    if told:
        parts.append(f"{told[0].upper()}{told[1:]}.")
    if not parts:
        parts.append("No policy judged this change." if verdict != "errored" else "There was nothing to judge it by.")
    return " ".join(parts)


def summarise_all(changes: Sequence[ChangeView], problems: Sequence[ProblemView]) -> str:
    """Return how the changes stand, worst first, and how many problems there are."""
    parts = []
    if problems:
        verb = "keeps" if len(problems) == 1 else "keep"
        parts.append(f"{counted(len(problems), 'problem')} {verb} this pull request from being judged.")
    if len(changes) > 1:
        words = {"errored": "without a verdict", "failed": "held", "warned": "passed with warnings", "passed": "passed"}
        found = [(word, sum(change.verdict == verdict for change in changes)) for verdict, word in words.items()]
        told = ", ".join(f"{number:,} {word}" for word, number in found if number)
        parts.append(f"{counted(len(changes), 'change')}: {told}.")
    if not changes and not problems:
        parts.append("Nothing in this pull request touches the registry.")
    return " ".join(parts)


def _blocking_sentence(blocking: Sequence[PolicyView]) -> str:
    stopped = [policy for policy in blocking if policy.standing is Standing.HOLDS]
    total = counted(len(blocking), "blocking policy", "blocking policies")
    if not stopped:
        passed = sum(policy.outcome == "passed" for policy in blocking)
        return f"{passed:,} of {total} passed."
    near = sum(policy.is_near_miss for policy in stopped)
    failed = f"failed ({counted(near, 'near miss', 'near misses')})" if near else "failed"
    words = {"errored": "could not be judged", "failed": failed, "inconclusive": "undecided"}
    found = [(word, sum(policy.outcome == outcome for policy in stopped)) for outcome, word in words.items()]
    told = ", ".join(f"{number} {word}" for word, number in found if number)
    verb = "holds" if len(stopped) == 1 else "hold"
    return f"{len(stopped):,} of {total} {verb} it back: {told}."


def _missing(approvals: Sequence[ApprovalView]) -> str:
    missing = sum(approval.missing for approval in approvals)
    return counted(missing, "approval is missing", "approvals are missing") if missing else ""
