"""Holds how a candidate answered live traffic beside the champion that served it.

## Checks
The shadow run stood beside the version that the stage serves now, and no other. It saw enough requests, over enough
days, none of them twice, and left no more unanswered than allowed. The candidate agrees with the champion often enough.
Where labels have come in, it is wrong where the champion is right on no more than the harm budget.

## Why
Held-out rows are yesterday's. A shadow run is the last place where a mistake costs nothing: the champion still serves.

## Parameters
`champion_column`, `champion_version_column`, `champion_answers`, `agreement` and `harm` (each `at_least` or `at_most`,
`decide_on`), `min_requests`, `min_days`, `min_labelled`, `max_unanswered_rate`, `within`, `without_champion`.

## Decision rule
The champion is the stage's, before the change. Where the policy names a column of versions, every row must hold the
champion's, and the rows of others are counted; else the evidence declares it in `champion`, exactly.
agreement = requests on which both decide the same / all requests. harm_rate = labelled requests on which the candidate
is wrong and the champion right / labelled requests; a request without an answer agrees with nothing and is wrong. For
quantities, equal and right mean within `within`. Rates carry exact (Clopper-Pearson) 95 % intervals; each bound says
whether point or interval decides. Equality passes. Several files are each held on their own.

## Undecidable when
The evidence does not say beside which version it ran, or names no id or no timestamp column, fewer than min_labelled
rows have a label while a harm budget is set, or an interval straddles its bound. A champion's column that is absent or
has gaps ends in an error.

## Example
```yaml
schema: promoter.policy/1
id: shadow-run
title: The version agreed with the champion on live traffic, and did no harm
category: testing
owner: risk
rationale: What held-out rows cannot show, live requests do.
gate: shadow
parameters:
  champion_column: champion_decision
  champion_version_column: champion_version
  agreement: {at_least: 0.95, decide_on: interval}
  harm: {at_most: 0.01}
  min_requests: 10000
  min_days: 7
severity: high
enforcement: block
near_miss: {absolute: 0.005}
on_inconclusive: {action: ask, role: risk}
remediation: "{measure} is {value} on {n} requests, the bound is {bound}; read the requests on which the two disagree."
```

## Sources
Clopper and Pearson 1934. Breck et al. 2017, ML Test Score, Infra 6 (canary). SR 11-7, section V (parallel outcomes).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Literal

from pydantic import Field, model_validator

from promoter.errors import Location
from promoter.gates.contract.candidate import Candidate, Context, table_of
from promoter.gates.contract.finding import Finding, hold
from promoter.gates.contract.gate import Gate, Parameters
from promoter.gates.contract.missing import missing_evidence
from promoter.measure.measurement import Measurement
from promoter.measure.reports.request import ShadowAgreement
from promoter.measure.request import Measured, Measurements, Request
from promoter.policy.bound import Bound, ShareBound
from promoter.policy.policy import Category
from promoter.registry.evidence import Evidence, EvidenceKind
from promoter.registry.model import Task

_MOST_NAMED = 3
_HINTS = {
    "requests": "let the shadow run go on until it has seen enough requests",
    "days": "let the shadow run go on: a week has days that differ",
    "duplicate_ids": "write each request once, under an id of its own, and name the id column",
    "unanswered_rate": "find out why the candidate gave no answer: time limits, missing features, errors",
    "agreement": "read the requests on which the two disagree, by slice, before another try",
    "harm_rate": "read the requests on which the candidate is wrong and the champion right, and retrain",
}


class ShadowParameters(Parameters):
    """How much traffic, how much agreement, how much harm."""

    champion_column: str = Field(description="Column of the champion's answers in the shadow file.", min_length=1)
    champion_version_column: str | None = Field(
        default=None,
        min_length=1,
        description="Column of the version that served each request; none by default: the evidence declares it.",
    )
    champion_answers: Literal["decision", "score"] = Field(
        default="decision",
        description="decision: a decision, class or quantity, the default since that is what was served; score: turned"
        " into a decision by the champion's own threshold (binary models).",
    )
    agreement: ShareBound = Field(
        description="Bound on the fraction of requests on which both decide the same, [0, 1]."
    )
    harm: ShareBound | None = Field(
        default=None, description="Bound on the harm rate, [0, 1]; none by default: many labels come months later."
    )
    min_requests: int = Field(
        default=1000,
        ge=1,
        description="Fewest requests; 1000 by default: a rate's exact 95 % interval is about 0.06 wide.",
    )
    min_days: float = Field(
        default=7.0, ge=0, description="Fewest days from the first request to the last; 7 by default: every weekday."
    )
    min_labelled: int = Field(
        default=200, ge=1, description="Labelled requests below which harm is not decided; 200 by default."
    )
    max_unanswered_rate: float = Field(
        default=0.0, ge=0, le=1, description="Largest fraction of requests without an answer, [0, 1]; 0 by default."
    )
    within: float | None = Field(
        default=None, ge=0, description="Largest difference of two quantities that agree, in the target's unit."
    )
    without_champion: Literal["not_applicable", "inconclusive"] = Field(
        default="not_applicable",
        description="What a stage that serves nothing means; not_applicable by default: there is no live answer.",
    )

    @model_validator(mode="after")
    def _bounds_point_the_right_way(self) -> "ShadowParameters":
        if self.agreement.at_least is None:
            raise ValueError("agreement is bounded from below; write at_least")
        if self.harm is not None and self.harm.at_most is None:
            raise ValueError("harm is bounded from above; write at_most")
        return self


def not_applicable(parameters: ShadowParameters, candidate: Candidate) -> str | None:
    """Return the reason where no champion serves and the policy lets that be."""
    if candidate.champion is None and parameters.without_champion == "not_applicable":
        return f"stage {candidate.stage or '(none)'} serves no version that a shadow run could be held against"
    return None


def _request(parameters: ShadowParameters, candidate: Candidate, evidence: Evidence) -> ShadowAgreement:
    own = candidate.release.manifest.decision
    served = candidate.champion.manifest.decision if candidate.champion else None
    by_score = parameters.champion_answers == "score"
    return ShadowAgreement(
        table=table_of(evidence),
        champion=parameters.champion_column,
        task=candidate.release.model.task.value,
        threshold=own.threshold if own else None,
        champion_threshold=served.threshold if served and by_score else None,
        within=parameters.within,
        champion_version=parameters.champion_version_column,
    )


def measures(parameters: ShadowParameters, candidate: Candidate) -> Sequence[Request]:
    """Return one request a shadow file; none where there is no champion to compare with."""
    if candidate.champion is None:
        return ()
    entries = candidate.release.evidence_of(EvidenceKind.SHADOW)
    return tuple(_request(parameters, candidate, evidence) for _, evidence in entries)


def judge(parameters: ShadowParameters, measurements: Measurements, context: Context) -> Sequence[Finding]:
    """Return the findings of each shadow file: traffic, answers, agreement and harm."""
    candidate = context.candidate
    release = candidate.release
    if candidate.champion is None:
        return [
            Finding(
                satisfied=None,
                measure="champion",
                message=f"stage {candidate.stage or '(none)'} serves no version to compare with",
                location=release.locate("evidence"),
                hint="ask the role that the policy names to decide on a first version",
            )
        ]
    findings = [
        finding
        for index, evidence in release.evidence_of(EvidenceKind.SHADOW)
        for finding in _of_evidence(evidence, index, measurements, parameters, context)
    ]
    return findings or [missing_evidence(release, EvidenceKind.SHADOW, purpose="shadow")]


def _of_evidence(
    evidence: Evidence, index: int, measurements: Measurements, parameters: ShadowParameters, context: Context
) -> Iterator[Finding]:
    candidate = context.candidate
    measured = measurements[_request(parameters, candidate, evidence)]
    served = candidate.champion.version if candidate.champion else ""
    if parameters.champion_version_column is None:
        yield _declared(evidence, served, candidate.release.locate("evidence", index))
    else:
        yield _beside(evidence, measured, served, candidate.release.locate("evidence", index, "uri"))
    yield from _of_file(measured, parameters, candidate.release.locate("evidence", index, "uri"), context)


def _declared(evidence: Evidence, served: str, location: Location) -> Finding:
    """Return whether the evidence says that it ran beside the version that the stage serves."""
    declared = evidence.champion
    satisfied = None if declared is None else declared == served
    said = "does not say beside which version it ran" if declared is None else f"ran beside {declared}"
    hint = f'write `champion: "{served}"` into its entry if that is so' if declared is None else _again(served)
    return Finding(
        satisfied=satisfied,
        measure="champion",
        slice=(("run", evidence.id),),
        message=f"shadow run {evidence.id} {said}; the stage serves {served}",
        location=location,
        hint=None if satisfied else hint,
    )


def _beside(evidence: Evidence, measured: Measured, served: str, location: Location) -> Finding:
    """Return whether every request was served by the version that the stage serves, by the file's own column."""
    champions: Mapping[str, int] = measured.facts["champions"]
    others = sorted((-rows, version) for version, rows in champions.items() if version != served)
    count = -sum(rows for rows, _ in others)
    named = ", ".join(f"{-rows:,} by {version}" for rows, version in others[:_MOST_NAMED])
    told = f"all requests of {evidence.id} were served by {served}, as the stage serves now"
    return Finding(
        satisfied=not others,
        measure="other_champions",
        slice=(("run", evidence.id),),
        value=float(count),
        n=sum(champions.values()),
        unit="rows",
        comparator="<=",
        bound=0.0,
        margin=float(-count),
        message=f"{count:,} requests of {evidence.id} were not served by {served}: {named}" if others else told,
        location=location,
        hint=_again(served) if others else None,
    )


