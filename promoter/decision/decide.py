"""The docket and its numbers to the decision: the same inputs give the same bytes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from promoter.decision.approvals import assess_approvals
from promoter.decision.docket import Item
from promoter.decision.hearing import Panel
from promoter.decision.judge import judge
from promoter.decision.required import required_roles
from promoter.decision.types import Approvals, BoundTo, ChangeDecision, Decision, Result, Verdict
from promoter.decision.verdict import verdict_of, worst_of
from promoter.decision.waivers import find_waiver
from promoter.digest import Settled
from promoter.errors import Problem
from promoter.gates.contract.finding import Finding
from promoter.measure.request import Measurements, Request
from promoter.policy.rulebook import PolicyFile, RuleBook
from promoter.registry.changes import Change


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """What a decision is bound to beside the docket: rules, moment, objects, engine."""

    rules: RuleBook
    at: datetime
    bound_to: BoundTo
    engine_version: str
    engine_digest: str
    panel: Panel | None = None
    """Who made and who reviewed the change; None where nobody was asked."""


def decide(
    items: Sequence[Item], measurements: Measurements, problems: Sequence[Problem], session: Session
) -> Decision:
    """Return the decision. Any problem makes it errored: what cannot be read cannot be judged."""
    changes = tuple(_decide_change(item, measurements, session) for item in items)
    verdicts = [change.verdict for change in changes]
    if problems:
        verdicts.append(Verdict.ERRORED)
    return Decision(
        engine_version=session.engine_version,
        engine_digest=session.engine_digest,
        decided_at=session.at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        bound_to=session.bound_to,
        changes=changes,
        problems=tuple(sorted(problems, key=lambda problem: problem.location.sort_key)),
        verdict=worst_of(verdicts),
    )


def _decide_change(item: Item, measurements: Measurements, session: Session) -> ChangeDecision:
    change = item.change

    def waiver_of(file: PolicyFile, findings: Sequence[Finding]) -> tuple[str | None, str | None]:
        return find_waiver(file, findings, item, measurements, session.rules, at=session.at)

    results = tuple(judge(judgement, measurements, waiver_of) for judgement in item.judgements)
    approvals = _approvals(item, results, session)
    verdict, reason = verdict_of(change.kind, results, approved_roles=approvals.approved_roles)
    champion = item.candidate.champion if item.candidate else None
    return ChangeDecision(
        kind=change.kind,
        model=change.model,
        version=change.version,
        stage=change.stage,
        champion=champion.version if champion else None,
        verdict=verdict,
        reason="; ".join(filter(None, (reason, _mended(change)))) or None,
        results=results,
        approvals=approvals,
        measurements=_used(item, measurements),
    )


def _mended(change: Change) -> str | None:
    """Return what has to be said of a change that takes the place of what was pushed past the gate."""
    hint = "`promoter audit verify` names the commit that went around the gate"
    if change.restores is not None:
        return f"it is again, byte for byte, what commit {change.restores[:10]} merged; {hint}"
    told = [f"{item.told} ({item.problems[0]})" for item in change.mends]
    return "; ".join([*told, hint]) if told else None


def _approvals(item: Item, results: Sequence[Result], session: Session) -> Approvals:
    """Return who must agree and who has."""
    needed = required_roles(item, results, session.rules)
    used = {result.waiver for result in results if result.waiver is not None}
    requesters = [waiver.requester for waiver in session.rules.waivers if waiver.id in used]
    return assess_approvals(item, needed, session.panel, rules=session.rules, requesters=requesters, at=session.at)


def _used(item: Item, measurements: Measurements) -> dict[str, Any]:
    """Return what was measured for the change, by request digest."""
    requests: dict[str, Request] = {request.digest: request for request in item.requests}
    return {
        digest: Settled({"request": request.as_json(), "measured": measurements[request].as_json()})
        for digest, request in sorted(requests.items())
        if request in measurements
    }
