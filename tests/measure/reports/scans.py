"""Small reports in each scanner's format, written after the examples that the tools' own repositories publish."""

from typing import Any

IMAGE = "sha256:" + "d" * 64
OTHER_IMAGE = "sha256:" + "e" * 64

TRIVY: dict[str, Any] = {
    "SchemaVersion": 2,
    "CreatedAt": "2026-05-30T10:00:00.123456789Z",
    "ArtifactName": f"registry.example.org/mortgage@{IMAGE}",
    "ArtifactType": "container_image",
    "Metadata": {"ImageID": OTHER_IMAGE, "RepoDigests": [f"registry.example.org/mortgage@{IMAGE}"]},
    "Results": [
        {"Target": "debian 12", "Class": "os-pkgs"},
        {
            "Target": "Python",
            "Class": "lang-pkgs",
            "Vulnerabilities": [
                {
                    "VulnerabilityID": "CVE-2024-0001",
                    "PkgName": "libexample",
                    "InstalledVersion": "1.0",
                    "FixedVersion": "1.1",
                    "Severity": "HIGH",
                },
                {"VulnerabilityID": "CVE-2024-0002", "PkgName": "other", "InstalledVersion": "2", "Severity": "LOW"},
            ],
        },
    ],
}
"""After integration/testdata/alpine-310.json.golden of aquasecurity/trivy."""

GRYPE: dict[str, Any] = {
    "matches": [
        {
            "vulnerability": {"id": "GHSA-aaaa-bbbb-cccc", "severity": "Critical", "fix": {"versions": ["1.1"]}},
            "relatedVulnerabilities": [{"id": "CVE-2024-0001"}],
            "artifact": {"name": "libexample", "version": "1.0"},
        }
    ],
    "ignoredMatches": [
        {
            "vulnerability": {"id": "CVE-2024-0003", "severity": "Negligible", "fix": {"versions": [], "state": ""}},
            "relatedVulnerabilities": [],
            "artifact": {"name": "hidden", "version": "3"},
        }
    ],
    "source": {"type": "image", "target": {"imageID": OTHER_IMAGE, "manifestDigest": IMAGE, "repoDigests": []}},
    "descriptor": {
        "name": "grype",
        "timestamp": "2026-05-30T10:00:00+02:00",
        "db": {"status": {"built": "2026-05-29T01:00:00Z"}},
    },
}
"""After grype/presenter/json/testdata/snapshot/TestJsonImgsPresenter.golden of anchore/grype."""

CYCLONEDX: dict[str, Any] = {
    "bomFormat": "CycloneDX",
    "specVersion": "1.6",
    "metadata": {
        "timestamp": "2026-05-30T10:00:00Z",
        "tools": {"components": [{"type": "application", "name": "grype"}]},
        "component": {"bom-ref": "image", "type": "container", "name": "mortgage", "version": IMAGE},
    },
    "components": [{"bom-ref": "ref-1", "type": "library", "name": "libexample", "version": "1.0"}],
    "vulnerabilities": [
        {
            "id": "CVE-2024-0001",
            "ratings": [{"score": 7.5, "method": "CVSSv31"}, {"score": 1, "method": "other"}],
            "affects": [{"ref": "ref-1"}],
        }
    ],
}
"""After grype/presenter/cyclonedx/testdata/snapshot/TestCycloneDxPresenterImage.golden of anchore/grype."""

VEX: dict[str, Any] = {
    "bomFormat": "CycloneDX",
    "specVersion": "1.4",
    "metadata": {"timestamp": "2026-05-30T10:00:00Z", "component": CYCLONEDX["metadata"]["component"]},
    "vulnerabilities": [
        {
            "id": "CVE-2024-0001",
            "ratings": [{"severity": "none"}],
            "analysis": {"state": "not_affected", "justification": "code_not_reachable"},
            "affects": [{"ref": "urn:cdx:3e671687-395b-41f5-a30f-a58921a69b79/1#pkg:pypi/libexample@1.0?type=whl"}],
        }
    ],
}
"""After VEX/vex.json of CycloneDX/bom-examples."""

SARIF: dict[str, Any] = {
    "version": "2.1.0",
    "runs": [
        {
            "tool": {
                "driver": {
                    "name": "grype",
                    "rules": [{"id": "CVE-2024-0001-libexample", "properties": {"security-severity": "9.8"}}],
                }
            },
            "invocations": [{"executionSuccessful": True, "endTimeUtc": "2026-05-30T10:00:00Z"}],
            "properties": {"repoDigests": [f"registry.example.org/mortgage@{IMAGE}"]},
            "results": [
                {
                    "ruleId": "CVE-2024-0001-libexample",
                    "suppressions": [{"kind": "inSource"}],
                    "locations": [{"logicalLocations": [{"fullyQualifiedName": "mortgage:/usr/lib/libexample"}]}],
                },
                {"ruleId": "lint", "level": "note", "locations": []},
                {"ruleId": "lint", "kind": "pass", "level": "none"},
            ],
        }
    ],
}
"""After grype/presenter/sarif snapshots of anchore/grype, and pkg/report/sarif.go of aquasecurity/trivy."""

PIP_AUDIT: dict[str, Any] = {
    "dependencies": [
        {
            "name": "libexample",
            "version": "1.0",
            "vulns": [{"id": "PYSEC-2024-1", "fix_versions": ["1.1"], "aliases": ["CVE-2024-0001"], "description": ""}],
        },
        {"name": "jinja2", "version": "3.1.6", "vulns": []},
    ],
    "fixes": [],
}
"""After the README of pypa/pip-audit, JSON format."""
