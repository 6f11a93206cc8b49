"""Holds each declared slice of the rows against bounds of its own, and against what the stage serves now.

## Checks
In every slice that a rule's columns make: each bound on a measure of quality, and for binary models each rate of
decisions against the champion's on the same rows. Slices that a rule requires are there and large enough.

## Why
An average hides the group for which a model got worse: a few lost rows in a small slice vanish in all rows. What
was lost and won in a slice, row by row, shows a loss that the slice's own rate is too coarse to show.

## Parameters
`rules` (`by`, `bounds` with `measure`, `at_least` or `at_most` and `decide_on`, `against_champion` with `measure` and
`margin`, `required`, `min_n`, `small_slices`), `alpha`, `correction`, `without_champion`.

## Decision rule
A bound that decides on the point passes at equality; one that decides on the interval passes where the whole interval
is inside, and fails where it is wholly outside and fails after `correction` over all interval bounds of the policy too.
Against the champion: recall is compared on the slice's rows with label 1, specificity on those with label 0, accuracy
and selection_rate on all. The difference's interval is Tango's, its test one-sided against -margin. Not inferior where
p(loss > margin) <= alpha: satisfied. Inferior where the opposite p, after `correction` over all comparisons of the
policy, is <= alpha: not satisfied. Else undecided, with about how many rows more would decide. The rows won and lost
and McNemar's exact p stand in the message.

## Undecidable when
A slice has fewer than min_n rows (of the class, for recall and specificity) and small_slices says inconclusive, no
slice could be assessed, a required slice is absent or too small, the champion has no predictions for these rows, or
an interval straddles its bound. Row ids or labels that differ from the champion's end in an error.

## Example
```yaml
schema: promoter.policy/1
id: property-slices
title: No type of property is served worse than before
category: performance
owner: model-validation
rationale: Small slices pay for gains elsewhere.
gate: slices
parameters:
  rules:
    - by: [property_type]
      bounds: [{measure: recall, at_least: 0.8}]
      against_champion: [{measure: recall, margin: 0.05}]
      required: [[two-to-four-family]]
      min_n: 50
  correction: holm
applies_to:
  tasks: [binary]
severity: high
enforcement: block
near_miss: {absolute: 0.01}
remediation: "{measure} of {slice} is {value}, the bound is {bound}; compare the versions' errors on its rows."
```

## Sources
McNemar 1947; Tango 1998 (interval of a paired difference of rates); Holm 1979; Mitchell et al. 2019, Model Cards
for Model Reporting (disaggregated evaluation).
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
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
from promoter.measure.requests_data import PairedRates
from promoter.measure.statistics.margin_test import Correction
from promoter.measure.statistics.noninferiority import Direction
from promoter.policy.bound import MeasureBound
from promoter.policy.policy import Category
from promoter.registry.evidence import Evidence, EvidenceKind
from promoter.registry.model import Task

_FAILED = "look at the rows of this slice that the version gets wrong, and retrain before another try"
_UNDECIDED = "add labelled rows of this slice until the measure exists and its interval clears the bound"


class RateComparison(Strict):
    """A rate of decisions that must not be worse than the champion's by more than a margin."""

    measure: Literal["recall", "specificity", "accuracy", "selection_rate"] = Field(
        description="Rate, candidate minus champion on the slice's rows of its class."
    )
    margin: float = Field(description="Loss that is acceptable, a fraction in [0, 1).", ge=0, lt=1)


class SliceRule(Strict):
    """What must hold in each slice that some columns make."""

    by: tuple[str, ...] = Field(description="Columns of the predictions file; their combinations.", min_length=1)
    bounds: tuple[MeasureBound, ...] = Field(default=(), description="Bounds of each slice, units as measured.")
    against_champion: tuple[RateComparison, ...] = Field(
        default=(), description="Rates that must not fall below the champion's, for binary models."
    )
    required: tuple[tuple[str, ...], ...] = Field(
        default=(),
        description="Slices that must be there and large enough, each as its values in the order of `by`; none by"
        " default.",
    )
    min_n: int = Field(
        default=50, ge=1, description="Rows below which a slice is not assessed; paired tests are rough below 50."
    )
    small_slices: SmallSlices = Field(
        default="report",
        description="What a slice below min_n means: report shows it and goes on, inconclusive leaves the policy"
        " undecided; report by default, since rare groups would else stop every version.",
    )

    @model_validator(mode="after")
    def _compares_something(self) -> "SliceRule":
        require_comparison(
            bounds=self.bounds, against_champion=self.against_champion, by=self.by, required=self.required
        )
        return self


class SlicesParameters(Parameters):
    """Which slices are held against what, and how sure one must be."""

    rules: tuple[SliceRule, ...] = Field(description="Columns that make slices, and what holds in each.", min_length=1)
    alpha: float = Field(
        default=0.025,
        gt=0,
        lt=0.5,
        description="One-sided chance of an error against the champion, in (0, 0.5); 0.025 agrees with the 95 %"
        " interval that is shown.",
    )
    correction: Correction = Field(
        default="holm",
        description="Correction of failures over all slices and comparisons; holm by default: valid under any"
        " dependence and never weaker than bonferroni.",
    )
    without_champion: Literal["skip", "inconclusive"] = Field(
        default="skip",
        description="What a stage that serves nothing means for against_champion; skip by default: no first version"
        " can regress.",
    )


def not_applicable(parameters: SlicesParameters, candidate: Candidate) -> str | None:
    """Return why nothing can be compared: only comparisons with a champion, and there is none."""
    has_bounds = any(rule.bounds for rule in parameters.rules)
    is_skipped = not has_bounds and parameters.without_champion == "skip"
    return why_no_champion(candidate) if is_skipped else None


