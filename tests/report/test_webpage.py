"""The full report: whole in one file, without a script, and harmless whatever the names in it."""

import base64
import hashlib
import re
from collections import Counter
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from promoter.decision.types import Outcome, Verdict
from promoter.report.lineage import LineageGraph, LineageNode
from promoter.report.plain import plain as shown
from promoter.report.plots.plot import LABEL_LENGTH
from promoter.report.plots.record import parse_drawings
from promoter.report.view import build_view
from promoter.report.webpage import render_page
from tests.report import decisions as make
from tests.report.plots import making
from tests.report.stories import STORIES

HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "](javascript:alert(1))",
    "${alert(1)}{{7*7}}",
    "datum['x']; import('x')",
    "\u202egnp.exe\u2066",
    "</style><svg onload=alert(1)>",
    "x" * 5_000,
)


@dataclass
class Page:
    """A page as a browser reads it: elements, every attribute, visible text, and what does not close."""

    tags: Counter[str] = field(default_factory=Counter)
    attributes: list[tuple[str, str, str]] = field(default_factory=list)
    text: str = ""
    open: list[str] = field(default_factory=list)
    astray: list[str] = field(default_factory=list)


class _Reader(HTMLParser):
    def __init__(self, page: Page) -> None:
        super().__init__(convert_charrefs=True)
        self.page = page

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_startendtag(tag, attrs)
        if tag not in ("meta", "br"):
            self.page.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.page.tags[tag] += 1
        self.page.attributes += [(tag, name, value or "") for name, value in attrs]

    def handle_endtag(self, tag: str) -> None:
        if self.page.open and self.page.open[-1] == tag:
            self.page.open.pop()
        else:
            self.page.astray.append(tag)

    def handle_data(self, data: str) -> None:
        if not self.page.open or self.page.open[-1] != "style":
            self.page.text += data


def read(html: bytes) -> Page:
    """Return a page, whose elements must close in order."""
    page = Page()
    reader = _Reader(page)
    reader.feed(html.decode())
    reader.close()
    assert ([], []) == (page.open, page.astray)
    return page


def told(name: str) -> bytes:
    """Return the page of a story."""
    return render_page(build_view(STORIES[name]().as_json(), lineage={make.LINEAGE.version: make.LINEAGE}))


@pytest.mark.parametrize("name", STORIES)
def test_a_page_loads_nothing_and_runs_nothing(name: str) -> None:
    """No script, no style attribute, no address but places in the page itself."""
    page = read(told(name))
    assert not {"script", "iframe", "img", "link", "object", "form", "base"} & set(page.tags)
    assert all(value.startswith("#change-") for _, attribute, value in page.attributes if attribute == "href")
    assert not [attribute for _, attribute, _ in page.attributes if attribute.startswith("on") or attribute == "style"]
    assert not [value for _, name, value in page.attributes if name in ("src", "srcset", "action", "xlink:href")]


def test_the_browser_is_told_to_trust_this_style_alone() -> None:
    """The policy forbids all, and allows the one style by its digest."""
    html = told("held").decode()
    style = html.partition("<style>")[2].partition("</style>")[0]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    (policy,) = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]*)"', html)
    assert f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'" == policy
    assert html.index("Content-Security-Policy") < html.index("<title>")


def test_the_verdict_comes_first_then_what_to_do() -> None:
    """A reader who stops early has read what matters."""
    text = read(told("held")).text
    places = [text.index(words) for words in ("Held", "What to do next", "Candidate beside champion", "Remedy:")]
    assert sorted(places) == places


def test_every_change_of_many_is_in_the_table_of_contents() -> None:
    """A link a change, each to a chapter that is there."""
    page = read(told("mixed"))
    targets = [value.removeprefix("#") for tag, name, value in page.attributes if (tag, name) == ("a", "href")]
    ids = {value for _, name, value in page.attributes if name == "id"}
    assert [f"change-{place}" for place in range(1, 10)] == targets
    assert set(targets) <= ids


def test_ids_are_unique(tmp_path: Path) -> None:
    """Titles and descriptions of pictures are found by their ids."""
    page = read(drawn(making.binary(tmp_path)))
    ids = [value for _, name, value in page.attributes if name == "id"]
    assert len(set(ids)) == len(ids)
    named = [value.split() for tag, name, value in page.attributes if (tag, name) == ("svg", "aria-labelledby")]
    assert {one for many in named for one in many} <= set(ids)
    assert len(named) == page.tags["svg"]


def drawn(drawings: dict[str, Any], lineage: LineageGraph = make.LINEAGE, policy: str = "equal-opportunity") -> bytes:
    """Return the page of a held promotion with these drawings."""
    judged = make.change(Verdict.FAILED, (make.equal_opportunity(Outcome.FAILED, title=policy, remediation=policy),))
    view = build_view(make.decision(judged).as_json(), lineage={"lending/mortgage@2.1.0": lineage})
    return render_page(view, parse_drawings(drawings))


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_is_text_wherever_it_stands(tmp_path: Path, name: str) -> None:
    """As an attribute, a group, a feature, a data set, a title and a remedy: escaped, visible, and never markup."""
    graph = LineageGraph(name, (LineageNode(name, "training", (name, "unknown " + name)),))
    plain = read(drawn(making.binary(tmp_path), LineageGraph("m", (LineageNode("a", "training", ("a", "b")),))))
    page = read(drawn(making.binary(tmp_path, attribute=name, groups={"black": name}), graph, policy=name))
    assert plain.tags == page.tags
    assert {attribute for _, attribute, _ in plain.attributes} == {attribute for _, attribute, _ in page.attributes}
    assert "\u202e" not in page.text
    assert shown(name)[:LABEL_LENGTH] in page.text


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_feature_is_text(tmp_path: Path, name: str) -> None:
    """Its name stands on an axis and over its distribution."""
    plain, page = (read(drawn(making.features(tmp_path, number=number))) for number in ("income", name))
    assert plain.tags == page.tags
    assert "\u202e" not in page.text


def test_the_same_input_gives_the_same_bytes(tmp_path: Path) -> None:
    """Nothing of the moment or the machine gets in."""
    drawings = making.binary(tmp_path)
    assert drawn(drawings) == drawn(drawings)


def test_plots_that_are_left_out_are_missed_aloud() -> None:
    """Where there is none, the page says why."""
    page = read(drawn({"schema": "promoter.drawings/1", "left_out": "here are 200 changes", "changes": []}))
    assert "There are none: here are 200 changes." in page.text
