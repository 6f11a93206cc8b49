"""SARIF 2.1.0 of any scanner; a suppression in the file counts for nothing: what is accepted is the policy's to say.

Format: OASIS SARIF 2.1.0. The severity is the rule's or result's property security-severity (a CVSS score, as GitHub
code scanning reads it), else the level: error is high, warning medium, note low (sections 3.27.10, 3.49.14).
"""

import re
from collections.abc import Callable
from typing import TypeVar

from promoter.errors import Undecidable
from promoter.measure.reports.json_node import Node
from promoter.measure.reports.scan import Scan, Severity, Vulnerability, digests_in, severity_of_score

_LEVELS = {"error": Severity.HIGH, "warning": Severity.MEDIUM, "note": Severity.LOW, "none": Severity.LOW}
_PUBLIC_ID = re.compile(r"CVE-\d{4}-\d{4,9}|GHSA(?:-[0-9a-z]{4}){3}")
Item = TypeVar("Item")
_NO_FAULT = {"pass", "notApplicable", "informational"}


def read_sarif(document: Node) -> Scan:
    """Return the scan. Raises Undecidable where the document is no SARIF 2.1.0, or a run failed."""
    document.require("version", "runs", what="SARIF log")
    if document["version"].text() != "2.1.0":
        raise Undecidable(f"the SARIF version is {document['version'].text()}; 2.1.0 is read")
    runs = list(document["runs"].each())
    if not runs:
        raise Undecidable("the SARIF log holds no run; run the scanner before the log is written")
    found: list[Vulnerability] = []
    subjects: list[str] = []
    ended: list[str] = []
    for run in runs:
        found += _results(run)
        properties = run["properties"]
        subjects += digests_in(properties["imageID"], properties["imageName"], *properties["repoDigests"].each())
        for invocation in run["invocations"].each():
            if invocation["executionSuccessful"].value is not True:
                raise Undecidable(f"{invocation.place}: the tool says that its run failed; run it again")
            moment = invocation["endTimeUtc"].instant()
            ended += [moment] if moment else []
    tools = dict.fromkeys(run["tool"]["driver"]["name"].required_text() for run in runs)
    return Scan(
        tool=", ".join(tools),
        subjects=tuple(dict.fromkeys(subjects)),
        scanned_at=min(ended) if len(ended) >= len(runs) else None,
        vulnerabilities=tuple(found),
    )


def _results(run: Node) -> list[Vulnerability]:
    run.require("results", what="SARIF log with results")
    elsewhere = run["externalPropertyFileReferences"]["results"]
    if next(elsewhere.each(), None) is not None:
        raise Undecidable(f"{elsewhere.place}: the results lie in other files; have the tool write them into the log")
    find_rule = _rules(run["tool"])
    found = []
    for result in run["results"].each():
        if result["kind"].text() in _NO_FAULT or result["baselineState"].text() == "absent":
            continue
        rule = find_rule(result)
        name = result["ruleId"].text() or result["rule"]["id"].text() or rule["id"].text()
        entry = Vulnerability(
            id=name or "(no rule)",
            severity=_severity(result, rule),
            package=_place(result),
            aliases=tuple(_PUBLIC_ID.findall(name or "")),
        )
        found.append(entry)
    return found


def _rules(tool: Node) -> Callable[[Node], Node]:
    """Return a function from a result to its rule, an absent one where there is none, sections 3.27.5 to 3.27.7.

    A rule is the driver's or an extension's. Its id may stand with more parts behind it (CA2101/1 is a CA2101); its
    index counts only where no id is given, and in the component that the result names.
    """
    components = [tool["driver"], *tool["extensions"].each()]
    listed = [list(component["rules"].each()) for component in components]
    by_id = {rule["id"].text(): rule for rules in reversed(listed) for rule in rules}

    def find(result: Node) -> Node:
        name = result["ruleId"].text() or result["rule"]["id"].text()
        while name:
            if name in by_id:
                return by_id[name]
            name = name.rpartition("/")[0]
        index, component = result["ruleIndex"].value, result["rule"]["toolComponent"]["index"].value
        index = result["rule"]["index"].value if index is None else index
        rules = _at(listed, 0 if component is None else component + 1 if isinstance(component, int) else None) or []
        is_named = result["ruleId"].value is not None or result["rule"]["id"].value is not None
        return (None if is_named else _at(rules, index)) or Node(None, result.place)

    return find


def _at(items: list[Item], index: object) -> Item | None:
    if not isinstance(index, int) or isinstance(index, bool) or not 0 <= index < len(items):
        return None
    return items[index]


def _severity(result: Node, rule: Node) -> Severity:
    for properties in (result["properties"], rule["properties"]):
        score = properties["security-severity"].value
        if score is not None:
            try:
                return severity_of_score(float(score))
            except (TypeError, ValueError):
                return Severity.UNKNOWN
    level = result["level"].text() or rule["defaultConfiguration"]["level"].text() or "warning"
    return _LEVELS.get(level, Severity.UNKNOWN)


def _place(result: Node) -> str | None:
    """Return what the result is about: its logical place, else its file, so that two places are two results."""
    for location in result["locations"].each():
        for logical in location["logicalLocations"].each():
            name = logical["fullyQualifiedName"].text() or logical["name"].text()
            if name:
                return name
        uri = location["physicalLocation"]["artifactLocation"]["uri"].text()
        line = location["physicalLocation"]["region"]["startLine"].number()
        if uri:
            return uri if line is None else f"{uri}:{line:.0f}"
    return None
