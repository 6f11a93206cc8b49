"""Predicted quantities: what was seen where about the same was predicted, candidate beside champion."""

from collections.abc import Iterator, Sequence

from promoter.report.figures import count, figure, span
from promoter.report.plots.plot import Plot
from promoter.report.plots.record import DrawingRecord, by_slice
from promoter.report.plots.theme import spec_of


def plots_of(drawn: Sequence[DrawingRecord], series: tuple[str, str]) -> Iterator[Plot]:
    """Yield mean labels over mean predictions of one evidence entry."""
    from promoter.report.plots.axes import Mean, means_chart, quantity

    means: list[Mean] = []
    rows: list[tuple[str, ...]] = []
    for drawing in drawn:
        predicted = by_slice(drawing.measured, "mean_prediction", "bin")
        for place, found in by_slice(drawing.measured, "mean_label", "bin").items():
            x, ends = predicted[place].value, found.interval
            if x is not None and found.value is not None and ends is not None:
                means.append(Mean(x, found.value, ends.lower, ends.upper, drawing.is_champion))
                seen = f"{figure(found.value, '')} ({span(ends.lower, ends.upper, '')})"
                rows.append((drawing.version, place, figure(x, ""), seen, count(found.n)))
    plot = Plot(
        title="Predicted and seen",
        note="Bins of equal mass: where predictions are right on average, points lie on the line. Bars are 95 %"
        " intervals of the mean.",
        description="Mean label over mean prediction, by bins of the prediction.",
        marks="dots",
        series=series,
    )
    if not means:
        yield plot.without("no bin has two rows")
        return
    chart = means_chart(means, titles=("Mean prediction", "Mean of what was seen"), axis=quantity)
    yield plot.drawn(spec_of(chart), ("Version", "Bin", "Mean prediction", "Mean seen", "n"), rows)
