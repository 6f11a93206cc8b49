"""Every gate, built in and plugged in, keeps the promises on which a verdict rests."""

import re
from dataclasses import replace
from typing import Any

import pytest

from promoter.decision.judge import judge
from promoter.decision.types import Outcome
from promoter.gates.table import find_gate, gate_names
from promoter.measure.request import Measured
from tests.conformance.corpus import JudgedCase, corpus, example_of
from tests.conformance.properties import comparable, failed, outcome, reversed_answers, tightened, undecidable

HEADINGS = ["Checks", "Why", "Parameters", "Decision rule", "Undecidable when", "Example", "Sources"]
each_gate = pytest.mark.parametrize("name", gate_names())
each_case = pytest.mark.parametrize("case", corpus(), ids=lambda case: case.id)


@each_gate
def test_every_gate_shows_a_pass_and_a_failure(name: str) -> None:
    """A gate that nothing is run through is not held to anything."""
    assert {"passed", "failed"} <= {case.expected for case in corpus() if case.gate == name}


@each_gate
def test_the_page_is_complete_and_its_example_is_a_policy_of_the_gate(name: str) -> None:
    """The seven headings in order, and a policy that binds."""
    assert HEADINGS == re.findall(r"^## (.+)$", find_gate(name).page, flags=re.MULTILINE)
    assert name == example_of(name).policy.gate


@each_gate
def test_the_schema_describes_every_parameter(name: str) -> None:
    """Documents and the editor's help come from it; unknown keys are refused."""
    schema = find_gate(name).parameters.model_json_schema()
    for part in (schema, *schema.get("$defs", {}).values()):
        properties: dict[str, Any] = part.get("properties", {})
        assert [] == [key for key, field in properties.items() if not field.get("description")]
        assert "properties" not in part or part["additionalProperties"] is False


@each_gate
def test_the_page_names_every_parameter(name: str) -> None:
    """Under its heading, those of a rule within a parameter too: what is not named there is not found."""
    told = find_gate(name).page.partition("## Parameters\n")[2].partition("\n## ")[0]
    schema = find_gate(name).parameters.model_json_schema()
    parts = (schema, *schema.get("$defs", {}).values())
    assert [] == [key for part in parts for key in part.get("properties", {}) if f"`{key}`" not in told]


@each_case
def test_the_case_ends_as_expected(case: JudgedCase) -> None:
    """The corpus itself is right."""
    assert case.expected == outcome(case.judgement, case.answers).outcome


@each_case
def test_judging_is_deterministic_and_free_of_order(case: JudgedCase) -> None:
    """Twice the same, and the same whatever the order in which numbers and facts arrive."""
    first = outcome(case.judgement, case.answers)
    assert first == outcome(case.judgement, case.answers)
    assert comparable(first) == comparable(outcome(case.judgement, reversed_answers(case.answers)))


@each_case
def test_a_missing_answer_never_passes(case: JudgedCase) -> None:
    """Without one of the answers that it asked for, the policy errs."""
    for missing in case.answers:
        rest = {request: found for request, found in case.answers.items() if request != missing}
        assert Outcome.ERRORED is outcome(case.judgement, rest).outcome


@each_case
def test_a_failed_measurement_errs_with_its_reason(case: JudgedCase) -> None:
    """What could not be measured blocks, and says why."""
    for answers in failed(case.answers):
        result = outcome(case.judgement, answers)
        assert (Outcome.ERRORED, "the file is truncated") == (result.outcome, result.reason)


@each_case
def test_answers_without_numbers_and_facts_never_pass(case: JudgedCase) -> None:
    """An answer that says nothing is no evidence."""
    if case.answers:
        empty = {request: Measured() for request in case.answers}
        assert Outcome.PASSED is not outcome(case.judgement, empty).outcome


@each_case
def test_undecidable_numbers_never_pass(case: JudgedCase) -> None:
    """A NaN in a column makes a reason of a number, and a reason satisfies no bound."""
    if any(found.values for found in case.answers.values()):
        assert Outcome.PASSED is not outcome(case.judgement, undecidable(case.answers)).outcome


@each_case
def test_tightening_never_turns_a_failure_into_a_pass(case: JudgedCase) -> None:
    """Each limit a tenth tighter, one at a time."""
    if outcome(case.judgement, case.answers).outcome is Outcome.FAILED:
        for tighter in tightened(case.judgement):
            assert Outcome.PASSED is not outcome(tighter, case.answers).outcome


@each_case
def test_a_waiver_is_never_shown_as_a_pass(case: JudgedCase) -> None:
    """With one, what is held is waived; without it, it is held: removing a waiver passes nothing."""
    plain = outcome(case.judgement, case.answers).outcome
    waived = judge(case.judgement, case.answers, lambda _file, _findings: ("w-1", None)).outcome
    is_held = plain in (Outcome.FAILED, Outcome.INCONCLUSIVE)
    assert (Outcome.WAIVED if is_held else plain) is waived


@each_case
def test_what_is_not_satisfied_says_where_what_and_what_next(case: JudgedCase) -> None:
    """A path of the registry, a message, and the policy's remediation; nothing that only a program reads."""
    result = outcome(case.judgement, case.answers)
    for finding in result.findings:
        assert finding.location.path.startswith(("models/", "policies/", ".github/"))
        assert finding.message
        assert "None" not in finding.message
    assert "{" not in (result.remediation or "")


@each_case
def test_each_unsatisfied_finding_says_what_to_do_next(case: JudgedCase) -> None:
    """Near misses and undecided numbers too, whether the answers hold numbers, reasons or nothing."""
    empty = {request: Measured() for request in case.answers}
    for answers in (case.answers, undecidable(case.answers), empty):
        findings = outcome(case.judgement, answers).findings
        assert [] == [
            found.message for found in findings if found.satisfied is not True and not (found.hint or "").strip()
        ]


@each_case
def test_requests_are_the_same_each_time(case: JudgedCase) -> None:
    """A request's digest is the key of the cache; asking twice asks the same."""
    judgement = case.judgement
    asked = tuple(judgement.gate.requests(judgement.parameters, judgement.context))
    assert [request.digest for request in judgement.requests] == [request.digest for request in asked]
    assert judgement == replace(judgement, requests=asked)
