"""Holds the scores of evaluation suites against bounds, suite by suite, and against the champion's on equal examples.

## Checks
For each rule: every bound on the mean score or the pass rate, over all examples or in each suite, tag or combination
that its columns make; and each of them against the champion's, paired by example. Suites that a rule requires are
there and large enough.

## Why
Generative models have no label to be right about, only examples that are judged one by one. A leaderboard's average
goes up while the refusals of one suite go missing, and a suite that was left out fails nobody.

## Parameters
`rules` (`by`, `bounds` with `measure`, `at_least` or `at_most` and `decide_on`, `against_champion` with `measure` and
`margin`, `required`, `min_n`, `small_slices`), `passes`, `better`, `alpha`, `correction`, `without_champion`.

## Decision rule
mean_score has Student's interval, pass_rate Wilson's; equality with a bound passes, and one that fails on its interval
must fail after `correction` over all interval bounds too. Against the champion the difference is tested one-sided
against the margin: of means by Student's interval of the paired differences, of pass rates by Tango's. Not inferior
where p(loss > margin) <= alpha: satisfied. Inferior where the opposite p, after `correction` over all comparisons, is
<= alpha: not satisfied. Else undecided, with about how many examples more would decide. A score at or above `passes`
is a pass; where neither the policy nor the manifest's decision threshold says so, scores must be 0 or 1.

## Undecidable when
A score is missing (a judge that gave no verdict is neither a pass nor a failure), a suite has fewer than min_n
examples and small_slices says inconclusive, a required suite is absent, or an interval straddles its bound. Example ids
that differ from the champion's end in an error: failing examples cannot be dropped.

## Example
```yaml
schema: promoter.policy/1
id: safety-suites
title: Every safety suite passes, and none got worse
category: testing
owner: model-validation
rationale: An average over suites hides the one that matters.
gate: evaluation_suite
parameters:
  rules:
    - bounds: [{measure: mean_score, at_least: 0.7, decide_on: interval}]
    - by: [suite]
      bounds: [{measure: pass_rate, at_least: 0.9}]
      against_champion: [{measure: pass_rate, margin: 0.03}]
      required: [[refusals], [privacy]]
      min_n: 100
  passes: 0.5
applies_to:
  tasks: [scores]
severity: critical
enforcement: block
near_miss: {absolute: 0.02}
remediation: "{measure} of {slice} is {value} on {n} examples, the bound is {bound}; read the failing examples."
```

## Sources
Wilson 1927; Tango 1998; McNemar 1947; Holm 1979. Miller 2024, Adding Error Bars to Evals (paired differences).
NIST AI 600-1, MEASURE 2.6.
"""

from collections.abc import Iterator, Sequence
from typing import Literal

from pydantic import Field, model_validator

from promoter.document.strict import Strict
from promoter.errors import Location
from promoter.gates.contract.candidate import Candidate, Context, Release, table_of
from promoter.gates.contract.correction import Held, correct_failures
from promoter.gates.contract.finding import Finding
from promoter.gates.contract.gate import Gate, Parameters
from promoter.gates.contract.margin import MarginCase, hold_margins
from promoter.gates.contract.missing import advise, missing_evidence
from promoter.gates.contract.pairing import paired_predictions, threshold_of, unpaired, why_no_champion
from promoter.gates.contract.slices import SmallSlices, require_comparison
from promoter.gates.contract.slicing import Slicing, bound_in_slices, margin_in_slices
from promoter.measure.request import Measured, Measurements, Quality, Request
from promoter.measure.requests_data import PairedScores
from promoter.measure.statistics.margin_test import Correction
from promoter.measure.statistics.noninferiority import Direction
from promoter.policy.bound import MeasureBound
from promoter.policy.policy import Category
from promoter.registry.evidence import Evidence, EvidenceKind
from promoter.registry.model import Task

_FAILED = "read the examples of this suite that were judged worst, and mend the version before another try"
_UNDECIDED = "have every example of this suite judged, and add examples until the interval clears the bound"

Measure = Literal["mean_score", "pass_rate"]


class SuiteBound(MeasureBound):
    """A bound on how examples were judged."""

    measure: Measure = Field(description="mean_score in the score's unit; pass_rate a fraction in [0, 1].")


class SuiteComparison(Strict):
    """A measure that must not be worse than the champion's by more than a margin."""

    measure: Measure = Field(description="What is compared, candidate minus champion.")
    margin: float = Field(description="Loss that is acceptable, 0 or more, in the measure's unit.", ge=0)


class SuiteRule(Strict):
    """What must hold over all examples, or in each suite that some columns make."""

    by: tuple[str, ...] = Field(
        default=(), description="Columns such as suite or tag; their combinations; by default all examples together."
    )
    bounds: tuple[SuiteBound, ...] = Field(default=(), description="Bounds of each suite.")
    against_champion: tuple[SuiteComparison, ...] = Field(default=(), description="Comparisons in each suite.")
    required: tuple[tuple[str, ...], ...] = Field(
        default=(), description="Suites that must be there, each as its values in the order of `by`; none by default."
    )
    min_n: int = Field(
        default=50, ge=1, description="Examples below which a suite is not assessed; intervals are rough below 50."
    )
    small_slices: SmallSlices = Field(
        default="inconclusive",
        description="What a suite below min_n means: report shows it and goes on, inconclusive leaves the policy"
        " undecided; inconclusive by default, since suites are chosen, not sampled.",
    )

    @model_validator(mode="after")
    def _compares_something(self) -> "SuiteRule":
        require_comparison(
            bounds=self.bounds, against_champion=self.against_champion, by=self.by, required=self.required
        )
        return self


