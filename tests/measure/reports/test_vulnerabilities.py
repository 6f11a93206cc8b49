import json
import tracemalloc
from typing import Any

import pytest

from promoter.measure.reports.request import VulnerabilityReport
from promoter.measure.request import Measured
from tests.measure.reports.reading import REPORTS, answer, by_slice
from tests.measure.reports.scans import CYCLONEDX, GRYPE, IMAGE, OTHER_IMAGE, PIP_AUDIT, SARIF, TRIVY, VEX

SAMPLES = {"trivy": TRIVY, "grype": GRYPE, "cyclonedx": CYCLONEDX, "sarif": SARIF, "pip-audit": PIP_AUDIT}


def scan(format_: str, document: Any) -> Measured:
    """Return what a report is measured as."""
    content = document if isinstance(document, bytes) else json.dumps(document).encode()
    return answer(VulnerabilityReport, content, format=format_)


@pytest.mark.parametrize(
    ("format_", "expected"),
    [
        ("trivy", {"high": 1, "low": 1}),
        ("grype", {"critical": 1, "low": 1}),
        ("cyclonedx", {"high": 1}),
        ("sarif", {"critical": 1, "low": 1}),
        ("pip-audit", {"unknown": 1}),
    ],
)
def test_each_format_is_counted_by_severity(format_: str, expected: dict[str, int]) -> None:
    """Words, CVSS scores and SARIF levels become the same five severities; what a tool ignored counts."""
    found = by_slice(scan(format_, SAMPLES[format_]), "vulnerabilities")
    assert dict.fromkeys(("critical", "high", "medium", "low", "unknown"), 0) | expected == found


@pytest.mark.parametrize(
    ("format_", "subjects", "scanned_at", "database_at"),
    [
        ("trivy", [IMAGE, OTHER_IMAGE], "2026-05-30T10:00:00Z", None),
        ("grype", [IMAGE, OTHER_IMAGE], "2026-05-30T08:00:00Z", "2026-05-29T01:00:00Z"),
        ("cyclonedx", [IMAGE], "2026-05-30T10:00:00Z", None),
        ("sarif", [IMAGE], "2026-05-30T10:00:00Z", None),
        ("pip-audit", [], None, None),
    ],
)
def test_subject_and_moment_are_read(
    format_: str, subjects: list[str], scanned_at: str | None, database_at: str | None
) -> None:
    """Digests of the image, and times in UTC; what a format does not say is null."""
    facts = scan(format_, SAMPLES[format_]).facts
    assert (subjects, scanned_at, database_at) == (facts["subjects"], facts["scanned_at"], facts["database_at"])


@pytest.mark.parametrize("format_", SAMPLES)
def test_names_of_one_vulnerability_meet(format_: str) -> None:
    """Each report knows CVE-2024-0001, as its id or as an alias."""
    first = scan(format_, SAMPLES[format_]).facts["vulnerabilities"][0]
    assert "CVE-2024-0001" in (first["id"], *first["aliases"])


def test_what_trivy_was_told_to_ignore_counts() -> None:
    """--show-suppressed lists it beside the others."""
    hidden = {"VulnerabilityID": "CVE-2024-0009", "PkgName": "hidden", "Severity": "CRITICAL"}
    result = {"ExperimentalModifiedFindings": [{"Type": "vulnerability", "Status": "ignored", "Finding": hidden}]}
    assert by_slice(scan("trivy", {**TRIVY, "Results": [result]}), "vulnerabilities")["critical"] == 1


@pytest.mark.parametrize("score", ["nan", "-1", "11", "high", [9]])
def test_score_that_is_none_is_an_unknown_severity(score: Any) -> None:
    """A comparison with NaN must not make it low."""
    rule = {"id": "CVE-2024-0001-libexample", "properties": {"security-severity": score}}
    run = {**SARIF["runs"][0], "tool": {"driver": {"name": "t", "rules": [rule]}}}
    assert by_slice(scan("sarif", {**SARIF, "runs": [run]}), "vulnerabilities")["unknown"] == 1


IMAGE_OF_GRYPE = "sha256:ca738abb87a8d58f112d3400ebb079b61ceae7dc290beb34bda735be4b1941d5"
CONFIG_OF_GRYPE = "sha256:ab5608d634db2716a297adbfa6a5dd5d8f8f5a7d0cab73649ea7fbb8c8da544f"


