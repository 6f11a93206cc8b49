from typing import Any

import pytest

from promoter.errors import ProposalError
from promoter.gates.contract.candidate import Context
from promoter.gates.contract.finding import Finding
from promoter.gates.vulnerabilities import GATE
from promoter.measure.request import Measured
from promoter.policy.policy import NearMiss
from tests.support.candidates import MANIFEST, bind_parameters, digest_of, judge_with, make_context, make_release

IMAGE = digest_of("d")
DEPLOYMENT = {
    "image": "registry.example.org/mortgage",
    "image_digest": IMAGE,
    "regions": ["eu-west-1"],
    "service_account": "mortgage",
    "encryption": {"at_rest": "AES-256", "in_transit": "TLS 1.3"},
}


def scan_entry(name: str, letter: str) -> dict[str, Any]:
    """Return an evidence entry of a scan."""
    return {
        "id": name,
        "kind": "vulnerabilities",
        "format": "trivy",
        "uri": f"evidence/{name}.json",
        "digest": digest_of(letter),
        "size_bytes": 10,
    }


def scanned_context(*, deployment: dict[str, Any] | None = DEPLOYMENT, near_miss: NearMiss | None = None) -> Context:
    """Return the context of a version with two scans."""
    evidence = [*MANIFEST["evidence"], scan_entry("trivy", "4"), scan_entry("other", "5")]
    return make_context(make_release(evidence=evidence, deployment=deployment), near_miss=near_miss)


def vulnerability(
    id_: str = "CVE-1", package: str | None = "lib", severity: str = "high", **more: Any
) -> dict[str, Any]:
    """Return a vulnerability as a report's fact."""
    state = {"state": None, "justification": None, "version": None, "fixed_in": []}
    return {"id": id_, "aliases": [], "package": package, "severity": severity, **state, **more}


def report(*found: dict[str, Any], **facts: Any) -> Measured:
    """Return a report of the deployment image, one day old."""
    known = {"subjects": [IMAGE], "scanned_at": "2026-05-31T12:00:00Z", "database_at": None, "unaudited": []}
    return Measured(facts={"tool": "trivy", "is_vex": False, **known, "vulnerabilities": list(found), **facts})


CLEAN = report()


def failures(*answers: Measured, context: Context | None = None, **parameters: Any) -> list[Finding]:
    """Return the findings that are not satisfied."""
    found = judge_with(GATE, [*answers, CLEAN, CLEAN][:2], context or scanned_context(), **parameters)
    return [finding for finding in found if finding.satisfied is not True]


def test_clean_scans_of_the_image_pass() -> None:
    """Two young reports that name the image, and nothing found."""
    assert [] == failures()


def test_vulnerability_above_its_budget_fails_and_is_named() -> None:
    """No high vulnerability is allowed unless the policy says so."""
    [finding] = failures(report(vulnerability()))
    assert (finding.slice, finding.value, finding.bound) == ((("severity", "high"),), 1.0, 0.0)
    assert finding.message.endswith(": CVE-1 in lib")
    assert finding.hint is not None


def test_equality_with_the_budget_passes() -> None:
    """One of one."""
    assert [] == failures(report(vulnerability()), budget={"high": 1})


def test_near_miss_is_marked() -> None:
    """One too many, inside of the band of two."""
    [finding] = failures(report(vulnerability()), context=scanned_context(near_miss=NearMiss(absolute=2)))
    assert finding.is_near


def test_two_reports_of_one_vulnerability_count_once_under_the_worst_severity() -> None:
    """An alias joins them; what one report does not rate, the other does."""
    one = report(vulnerability("PYSEC-1", severity="unknown", aliases=["CVE-1"]))
    [finding] = failures(one, report(vulnerability("CVE-1", package="LIB")))
    assert (finding.slice, finding.value) == ((("severity", "high"),), 1.0)


def test_an_alias_joins_two_that_were_counted_apart() -> None:
    """A third report that knows both names makes three one."""
    one = report(vulnerability("CVE-1"), vulnerability("GHSA-1"))
    [finding] = failures(one, report(vulnerability("OSV-1", aliases=["CVE-1", "GHSA-1"])))
    assert finding.value == 1.0


def test_scan_of_another_image_fails() -> None:
    """A clean report of something else says nothing."""
    [finding] = failures(report(subjects=[digest_of("e")]))
    assert (finding.satisfied, finding.measure) == (False, "subject")
    assert IMAGE in finding.message


def test_scan_that_names_no_image_is_undecided() -> None:
    """pip-audit does not say what it looked at."""
    [finding] = failures(report(subjects=[]))
    assert finding.satisfied is None
    assert [] == failures(report(subjects=[]), binding="none")


@pytest.mark.parametrize(
    ("moment", "satisfied"),
    [
        ("2026-05-25T12:00:00Z", True),
        ("2026-05-25T11:59:59Z", False),
        ("2026-06-01T12:04:00Z", True),
        ("2026-06-01T12:06:00Z", False),
        (None, None),
    ],
)
def test_age_of_a_scan_is_held_against_the_moment_of_the_decision(moment: str | None, satisfied: bool | None) -> None:
    """Seven days pass, a second more fails, the future fails, and no date decides nothing."""
    findings = judge_with(GATE, [report(scanned_at=moment), CLEAN], scanned_context(), max_scan_age_days=7)
    [age, _] = [finding for finding in findings if finding.measure == "scan_age_days"]
    assert age.satisfied is satisfied


