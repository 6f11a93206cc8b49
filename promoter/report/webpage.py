"""The full report as one HTML file: no script, nothing from afar, and a policy of its own that says so to the browser.

Its style is allowed by digest, so that a style or a script that got in by a hole would still do nothing.
"""

import base64
import hashlib
import re
from dataclasses import dataclass
from functools import cache

from jinja2 import Environment

from promoter.report.escape import html_text
from promoter.report.figures import counted
from promoter.report.graph import Picture, lay_out
from promoter.report.markup import Markup, html_environment
from promoter.report.parts import ChangeView, View
from promoter.report.plain import PROSE_LENGTH
from promoter.report.plots.gallery import Gallery, galleries_of
from promoter.report.plots.record import DrawingsRecord

MOST_ROWS = 200
"""Rows of a table; the decision record has the others."""

MOST_CHAPTERS = 50
"""Changes told in full, worst first; the table at the top has all."""

_NOTHING = "\N{EN DASH}"
_QUOTED = re.compile(r"`([^`]+)`")
_ENDS = {True: "holds", False: "fails", None: "undecided"}
_ENFORCEMENTS = {"block": "blocks", "warn": "warns", "audit": "audit: blocks nothing", "off": "off: blocks nothing"}


@dataclass(frozen=True, slots=True)
class Chapter:
    """One change with its pictures. `place` counts from 1."""

    place: int
    change: ChangeView
    galleries: tuple[Gallery, ...]
    lineage: Picture | None


def render_page(view: View, drawings: DrawingsRecord | None = None) -> bytes:
    """Return the page. Foreign text is escaped wherever it stands; what cannot be drawn is said in its place."""
    drawn = {_key(entry.model, entry.version, entry.stage): entry for entry in drawings.changes} if drawings else {}
    chapters = []
    for place, change in enumerate(view.changes[:MOST_CHAPTERS], start=1):
        entry = drawn.get((change.address, change.stage))
        galleries = galleries_of(entry, place=place) if entry is not None else ()
        lineage = lay_out(change.lineage) if change.lineage is not None else None
        chapters.append(Chapter(place, change, galleries, lineage))
    style = _style()
    page = _environment().get_template("page.html.jinja")
    return page.render(
        view=view,
        chapters=chapters,
        left_out=drawings.left_out if drawings else None,
        style=Markup(style),
        style_digest=base64.b64encode(hashlib.sha256(style.encode()).digest()).decode(),
        most=MOST_ROWS,
        ends=_ENDS,
        enforcements=_ENFORCEMENTS,
    ).encode()


def _key(model: str | None, version: str | None, stage: str | None) -> tuple[str, str]:
    """Return what a change's view is called: its address and its stage."""
    return "@".join(part for part in (model, version) if part), stage or ""


@cache
def _style() -> str:
    return _environment().get_template("page.css.jinja").render()


@cache
def _environment() -> Environment:
    return html_environment(prose=_prose, counted=counted, interval=_interval)


def _prose(text: str) -> Markup:
    """Return a foreign sentence; what it quotes as `...` stands as code."""
    return Markup(_QUOTED.sub(r"<code>\1</code>", html_text(text, limit=PROSE_LENGTH)))


def _interval(words: str) -> Markup:
    """Return a number with its interval, `0.83 (0.79 to 0.87)`, the interval on a line of its own."""
    value, bracket, rest = words.partition(" (")
    ends = f' <span class="interval">({html_text(rest)}</span>' if bracket else ""
    return Markup(f"{html_text(value) or _NOTHING}{ends}")