@pytest.mark.parametrize(
    ("format_", "file", "expected", "subjects", "scanned_at"),
    [
        ("grype", "grype/image.json", {"critical": 1, "low": 1}, [IMAGE_OF_GRYPE, CONFIG_OF_GRYPE], None),
        ("cyclonedx", "grype/image.cdx.json", {"critical": 1, "low": 1}, [IMAGE_OF_GRYPE], "2026-06-22T05:23:19Z"),
        ("sarif", "grype/image.sarif", {"medium": 1, "low": 1}, [], None),
        (
            "trivy",
            "trivy/alpine-distroless.json",
            {"medium": 1, "unknown": 1},
            ["sha256:22848737c0d272ad5d7c7369d8ca830a62929e63e38edcb22085139a6ae0688d"],
            "2021-08-25T12:20:30Z",
        ),
    ],
)
def test_file_that_a_tools_own_repository_publishes_is_read(
    format_: str, file: str, expected: dict[str, int], subjects: list[str], scanned_at: str | None
) -> None:
    """Grype's and Trivy's golden files: severities as the tool words them, the image's digests, the moment or none."""
    found = scan(format_, (REPORTS / file).read_bytes())
    assert dict.fromkeys(("critical", "high", "medium", "low", "unknown"), 0) | expected == by_slice(
        found, "vulnerabilities"
    )
    assert (subjects, scanned_at) == (found.facts["subjects"], found.facts["scanned_at"])


def test_score_that_no_float_holds_is_a_failure() -> None:
    """JSON has numbers of any size; one of 400 digits is nobody's score."""
    rating = {"method": "CVSSv31", "score": 10**400}
    found = scan("cyclonedx", {**CYCLONEDX, "vulnerabilities": [{"id": "CVE-2024-1", "ratings": [rating]}]})
    assert "ratings[0].score: expected a number that a float holds" in (found.failure or "")


def test_vex_is_told_from_a_scan() -> None:
    """It lists no component, and judges all that it names."""
    assert [True, False] == [scan("cyclonedx", document).facts["is_vex"] for document in (VEX, CYCLONEDX)]


def test_vex_names_its_package_through_a_bom_link() -> None:
    """The component of another file is known by its package URL."""
    [entry] = scan("cyclonedx", VEX).facts["vulnerabilities"]
    assert ("libexample", "not_affected", "code_not_reachable") == (
        entry["package"],
        entry["state"],
        entry["justification"],
    )


def test_pip_audits_own_report_says_what_it_could_not_look_up() -> None:
    """No known vulnerabilities, and three packages that nobody audited."""
    found = scan("pip-audit", (REPORTS / "pip-audit" / "skipped.json").read_bytes())
    assert set(by_slice(found, "vulnerabilities").values()) == {0}
    assert len(found.facts["unaudited"]) == 3


def test_sbom_that_nobody_scanned_is_no_scan() -> None:
    """cyclonedx-py's own SBOM lists components; zero vulnerabilities were not found, they were not looked for."""
    found = scan("cyclonedx", (REPORTS / "cyclonedx" / "requirements.json").read_bytes())
    assert "it is an SBOM, not a scan" in (found.failure or "")


def test_cycle_in_an_sbom_costs_nothing() -> None:
    """Dependencies that lead back to themselves are not walked, and components nest to a limit only."""
    cyclic = {**CYCLONEDX, "dependencies": [{"ref": "a", "dependsOn": ["b"]}, {"ref": "b", "dependsOn": ["a"]}]}
    assert scan("cyclonedx", cyclic).failure is None
    deep: dict[str, Any] = {"name": "leaf"}
    for _ in range(100):
        deep = {"name": "n", "components": [deep]}
    assert "deeper than 64" in (scan("cyclonedx", {**CYCLONEDX, "components": [deep]}).failure or "")


@pytest.mark.parametrize("format_", SAMPLES)
@pytest.mark.parametrize("foreign", [*SAMPLES, "empty", "list"])
def test_report_of_another_tool_is_refused(format_: str, foreign: str) -> None:
    """A Trivy file listed as Grype's is not a clean Grype scan."""
    if format_ == foreign:
        return
    document = {"empty": {}, "list": []}.get(foreign, SAMPLES.get(foreign))
    assert scan(format_, document).failure is not None


