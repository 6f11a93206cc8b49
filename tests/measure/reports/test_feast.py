import json
from typing import Any

import pytest

from promoter.engines.duckdb.engine import DuckDBEngine
from promoter.measure.plan import measure
from promoter.measure.request import Measured
from promoter.measure.requests_lineage import FeatureRegistry


def view(name: str, **spec: Any) -> dict[str, Any]:
    """Return a feature view over one file, in the form of the demo registry of Feast's own user interface."""
    values = {
        "batchSource": {"fileOptions": {"uri": f"data/{name}.parquet"}, "name": name, "type": "BATCH_FILE"},
        "entities": ["person"],
        "features": [{"name": "due", "valueType": "INT64"}, {"name": "score", "valueType": "DOUBLE"}],
        "name": name,
        "online": True,
        "ttl": "86400s",
    }
    return {"meta": {"createdTimestamp": "2026-01-31T09:00:00Z"}, "spec": {**values, **spec}}


def on_demand(name: str, *views: str) -> dict[str, Any]:
    """Return a view that is computed from others and from the request."""
    sources: dict[str, Any] = {each: {"featureViewProjection": {"featureViewName": each}} for each in views}
    sources["asked"] = {"requestDataSource": {"name": "asked", "type": "REQUEST_SOURCE"}}
    features = [{"name": "is_large", "valueType": "BOOL"}]
    return {"meta": {}, "spec": {"name": name, "features": features, "sources": sources}}


def read(document: Any, *views: str) -> Measured:
    """Return what an export says of some views."""
    content = document if isinstance(document, bytes) else json.dumps(document).encode()
    request = FeatureRegistry(content="local:feast", views=views)
    return measure([request], {"local:feast": lambda: content}, DuckDBEngine())[request]


def test_view_is_read_with_features_and_sources() -> None:
    """Only the wanted view is part of the answer; all are counted."""
    found = read({"project": "credit", "featureViews": [view("credit"), view("zipcode")]}, "credit", "unknown")
    assert 2 == found.values[0].value
    expected = {
        "kind": "featureViews",
        "features": {"due": "INT64", "score": "DOUBLE"},
        "sources": ["credit"],
        "views": [],
    }
    assert {"views": {"credit": expected}, "ambiguous": []} == found.facts


def test_view_brings_those_that_it_is_computed_from() -> None:
    """An on-demand view rests on views and on what the request brings."""
    document = {"featureViews": [view("credit"), view("other")], "onDemandFeatureViews": [on_demand("large", "credit")]}
    views = read(document, "large").facts["views"]
    assert ["credit", "large"] == list(views)
    assert (["credit"], ["asked"]) == (views["large"]["views"], views["large"]["sources"])


def test_views_that_rest_on_each_other_end() -> None:
    """A cycle is told by the gate, and does not hang the reader."""
    document = {"featureViews": [], "onDemandFeatureViews": [on_demand("a", "b"), on_demand("b", "a")]}
    assert ["a", "b"] == list(read(document, "a").facts["views"])


def test_name_that_stands_twice_is_ambiguous() -> None:
    """Of two views with one name nobody knows which was meant."""
    document = {"featureViews": [view("credit")], "streamFeatureViews": [view("credit")]}
    assert ["credit"] == read(document, "credit").facts["ambiguous"]


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        ({"version": "2.1.0", "runs": []}, "the file is no Feast registry export: $ has no 'featureViews'"),
        ([], "the file is no Feast registry export"),
        ({"featureViews": {}}, "$.featureViews: expected a list"),
        ({"featureViews": [{"spec": {}}]}, "$.featureViews[0].spec.name: expected a text"),
        ({"featureViews": [view("a", features=[{"name": f"f{i}"} for i in range(5_001)])]}, "more than 5,000 features"),
        (b'{"featureViews": [', "is not JSON or is cut off"),
        (b"\xff\xfe", "is not UTF-8"),
        (b"[" * 100_000, "nests deeper"),
    ],
)
def test_what_is_no_export_fails_with_its_reason(document: Any, reason: str) -> None:
    """Another tool's report, a file cut off, and one that would exhaust a reader end alike: with a reason."""
    assert reason in (read(document, "a").failure or "")
