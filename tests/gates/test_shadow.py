from dataclasses import replace
from typing import Any

import pytest

from promoter.errors import ProposalError
from promoter.gates.contract.candidate import Context
from promoter.gates.contract.finding import Finding
from promoter.gates.shadow import GATE
from promoter.measure.reports.request import ShadowAgreement
from promoter.measure.request import Measured
from promoter.policy.policy import NearMiss
from tests.support.candidates import (
    MANIFEST,
    bind_parameters,
    digest_of,
    judge_with,
    make_context,
    make_release,
    number,
)

RUN = {
    "id": "shadow",
    "kind": "shadow",
    "format": "parquet",
    "uri": "evidence/shadow.parquet",
    "digest": digest_of("4"),
    "size_bytes": 10,
    "columns": {"id": "id", "label": "label", "score": "score", "timestamp": "at"},
    "champion": "1.0.0",
}
RULE = {"champion_column": "champion", "agreement": {"at_least": 0.95}, "harm": {"at_most": 0.01}}


def live_context(near_miss: NearMiss | None = None) -> Context:
    """Return the context of a version with a shadow run beside a champion."""
    champion = make_release(version="1.0.0", decision={"threshold": 0.4})
    return make_context(make_release(evidence=[*MANIFEST["evidence"], RUN]), champion=champion, near_miss=near_miss)


def shadow(**values: float) -> Measured:
    """Return a good run: 1000 requests in 7 days, 95 % agreement, 1 % harm on 200 labels."""
    known = {"requests": 1000, "days": 7, "duplicate_ids": 0, "unanswered_rate": 0, "agreement": 0.95, **values}
    harm = number("harm_rate", known.pop("harm_rate", 0.01), n=int(known.pop("labelled", 200)), interval=(0.0, 0.02))
    return Measured(values=(*(number(name, value) for name, value in known.items()), harm))


def open_findings(answer: Measured, context: Context | None = None, **parameters: Any) -> list[Finding]:
    """Return the findings that are not satisfied."""
    findings = judge_with(GATE, answer, context or live_context(), **{**RULE, **parameters})
    assert findings
    return [finding for finding in findings if finding.satisfied is not True]


def test_run_that_meets_every_bound_exactly_passes() -> None:
    """Equality passes."""
    assert [] == open_findings(shadow())


@pytest.mark.parametrize(
    ("measure", "value"),
    [
        ("requests", 999),
        ("days", 6.9),
        ("duplicate_ids", 1),
        ("unanswered_rate", 0.001),
        ("agreement", 0.949),
        ("harm_rate", 0.011),
    ],
)
def test_measure_outside_of_its_bound_fails_with_a_remedy(measure: str, value: float) -> None:
    """Traffic, answers, agreement and harm are each held."""
    [finding] = open_findings(shadow(**{measure: value}))
    assert (finding.measure, finding.satisfied) == (measure, False)
    assert finding.hint is not None


def test_near_miss_is_marked() -> None:
    """Just below 95 %."""
    context = live_context(NearMiss(absolute=0.005))
    [finding] = open_findings(shadow(agreement=0.949), context)
    assert finding.is_near


def test_interval_that_straddles_the_harm_budget_is_undecided() -> None:
    """0 to 2 % around a budget of 1 %."""
    [finding] = open_findings(shadow(), harm={"at_most": 0.01, "decide_on": "interval"})
    assert (finding.measure, finding.satisfied) == ("harm_rate", None)


def test_too_few_labels_leave_harm_undecided() -> None:
    """No harm on 199 labels is not yet no harm."""
    [finding] = open_findings(shadow(harm_rate=0.0, labelled=199))
    assert finding.satisfied is None
    assert "199 requests have a label" in finding.message
    assert [] == open_findings(shadow(harm_rate=0.0, labelled=0), harm=None)


def test_measure_that_was_not_made_is_undecided() -> None:
    """Without an id column nobody knows what stands twice."""
    answer = Measured(values=tuple(value for value in shadow().values if value.measure != "duplicate_ids"))
    [finding] = open_findings(answer)
    assert (finding.measure, finding.satisfied) == ("duplicate_ids", None)


