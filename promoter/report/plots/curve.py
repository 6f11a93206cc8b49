"""Scores: the ROC curve, and whether scores come true, candidate beside champion."""

from collections.abc import Iterator, Sequence

from promoter.report.figures import count, figure, span
from promoter.report.plots.plot import Plot
from promoter.report.plots.record import CurveFacts, DrawingRecord, by_slice, facts_of
from promoter.report.plots.theme import FIRST, PAPER, SECOND, spec_of


def plots_of(drawn: Sequence[DrawingRecord], series: tuple[str, str]) -> Iterator[Plot]:
    """Yield ROC curve and reliability of one evidence entry, the candidate's over the champion's."""
    yield _roc(drawn, series)
    yield _reliability(drawn, series)


def _roc(drawn: Sequence[DrawingRecord], series: tuple[str, str]) -> Plot:
    import altair as alt

    from promoter.report.plots.axes import SIZE, data, rate, truth

    x, y = alt.X.from_dict(rate("x", "False positive rate")), alt.Y.from_dict(rate("y", "True positive rate"))
    layers = [truth(0.0, 1.0)]
    rows: list[tuple[str, ...]] = []
    for drawing in reversed(drawn):
        facts = facts_of(drawing, CurveFacts)
        colour, dash = (SECOND, [5, 3]) if drawing.is_champion else (FIRST, [1, 0])
        points = [{"x": fpr, "y": tpr, "i": place} for place, (fpr, tpr) in enumerate(facts.roc)]
        line = data(points).mark_line(color=colour, strokeDash=dash, strokeWidth=2)
        layers.append(line.encode(x=x, y=y, order="i:Q"))
        if facts.operating is not None:
            fpr, tpr = facts.operating
            dot = data([{"x": fpr, "y": tpr}]).mark_point(fill=colour, stroke=PAPER, strokeWidth=1.5, size=90)
            layers.append(dot.encode(x=x, y=y, opacity=alt.value(1)))
            rows.insert(0, (drawing.version, figure(fpr, "fraction"), figure(tpr, "fraction"), count(facts.positives)))
    return Plot(
        title="ROC curve",
        note="How well the score orders positives before negatives. The dot is the threshold that decides.",
        description="True positive rate over false positive rate.",
        header=("Version", "False positive rate", "True positive rate", "Positives"),
        rows=tuple(rows),
        spec=spec_of(alt.layer(*layers).properties(width=SIZE, height=SIZE)),
        series=series,
    )


def _reliability(drawn: Sequence[DrawingRecord], series: tuple[str, str]) -> Plot:
    from promoter.report.plots.axes import Mean, means_chart, rate

    means: list[Mean] = []
    rows: list[tuple[str, ...]] = []
    for drawing in drawn:
        scores = by_slice(drawing.measured, "mean_score", "bin")
        for place, found in by_slice(drawing.measured, "positive_rate", "bin").items():
            score, ends = scores[place].value, found.interval
            if score is not None and found.value is not None and ends is not None:
                means.append(Mean(score, found.value, ends.lower, ends.upper, drawing.is_champion))
                seen = f"{figure(found.value, found.unit)} ({span(ends.lower, ends.upper, found.unit)})"
                rows.append((drawing.version, place, figure(score, "fraction"), seen, count(found.n)))
    plot = Plot(
        title="Calibration",
        note="Bins of equal mass: where scores are probabilities, points lie on the line. Bars are 95 % intervals.",
        description="Share of positives over mean score, by bins of the score.",
        marks="dots",
        series=series,
    )
    if not means:
        reasons = (found.undecidable for drawing in drawn for found in drawing.measured.values)
        return plot.without(next(filter(None, reasons), "there are no bins"))
    header = ("Version", "Bin", "Mean score", "Share of positives", "n")
    chart = means_chart(means, titles=("Mean score", "Share of positives"), axis=rate)
    return plot.drawn(spec_of(chart), header, rows)
