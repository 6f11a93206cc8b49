"""The docket and its numbers to the decision: the same inputs give the same bytes."""

from collections.abc import Collection, Sequence
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
from promoter.errors import Problem
from promoter.measure.measurement import Measurement
from promoter.measure.request import Measurements, Request
from promoter.policy.rulebook import PolicyFile, RuleBook
from promoter.policy.waiving import WaiverCase, is_about, why_waiver_fails


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """What a decision is bound to beside the docket: rules, moment, objects, engine."""

    rules: RuleBook
    at: datetime
    bound_to: BoundTo
    engine_version: str
    engine_digest: str
    used_waivers: Collection[str] = ()
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

    def find_waiver(file: PolicyFile) -> tuple[str | None, str | None]:
        return _find_waiver(file, item, measurements, session)

    results = tuple(judge(judgement, measurements, find_waiver) for judgement in item.judgements)
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
        reason=reason,
        results=results,
        approvals=approvals,
        measurements=_used(item, measurements),
    )


def _find_waiver(
    file: PolicyFile, item: Item, measurements: Measurements, session: Session
) -> tuple[str | None, str | None]:
    """Return the first waiver by id that holds, or why the first one that is about the policy does not."""

    def find(measure: str) -> Measurement | None:
        for judgement in item.judgements:
            for request in judgement.requests:
                found = measurements[request].find(measure) if request in measurements else None
                if found is not None:
                    return found
        return None

    case = WaiverCase(
        policy=file.policy,
        model=item.change.model or "",
        version=item.change.version or "",
        stage=item.change.stage,
        at=session.at,
        settings=session.rules.settings,
        roles=session.rules.roles,
        used=session.used_waivers,
        find=find,
    )
    why_not = None
    for waiver in sorted(session.rules.waivers, key=lambda waiver: waiver.id):
        if is_about(waiver, case):
            why = why_waiver_fails(waiver, case)
            if why is None:
                return waiver.id, None
            why_not = why_not or f"waiver {waiver.id} does not hold: {why}"
    return None, why_not


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
        digest: {"request": request.as_json(), "measured": measurements[request].as_json()}
        for digest, request in sorted(requests.items())
        if request in measurements
    }