@pytest.mark.parametrize(("answers", "threshold"), [("decision", None), ("score", 0.4)])
def test_champions_scores_are_decided_by_its_own_threshold(answers: str, threshold: float | None) -> None:
    """The request carries each model's own rule."""
    parameters = bind_parameters(GATE, **RULE, champion_answers=answers)
    [request] = GATE.measures(parameters, live_context().candidate)
    assert isinstance(request, ShadowAgreement)
    assert (request.threshold, request.champion_threshold) == (0.5, threshold)


def test_first_version_is_not_applicable_unless_the_policy_asks() -> None:
    """There is no live answer to compare with."""
    context = make_context(make_release(evidence=[*MANIFEST["evidence"], RUN]))
    assert GATE.why_not(bind_parameters(GATE, **RULE), context.candidate) is not None
    assert GATE.why_not(bind_parameters(GATE, **RULE), live_context().candidate) is None
    [finding] = judge_with(GATE, [], context, **RULE, without_champion="inconclusive")
    assert (finding.measure, finding.satisfied) == ("champion", None)


def test_ranking_models_are_not_applicable() -> None:
    """Lists are not compared one by one."""
    context = make_context(make_release(model={"task": "ranking"}))
    assert "shadow judges" in (GATE.why_not(bind_parameters(GATE, **RULE), context.candidate) or "")


def test_version_without_a_shadow_run_fails() -> None:
    """Missing evidence is a failure with its remedy."""
    context = make_context(make_release(), champion=make_release(version="1.0.0"))
    [finding] = judge_with(GATE, [], context, **RULE)
    assert (finding.satisfied, finding.measure) == (False, "evidence")


@pytest.mark.parametrize(
    "change", [{"agreement": {"at_most": 0.95}}, {"harm": {"at_least": 0.1}}, {"min_requests": 0}, {"days": 3}]
)
def test_parameters_that_would_disarm_the_gate_are_refused(change: dict[str, Any]) -> None:
    """Bounds the wrong way round, no traffic, a misspelt key."""
    with pytest.raises(ProposalError):
        bind_parameters(GATE, **{**RULE, **change})


def run_beside(champion: str | None) -> Context:
    """Return the context of a run that declares this champion; the stage serves 1.0.0."""
    context = live_context()
    declared = {key: value for key, value in {**RUN, "champion": champion}.items() if value is not None}
    release = make_release(evidence=[*MANIFEST["evidence"], declared])
    return replace(context, candidate=replace(context.candidate, release=release))


def test_run_beside_another_version_fails_with_the_version_to_run_beside() -> None:
    """The champion of the shadow run is not what the stage serves now."""
    [finding] = open_findings(shadow(), run_beside("0.9.0"))
    assert ("champion", False) == (finding.measure, finding.satisfied)
    assert "shadow run shadow ran beside 0.9.0; the stage serves 1.0.0" == finding.message
    assert (finding.hint or "").startswith("run the shadow again beside 1.0.0")


def test_run_that_does_not_say_beside_what_it_ran_is_undecided() -> None:
    """And the hint says what to write."""
    [finding] = open_findings(shadow(), run_beside(None))
    assert ("champion", None) == (finding.measure, finding.satisfied)
    assert 'champion: "1.0.0"' in (finding.hint or "")


def beside(**champions: int) -> Measured:
    """Return a good run whose requests were served by these versions."""
    return replace(shadow(), facts={"champions": {name.replace("_", "."): rows for name, rows in champions.items()}})


@pytest.mark.parametrize("declared", ["1.0.0", "0.9.0", None])
def test_versions_of_each_request_count_before_what_is_declared(declared: str | None) -> None:
    """A column of the file is evidence, a line of the manifest is a claim."""
    named = {"champion_version_column": "served_by"}
    assert [] == open_findings(beside(**{"1_0_0": 1000}), run_beside(declared), **named)
    [finding] = open_findings(beside(**{"1_0_0": 990, "0_9_0": 10}), run_beside(declared), **named)
    assert ("other_champions", 10.0, -10.0) == (finding.measure, finding.value, finding.margin)
    assert "10 requests of shadow were not served by 1.0.0: 10 by 0.9.0" == finding.message


def test_other_versions_are_named_by_their_requests() -> None:
    """The one that served most stands first."""
    served = beside(**{"0_8_0": 3, "0_9_0": 7, "1_0_0": 990})
    [finding] = open_findings(served, run_beside(None), champion_version_column="served_by")
    assert "10 requests of shadow were not served by 1.0.0: 7 by 0.9.0, 3 by 0.8.0" == finding.message