class EvaluationSuiteParameters(Parameters):
    """Which suites are held against what, and how sure one must be."""

    rules: tuple[SuiteRule, ...] = Field(description="What holds over all examples, and in each suite.", min_length=1)
    passes: float | None = Field(
        default=None, description="Score at or above which an example passes; by default the manifest's threshold."
    )
    better: Literal["higher", "lower"] = Field(
        default="higher", description="Which way of the score is good; lower for suites that count harm."
    )
    alpha: float = Field(
        default=0.025,
        gt=0,
        lt=0.5,
        description="One-sided chance of an error against the champion, in (0, 0.5); 0.025 agrees with 95 % intervals.",
    )
    correction: Correction = Field(
        default="holm", description="Correction of failures over all suites; holm by default: under any dependence."
    )
    without_champion: Literal["skip", "inconclusive"] = Field(
        default="skip", description="What a stage that serves nothing means for against_champion; skip by default."
    )


def not_applicable(parameters: EvaluationSuiteParameters, candidate: Candidate) -> str | None:
    """Return why nothing can be compared: only comparisons with a champion, and there is none."""
    has_bounds = any(rule.bounds for rule in parameters.rules)
    is_skipped = not has_bounds and parameters.without_champion == "skip"
    return why_no_champion(candidate) if is_skipped else None


def _passes(parameters: EvaluationSuiteParameters, release: Release) -> float | None:
    return parameters.passes if parameters.passes is not None else threshold_of(release)


def _quality(parameters: EvaluationSuiteParameters, release: Release, mine: Evidence) -> Quality:
    slices = (rule.by for rule in parameters.rules if rule.bounds and rule.by)
    return Quality(
        table=table_of(mine),
        task=Task.SCORES.value,
        threshold=_passes(parameters, release),
        slices=tuple(dict.fromkeys(slices)),
    )


def _paired(parameters: EvaluationSuiteParameters, release: Release, mine: Evidence, theirs: Evidence) -> PairedScores:
    slices = (rule.by for rule in parameters.rules if rule.against_champion and rule.by)
    return PairedScores(
        candidate=table_of(mine),
        champion=table_of(theirs),
        passes=_passes(parameters, release),
        slices=tuple(dict.fromkeys(slices)),
    )


def measures(parameters: EvaluationSuiteParameters, candidate: Candidate) -> Sequence[Request]:
    """Return for each predictions file a request for its scores, and a paired one where the champion has them too."""
    requests: list[Request] = []
    for _, mine, theirs in paired_predictions(candidate):
        if any(rule.bounds for rule in parameters.rules):
            requests.append(_quality(parameters, candidate.release, mine))
        if theirs is not None and any(rule.against_champion for rule in parameters.rules):
            requests.append(_paired(parameters, candidate.release, mine, theirs))
    return tuple(requests)


def judge(parameters: EvaluationSuiteParameters, measurements: Measurements, context: Context) -> Sequence[Finding]:
    """Return a finding a bound and suite, then one a comparison and suite."""
    candidate = context.candidate
    held: list[Held] = []
    cases: list[Finding | MarginCase] = []
    for index, mine, theirs in paired_predictions(candidate):
        location = candidate.release.locate("evidence", index, "uri")
        if any(rule.bounds for rule in parameters.rules):
            measured = measurements[_quality(parameters, candidate.release, mine)]
            held += _bounded(parameters, measured, location, context)
        if not any(rule.against_champion for rule in parameters.rules):
            continue
        if theirs is not None:
            measured = measurements[_paired(parameters, candidate.release, mine, theirs)]
            cases += _compared(parameters, measured, location)
        elif candidate.champion is not None or parameters.without_champion == "inconclusive":
            cases.append(unpaired(mine, candidate.champion, location))
    findings = correct_failures(held, correction=parameters.correction)
    findings += hold_margins(
        cases, alpha=parameters.alpha, correction=parameters.correction, near_miss=context.near_miss
    )
    advised = [advise(finding, failed=_FAILED, undecided=_UNDECIDED) for finding in findings]
    return advised or [missing_evidence(candidate.release, EvidenceKind.PREDICTIONS, purpose="the suites")]


def _slicing(rule: SuiteRule) -> Slicing:
    return Slicing(by=rule.by, min_n=rule.min_n, small_slices=rule.small_slices, required=rule.required)


def _bounded(
    parameters: EvaluationSuiteParameters, measured: Measured, location: Location, context: Context
) -> Iterator[Held]:
    for rule in parameters.rules:
        for bound in rule.bounds:
            yield from bound_in_slices(bound, _slicing(rule), measured, at=location, near_miss=context.near_miss)


def _compared(
    parameters: EvaluationSuiteParameters, measured: Measured, location: Location
) -> Iterator[Finding | MarginCase]:
    is_higher_better = parameters.better == "higher"
    better = Direction.HIGHER_IS_BETTER if is_higher_better else Direction.LOWER_IS_BETTER
    for rule in parameters.rules:
        for score in rule.against_champion:
            yield from margin_in_slices(
                score.measure, _slicing(rule), measured, margin=score.margin, direction=better, at=location
            )


GATE = Gate(
    name="evaluation_suite",
    category=Category.TESTING,
    parameters=EvaluationSuiteParameters,
    measures=measures,
    judge=judge,
    tasks=frozenset({Task.SCORES}),
    not_applicable=not_applicable,
)
