"""A decision as typed values; `as_json` is the published form, `promoter.decision/1`."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from promoter.decision.people import Approval, Awaited, Disqualified
from promoter.digest import Formed, Settled, sha256_value
from promoter.errors import Problem
from promoter.gates.contract.finding import Finding
from promoter.registry.changes import ChangeKind

SCHEMA = "promoter.decision/1"


class Outcome(StrEnum):
    """What one policy says of one candidate."""

    PASSED = "passed"
    FAILED = "failed"
    INCONCLUSIVE = "inconclusive"
    WAIVED = "waived"
    ERRORED = "errored"
    NOT_APPLICABLE = "not_applicable"


class Verdict(StrEnum):
    """What follows for a change, and for the whole pull request; later is worse."""

    PASSED = "passed"
    WARNED = "warned"
    FAILED = "failed"
    ERRORED = "errored"

    @property
    def rank(self) -> int:
        """The verdict's place in the order from best to worst."""
        return list(Verdict).index(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Result(Formed):
    """What one policy found. `reason` says why it errored or does not apply."""

    policy: str
    policy_version: str
    policy_path: str
    title: str
    gate: str
    category: str
    owner: str
    severity: str
    enforcement: str
    outcome: Outcome
    findings: tuple[Finding, ...] = ()
    reason: str | None = None
    waiver: str | None = None
    remediation: str | None = None
    asks: str | None = None
    evidence: tuple[str, ...] = ()

    def waived_by(self, waiver: str | None) -> "Result":
        """Return the result with the waiver that set its policy aside."""
        return replace(self, waiver=waiver)

    @property
    def near_miss(self) -> bool:
        """Failed, and every unsatisfied comparison lies within the band."""
        missed = [finding for finding in self.findings if finding.satisfied is False]
        return self.outcome is Outcome.FAILED and bool(missed) and all(finding.is_near for finding in missed)

    @property
    def narrow_pass(self) -> bool:
        """Passed, and some comparison lies within the band."""
        return self.outcome is Outcome.PASSED and any(finding.is_near for finding in self.findings)

    def as_json(self) -> dict[str, Any]:
        """Return the published form; that of a policy that does not apply is made once, and is not to be changed."""
        if self.outcome is not Outcome.NOT_APPLICABLE:
            return _form(self)
        if not hasattr(self, "_form"):
            object.__setattr__(self, "_form", Settled(_form(self)))
        return self._form


def _form(result: Result) -> dict[str, Any]:
    return {
        "policy": result.policy,
        "policy_version": result.policy_version,
        "policy_path": result.policy_path,
        "title": result.title,
        "gate": result.gate,
        "category": result.category,
        "owner": result.owner,
        "severity": result.severity,
        "enforcement": result.enforcement,
        "outcome": result.outcome.value,
        "near_miss": result.near_miss,
        "narrow_pass": result.narrow_pass,
        "reason": result.reason,
        "findings": [finding.as_json() for finding in result.findings],
        "waiver": result.waiver,
        "remediation": result.remediation,
        "asks": result.asks,
        "evidence": list(result.evidence),
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Approvals:
    """Who must agree, who has, and who is missing; roles by name. `objections` are pairs (role, login)."""

    required: tuple[tuple[str, int], ...] = ()
    given: tuple[tuple[str, str], ...] = ()
    missing: tuple[tuple[str, int], ...] = ()
    grounds: tuple[Approval, ...] = ()
    awaited: tuple[Awaited, ...] = ()
    disqualified: tuple[Disqualified, ...] = ()
    objections: tuple[tuple[str, str], ...] = ()

    @property
    def approved_roles(self) -> tuple[str, ...]:
        """The roles that have agreed in full."""
        open_roles = {role for role, _ in self.missing}
        return tuple(role for role, _ in self.required if role not in open_roles)

    def as_json(self) -> dict[str, Any]:
        """Return the published form."""
        return {
            "required": [{"role": role, "count": count} for role, count in self.required],
            "given": [{"role": role, "login": login} for role, login in self.given],
            "missing": [{"role": role, "count": count} for role, count in self.missing],
            "grounds": [approval.as_json() for approval in self.grounds],
            "awaited": [awaited.as_json() for awaited in self.awaited],
            "disqualified": [disqualified.as_json() for disqualified in self.disqualified],
            "objections": [{"role": role, "login": login} for role, login in self.objections],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeDecision:
    """One change with all that was found of it. `measurements` maps request digest to request and answer."""

    kind: ChangeKind
    model: str | None
    version: str | None
    stage: str | None
    champion: str | None
    verdict: Verdict
    results: tuple[Result, ...]
    approvals: Approvals
    measurements: Mapping[str, Any]
    reason: str | None = None

    def as_json(self) -> dict[str, Any]:
        """Return the published form."""
        return {
            "kind": self.kind.value,
            "model": self.model,
            "version": self.version,
            "stage": self.stage,
            "champion": self.champion,
            "verdict": self.verdict.value,
            "reason": self.reason,
            "results": [result.as_json() for result in self.results],
            "approvals": self.approvals.as_json(),
            "measurements": dict(self.measurements),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class BoundTo:
    """The objects that a decision is about; any other object needs another decision."""

    head: str
    base: str
    merge_tree: str
    policy_tree: str
    champion: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What was decided of a pull request: the same inputs give the same bytes."""

    engine_version: str
    engine_digest: str
    decided_at: str
    bound_to: BoundTo
    changes: tuple[ChangeDecision, ...]
    problems: tuple[Problem, ...]
    verdict: Verdict

    def as_json(self) -> dict[str, Any]:
        """Return the published form."""
        bound = self.bound_to
        return {
            "schema": SCHEMA,
            "engine": {"version": self.engine_version, "digest": self.engine_digest},
            "decided_at": self.decided_at,
            "bound_to": {
                "head": bound.head,
                "base": bound.base,
                "merge_tree": bound.merge_tree,
                "policy_tree": bound.policy_tree,
                "champion": bound.champion,
            },
            "changes": [change.as_json() for change in self.changes],
            "problems": [_problem_json(problem) for problem in self.problems],
            "verdict": self.verdict.value,
        }

    @property
    def digest(self) -> str:
        """The decision's identity."""
        return sha256_value(self.as_json())


def _problem_json(problem: Problem) -> dict[str, Any]:
    place = problem.location
    return {
        "location": {"path": place.path, "line": place.line, "column": place.column},
        "message": problem.message,
        "hint": problem.hint,
    }
