"""A version's data sets as a graph."""

from pathlib import Path

from promoter.document.bind import bind
from promoter.document.reader import read_yaml
from promoter.registry.manifest import Manifest
from promoter.report.lineage import LineageGraph, LineageNode, lineage_of
from tests.support.candidates import make_release

MORTGAGE = Path(__file__).parents[2] / "models/lending/mortgage/versions/2.1.0/manifest.yaml"


def test_a_manifest_leads_from_raw_data_to_training_and_evaluation() -> None:
    """The graph holds the manifest's data sets in its order, each with its role and parents."""
    manifest = bind(read_yaml(MORTGAGE.read_bytes(), path=MORTGAGE.name), Manifest)
    graph = lineage_of(manifest)
    assert "lending/mortgage@2.1.0" == graph.version
    assert [(entry.id, entry.parents) for entry in manifest.datasets] == [
        (node.dataset, node.parents) for node in graph.nodes
    ]
    assert ("training",) == graph.trained_on
    assert ("evaluation",) == graph.judged_on
    assert () == graph.unlisted


def test_feature_views_feed_the_training_data() -> None:
    """Each view once, whatever the number of features that come from it; an origin in words is no view."""
    release = make_release(
        signature={
            "features": [
                {"name": "income", "dtype": "float", "origin": "applicants:income"},
                {"name": "debts", "dtype": "float", "origin": "applicants:debts"},
                {"name": "rate", "dtype": "float", "origin": "raw.rate"},
            ],
            "prediction": {"name": "y_score", "dtype": "float"},
        }
    )
    graph = lineage_of(release.manifest)
    nodes = {node.dataset: node for node in graph.nodes}
    assert ("feature view", ()) == (nodes["view applicants"].role, nodes["view applicants"].parents)
    assert ("raw", "view applicants") == nodes["training"].parents
    assert ("raw",) == nodes["evaluation"].parents
    assert () == graph.unlisted


def test_parents_that_are_not_listed_are_named_once() -> None:
    """The broken ends of a chain, in order."""
    nodes = (LineageNode("a", "training", ("x", "b")), LineageNode("b", "raw", ("x", "y")))
    assert ("x", "y") == LineageGraph("m/n@1", nodes).unlisted


def test_training_and_evaluation_are_told_apart() -> None:
    """What the model was fitted to, and what it was judged on."""
    nodes = (LineageNode("a", "training"), LineageNode("b", "evaluation"), LineageNode("c", "validation"))
    graph = LineageGraph("m/n@1", nodes)
    assert ("a",) == graph.trained_on
    assert ("b", "c") == graph.judged_on
