"""CycloneDX 1.4 and later, JSON or XML: a scan, or a VEX that says of known vulnerabilities what they mean here.

The dependency graph is not walked, so a cycle in it costs nothing. A component that an analysis names must be in the
same file or be given by its package URL; else the analysis is about nothing. Format: cyclonedx.org/docs; ECMA-424.
"""

from collections.abc import Iterator
from urllib.parse import unquote

from promoter.errors import Undecidable
from promoter.measure.reports.json_node import Node
from promoter.measure.reports.scan import (
    Scan,
    Severity,
    Vulnerability,
    digests_in,
    severity_of_score,
    severity_of_word,
    worst_of,
)

_Package = tuple[str, str | None]


def read_cyclonedx(document: Node) -> Scan:
    """Return the scan or VEX. Raises Undecidable where the document is another format, or an SBOM without a scan."""
    document.require("bomFormat", what="CycloneDX document")
    if document["bomFormat"].text() != "CycloneDX":
        raise Undecidable(f"bomFormat is {document['bomFormat'].text()!r}, not CycloneDX; check its format")
    if document["vulnerabilities"].value is None:
        raise Undecidable("the file lists components and no vulnerabilities: it is an SBOM, not a scan; attach a scan")
    metadata = document["metadata"]
    subject = metadata["component"]
    packages: dict[str, _Package] = {}
    for component in (subject, *document["components"].each()):
        for reference, package in _packages(component):
            packages.setdefault(reference, package)
    entries = list(document["vulnerabilities"].each())
    has_components = any(True for _ in document["components"].each())
    return Scan(
        tool=_tool(metadata["tools"]),
        is_vex=bool(entries) and not has_components and all(entry["analysis"]["state"].text() for entry in entries),
        subjects=_subjects(subject),
        scanned_at=metadata["timestamp"].instant(),
        vulnerabilities=tuple(vulnerability for entry in entries for vulnerability in _each(entry, packages)),
    )


def _tool(tools: Node) -> str:
    entries = list(tools.each() if isinstance(tools.value, list) else tools["components"].each())
    return ", ".join(entry["name"].required_text() for entry in entries) or "cyclonedx"


def _subjects(component: Node) -> tuple[str, ...]:
    """Return the digests of what is described, wherever tools write them: hashes, version, purl, properties."""
    hashes = [entry["content"].text() for entry in component["hashes"].each() if entry["alg"].text() == "SHA-256"]
    properties = (entry["value"] for entry in component["properties"].each())
    found = digests_in(component["version"], component["purl"], component["bom-ref"], *properties)
    return tuple(dict.fromkeys((*(f"sha256:{text}" for text in hashes if text), *found)))


def _packages(component: Node) -> Iterator[tuple[str, _Package]]:
    """Yield (reference, package) of a component and of those inside of it."""
    if component.value is None:
        return
    name = component["name"].required_text()
    group = component["group"].text()
    reference = component["bom-ref"].text() or component["purl"].text()
    if reference:
        yield reference, (f"{group}/{name}" if group else name, component["version"].text())
    for inner in component["components"].each():
        yield from _packages(inner)


def _each(entry: Node, packages: dict[str, _Package]) -> Iterator[Vulnerability]:
    """Yield the vulnerability once for each component that it affects; once without any where none resolves."""
    affected = [_resolve(target["ref"].required_text(), packages) for target in entry["affects"].each()]
    ratings = tuple(_rating(rating) for rating in entry["ratings"].each())
    analysis = entry["analysis"]
    for package, version in dict.fromkeys(affected or [(None, None)]):
        yield Vulnerability(
            id=entry["id"].required_text(),
            severity=worst_of(ratings),
            package=package,
            version=version,
            aliases=tuple(reference["id"].required_text() for reference in entry["references"].each()),
            state=analysis["state"].text(),
            justification=analysis["justification"].text() or analysis["detail"].text(),
        )


def _resolve(reference: str, packages: dict[str, _Package]) -> tuple[str | None, str | None]:
    """Return the package behind a reference, or behind the last part of a BOM-Link (urn:cdx:serial/version#ref)."""
    local = unquote(reference.rpartition("#")[2]) if reference.startswith("urn:cdx:") else reference
    if local in packages:
        return packages[local]
    if local.startswith("pkg:"):
        path, _, version = local.partition("?")[0].partition("#")[0].rpartition("@")
        name = (path or version).removeprefix("pkg:").partition("/")[2].rpartition("/")[2]
        return unquote(name) or None, unquote(version) if path else None
    return None, None


def _rating(rating: Node) -> Severity:
    found = severity_of_word(rating["severity"].text())
    score = rating["score"].number()
    is_cvss = (rating["method"].text() or "").startswith("CVSS")
    return severity_of_score(score) if found is Severity.UNKNOWN and score is not None and is_cvss else found
