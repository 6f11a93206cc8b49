"""A version's lineage laid out for drawing: data sets from left to right, the model at the end."""

from collections.abc import Iterator
from dataclasses import dataclass

from promoter.report.lineage import LineageGraph
from promoter.report.plain import plain

MOST_NODES = 40
_WIDTH, _HEIGHT, _ACROSS, _DOWN = 196, 46, 64, 16
_LETTERS = 26
_MODEL = "\0model"
"""No data set is called so: an id holds no such character."""


@dataclass(frozen=True, slots=True)
class Box:
    """A node in CSS pixels; `kind` is dataset, unlisted or model."""

    x: float
    y: float
    width: float
    height: float
    kind: str
    above: str
    name: str


@dataclass(frozen=True, slots=True)
class Link:
    """An edge as the data of an SVG path; `kind` is made, trains or judges."""

    path: str
    kind: str


@dataclass(frozen=True, slots=True)
class Picture:
    """A whole graph, its size in CSS pixels, and how many data sets were left out."""

    width: float
    height: float
    boxes: tuple[Box, ...]
    links: tuple[Link, ...]
    left_out: int


def lay_out(graph: LineageGraph) -> Picture:
    """Return the graph with each data set to the right of what it was made from.

    Chains that lead back to themselves end at the column that they reached; nothing here loops.
    """
    labels = {name: ("unlisted", "not listed", name) for name in graph.unlisted[:MOST_NODES]}
    labels |= {node.dataset: ("dataset", node.role, node.dataset) for node in graph.nodes[:MOST_NODES]}
    columns = _columns(graph, set(labels))
    columns[_MODEL] = max(columns.values(), default=-1) + 1
    labels[_MODEL] = ("model", "model", graph.version)
    by_column: dict[int, list[str]] = {}
    for name in labels:
        by_column.setdefault(columns[name], []).append(name)
    tallest = max(map(len, by_column.values()))
    height = tallest * (_HEIGHT + _DOWN) - _DOWN
    places: dict[str, tuple[float, float]] = {}
    for column, names in by_column.items():
        top = (height - len(names) * (_HEIGHT + _DOWN) + _DOWN) / 2
        for row, name in enumerate(names):
            places[name] = (1 + column * (_WIDTH + _ACROSS), 1 + top + row * (_HEIGHT + _DOWN))
    boxes = tuple(
        Box(*places[name], _WIDTH, _HEIGHT, kind, plain(above, limit=_LETTERS), plain(text, limit=_LETTERS))
        for name, (kind, above, text) in labels.items()
    )
    links = tuple(
        Link(_path(places[start], places[end]), kind)
        for start, end, kind in _edges(graph)
        if start in places and end in places
    )
    width = max(by_column) * (_WIDTH + _ACROSS) + _WIDTH + 2
    return Picture(width, height + 2, boxes, links, max(0, len(graph.nodes) - MOST_NODES))


def _columns(graph: LineageGraph, shown: set[str]) -> dict[str, int]:
    """Return the length of the longest chain to each node, found by at most as many passes as there are nodes."""
    columns = dict.fromkeys(shown, 0)
    for _ in range(len(shown)):
        before = dict(columns)
        for node in graph.nodes:
            if node.dataset in shown:
                made_from = [columns[parent] for parent in node.parents if parent in shown and parent != node.dataset]
                columns[node.dataset] = min(max(made_from, default=-1) + 1, len(shown) - 1)
        if columns == before:
            break
    return columns


def _edges(graph: LineageGraph) -> Iterator[tuple[str, str, str]]:
    for node in graph.nodes:
        yield from ((parent, node.dataset, "made") for parent in dict.fromkeys(node.parents) if parent != node.dataset)
    yield from ((name, _MODEL, "trains") for name in dict.fromkeys(graph.trained_on))
    yield from ((name, _MODEL, "judges") for name in dict.fromkeys(graph.judged_on))


def _path(start: tuple[float, float], end: tuple[float, float]) -> str:
    x1, y1, x2, y2 = start[0] + _WIDTH, start[1] + _HEIGHT / 2, end[0] - 3, end[1] + _HEIGHT / 2
    bend = max((x2 - x1) / 2, 24)
    return f"M{x1:g},{y1:g}C{x1 + bend:g},{y1:g} {x2 - bend:g},{y2:g} {x2:g},{y2:g}"
