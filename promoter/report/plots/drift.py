"""Features: how far each has moved, and the distributions of those that moved most."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from promoter.report.figures import count, figure, span
from promoter.report.plots import distribution
from promoter.report.plots.plot import Plot, axis_labels
from promoter.report.plots.record import DistributionFacts, DrawingRecord, DriftFacts, by_slice, facts_of
from promoter.report.plots.theme import FIRST, MUTED, spec_of
from promoter.report.record import MeasurementRecord

MOST_FEATURES, MOST_DISTRIBUTIONS = 20, 6
_WIDTH, _ROW = 190, 22
_LEAST_SPAN = 0.1
"""PSI that the axis shows at least: below 0.1 nobody acts, so small values look small."""


def plots_of(drift: DrawingRecord | None, spread: DrawingRecord | None) -> Iterator[Plot]:
    """Yield the population stability of all features, then the distributions of those that moved most."""
    moved = by_slice(drift.measured, "psi", "feature") if drift is not None else {}
    order = sorted(moved, key=lambda name: -(moved[name].value or 0.0))
    if drift is not None and order:
        yield _stability(drift, order, moved)
    if spread is not None:
        facts = facts_of(spread, DistributionFacts)
        named = [name for name in order or facts.columns if name in facts.columns][:MOST_DISTRIBUTIONS]
        for name in named:
            yield distribution.plot_of(name, facts.columns[name], psi=_words(moved.get(name)))


def _stability(drift: DrawingRecord, order: Sequence[str], moved: Mapping[str, MeasurementRecord]) -> Plot:
    null = facts_of(drift, DriftFacts).psi_null_95
    distance = by_slice(drift.measured, "total_variation", "feature") | by_slice(drift.measured, "ks", "feature")
    shown = order[:MOST_FEATURES]
    bars: list[dict[str, Any]] = []
    for name, label in zip(shown, axis_labels(shown), strict=True):
        value, ends = moved[name].value, moved[name].interval
        if value is not None:
            low, high = (ends.lower, ends.upper) if ends else (value, value)
            bars.append({"feature": label, "value": value, "low": low, "high": high, "null": null.get(name)})
    more = f" The {MOST_FEATURES} that moved most; the table has all {len(order)}." if len(order) > len(shown) else ""
    plot = Plot(
        title="Drift of the features",
        note="Population stability index against the reference, with 95 % intervals. The tick is what no drift at all"
        f" stays below 95 times in 100.{more}",
        description="Population stability index of each feature.",
    )
    if not bars:
        return plot.without(moved[order[0]].undecidable or "nothing was measured")
    header = ("Feature", "PSI", "KS or total variation", "PSI without drift, 95 %", "n")
    rows = [
        (
            name,
            _words(moved[name]),
            _words(distance.get(name)),
            figure(null[name], "") if name in null else "",
            count(moved[name].n),
        )
        for name in order
    ]
    return plot.drawn(spec_of(_chart(bars)), header, rows)


def _chart(bars: Sequence[Mapping[str, Any]]) -> Any:
    import altair as alt

    from promoter.report.plots.axes import data, names

    chosen = data(bars)
    ticks = data(bar for bar in bars if bar["null"] is not None)
    y = alt.Y("feature:N", sort=None, axis=names([bar["feature"] for bar in bars]))
    scale = alt.Scale(domain=[0, max(_LEAST_SPAN, *(max(bar["high"], bar["null"] or 0.0) for bar in bars))], nice=True)
    x = alt.X("value:Q", scale=scale, axis=alt.Axis(tickCount=3, format="~g", title="PSI"))
    return alt.layer(
        chosen.mark_bar(color=FIRST, fillOpacity=0.45, height={"band": 0.6}).encode(x=x, y=y),
        chosen.mark_rule(color=FIRST, strokeWidth=1.5).encode(x=alt.X("low:Q", scale=scale), x2="high:Q", y=y),
        ticks.mark_tick(color=MUTED, thickness=2, size=_ROW * 0.8).encode(x=alt.X("null:Q", scale=scale), y=y),
    ).properties(width=_WIDTH, height=_ROW * len(bars))


def _words(found: MeasurementRecord | None) -> str:
    if found is None:
        return ""
    if found.value is None:
        return f"undecided: {found.undecidable}"
    words = figure(found.value, "")
    return f"{words} ({span(found.interval.lower, found.interval.upper, '')})" if found.interval else words