def _again(served: str) -> str:
    return f"run the shadow again beside {served}: agreement with another version says nothing of what is replaced"


def _of_file(
    measured: Measured, parameters: ShadowParameters, location: Location, context: Context
) -> Iterator[Finding]:
    bounds: list[tuple[str, Bound]] = [
        ("requests", Bound(at_least=parameters.min_requests)),
        ("days", Bound(at_least=parameters.min_days)),
        ("duplicate_ids", Bound(at_most=0)),
        ("unanswered_rate", Bound(at_most=parameters.max_unanswered_rate)),
        ("agreement", parameters.agreement),
    ]
    if parameters.harm is not None:
        bounds.append(("harm_rate", parameters.harm))
    for measure, bound in bounds:
        found = measured.find(measure)
        if found is None:
            found = Measurement(measure=measure, n=0, undecidable="the evidence names no column for it")
        elif measure == "harm_rate" and found.n < parameters.min_labelled:
            reason = f"{found.n} requests have a label, the policy asks for {parameters.min_labelled}"
            found = replace(found, value=None, interval=None, undecidable=reason)
        finding = hold(found, bound, location=location, near_miss=context.near_miss)
        yield finding if finding.satisfied else replace(finding, hint=_HINTS[measure])


GATE = Gate(
    name="shadow",
    category=Category.TESTING,
    parameters=ShadowParameters,
    measures=measures,
    judge=judge,
    tasks=frozenset({Task.BINARY, Task.MULTICLASS, Task.REGRESSION}),
    not_applicable=not_applicable,
)
