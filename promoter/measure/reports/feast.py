"""FeatureRegistry: the JSON that `feast registry-dump` prints, without the code of its transformations.

Format: BaseRegistry.to_dict of feast-dev/feast (protobuf messages FeatureView, OnDemandFeatureView and
StreamFeatureView as JSON, names in camel case), 0.21 to 0.40.
"""

from collections.abc import Mapping
from typing import Any, BinaryIO

from promoter.errors import Undecidable
from promoter.measure.families.family import ContentFamily, number
from promoter.measure.reports.json_node import Node, read_json
from promoter.measure.request import Measured
from promoter.measure.requests_lineage import FeatureRegistry

_LISTS = ("featureViews", "streamFeatureViews", "onDemandFeatureViews")
_MOST_FEATURES = 5_000


def read(request: FeatureRegistry, stream: BinaryIO) -> Measured:
    """Return the wanted views and all that they rest on. Raises Undecidable where the document is no such export."""
    document = read_json(stream)
    document.require("featureViews", what="Feast registry export")
    views: dict[str, dict[str, Any]] = {}
    ambiguous: set[str] = set()
    for kind in _LISTS:
        for entry in document[kind].each():
            name = entry["spec"]["name"].required_text()
            if name in views:
                ambiguous.add(name)
            views[name] = _view(entry["spec"], kind)
    wanted = _with_ancestors(request.views, views)
    if sum(len(views[name]["features"]) for name in wanted) > _MOST_FEATURES:
        raise Undecidable(f"the views that are used hold more than {_MOST_FEATURES:,} features; split them")
    return Measured(
        values=(number("views", len(views), n=len(views)),),
        facts={"views": {name: views[name] for name in wanted}, "ambiguous": sorted(ambiguous & set(wanted))},
    )


def _view(spec: Node, kind: str) -> dict[str, Any]:
    features = {
        entry["name"].required_text(): entry["valueType"].text() or "INVALID" for entry in spec["features"].each()
    }
    own = (spec[source]["name"].text() for source in ("batchSource", "streamSource"))
    sources, parents = [name for name in own if name], []
    for _, entry in spec["sources"].members():
        view = entry["featureViewProjection"]["featureViewName"].text() or entry["featureView"]["spec"]["name"].text()
        request = entry["requestDataSource"]["name"].text()
        parents += [view] if view else []
        sources += [request] if request else []
    return {"kind": kind, "features": features, "sources": sources, "views": parents}


def _with_ancestors(names: tuple[str, ...], views: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Return the names that there are, and those that they rest on, sorted."""
    found: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name in views and name not in found:
            found.add(name)
            waiting += views[name]["views"]
    return sorted(found)


FAMILY = ContentFamily(content=lambda request: request.content, read=read)
