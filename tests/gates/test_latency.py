from typing import Any

import pytest

from promoter.errors import ProposalError
from promoter.gates.latency import GATE
from promoter.measure.requests_data import Latency
from promoter.policy.policy import NearMiss
from tests.support.candidates import (
    PREDICTIONS,
    bind_parameters,
    digest_of,
    judge_with,
    make_context,
    make_release,
    measured,
    number,
)

TIMES = {**PREDICTIONS, "id": "latency", "kind": "latency", "columns": {}}
RELEASE = make_release(evidence=[TIMES])
OLD = {"uri": "model.onnx", "format": "onnx", "digest": digest_of("e"), "size_bytes": 50}
PAIRED = make_context(RELEASE, champion=make_release(version="1.0.0", artifact=OLD))
P95 = {"measure": "latency_p95", "at_most": 20}
RATIO = {"measure": "latency_p95_ratio", "at_most": 1.5}
SIZE = {"measure": "artifact_size_bytes", "at_most": 100}


def test_fast_requests_pass_and_equality_too() -> None:
    """The bound itself is allowed."""
    [finding] = judge_with(GATE, measured(number("latency_p95", 20.0)), make_context(RELEASE), bounds=[P95])
    assert (True, 0.0) == (finding.satisfied, finding.margin)


def test_slow_requests_fail() -> None:
    """A percentile beyond its bound is not satisfied, with its gap."""
    [finding] = judge_with(GATE, measured(number("latency_p95", 25.0)), make_context(RELEASE), bounds=[P95])
    assert (False, -5.0) == (finding.satisfied, finding.margin)


@pytest.mark.parametrize(("value", "satisfied"), [(19.0, True), (21.0, False)])
def test_near_miss_holds_on_both_sides(value: float, satisfied: bool) -> None:
    """A latency in the band is near, whether it passes or fails."""
    context = make_context(RELEASE, near_miss=NearMiss(relative=0.1))
    [finding] = judge_with(GATE, measured(number("latency_p95", value)), context, bounds=[P95])
    assert (satisfied, True) == (finding.satisfied, finding.is_near)


def test_percentile_without_an_interval_is_undecided_where_the_interval_decides() -> None:
    """Too few requests for an interval decide nothing."""
    bound = {**P95, "decide_on": "interval"}
    [finding] = judge_with(GATE, measured(number("latency_p95", 5.0)), make_context(RELEASE), bounds=[bound])
    assert finding.satisfied is None


@pytest.mark.parametrize(
    "answer",
    [
        measured(number("latency_p95", 5.0, n=99)),
        measured(number("latency_p95", None, undecidable="the file holds no request")),
        measured(),
    ],
)
def test_few_requests_and_missing_numbers_are_undecided(answer: Any) -> None:
    """What could not be measured never passes, and says how to measure it."""
    [finding] = judge_with(GATE, answer, make_context(RELEASE), bounds=[P95])
    assert finding.satisfied is None
    assert finding.hint


def test_ratio_is_of_both_artifacts_by_their_digests() -> None:
    """The request takes rows by digest, so that a file about another artifact is no evidence."""
    [request] = GATE.measures(bind_parameters(GATE, bounds=[RATIO]), PAIRED.candidate)
    assert isinstance(request, Latency)
    assert (digest_of("f"), digest_of("e"), None) == (request.artifact, request.champion, request.memory_column)


def test_slower_than_the_champion_fails() -> None:
    """The ratio of one run decides."""
    [finding] = judge_with(GATE, measured(number("latency_p95_ratio", 1.6)), PAIRED, bounds=[RATIO])
    assert finding.satisfied is False


def test_ratio_without_a_champion_is_skipped_or_undecided() -> None:
    """A first version has nothing to be slower than, unless the policy asks for a decision."""
    context = make_context(RELEASE)
    assert "serves nothing yet" in (GATE.why_not(bind_parameters(GATE, bounds=[RATIO]), context.candidate) or "")
    [kept] = judge_with(GATE, measured(number("latency_p95", 5.0)), context, bounds=[P95, RATIO])
    assert (True, "latency_p95") == (kept.satisfied, kept.measure)
    [asked] = judge_with(GATE, measured(), context, bounds=[RATIO], without_champion="inconclusive")
    assert asked.satisfied is None


@pytest.mark.parametrize(("limit", "satisfied"), [(100, True), (99, False)])
def test_size_is_the_manifests_and_needs_no_file(limit: int, satisfied: bool) -> None:
    """A bound on the size alone asks for no latency evidence."""
    [finding] = judge_with(GATE, [], bounds=[{**SIZE, "at_most": limit}])
    assert (satisfied, 100.0) == (finding.satisfied, finding.value)


def test_missing_evidence_fails_and_says_what_makes_it() -> None:
    """A version without timings is not satisfied."""
    [finding] = judge_with(GATE, [], bounds=[P95])
    assert finding.satisfied is False
    assert "promoter measure latency" in (finding.hint or "")


@pytest.mark.parametrize("wrong", [{"bound": [P95]}, {"bounds": [{**P95, "measure": "p95"}]}])
def test_unknown_keys_and_measures_are_refused(wrong: dict[str, Any]) -> None:
    """A misspelt key or measure is an error where it stands."""
    with pytest.raises(ProposalError):
        bind_parameters(GATE, **wrong)


def test_nobody_timed_yet_is_not_applicable_only_where_the_policy_says_so() -> None:
    """By default a version without latency evidence is judged, and fails."""
    untimed = make_context(make_release(evidence=[PREDICTIONS])).candidate
    strict, lenient = (
        bind_parameters(GATE, bounds=[P95], **more) for more in ({}, {"without_evidence": "not_applicable"})
    )
    assert GATE.why_not(strict, untimed) is None
    assert "neither the version nor what the stage serves" in (GATE.why_not(lenient, untimed) or "")


def test_what_was_once_timed_stays_timed() -> None:
    """Leaving the file out fails where the champion has one: it is no way around the policy."""
    champion = make_release(version="1.0.0", artifact=OLD, evidence=[TIMES])
    context = make_context(make_release(evidence=[PREDICTIONS]), champion=champion)
    parameters = {"bounds": [P95], "without_evidence": "not_applicable"}
    assert GATE.why_not(bind_parameters(GATE, **parameters), context.candidate) is None
    [finding] = judge_with(GATE, measured(), context, **parameters)
    assert finding.satisfied is False
    assert "lists no evidence of kind latency" in finding.message
