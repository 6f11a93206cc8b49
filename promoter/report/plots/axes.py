"""Parts that several charts share: axes of rates and quantities, the line of truth, means with intervals."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt

from promoter.report.plots.theme import FIRST, INK, MUTED, PAPER, SECOND

SIZE = 300
"""Side of a square chart in CSS pixels."""

_MOST_ROOM = 250

Axis = Callable[[str, str], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Mean:
    """A mean of what was seen where about `x` was predicted, with its interval."""

    x: float
    y: float
    low: float
    high: float
    is_champion: bool


def rate(field: str, title: str) -> dict[str, Any]:
    """Return the channel of a rate, 0 % to 100 %."""
    axis = {"format": ".0%", "values": [0, 0.25, 0.5, 0.75, 1], "title": title}
    return {"field": field, "type": "quantitative", "axis": axis, "scale": {"domain": [0, 1]}}


def quantity(field: str, title: str) -> dict[str, Any]:
    """Return the channel of a quantity in its own unit, its axis not forced through 0."""
    axis = {"tickCount": 5, "title": title}
    return {"field": field, "type": "quantitative", "axis": axis, "scale": {"zero": False, "nice": True}}


def names(labels: Iterable[str], **also: Any) -> alt.Axis:
    """Return an axis of names with room for the longest: seven CSS pixels a letter, whatever font a reader has."""
    room = min(7 * max(map(len, labels), default=0), _MOST_ROOM)
    return alt.Axis(labelColor=INK, ticks=False, domain=False, labelLimit=_MOST_ROOM, minExtent=room, **also)


def data(values: Iterable[Mapping[str, Any]]) -> alt.Chart:
    """Return a chart of rows that stand in its specification: text in them is never anything but data."""
    return alt.Chart(alt.InlineData(values=[dict(value) for value in values]))


def truth(start: float, end: float) -> Any:
    """Return the line on which what was predicted is what was seen."""
    ends = data([{"x": start, "y": start}, {"x": end, "y": end}])
    return ends.mark_line(color=MUTED, strokeDash=[2, 3], strokeWidth=1).encode(x="x:Q", y="y:Q")


def means_chart(means: Sequence[Mean], *, titles: tuple[str, str], axis: Axis) -> Any:
    """Return means with their intervals beside the line of truth: the candidate's filled, the champion's hollow."""
    ends = [0.0, 1.0] if axis is rate else [end for mean in means for end in (mean.x, mean.y)]
    layers = [truth(min(ends), max(ends))]
    x, y, low = alt.X.from_dict(axis("x", titles[0])), alt.Y.from_dict(axis("y", titles[1])), axis("low", titles[1])
    for is_champion in (True, False):
        chosen = data(
            {"x": mean.x, "y": mean.y, "low": mean.low, "high": mean.high}
            for mean in means
            if mean.is_champion is is_champion
        )
        colour = SECOND if is_champion else FIRST
        bars = chosen.mark_rule(color=colour, strokeWidth=1.5)
        layers.append(bars.encode(x=x, y=alt.Y.from_dict(low), y2="high:Q"))
        fill = PAPER if is_champion else colour
        layers.append(chosen.mark_point(stroke=colour, fill=fill, size=45, opacity=1).encode(x=x, y=y))
    return alt.layer(*layers).properties(width=SIZE, height=SIZE)
