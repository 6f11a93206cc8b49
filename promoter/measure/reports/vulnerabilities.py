"""VulnerabilityReport: one reader a format, and the same answer from all of them."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import BinaryIO

from promoter.errors import Undecidable
from promoter.measure.families.family import ContentFamily, number
from promoter.measure.reports.cyclonedx import read_cyclonedx
from promoter.measure.reports.cyclonedx_xml import read_bom
from promoter.measure.reports.grype import read_grype
from promoter.measure.reports.json_node import Node, read_json
from promoter.measure.reports.pip_audit import read_pip_audit
from promoter.measure.reports.request import VulnerabilityReport
from promoter.measure.reports.sarif import read_sarif
from promoter.measure.reports.scan import Scan, Severity
from promoter.measure.reports.trivy import read_trivy
from promoter.measure.request import Measured

MOST_VULNERABILITIES = 10_000

READERS: Mapping[str, Callable[[Node], Scan]] = {
    "cyclonedx": read_cyclonedx,
    "grype": read_grype,
    "pip-audit": read_pip_audit,
    "sarif": read_sarif,
    "trivy": read_trivy,
}


def read(request: VulnerabilityReport, stream: BinaryIO) -> Measured:
    """Return what the report says. Raises Undecidable on other bytes and on more than MOST_VULNERABILITIES."""
    reader = READERS.get(request.format)
    if reader is None:
        raise Undecidable(f"no scan is read from format {request.format!r}; use one of {', '.join(READERS)}")
    scan = reader(read_bom(stream) if request.format == "cyclonedx" else read_json(stream))
    if len(scan.vulnerabilities) > MOST_VULNERABILITIES:
        raise Undecidable(f"the report lists more than {MOST_VULNERABILITIES:,} vulnerabilities; mend the image first")
    found = Counter(entry.severity for entry in scan.vulnerabilities)
    return Measured(
        values=tuple(
            number("vulnerabilities", found[severity], n=found.total(), slice_=(("severity", severity.value),))
            for severity in Severity
        ),
        facts={
            "tool": scan.tool,
            "is_vex": scan.is_vex,
            "subjects": list(scan.subjects),
            "scanned_at": scan.scanned_at,
            "database_at": scan.database_at,
            "unaudited": list(scan.unaudited),
            "vulnerabilities": [
                {key: list(value) if isinstance(value, tuple) else value for key, value in asdict(entry).items()}
                for entry in scan.vulnerabilities
            ],
        },
    )


FAMILY = ContentFamily(content=lambda request: request.content, read=read)
