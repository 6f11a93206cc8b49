"""The report as it stands in the pull request, in GitHub's Markdown."""

from collections.abc import Iterator
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined

from promoter.report.escape import Safe, html_text, markdown_code, markdown_prose, markdown_text, mermaid_label
from promoter.report.extent import shrinking_extents
from promoter.report.figures import counted
from promoter.report.lineage import LineageGraph
from promoter.report.parts import View

MARKER = "<!-- promoter:report -->"
"""First line of every report: the one comment of a pull request is found by it."""

PAGE_LINK = "[The full report, with plots]("
"""Starts the line that is about one run; foreign text never starts a line so, for its brackets are escaped."""

LIMIT_CHARS = 65_000
"""Below the 65,536 characters that GitHub takes in a comment."""

_ICONS = {"passed": "✅", "warned": "⚠️", "failed": "⛔", "errored": "🚫"}
_MARKS = {
    "passed": "✅",
    "failed": "❌",
    "inconclusive": "❔",
    "waived": "⚠️",
    "errored": "🚫",
    "not_applicable": "○",
}
_ENDS = {True: "holds", False: "fails", None: "undecided"}
_ENFORCEMENTS = {"block": "blocks", "warn": "warns", "audit": "audit: blocks nothing", "off": "off: blocks nothing"}
_WORDS = {
    "marker": Safe(MARKER),
    "page_link": Safe(PAGE_LINK),
    "icons": _ICONS,
    "marks": _MARKS,
    "ends": _ENDS,
    "enforcements": _ENFORCEMENTS,
}


def render_markdown(view: View, *, page: str = "", limit_chars: int = LIMIT_CHARS) -> str:
    """Return the report, with a link to the full one at `page` where that is known.

    It is at most `limit_chars` long where that holds its verdict and first steps (some 2,000).
    Above the limit details go, in the order of promoter.report.extent, and a line at the end says which.
    """
    template = _environment().get_template("report.md.jinja")
    text = ""
    for extent in shrinking_extents():
        text = _tidy(template.render(view=view, page=page, extent=extent, **_WORDS))
        if len(text) <= limit_chars:
            break
    return text


def edges(graph: LineageGraph, most_nodes: int) -> Iterator[tuple[str, str, Safe]]:
    """Yield the arrows of a lineage graph as (from, to, arrow): parents to children, training and judging to model."""
    shown = graph.nodes[:most_nodes]
    names = {node.dataset: f"d{number}" for number, node in enumerate(shown, start=1)}
    names |= {name: f"u{number}" for number, name in enumerate(graph.unlisted[:most_nodes], start=1)}
    for node in shown:
        for parent in dict.fromkeys(node.parents):
            if parent in names:
                yield names[parent], names[node.dataset], Safe("-->")
    for ids, arrow in ((graph.trained_on, "-- trains -->"), (graph.judged_on, "-. judges .->")):
        for dataset in ids:
            if dataset in names:
                yield names[dataset], "model", Safe(arrow)


@cache
def _environment() -> Environment:
    """Return the templates' environment: whatever is not Safe is escaped when it is printed."""
    environment = Environment(
        loader=PackageLoader("promoter.report"),
        undefined=StrictUndefined,
        autoescape=False,  # noqa: S701 - autoescape is for HTML; `finalize` escapes for Markdown
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=lambda value: value if isinstance(value, Safe) else markdown_text(str(value)),
    )
    environment.filters |= {
        "code": markdown_code,
        "prose": markdown_prose,
        "mermaid": lambda text: Safe(mermaid_label(text)),
        "html": lambda text: Safe(html_text(text)),
        "ours": Safe,
        "edges": edges,
        "counted": counted,
    }
    return environment


def _tidy(text: str) -> str:
    """Return the text without runs of blank lines, which the templates' conditions leave."""
    lines: list[str] = []
    for line in text.split("\n"):
        if line or (lines and lines[-1]):
            lines.append(line)
    return "\n".join(lines).strip() + "\n"