def test_age_of_the_database_is_asked_for_by_the_policy() -> None:
    """A fresh scan with last year's database knows nothing of this year's holes."""
    old = report(database_at="2025-05-31T12:00:00Z")
    fresh = report(database_at="2026-05-31T12:00:00Z")
    [finding] = failures(old, fresh, max_database_age_days=5)
    assert (finding.satisfied, finding.measure) == (False, "database_age_days")


def test_package_that_could_not_be_looked_up_fails() -> None:
    """Unseen is not clean."""
    [finding] = failures(report(unaudited=["torch: not found on PyPI"]))
    assert finding.measure == "unaudited"
    assert finding.message.endswith("torch: not found on PyPI")


@pytest.mark.parametrize(("until", "passes"), [("2026-06-01", True), ("2026-05-31", False)])
def test_accepted_risk_holds_to_the_end_of_its_last_day(until: str, passes: bool) -> None:
    """The day after, the vulnerability counts again, and says why."""
    accepted = [{"id": "CVE-1", "package": "lib", "until": until, "reason": "Not reachable."}]
    found = failures(report(vulnerability()), accepted=accepted)
    assert [] == found if passes else found[0].message.endswith(f"CVE-1 in lib (acceptance ended {until})")


def test_accepted_risk_is_shown() -> None:
    """Nothing disappears: the finding names the risk, its last day and the reason."""
    accepted = [{"id": "CVE-1", "until": "2026-12-31", "reason": "Not reachable."}]
    findings = judge_with(GATE, [report(vulnerability()), CLEAN], scanned_context(), accepted=accepted)
    [shown] = [finding for finding in findings if finding.measure == "accepted"]
    assert shown.message == "CVE-1 in lib (high) is not counted: accepted until 2026-12-31: Not reachable."


def test_acceptance_of_another_package_does_not_hold() -> None:
    """The same CVE in two packages is two decisions."""
    accepted = [{"id": "CVE-1", "package": "other", "until": "2026-12-31", "reason": "Not reachable."}]
    assert 1 == len(failures(report(vulnerability()), accepted=accepted))


VEX = {"state": "not_affected", "justification": "code_not_reachable"}


@pytest.mark.parametrize(
    ("vex", "states", "passes"),
    [
        (vulnerability(**VEX), ["not_affected"], True),
        (vulnerability(**VEX), [], False),
        (vulnerability(**VEX), ["false_positive"], False),
        (vulnerability(package=None, **VEX), ["not_affected"], False),
        (vulnerability(state="not_affected"), ["not_affected"], False),
        (vulnerability(package="other", severity="low", **VEX), ["not_affected"], False),
    ],
)
def test_vex_counts_where_the_policy_lists_its_state(vex: dict[str, Any], states: list[str], passes: bool) -> None:
    """By default the author's own analysis excuses nothing; one without package or justification never does."""
    assert passes is not bool(failures(report(vulnerability()), report(vex), vex_states=states))


def test_vex_is_no_scan() -> None:
    """Its image and age are not compared, and it does not stand alone."""
    vex = report(vulnerability(**VEX), is_vex=True, subjects=[], scanned_at=None)
    assert [] == failures(CLEAN, vex, vex_states=["not_affected"])
    [finding] = failures(vex, vex, vex_states=["not_affected"])
    assert (finding.measure, finding.satisfied) == ("evidence", False)


def test_ten_thousand_entries_with_many_names_are_merged_in_linear_time() -> None:
    """A report made to be slow is not: 200,000 names, all of one vulnerability."""
    entries = [
        vulnerability(f"CVE-{index}", aliases=["shared", *(f"A-{index}-{alias}" for alias in range(20))])
        for index in range(10_000)
    ]
    [finding] = failures(report(*entries))
    assert 1.0 == finding.value


def test_version_without_scans_fails() -> None:
    """Missing evidence is a failure with its remedy."""
    [finding] = judge_with(GATE, [])
    assert (finding.satisfied, finding.measure) == (False, "evidence")


def test_version_without_deployment_fails_unless_the_policy_lets_it_be() -> None:
    """There is no image that the scan could be about."""
    context = scanned_context(deployment=None)
    assert {False} == {finding.satisfied for finding in failures(context=context)}
    parameters = bind_parameters(GATE, without_deployment="not_applicable")
    assert GATE.why_not(parameters, context.candidate) == "the manifest names no deployment, so there is no image"
    assert GATE.why_not(parameters, scanned_context().candidate) is None


@pytest.mark.parametrize(
    "parameters", [{"budgets": {}}, {"budget": {"high": -1}}, {"accepted": [{"id": "CVE-1", "reason": "No end."}]}]
)
def test_parameters_that_would_disarm_the_gate_are_refused(parameters: dict[str, Any]) -> None:
    """A misspelt key, a negative budget and an acceptance without an end are errors of the policy."""
    with pytest.raises(ProposalError):
        bind_parameters(GATE, **parameters)
