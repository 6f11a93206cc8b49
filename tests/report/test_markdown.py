"""The report in the pull request."""

from dataclasses import replace

import pytest
from hypothesis import given, settings

from promoter.decision.types import Approvals, Outcome, Verdict
from promoter.errors import Location, Problem
from promoter.report.lineage import LineageGraph, LineageNode
from promoter.report.markdown import LIMIT_CHARS, MARKER, render_markdown
from promoter.report.view import build_view
from tests.report import decisions as make
from tests.report.rendering import Page
from tests.report.stories import GOLDEN, STORIES, registration, told
from tests.report.test_escape import hostile_text, is_inert

OURS = {
    "h2", "h3", "h4", "p", "br", "sub", "strong", "em", "code", "pre", "ol", "ul", "li", "hr", "span",
    "table", "thead", "tbody", "tr", "th", "td", "details", "summary",
}  # fmt: skip


@pytest.mark.parametrize("story", STORIES)
def test_the_report_is_the_golden_one(story: str) -> None:
    """Golden reports are read as prose; `python -m tests.report.stories` writes them."""
    assert (GOLDEN / f"{story}.md").read_text(encoding="utf-8") == told(story)


@pytest.mark.parametrize("story", STORIES)
def test_the_report_renders_to_our_elements_alone(story: str) -> None:
    """Balanced, the marker its only comment, no link and no image."""
    page = Page.read(told(story))
    assert not page.unbalanced
    assert set(page.tags) <= OURS
    assert [MARKER[4:-3]] == page.comments


def test_the_verdict_and_the_steps_come_first() -> None:
    """Ten seconds are enough: verdict, what to do, then numbers, then digests."""
    report = told("held")
    places = [
        report.index(words)
        for words in (MARKER, "Held", "What to do next", "beside champion", "What holds it back", "bound to")
    ]
    assert sorted(places) == places
    assert places[0] == 0


@settings(max_examples=40, deadline=None)
@given(hostile_text)
def test_no_field_of_a_decision_breaks_the_report(text: str) -> None:
    """Hostile text in every field that a stranger or a file can fill leaves our elements, tables and folds alone."""
    harmless, hostile = (Page.read(_report_with(words)) for words in ("harmless", text or "x"))
    assert not hostile.unbalanced
    for tag in ("table", "tr", "td", "th", "details", "summary", "h2", "h3", "h4", "li", "pre"):
        assert harmless.tags[tag] == hostile.tags[tag], tag
    assert set(hostile.tags) <= OURS
    assert [MARKER[4:-3]] == hostile.comments
    assert is_inert(hostile.prose)


def _report_with(text: str) -> str:
    finding = replace(
        make.held(make.RECALL_BLACK, at_least=0.75), measure=text, slice=((text, text),), message=text, hint=f"x{text}"
    )
    words = replace(finding, value=None, location=Location(text, 3))
    failed = make.result(
        text, Outcome.FAILED, finding, words, title=text, owner=text, gate=text, remediation=f"x{text}"
    )
    results = [
        failed,
        replace(failed, outcome=Outcome.WAIVED, waiver=text or "w"),
        replace(failed, enforcement="audit"),
        replace(failed, outcome=Outcome.PASSED, findings=(replace(finding, satisfied=True),)),
        replace(failed, outcome=Outcome.NOT_APPLICABLE, reason=text),
    ]
    approvals = Approvals(required=((text, 1),), missing=((text, 1),), given=((text, text),))
    change = make.change(
        Verdict.FAILED, results, model=text, stage=f"s{text}", champion=f"c{text}", approvals=approvals
    )
    passed = make.change(Verdict.PASSED, [make.discrimination()], model=text, stage=None, approvals=Approvals())
    problem = Problem(Location(text, 1), text, text)
    node = LineageNode(text, text, (f"p{text}",))
    lineage = {f"{text}@2.1.0": LineageGraph(text, (node,))}
    return render_markdown(build_view(make.decision(change, passed, problems=[problem]).as_json(), lineage=lineage))


def test_two_hundred_models_fit_and_the_failing_ones_are_told() -> None:
    """The table names all, details of what failed come first, and what was dropped is said."""
    names = [f"retail/store-{number:03d}" for number in range(200)]
    changes = [registration(name, passed=number % 20 != 0) for number, name in enumerate(names)]
    report = render_markdown(build_view(make.decision(*changes).as_json()))
    assert len(report) <= LIMIT_CHARS
    assert report.startswith(MARKER)
    assert all(f"`{name}@2.1.0`" in report for name in names)
    assert 10 == report.count("## ⛔ Held: registration")
    assert "200 changes: 10 held, 190 passed." in report
    assert "Left out to stay below GitHub's limit of a comment: all measurements" in report


@pytest.mark.parametrize("limit_chars", [30_000, 10_000, 4_000])
def test_a_report_keeps_marker_verdict_and_first_steps_under_any_limit(limit_chars: int) -> None:
    """Details go until it fits, and the comment says so."""
    changes = [registration(f"retail/store-{number:04d}", passed=False) for number in range(400)]
    report = render_markdown(build_view(make.decision(*changes).as_json()), limit_chars=limit_chars)
    assert len(report) <= limit_chars
    assert report.startswith(f"{MARKER}\n## ⛔ Held")
    assert "400 changes: 400 held." in report
    assert "Left out" in report
    assert not Page.read(report).unbalanced


def test_nothing_is_said_to_be_left_out_where_nothing_was() -> None:
    """The note stands only where it is true."""
    assert "Left out" not in told("held")


def test_many_findings_of_one_policy_are_cut_with_their_number() -> None:
    """A table of 500 features shows 100 and says how many more there are."""
    findings = [
        replace(make.held(make.RECALL_BLACK, at_least=0.75), slice=(("feature", f"f{number}"),))
        for number in range(500)
    ]
    change = make.change(Verdict.FAILED, [make.result("drift", Outcome.FAILED, *findings)], measurements={})
    report = render_markdown(build_view(make.decision(change).as_json()))
    assert "… and 400 more comparisons." in report


def test_lineage_shows_a_parent_that_the_manifest_does_not_list() -> None:
    """A broken chain is visible."""
    graph = LineageGraph("lending/mortgage@2.1.0", (LineageNode("train", "training", ("lost",)),))
    view = build_view(STORIES["held"]().as_json(), lineage={graph.version: graph})
    report = render_markdown(view)
    assert 'u1["not listed: lost"]' in report
    assert "u1 --> d1" in report
    assert "d1 -- trains --> model" in report
