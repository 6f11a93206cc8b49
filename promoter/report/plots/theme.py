"""How charts look: one font, little ink, and colours that the page maps to its own, light or dark."""

from typing import Any

INK, MUTED, RULE, FIRST, SECOND = "#010101", "#020202", "#030303", "#040404", "#050505"
PAPER = "#060606"

COLOURS = {
    INK: "var(--ink)",
    MUTED: "var(--muted)",
    RULE: "var(--rule)",
    FIRST: "var(--first)",
    SECOND: "var(--second)",
    PAPER: "var(--paper)",
}
"""A colour of a chart to the page's; no chart has another."""

_FONT = "Helvetica, Arial, sans-serif"
_CONFIG: dict[str, Any] = {
    "font": _FONT,
    "background": None,
    "padding": {"left": 10, "right": 10, "top": 4, "bottom": 4},
    "view": {"stroke": None},
    "axis": {
        "domainColor": MUTED,
        "domainWidth": 1,
        "gridColor": RULE,
        "labelColor": MUTED,
        "labelFontSize": 11,
        "labelLimit": 220,
        "tickColor": MUTED,
        "tickSize": 4,
        "title": None,
        "titleColor": INK,
        "titleFontSize": 11,
        "titleFontWeight": "normal",
        "titlePadding": 6,
    },
    "header": {"labelColor": INK, "labelFontSize": 11, "title": None},
    "title": {"color": INK, "fontSize": 12, "fontWeight": "normal", "anchor": "start", "frame": "group", "offset": 6},
    "legend": {"disable": True},
}


def spec_of(chart: Any) -> dict[str, Any]:
    """Return a chart's Vega-Lite specification in this style, its data inside."""
    spec: dict[str, Any] = chart.to_dict()
    return {**spec, "config": _CONFIG}
