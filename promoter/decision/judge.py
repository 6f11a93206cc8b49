"""One policy, one candidate, measured numbers: the result. No file, clock, network, randomness or print."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from promoter.decision.types import Outcome, Result
from promoter.errors import PromoterError, Undecidable
from promoter.gates.contract.candidate import Context, Contribution
from promoter.gates.contract.finding import Finding
from promoter.gates.contract.gate import Gate
from promoter.measure.request import Measurements, Request
from promoter.policy.policy import Enforcement
from promoter.policy.rulebook import PolicyFile

BoundPolicy = tuple[PolicyFile, Gate, Any]
"""A policy with its gate and typed parameters."""

FindWaiver = Callable[[PolicyFile, Sequence[Finding]], tuple[str | None, str | None]]
"""Policy and what it found to (id of the waiver that holds, or None; why those about it do not hold, or None)."""


def no_waiver(_file: PolicyFile, _findings: Sequence[Finding]) -> tuple[None, None]:
    """Know of no waiver."""
    return None, None


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """A policy that is to be applied to a candidate, or to files: its gate, typed parameters and requests."""

    file: PolicyFile
    gate: Gate
    parameters: Any
    requests: tuple[Request, ...]
    context: Context | Contribution
    not_applicable: str | None = None

    @classmethod
    def of(cls, bound: BoundPolicy, context: Context | Contribution, *, not_applicable: str | None) -> "Judgement":
        """Return the policy applied to what the context holds; one that does not apply asks for no numbers."""
        file, gate, parameters = bound
        return cls(
            file=file,
            gate=gate,
            parameters=parameters,
            requests=() if not_applicable is not None else tuple(gate.requests(parameters, context)),
            context=context,
            not_applicable=not_applicable,
        )


def judge(judgement: Judgement, measurements: Measurements, find_waiver: FindWaiver) -> Result:
    """Return what the policy says; an error, a missing measurement and no finding at all never pass."""
    if judgement.not_applicable is not None:
        return _not_applicable(judgement.file, judgement.not_applicable)
    missing = [request for request in judgement.requests if request not in measurements]
    if missing:
        family = type(missing[0]).__name__
        return result_of(judgement, Outcome.ERRORED, reason=f"the numbers it asked for were not measured ({family})")
    failures = [failure for request in judgement.requests if (failure := measurements[request].failure) is not None]
    if failures:
        return result_of(judgement, Outcome.ERRORED, reason=failures[0])
    try:
        findings = tuple(judgement.gate.findings(judgement.parameters, measurements, judgement.context))
    except Undecidable as error:
        return _waived_or(result_of(judgement, Outcome.INCONCLUSIVE, reason=error.reason), judgement, find_waiver)
    except PromoterError as error:
        return result_of(judgement, Outcome.ERRORED, reason=str(error))
    except Exception as error:  # noqa: BLE001 - a gate may be somebody else's code: its crash blocks, and says so
        reason = f"gate {judgement.gate.name} crashed: {type(error).__name__}: {error}"
        return result_of(judgement, Outcome.ERRORED, reason=reason)
    outcome = outcome_of(findings)
    nothing = "the gate compared nothing" if outcome is Outcome.ERRORED else None
    return _waived_or(result_of(judgement, outcome, findings=findings, reason=nothing), judgement, find_waiver)


def outcome_of(findings: Sequence[Finding]) -> Outcome:
    """Return failed where any comparison failed, else inconclusive where any is undecided; none at all is an error."""
    if not findings:
        return Outcome.ERRORED
    if any(finding.satisfied is False for finding in findings):
        return Outcome.FAILED
    if any(finding.satisfied is None for finding in findings):
        return Outcome.INCONCLUSIVE
    return Outcome.PASSED


def result_of(
    judgement: Judgement, outcome: Outcome, *, findings: tuple[Finding, ...] = (), reason: str | None = None
) -> Result:
    """Return a result with all that its policy says of itself."""
    evidence = tuple(sorted({key for request in judgement.requests for key in request.contents}))
    return _result(judgement.file, outcome, findings=findings, reason=reason, evidence=evidence)


@lru_cache(maxsize=4096)
def _not_applicable(file: PolicyFile, reason: str) -> Result:
    """Return the result of a policy that does not apply; two of three are such, and an audit meets the same again."""
    return _result(file, Outcome.NOT_APPLICABLE, reason=reason)


def _result(
    file: PolicyFile,
    outcome: Outcome,
    *,
    findings: tuple[Finding, ...] = (),
    reason: str | None,
    evidence: tuple[str, ...] = (),
) -> Result:
    policy = file.policy
    holds_back = outcome in (Outcome.FAILED, Outcome.INCONCLUSIVE)
    asks = policy.on_inconclusive.role if outcome is Outcome.INCONCLUSIVE else None
    return Result(
        **_headline(file),
        outcome=outcome,
        findings=findings,
        reason=reason,
        remediation=remedy(policy.remediation, findings) if holds_back else None,
        asks=asks,
        evidence=evidence,
    )


@lru_cache(maxsize=1024)
def _headline(file: PolicyFile) -> dict[str, str]:
    """Return what every result says of its policy."""
    policy = file.policy
    return {
        "policy": policy.id,
        "policy_version": file.version,
        "policy_path": file.path,
        "title": policy.title,
        "gate": policy.gate,
        "category": policy.category.value,
        "owner": policy.owner,
        "severity": policy.severity.value,
        "enforcement": policy.enforcement.value,
    }


def _waived_or(result: Result, judgement: Judgement, find_waiver: FindWaiver) -> Result:
    """Return the result as waived where a waiver holds, or with the reason why the waiver does not."""
    if result.outcome not in (Outcome.FAILED, Outcome.INCONCLUSIVE):
        return result
    if judgement.file.policy.enforcement is Enforcement.OFF:
        return result
    waiver, why_not = find_waiver(judgement.file, result.findings)
    if waiver is None and why_not is None:
        return result
    outcome = result.outcome if waiver is None else Outcome.WAIVED
    return result_of(judgement, outcome, findings=result.findings, reason=why_not or result.reason).waived_by(waiver)


def remedy(text: str, findings: Sequence[Finding]) -> str:
    """Return a remediation with the worst comparison's numbers in the places that it names."""
    open_findings = [finding for finding in findings if finding.satisfied is not True]
    if not open_findings or "{" not in text:
        return text
    worst = min(open_findings, key=lambda finding: 0.0 if finding.margin is None else finding.margin)
    words = {
        "value": _number(worst.value),
        "bound": _number(worst.bound),
        "gap": _number(None if worst.margin is None else abs(worst.margin)),
        "measure": worst.measure,
        "slice": ", ".join(f"{column}={value}" for column, value in worst.slice) or "all rows",
        "n": "?" if worst.n is None else f"{worst.n:,}",
    }
    for name, word in words.items():
        text = text.replace("{" + name + "}", word)
    return text


def _number(value: float | None) -> str:
    return "?" if value is None else f"{value:.3g}"
