"""Lineage as a picture: from left to right, and finite."""

from promoter.report.graph import MOST_NODES, lay_out
from promoter.report.lineage import LineageGraph, LineageNode
from tests.report.decisions import LINEAGE


def test_what_was_made_stands_right_of_what_it_was_made_from() -> None:
    """Raw data, then what was made of it, then the model."""
    places = {box.name: box.x for box in lay_out(LINEAGE).boxes}
    assert places["loan-files-1990"] < places["applications"] == places["held-out"]
    assert places["held-out"] < places["lending/mortgage@2.1.0"]
    assert ["made", "made", "trains", "judges"] == [link.kind for link in lay_out(LINEAGE).links]


def test_a_circle_ends() -> None:
    """Two data sets that are made of each other, and one of itself, are drawn and not followed for ever."""
    nodes = (LineageNode("a", "raw", ("b",)), LineageNode("b", "training", ("a",)), LineageNode("c", "raw", ("c",)))
    picture = lay_out(LineageGraph("m@1", nodes))
    assert 4 == len(picture.boxes)
    assert 3 == len(picture.links)


def test_a_parent_that_is_not_listed_is_shown_as_missing() -> None:
    """The chain is broken there, and the picture says so."""
    (box, *_) = lay_out(LineageGraph("m@1", (LineageNode("a", "training", ("gone",)),))).boxes
    assert ("unlisted", "not listed", "gone") == (box.kind, box.above, box.name)


def test_of_many_data_sets_the_first_are_drawn() -> None:
    """The picture counts what it leaves out."""
    nodes = tuple(LineageNode(f"d{number}", "raw") for number in range(MOST_NODES + 5))
    picture = lay_out(LineageGraph("m@1", nodes))
    assert (MOST_NODES + 1, 5) == (len(picture.boxes), picture.left_out)


def test_a_model_without_data_sets_stands_alone() -> None:
    """One box, no link."""
    picture = lay_out(LineageGraph("m@1", ()))
    assert (1, 0) == (len(picture.boxes), len(picture.links))
