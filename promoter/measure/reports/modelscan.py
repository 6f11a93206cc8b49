"""ModelScanReport: modelscan's JSON. Its denylist has known bypasses, so it is evidence beside the format, never of it.

Format: modelscan/modelscan.py of protectai/modelscan, 0.8. The report pins no digest: it is bound by file names alone.
"""

from typing import Any, BinaryIO

from promoter.errors import Undecidable
from promoter.measure.families.family import ContentFamily, number
from promoter.measure.reports.json_node import Node, read_json
from promoter.measure.reports.request import ModelScanReport
from promoter.measure.reports.scan import Severity, severity_of_word
from promoter.measure.request import Measured

_MOST_ENTRIES = 10_000


def read(_request: ModelScanReport, stream: BinaryIO) -> Measured:
    """Return what modelscan saw. Raises Undecidable where the document is another tool's."""
    document = read_json(stream)
    document.require("summary", "issues", "errors", what="modelscan report")
    summary = document["summary"]
    summary.require("modelscan_version", "scanned", "total_issues", what="modelscan report")
    issues = [_issue(entry) for entry in document["issues"].each()]
    skipped = [
        {"file": entry["source"].required_text(), "reason": entry["category"].text() or "no reason given"}
        for entry in summary["skipped"]["skipped_files"].each()
    ]
    errors = [_error(entry) for entry in document["errors"].each()]
    scanned = summary["scanned"]["scanned_files"].texts()
    claimed = (summary["total_issues"].number(), summary["skipped"]["total_skipped"].number() or 0)
    if claimed != (len(issues), len(skipped)):
        raise Undecidable("the report's totals are not what it lists; write it again with --show-skipped")
    if max(len(issues), len(skipped), len(errors), len(scanned)) > _MOST_ENTRIES:
        raise Undecidable(f"the report lists more than {_MOST_ENTRIES:,} files; scan the artifact alone")
    return Measured(
        values=tuple(
            number(
                "issues",
                sum(entry["severity"] == severity for entry in issues),
                n=len(scanned),
                slice_=(("severity", severity.value),),
            )
            for severity in Severity
        ),
        facts={
            "version": summary["modelscan_version"].text(),
            "scanned_at": summary["timestamp"].instant(),
            "scanned": scanned,
            "skipped": skipped,
            "errors": errors,
            "issues": issues,
        },
    )


def _issue(entry: Node) -> dict[str, Any]:
    return {
        "severity": severity_of_word(entry["severity"].text()).value,
        "description": entry["description"].text() or "",
        "file": entry["source"].required_text(),
    }


def _error(entry: Node) -> str:
    """Return an error in words, whichever of the report's forms it has."""
    if isinstance(entry.value, str):
        return entry.required_text()
    return ": ".join(filter(None, (entry["source"].text(), entry["category"].text(), entry["description"].text())))


FAMILY = ContentFamily(content=lambda request: request.content, read=read)
