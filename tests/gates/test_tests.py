from typing import Any

import pytest

from promoter.errors import ProposalError
from promoter.gates.contract.candidate import Context
from promoter.gates.contract.finding import Finding
from promoter.gates.tests import GATE
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

COMMIT = "a" * 40
SUITES = [{"name": "unit", "min_tests": 50, "max_skipped": 1}]


def results_context(*, files: int = 1, near_miss: NearMiss | None = None) -> Context:
    """Return the context of a version with so many files of test results."""
    entries = [
        {
            "id": f"tests-{index}",
            "kind": "test-results",
            "format": "junit",
            "uri": f"evidence/tests-{index}.xml",
            "digest": digest_of(str(index + 4)),
            "size_bytes": 10,
        }
        for index in range(files)
    ]
    return make_context(make_release(evidence=[*MANIFEST["evidence"], *entries]), near_miss=near_miss)


def report(
    name: str = "unit", *, commit: str | None = COMMIT, failing: tuple[str, ...] = (), **counts: int
) -> Measured:
    """Return what a report of one suite is measured as: 50 passed tests, with some counts replaced."""
    values = {"tests": 50, "failures": 0, "errors": 0, "skipped": 0, "skipped_without_reason": 0, **counts}
    slice_ = (("suite", name),)
    properties = {} if commit is None else {"commit": [commit]}
    return Measured(
        values=tuple(number(measure, value, n=values["tests"], slice_=slice_) for measure, value in values.items()),
        facts={"suites": {name: {"properties": properties, "failing": list(failing)}}},
    )


def by_measure(answers: Measured, **parameters: Any) -> dict[str, Finding]:
    """Return the findings of one report by what they compared."""
    found = judge_with(GATE, answers, results_context(), **{"suites": SUITES, **parameters})
    return {finding.measure: finding for finding in found}


def test_suite_that_ran_whole_on_the_source_commit_passes() -> None:
    """Equality with min_tests passes."""
    assert {True} == {finding.satisfied for finding in by_measure(report()).values()}


@pytest.mark.parametrize(
    ("counts", "measure"),
    [
        ({"tests": 49}, "tests"),
        ({"failures": 1}, "failures"),
        ({"errors": 1}, "errors"),
        ({"skipped": 2}, "skipped"),
        ({"skipped": 1, "skipped_without_reason": 1}, "skipped_without_reason"),
    ],
)
def test_count_outside_of_its_bound_fails_with_a_remedy(counts: dict[str, int], measure: str) -> None:
    """The one finding fails, and says what to do."""
    findings = by_measure(report(**counts))
    assert [measure] == [name for name, finding in findings.items() if finding.satisfied is False]
    assert findings[measure].hint


def test_failing_tests_are_named() -> None:
    """The author reads which test failed."""
    finding = by_measure(report(failures=1, failing=("test_a.test_b",)))["failures"]
    assert finding.message.endswith(": test_a.test_b")


def test_near_miss_is_marked() -> None:
    """One test too few, inside of the band of two."""
    context = results_context(near_miss=NearMiss(absolute=2))
    findings = judge_with(GATE, report(tests=49), context, suites=SUITES)
    [finding] = [finding for finding in findings if finding.measure == "tests"]
    assert (finding.satisfied, finding.is_near, finding.margin) == (False, True, -1)


def test_suite_on_another_commit_fails() -> None:
    """The tests of other code say nothing of this version."""
    finding = by_measure(report(commit="b" * 40))["commit"]
    assert finding.satisfied is False
    assert f"the manifest's source commit is {COMMIT}" in finding.message


def test_suite_without_a_commit_is_undecided() -> None:
    """Nobody knows what was tested."""
    assert by_measure(report(commit=None))["commit"].satisfied is None


def test_required_suite_that_is_absent_fails() -> None:
    """The finding names the suites that there are."""
    finding = by_measure(report("smoke"))["suite"]
    assert finding.satisfied is False
    assert finding.message == "no report holds suite 'unit'; there are: smoke"


def test_failure_in_a_suite_that_is_not_required_fails() -> None:
    """What is shown must have passed."""
    context = results_context(files=2)
    findings = judge_with(GATE, [report(), report("smoke", failures=1)], context, suites=SUITES)
    assert [(("suite", "smoke"),)] == [finding.slice for finding in findings if finding.satisfied is False]


def test_suites_of_one_name_are_added_up() -> None:
    """Two shards of 25 tests are 50."""
    context = results_context(files=2)
    findings = judge_with(GATE, [report(tests=25), report(tests=25)], context, suites=SUITES)
    assert {True} == {finding.satisfied for finding in findings}


def test_one_shard_on_another_commit_fails() -> None:
    """All parts of a suite ran on the source commit."""
    context = results_context(files=2)
    findings = judge_with(GATE, [report(tests=25), report(tests=25, commit="b" * 40)], context, suites=SUITES)
    assert ["commit"] == [finding.measure for finding in findings if finding.satisfied is False]


def test_version_without_test_results_fails() -> None:
    """Missing evidence is a failure with its remedy."""
    [finding] = judge_with(GATE, [], suites=SUITES)
    assert (finding.satisfied, finding.measure) == (False, "evidence")


@pytest.mark.parametrize("suites", [[], [{"name": "unit", "min_tests": 0}], [{"name": "unit", "minimum": 3}]])
def test_parameters_that_would_let_nothing_pass_for_something_are_refused(suites: list[dict[str, Any]]) -> None:
    """No suite, an empty suite and a misspelt key are errors of the policy."""
    with pytest.raises(ProposalError):
        bind_parameters(GATE, suites=suites)
