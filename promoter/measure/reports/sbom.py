"""PackageLicences: components of a CycloneDX document, JSON or XML, nested ones too, with their licences.

Format: CycloneDX 1.4 to 1.6, bom.components[].licenses: SPDX ids, SPDX expressions or names. Several ids and
expressions are read as AND, the reading that permits least; a name counts only where no id stands beside it, since
tools write the classifier of the same licence as a second entry.
"""

from collections.abc import Iterator
from typing import Any, BinaryIO

from promoter.errors import Undecidable
from promoter.measure.families.family import ContentFamily, number
from promoter.measure.reports.cyclonedx_xml import read_bom
from promoter.measure.reports.json_node import Node
from promoter.measure.request import Measured
from promoter.measure.requests_licences import PackageLicences

_MOST_PACKAGES = 10_000


def read(_request: PackageLicences, stream: BinaryIO) -> Measured:
    """Return the packages. Raises Undecidable where the document is another format or lists too many."""
    document = read_bom(stream)
    document.require("bomFormat", "components", what="CycloneDX bill of materials")
    if document["bomFormat"].text() != "CycloneDX":
        raise Undecidable(f"bomFormat is {document['bomFormat'].text()!r}, not CycloneDX; check its format")
    packages = [_package(component) for component in _components(document)]
    if len(packages) > _MOST_PACKAGES:
        raise Undecidable(f"the bill lists more than {_MOST_PACKAGES:,} packages; list what is deployed alone")
    packages.sort(key=lambda package: (package["name"], package["version"] or ""))
    count = number("packages", len(packages), n=len(packages))
    return Measured(values=(count,), facts={"packages": packages})


def _components(document: Node) -> Iterator[Node]:
    """Yield components and those inside of them; the document's depth is bounded where it is read."""
    waiting = list(document["components"].each())
    while waiting:
        component = waiting.pop()
        yield component
        waiting += component["components"].each()


def _package(component: Node) -> dict[str, Any]:
    stated: list[str] = []
    names: list[str] = []
    for entry in component["licenses"].each():
        expression = entry["expression"].text() or entry["license"]["id"].text()
        name = entry["license"]["name"].text()
        stated += [expression] if expression else []
        names += [name] if name and not expression else []
    joined = stated if len(stated) == 1 else [f"({expression})" for expression in dict.fromkeys(stated)]
    return {
        "name": component["name"].required_text(),
        "version": component["version"].text(),
        "licence": " AND ".join(joined) or None,
        "names": [] if stated else names,
    }


FAMILY = ContentFamily(content=lambda request: request.content, read=read)
