"""How a feature is spread: the current rows beside the reference, in the bins in which the PSI counts them."""

import math
from collections.abc import Sequence
from typing import Any

from promoter.report.figures import count, figure, share
from promoter.report.plots.plot import Plot, axis_labels
from promoter.report.plots.record import ColumnFacts
from promoter.report.plots.theme import FIRST, INK, SECOND, spec_of

_SIDES = ("current", "reference")
_WIDTH, _HEIGHT = 300, 170


def plot_of(name: str, column: ColumnFacts, *, psi: str) -> Plot:
    """Return a column's plot; `psi` is its stability index in words, empty where that was not measured."""
    cells = _cells(column)
    current, reference = sum(cell[1] for cell in cells), sum(cell[2] for cell in cells)
    kind = "Deciles of the reference" if column.edges is not None else "Categories"
    plot = Plot(
        title=name,
        note=f"{kind}. PSI {psi}." if psi else f"{kind}.",
        description=f"Share of rows in each bin of {name}, current beside reference.",
        marks="bars",
        series=_SIDES,
    )
    if not (current and reference):
        return plot.without("a side has no rows")
    shares = [(label, own / current, theirs / reference) for label, own, theirs in cells]
    rows = [
        (label, share(own), share(theirs), count(cell[1]), count(cell[2]))
        for (label, own, theirs), cell in zip(shares, cells, strict=True)
    ]
    header = ("Bin", "Current", "Reference", "Rows, current", "Rows, reference")
    return plot.drawn(spec_of(_chart(shares)), header, rows)


def _cells(column: ColumnFacts) -> list[tuple[str, int, int]]:
    """Return name, current and reference rows of each bin that a side fills, the missing values last."""
    names = _bin_names(column.edges) if column.edges is not None else axis_labels(column.categories or ())
    names += [f"{column.others} others"] * bool(column.others)
    cells = list(zip(names, column.current, column.reference, strict=True))
    cells.append(("missing", column.missing[1], column.missing[0]))
    return [cell for cell in cells if cell[1] or cell[2]]


def _bin_names(edges: Sequence[float]) -> list[str]:
    """Return the bins e[i-1] < x <= e[i] in words; a bin of one value, which the engine cut out, by that value."""
    if not edges:
        return ["all"]
    texts = [figure(edge, "") for edge in edges]
    names = [f"\N{LESS-THAN OR EQUAL TO} {texts[0]}"]
    for place in range(1, len(edges)):
        is_one_value = math.nextafter(edges[place], -math.inf) <= edges[place - 1]
        names.append(texts[place] if is_one_value else f"{texts[place - 1]} to {texts[place]}")
    return axis_labels([*names, f"> {texts[-1]}"])


def _chart(shares: Sequence[tuple[str, float, float]]) -> Any:
    import altair as alt

    from promoter.report.plots.axes import data

    points = [
        {"bin": label, "share": value, "side": side}
        for label, own, theirs in shares
        for side, value in enumerate((own, theirs))
    ]
    axis = alt.Axis(labelAngle=-40, labelColor=INK, ticks=False, labelLimit=110)
    bars = data(points).mark_bar(fillOpacity=0.75)
    return bars.encode(
        x=alt.X("bin:N", sort=None, axis=axis),
        xOffset=alt.XOffset("side:N", sort=[0, 1]),
        y=alt.Y("share:Q", axis=alt.Axis(format=".0%", tickCount=4)),
        color=alt.Color("side:N", scale=alt.Scale(domain=[0, 1], range=[FIRST, SECOND])),
    ).properties(width=_WIDTH, height=_HEIGHT)
