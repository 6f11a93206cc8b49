"""pip-audit's JSON: it names no image, no moment and no severity, and says which packages it could not look up.

Format: pip_audit/_format/json.py of pypa/pip-audit; the bare list of version 1 is read too.
"""

from promoter.errors import Undecidable
from promoter.measure.reports.json_node import Node
from promoter.measure.reports.scan import Scan, Severity, Vulnerability


def read_pip_audit(document: Node) -> Scan:
    """Return the scan. Raises Undecidable where the document is another tool's."""
    dependencies = document
    if not isinstance(document.value, list):
        document.require("dependencies", what="pip-audit report")
        dependencies = document["dependencies"]
    found: list[Vulnerability] = []
    unaudited: list[str] = []
    audited = 0
    for dependency in dependencies.each():
        name = dependency["name"].required_text()
        reason = dependency["skip_reason"].text()
        if reason is not None:
            unaudited.append(f"{name}: {reason}")
            continue
        dependency.require("version", "vulns", what="pip-audit report")
        audited += 1
        found += [_vulnerability(entry, name, dependency) for entry in dependency["vulns"].each()]
    if not audited and not unaudited:
        raise Undecidable("the report lists no package; audit the environment of the image")
    return Scan(tool="pip-audit", vulnerabilities=tuple(found), unaudited=tuple(unaudited))


def _vulnerability(entry: Node, package: str, dependency: Node) -> Vulnerability:
    return Vulnerability(
        id=entry["id"].required_text(),
        severity=Severity.UNKNOWN,
        package=package,
        version=dependency["version"].text(),
        aliases=tuple(entry["aliases"].texts()),
        fixed_in=tuple(entry["fix_versions"].texts()),
    )
