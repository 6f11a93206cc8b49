"""Groups of people: how often each is selected, found and wrongly selected, with intervals."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from promoter.measure.statistics.intervals import wilson
from promoter.report.figures import count, figure, share
from promoter.report.plots.plot import Plot, axis_labels
from promoter.report.plots.record import DrawingRecord, by_slice
from promoter.report.plots.theme import FIRST, PAPER, SECOND, spec_of

MOST_GROUPS = 12
_ROW, _PANEL = 34, 230
_CELLS = ("tp", "fp", "fn", "tn")


@dataclass(frozen=True, slots=True)
class _Rate:
    """What share of which rows of a group: the cells counted, and the cells that they are counted among."""

    title: str
    of: tuple[str, ...]
    among: tuple[str, ...]


_RATES = (
    _Rate("Selected", ("tp", "fp"), _CELLS),
    _Rate("Selected of the positives", ("tp",), ("tp", "fn")),
    _Rate("Selected of the negatives", ("fp",), ("fp", "tn")),
)


def plots_of(drawn: Sequence[DrawingRecord], series: tuple[str, str]) -> Iterator[Plot]:
    """Yield one plot an attribute, the groups with the most rows first."""
    attributes = dict.fromkeys(next(iter(found.slice)) for entry in drawn for found in entry.measured.values)
    for attribute in attributes:
        counts = [(entry, _counts(entry, attribute)) for entry in drawn]
        yield _plot(attribute, counts, series)


def _counts(drawing: DrawingRecord, attribute: str) -> dict[str, dict[str, int]]:
    """Return group to cell to rows; a group that is undecidable is left out."""
    found: dict[str, dict[str, int]] = {}
    for cell in _CELLS:
        for group, value in by_slice(drawing.measured, cell, attribute).items():
            if value.value is not None:
                found.setdefault(group, {})[cell] = int(value.value)
    return found


def _plot(
    attribute: str, counts: Sequence[tuple[DrawingRecord, dict[str, dict[str, int]]]], series: tuple[str, str]
) -> Plot:
    own = counts[0][1]
    groups = sorted(own, key=lambda group: (-sum(own[group].values()), group))
    shown = groups[:MOST_GROUPS]
    labels = dict(zip(shown, axis_labels(shown), strict=True))
    points: list[dict[str, Any]] = []
    rows: list[tuple[str, ...]] = []
    for drawing, cells in counts:
        for group in groups:
            if group not in cells:
                continue
            told = [_told(rate, cells[group]) for rate in _RATES]
            rows.append((group, drawing.version, *(words for words, _ in told), count(sum(cells[group].values()))))
            if group in labels:
                label = f"{labels[group]} (n = {count(sum(own[group].values()))})"
                points += [{**ends, "group": label, "side": int(drawing.is_champion)} for _, ends in told if ends]
    more = f" The {MOST_GROUPS} groups with the most rows; the table has all {len(groups)}." if groups != shown else ""
    plot = Plot(
        title=f"By {attribute}",
        note=f"Rates of each group with 95 % intervals (wilson).{more}",
        description=f"Rates of the decision in each group of {attribute}.",
        marks="dots",
        series=series,
        is_wide=True,
    )
    if not points:
        return plot.without("no group has a usable label and decision")
    header = ("Group", "Version", *(rate.title for rate in _RATES), "n")
    return plot.drawn(spec_of(_chart(points, len(shown), len(counts))), header, rows)


def _told(rate: _Rate, cells: dict[str, int]) -> tuple[str, dict[str, Any] | None]:
    successes, n = sum(cells[cell] for cell in rate.of), sum(cells[cell] for cell in rate.among)
    if not n:
        return "no such rows", None
    ends, value = wilson(successes, n), successes / n
    words = f"{figure(value, 'fraction')} ({share(ends.lower)} to {share(ends.upper)}, n = {count(n)})"
    return words, {"rate": rate.title, "value": value, "low": ends.lower, "high": ends.upper}


def _chart(points: Sequence[dict[str, Any]], groups: int, versions: int) -> Any:
    import altair as alt

    from promoter.report.plots.axes import data, names, rate

    panels = []
    for place, entry in enumerate(_RATES):
        chosen = data(point for point in points if point["rate"] == entry.title)
        axis = None if place else names(point["group"] for point in points)
        y = alt.Y("group:N", sort=None, axis=axis)
        beside = alt.YOffset("side:N", sort=[0, 1], scale=alt.Scale(paddingInner=0.2, paddingOuter=0.6))
        colour = alt.Color("side:N", scale=alt.Scale(domain=[0, 1], range=[FIRST, SECOND]))
        fill = alt.Fill("side:N", scale=alt.Scale(domain=[0, 1], range=[FIRST, PAPER]))
        offset = {"yOffset": beside} if versions > 1 else {}
        x = {"x": alt.X.from_dict(rate("value", ""))}
        bars = chosen.mark_rule(strokeWidth=1.5).encode(
            x=alt.X.from_dict(rate("low", "")), x2="high:Q", y=y, color=colour, **offset
        )
        dots = chosen.mark_point(size=45, opacity=1).encode(y=y, stroke=colour, fill=fill, **x, **offset)
        panel = alt.layer(bars, dots).properties(width=_PANEL, height=_ROW * groups, title=entry.title)
        panels.append(panel)
    return alt.hconcat(*panels, spacing=24).resolve_scale(y="shared")