@pytest.mark.parametrize("format_", SAMPLES)
def test_truncated_report_is_refused(format_: str) -> None:
    """A file that is cut off is not a file with less in it."""
    content = json.dumps(SAMPLES[format_]).encode()
    assert "not JSON or is cut off" in (scan(format_, content[:-20]).failure or "")


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (json.dumps(TRIVY).encode("utf-16"), "not UTF-8"),
        (b'{"SchemaVersion": 2, "SchemaVersion": 2}', "stands twice"),
        (b"{" + b",".join(b'"k%d": 0' % index for index in range(300_000)) + b', "k299999": 1}', "stands twice"),
        (b'{"SchemaVersion": NaN, "ArtifactName": "a"}', "NaN"),
        (b"[" * 100_000, "deeper than"),
        (b"[" + b"[]," * 2_000_000 + b"[]]", "more than 2,000,000 parts"),
        (b'{"SchemaVersion": ' + b"9" * 10_000 + b"}", "a number of more than 4,300 digits"),
        (b'{"SchemaVersion": 2, "ArtifactName": "a", "Results": []}', "could scan"),
        (b'{"SchemaVersion": 2, "ArtifactName": "a", "Results": {}}', "expected a list"),
        (b'{"SchemaVersion": 2, "ArtifactName": 7, "Results": [{}]}', "$.ArtifactName: expected a text, found 7"),
        (b'{"SchemaVersion": 2, "ArtifactName": "a", "CreatedAt": "soon", "Results": [{}]}', "is no time"),
    ],
)
def test_hostile_json_is_a_failure_with_its_reason(content: bytes, why: str) -> None:
    """Encodings, duplicate keys, depth, number of parts, wrong types: words, not a crash."""
    assert why in (scan("trivy", content).failure or "")


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"version": "2.0.0"}, "2.1.0 is read"),
        ({"runs": []}, "holds no run"),
        ({"runs": [{**SARIF["runs"][0], "invocations": [{"executionSuccessful": False}]}]}, "its run failed"),
    ],
)
def test_sarif_of_a_run_that_did_not_happen_is_refused(change: dict[str, Any], why: str) -> None:
    """No run, a failed run and an old version are not clean."""
    assert why in (scan("sarif", {**SARIF, **change}).failure or "")


def sarif(result: dict[str, Any], **run: Any) -> Measured:
    """Return what a log of one result is measured as."""
    return scan("sarif", {"version": "2.1.0", "runs": [{**SARIF["runs"][0], "results": [result], **run}]})


CRITICAL = {"id": "CA1", "properties": {"security-severity": "9.8"}}
LOW = {"id": "CA2", "properties": {"security-severity": "1.0"}}


@pytest.mark.parametrize(
    ("result", "severity"),
    [
        ({"ruleId": "CA1"}, "critical"),
        ({"ruleId": "CA1/2/3"}, "critical"),
        ({"rule": {"id": "CA1"}}, "critical"),
        ({"rule": {"index": 0, "toolComponent": {"index": 0}}}, "critical"),
        ({"rule": {"index": 0, "toolComponent": {"index": 7}}}, "medium"),
        ({"ruleIndex": 0}, "low"),
        ({"ruleIndex": -1}, "medium"),
        ({"ruleIndex": True}, "medium"),
        ({"ruleId": "CA9", "ruleIndex": 0}, "medium"),
    ],
)
def test_rule_of_a_result_is_found_in_the_component_that_has_it(result: dict[str, Any], severity: str) -> None:
    """By id in driver and extensions, by index in the one that is named; a rule that nobody lists is a warning."""
    tool = {"driver": {"name": "t", "rules": [LOW]}, "extensions": [{"name": "e", "rules": [CRITICAL]}]}
    assert by_slice(sarif(result, tool=tool), "vulnerabilities")[severity] == 1


def test_sarif_whose_results_lie_elsewhere_is_no_clean_log() -> None:
    """An external property file is another file, and nobody pinned it."""
    elsewhere = {"results": [{"location": {"uri": "results.sarif-external-properties"}}]}
    assert "the results lie in other files" in (sarif({}, externalPropertyFileReferences=elsewhere).failure or "")


def test_paths_that_grype_was_told_to_leave_out_are_unaudited() -> None:
    """What is excluded is in no list of matches, ignored ones included."""
    descriptor = {**GRYPE["descriptor"], "configuration": {"exclude": ["./usr/lib/**"]}}
    facts = scan("grype", {**GRYPE, "descriptor": descriptor}).facts
    assert ["left out by grype's configuration: ./usr/lib/**"] == facts["unaudited"]


def test_sarif_of_fifty_megabytes_is_refused_in_bounded_memory() -> None:
    """The file is not parsed, and no copy of it is built."""
    result = json.dumps(SARIF["runs"][0]["results"][0]).encode()
    content = b'{"version": "2.1.0", "runs": [{"results": [' + result + (b"," + result) * (50_000_000 // len(result))
    tracemalloc.start()
    found = scan("sarif", content)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert "larger than 33,554,432 bytes" in (found.failure or "")
    assert peak < 100_000_000


def test_more_vulnerabilities_than_the_limit_are_refused() -> None:
    """10,001 entries would fill the record that every decision carries."""
    entry = TRIVY["Results"][1]["Vulnerabilities"][0]
    found = scan("trivy", {**TRIVY, "Results": [{"Vulnerabilities": [entry] * 10_001}]})
    assert "more than 10,000" in (found.failure or "")


def test_format_that_is_no_scan_is_refused() -> None:
    """A CSV file is read by nobody here."""
    assert "use one of cyclonedx, grype" in (scan("csv", b"{}").failure or "")
