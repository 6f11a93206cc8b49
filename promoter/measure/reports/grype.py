"""Grype's JSON; what its own configuration ignored counts as found: what is accepted is the policy's to say.

Paths that it was told to leave out were not looked at, so they count as packages that nobody audited.

Format: grype/presenter/models of anchore/grype; schema/grype/json.
"""

from promoter.measure.reports.json_node import Node
from promoter.measure.reports.scan import Scan, Vulnerability, digests_in, severity_of_word


def read_grype(document: Node) -> Scan:
    """Return the scan. Raises Undecidable where the document is another tool's."""
    document.require("matches", "source", "descriptor", what="Grype report")
    target, descriptor = document["source"]["target"], document["descriptor"]
    subjects: tuple[str, ...] = ()
    if isinstance(target.value, dict):
        named = (target["manifestDigest"], target["imageID"], *target["repoDigests"].each())
        subjects = digests_in(*named)
    database = descriptor["db"]
    built = database["status"]["built"].instant() or database["built"].instant()
    left_out = descriptor["configuration"]["exclude"].texts()
    matches = [*document["matches"].each(), *document["ignoredMatches"].each()]
    return Scan(
        tool="grype",
        subjects=subjects,
        scanned_at=descriptor["timestamp"].instant(),
        database_at=built,
        vulnerabilities=tuple(_vulnerability(match) for match in matches),
        unaudited=tuple(f"left out by grype's configuration: {pattern}" for pattern in left_out),
    )


def _vulnerability(match: Node) -> Vulnerability:
    entry, artifact = match["vulnerability"], match["artifact"]
    return Vulnerability(
        id=entry["id"].required_text(),
        severity=severity_of_word(entry["severity"].text()),
        package=artifact["name"].required_text(),
        version=artifact["version"].text(),
        aliases=tuple(related["id"].required_text() for related in match["relatedVulnerabilities"].each()),
        fixed_in=tuple(entry["fix"]["versions"].texts()),
    )
