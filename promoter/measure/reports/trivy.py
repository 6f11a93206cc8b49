"""Trivy's JSON, schema version 2; what its own filters took out and --show-suppressed shows counts as found.

Format: trivy.dev, reporting, JSON; pkg/types/report.go of aquasecurity/trivy.
"""

from promoter.errors import Undecidable
from promoter.measure.reports.json_node import Node
from promoter.measure.reports.scan import Scan, Vulnerability, digests_in, severity_of_word


def read_trivy(document: Node) -> Scan:
    """Return the scan. Raises Undecidable where the document is another tool's, or Trivy recognised nothing."""
    document.require("SchemaVersion", "ArtifactName", what="Trivy report")
    results = list(document["Results"].each())
    if not results:
        raise Undecidable("Trivy found nothing in the image that it could scan; scan an image that has packages")
    metadata = document["Metadata"]
    found = [entry for result in results for entry in result["Vulnerabilities"].each()]
    for result in results:
        hidden = result["ExperimentalModifiedFindings"].each()
        found += [entry["Finding"] for entry in hidden if entry["Type"].text() == "vulnerability"]
    return Scan(
        tool="trivy",
        subjects=digests_in(document["ArtifactName"], metadata["ImageID"], *metadata["RepoDigests"].each()),
        scanned_at=document["CreatedAt"].instant(),
        vulnerabilities=tuple(_vulnerability(entry) for entry in found),
    )


def _vulnerability(entry: Node) -> Vulnerability:
    fixed = entry["FixedVersion"].text()
    return Vulnerability(
        id=entry["VulnerabilityID"].required_text(),
        severity=severity_of_word(entry["Severity"].text()),
        package=entry["PkgName"].required_text(),
        version=entry["InstalledVersion"].text(),
        aliases=tuple(entry["VendorIDs"].texts()),
        fixed_in=(fixed,) if fixed else (),
    )
