"""Holds the results of a version's test suites against what must have been run, and on which commit.

## Checks
Every required suite is there, has enough tests, few enough skips, and says why each test was skipped. No test of any
suite failed or ended in an error. The suite was run on the commit that trained the artifact.

## Why
A version whose code was tested on another commit, or whose suite lost half of its tests, was not tested.

## Parameters
`suites` (`name`, `min_tests`, `max_skipped`), `unexplained_skips`, `commit_property`.

## Decision rule
Cases are counted one by one from the JUnit XML; the totals that a suite claims of itself decide nothing. Equality with
a bound passes. Suites of one name in several files are counted together. The commit is the suite's property
`commit_property`, and equals the manifest's source commit as text; with pytest:
`record_testsuite_property("commit", ...)`.

## Undecidable when
A suite names no commit. A file that is no JUnit report, is cut off or declares a document type ends in an error.

## Example
```yaml
schema: promoter.policy/1
id: suites-have-passed
title: The unit and integration suites passed on the commit that trained the version
category: testing
owner: platform
rationale: Code that was not tested is not known to do what its review says.
gate: tests
parameters:
  suites:
    - {name: unit, min_tests: 50, max_skipped: 2}
    - {name: integration, min_tests: 5}
severity: high
enforcement: block
near_miss: {absolute: 2}
remediation: "{measure} of {slice} is {value}, the bound is {bound}; run the suite on the commit, attach its report."
```

## Sources
Apache Ant, JUnitReport task (the format). Breck et al. 2017, ML Test Score, Infra 1 and 2. NIST SP 800-218, PW.8.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from pydantic import Field

from promoter.document.strict import Strict
from promoter.errors import Location
from promoter.gates.contract.candidate import Candidate, Context, Release
from promoter.gates.contract.finding import Finding, hold
from promoter.gates.contract.gate import Gate, Parameters
from promoter.gates.contract.missing import missing_evidence
from promoter.measure.measurement import Measurement
from promoter.measure.reports.request import JUnitReport
from promoter.measure.request import Measurements, Request
from promoter.policy.bound import Bound
from promoter.policy.policy import Category
from promoter.registry.evidence import EvidenceKind

_HINTS = {
    "tests": "run the whole suite; a suite that shrank has lost what it was trusted for",
    "failures": "mend the failing tests, or the code that they found wrong",
    "errors": "mend the setup of the tests that ended in an error",
    "skipped": "run the skipped tests where what they need exists",
    "skipped_without_reason": 'give each skip its reason, such as pytest.mark.skip(reason="...")',
}


class SuiteRule(Strict):
    """A suite that must have been run."""

    name: str = Field(description="The suite's name in the report, such as pytest's junit_suite_name.", min_length=1)
    min_tests: int = Field(
        default=1, ge=1, description="Fewest tests, 1 or more; 1 by default: an empty suite is none."
    )
    max_skipped: int = Field(
        default=0, ge=0, description="Most skipped tests; 0 by default, so that a skip is decided on."
    )


class TestsParameters(Parameters):
    """Which suites must have passed."""

    __test__ = False

    suites: tuple[SuiteRule, ...] = Field(description="Suites that must have been run.", min_length=1)
    unexplained_skips: int = Field(
        default=0, ge=0, description="Most skipped tests without a reason, over each suite; 0 by default."
    )
    commit_property: str = Field(
        default="commit",
        min_length=1,
        description="Property of a suite that names the commit it ran on; commit by default, as our docs record it.",
    )


@dataclass(frozen=True, slots=True)
class _Suite:
    """What the reports hold of the suites of one name."""

    location: Location
    counts: Mapping[str, float]
    properties: Mapping[str, Sequence[str]]
    failing: Sequence[str]


def measures(parameters: TestsParameters, candidate: Candidate) -> Sequence[Request]:
    """Return one request a file of test results."""
    entries = candidate.release.evidence_of(EvidenceKind.TEST_RESULTS)
    return tuple(JUnitReport(content=evidence.digest) for _, evidence in entries)


def judge(parameters: TestsParameters, measurements: Measurements, context: Context) -> Sequence[Finding]:
    """Return the findings of every required suite, and of the failures of all others."""
    release = context.candidate.release
    if not release.evidence_of(EvidenceKind.TEST_RESULTS):
        return [missing_evidence(release, EvidenceKind.TEST_RESULTS, purpose="tests")]
    suites = _suites(release, measurements)
    findings: list[Finding] = []
    for rule in parameters.suites:
        if rule.name in suites:
            bounds = {"tests": Bound(at_least=rule.min_tests), "skipped": Bound(at_most=rule.max_skipped)}
            findings += [_held(measure, rule.name, suites, bound, context) for measure, bound in bounds.items()]
        else:
            findings.append(_absent(rule.name, suites, release))
    none = Bound(at_most=0)
    for name, suite in suites.items():
        findings += [_held(measure, name, suites, none, context) for measure in ("failures", "errors")]
        unexplained = Bound(at_most=parameters.unexplained_skips)
        findings.append(_held("skipped_without_reason", name, suites, unexplained, context))
        findings.append(_commit(name, suite, parameters.commit_property, release))
    return findings


def _suites(release: Release, measurements: Measurements) -> dict[str, _Suite]:
    """Return the suites by name, those of one name added up."""
    suites: dict[str, _Suite] = {}
    for index, evidence in release.evidence_of(EvidenceKind.TEST_RESULTS):
        measured = measurements[JUnitReport(content=evidence.digest)]
        for name, facts in measured.facts["suites"].items():
            values = [value for value in measured.values if value.slice == (("suite", name),)]
            own = {value.measure: value.value or 0.0 for value in values}
            suites[name] = _added(suites.get(name), own, facts, release.locate("evidence", index, "uri"))
    return suites


def _added(suite: _Suite | None, counts: Mapping[str, float], facts: Mapping[str, Any], location: Location) -> _Suite:
    if suite is None:
        return _Suite(location, counts, facts["properties"], facts["failing"])
    properties = {
        key: [*suite.properties.get(key, ()), *facts["properties"].get(key, ())]
        for key in {**suite.properties, **facts["properties"]}
    }
    total = {measure: suite.counts.get(measure, 0.0) + value for measure, value in counts.items()}
    return _Suite(suite.location, total, properties, [*suite.failing, *facts["failing"]])


def _held(measure: str, name: str, suites: Mapping[str, _Suite], bound: Bound, context: Context) -> Finding:
    suite = suites[name]
    value = Measurement(
        measure=measure,
        n=int(suite.counts["tests"]),
        value=suite.counts[measure],
        unit="test",
        slice=(("suite", name),),
    )
    finding = hold(value, bound, location=suite.location, near_miss=context.near_miss)
    if finding.satisfied:
        return finding
    names = f": {', '.join(suite.failing[:5])}" if measure in ("failures", "errors") and suite.failing else ""
    return replace(finding, message=finding.message + names, hint=_HINTS[measure])


def _absent(name: str, suites: Mapping[str, _Suite], release: Release) -> Finding:
    return Finding(
        satisfied=False,
        measure="suite",
        slice=(("suite", name),),
        message=f"no report holds suite {name!r}; there are: {', '.join(suites) or 'none'}",
        location=release.locate("evidence"),
        hint=f"run suite {name}, and list its JUnit XML in evidence as kind: {EvidenceKind.TEST_RESULTS}",
    )


def _commit(name: str, suite: _Suite, key: str, release: Release) -> Finding:
    """Return whether the suite ran on the manifest's commit: every value of the property must be it."""
    commit = release.manifest.source.commit
    found = sorted(set(suite.properties.get(key, ())))
    if not found:
        satisfied, message = None, f"suite {name} does not say on which commit it ran (property {key})"
    else:
        satisfied = found == [commit]
        message = f"suite {name} ran on {', '.join(found)}"
        message += ", the source commit" if satisfied else f", the manifest's source commit is {commit}"
    hint = f"run the suite on {commit}, and record it as the suite's property {key!r}"
    return Finding(
        satisfied=satisfied,
        measure="commit",
        slice=(("suite", name),),
        message=message,
        location=suite.location,
        hint=None if satisfied else hint,
    )


GATE = Gate(name="tests", category=Category.TESTING, parameters=TestsParameters, measures=measures, judge=judge)
