"""Classes: which class is taken for which, one plot a version."""

from collections.abc import Iterator, Sequence
from typing import Any

from promoter.report.figures import count
from promoter.report.plots.plot import Plot, axis_labels
from promoter.report.plots.record import DrawingRecord
from promoter.report.plots.theme import FIRST, INK, PAPER, spec_of

_ALMOST_ALL = 0.9995
_CELL = 30
_DARK = 0.55
"""Share from which on a cell is dark enough for light text."""


def plots_of(drawn: Sequence[DrawingRecord], series: tuple[str, str]) -> Iterator[Plot]:
    """Yield the confusion of each version."""
    for drawing in drawn:
        yield _plot(drawing, series[drawing.is_champion])


def _plot(drawing: DrawingRecord, whose: str) -> Plot:
    found = {
        (value.slice["actual"], value.slice["predicted"]): int(value.value)
        for value in drawing.measured.values
        if value.measure == "confusion" and value.value is not None
    }
    plot = Plot(
        title=f"Confusion of {whose}",
        note="Share of each actual class (row) that is taken for each class (column), in percent.",
        description="How the rows of each actual class are spread over the predicted classes.",
    )
    if not found:
        return plot.without("it was not measured: more than 20 classes, or no usable prediction")
    classes = sorted({name for pair in found for name in pair})
    rows = tuple((actual, *(count(found.get((actual, predicted), 0)) for predicted in classes)) for actual in classes)
    return plot.drawn(spec_of(_chart(classes, found)), ("Actual class", *classes), rows)


def _chart(classes: Sequence[str], found: dict[tuple[str, str], int]) -> Any:
    import altair as alt

    from promoter.report.plots.axes import data

    labels = dict(zip(classes, axis_labels(classes), strict=True))
    totals = {actual: sum(found.get((actual, predicted), 0) for predicted in classes) for actual in classes}
    cells = []
    for actual in classes:
        for predicted in classes:
            part = found.get((actual, predicted), 0) / totals[actual] if totals[actual] else 0.0
            cells.append(
                {
                    "actual": labels[actual],
                    "predicted": labels[predicted],
                    "share": part,
                    "words": _percent(part),
                    "ink": PAPER if part >= _DARK else INK,
                }
            )
    base = data(cells).encode(
        x=alt.X("predicted:N", sort=None, axis=alt.Axis(title="Predicted", labelAngle=0, ticks=False, domain=False)),
        y=alt.Y("actual:N", sort=None, axis=alt.Axis(title="Actual", ticks=False, domain=False)),
    )
    tone = alt.FillOpacity("share:Q", scale=alt.Scale(domain=[0, 1], range=[0.05, 1]))
    squares = base.mark_rect(color=FIRST, stroke=PAPER, strokeWidth=1).encode(fillOpacity=tone)
    words = base.mark_text(fontSize=10).encode(text="words:N", color=alt.Color("ink:N", scale=None))
    size = min(_CELL * len(classes), 360)
    return alt.layer(squares, words).properties(width=max(size, 180), height=max(size, 120))


def _percent(part: float) -> str:
    """Return a share in percent to one digit; what is not all of the rows never reads as 100."""
    if part in (0.0, 1.0):
        return "100" if part else ""
    return "99.9" if part >= _ALMOST_ALL else f"{part * 100:.1f}"