def _quality(parameters: SlicesParameters, release: Release, mine: Evidence) -> Quality:
    return Quality(
        table=table_of(mine),
        task=release.model.task.value,
        threshold=threshold_of(release),
        slices=tuple(dict.fromkeys(rule.by for rule in parameters.rules if rule.bounds)),
    )


def _rates(parameters: SlicesParameters, candidate: Candidate, mine: Evidence, theirs: Evidence) -> PairedRates:
    return PairedRates(
        candidate=table_of(mine),
        champion=table_of(theirs),
        threshold=threshold_of(candidate.release),
        champion_threshold=threshold_of(candidate.champion),
        slices=tuple(dict.fromkeys(rule.by for rule in parameters.rules if rule.against_champion)),
    )


def measures(parameters: SlicesParameters, candidate: Candidate) -> Sequence[Request]:
    """Return for each predictions file a quality request, and a paired one where the champion has the rows too."""
    requests: list[Request] = []
    for _, mine, theirs in paired_predictions(candidate):
        if any(rule.bounds for rule in parameters.rules):
            requests.append(_quality(parameters, candidate.release, mine))
        if theirs is not None and _is_paired(parameters, candidate):
            requests.append(_rates(parameters, candidate, mine, theirs))
    return tuple(requests)


def _is_paired(parameters: SlicesParameters, candidate: Candidate) -> bool:
    """Say whether a rule compares with the champion, and the model's task has rates of decisions."""
    return candidate.release.model.task is Task.BINARY and any(rule.against_champion for rule in parameters.rules)


def judge(parameters: SlicesParameters, measurements: Measurements, context: Context) -> Sequence[Finding]:
    """Return a finding a bound and slice, then one a comparison and slice."""
    candidate = context.candidate
    held: list[Held] = []
    cases: list[Finding | MarginCase] = []
    notes: dict[int, str] = {}
    for index, mine, theirs in paired_predictions(candidate):
        location = candidate.release.locate("evidence", index, "uri")
        if any(rule.bounds for rule in parameters.rules):
            measured = measurements[_quality(parameters, candidate.release, mine)]
            held += _bounded(parameters, measured, location, context)
        if not any(rule.against_champion for rule in parameters.rules):
            continue
        if theirs is not None and _is_paired(parameters, candidate):
            measured = measurements[_rates(parameters, candidate, mine, theirs)]
            for entry in _compared(parameters, measured, location):
                notes[len(cases)] = _note(entry, measured)
                cases.append(entry)
        elif candidate.champion is not None or parameters.without_champion == "inconclusive":
            cases.append(_not_paired(mine, candidate, location))
    findings = hold_margins(
        cases, alpha=parameters.alpha, correction=parameters.correction, near_miss=context.near_miss
    )
    noted = [replace(finding, message=finding.message + notes.get(place, "")) for place, finding in enumerate(findings)]
    found = correct_failures(held, correction=parameters.correction) + noted
    advised = [advise(finding, failed=_FAILED, undecided=_UNDECIDED) for finding in found]
    return advised or [missing_evidence(candidate.release, EvidenceKind.PREDICTIONS, purpose="the slices")]


def _not_paired(mine: Evidence, candidate: Candidate, location: Location) -> Finding:
    task = candidate.release.model.task
    if task is Task.BINARY:
        return unpaired(mine, candidate.champion, location)
    message = f"rates of decisions against the champion exist for binary models; this one is {task}"
    hint = "let the policy's owner bind against_champion to binary models, and use champion_regression for this one"
    return Finding(satisfied=None, measure="champion", message=message, location=location, hint=hint)


def _slicing(rule: SliceRule) -> Slicing:
    return Slicing(by=rule.by, min_n=rule.min_n, small_slices=rule.small_slices, required=rule.required)


def _bounded(parameters: SlicesParameters, measured: Measured, location: Location, context: Context) -> Iterator[Held]:
    """Yield each bound in each slice, and what could not be assessed."""
    for rule in parameters.rules:
        for bound in rule.bounds:
            yield from bound_in_slices(bound, _slicing(rule), measured, at=location, near_miss=context.near_miss)


def _compared(parameters: SlicesParameters, measured: Measured, location: Location) -> Iterator[Finding | MarginCase]:
    """Yield each comparison in each slice as a case to be tested, and what could not be assessed."""
    better = Direction.HIGHER_IS_BETTER
    for rule in parameters.rules:
        for rate in rule.against_champion:
            yield from margin_in_slices(
                rate.measure, _slicing(rule), measured, margin=rate.margin, direction=better, at=location
            )


def _note(entry: Finding | MarginCase, measured: Measured) -> str:
    """Return the rows won and lost and McNemar's p in words, or nothing where they were not measured."""
    if isinstance(entry, Finding):
        return ""
    name, slice_ = entry.found.measure, entry.found.slice
    won, lost, p = (measured.find(f"{name}_{part}", slice_) for part in ("won", "lost", "p"))
    if won is None or lost is None or p is None or p.value is None:
        return ""
    return f"; {lost.value:.0f} rows lost and {won.value:.0f} won of {entry.found.n} (exact McNemar p {p.value:.2g})"


GATE = Gate(
    name="slices",
    category=Category.PERFORMANCE,
    parameters=SlicesParameters,
    measures=measures,
    judge=judge,
    tasks=frozenset({Task.BINARY, Task.MULTICLASS, Task.REGRESSION}),
    not_applicable=not_applicable,
)
