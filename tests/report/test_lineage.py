"""A version's data sets as a graph."""

from promoter.report.lineage import LineageGraph, LineageNode


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
