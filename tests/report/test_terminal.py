"""The report on a terminal, narrow, without colour, and in a log."""
# ruff: noqa: RUF001 - numbers are shown with a true minus sign

from io import StringIO

import pytest
from rich.console import Console

from promoter.decision.types import Outcome, Verdict
from promoter.report.progress import progress
from promoter.report.terminal import render_terminal
from promoter.report.view import build_view
from tests.report import decisions as make
from tests.report.stories import STORIES
from tests.report.test_figures import spaced


def printed(story: str, *, width: int = 80, is_terminal: bool = False) -> str:
    """Return what a console of some width shows."""
    output = StringIO()
    colors = "standard" if is_terminal else None
    console = Console(file=output, width=width, force_terminal=is_terminal, no_color=True, color_system=colors)
    render_terminal(build_view(STORIES[story]().as_json()), console)
    return output.getvalue()


@pytest.mark.parametrize("story", STORIES)
@pytest.mark.parametrize("width", [60, 80, 140])
def test_no_line_is_wider_than_the_terminal(story: str, width: int) -> None:
    """It wraps where we say, never where the terminal does."""
    assert max(map(len, printed(story, width=width).splitlines())) <= width


def test_the_verdict_comes_first_and_needs_no_colour() -> None:
    """Words and signs carry what colour carries."""
    text = printed("held")
    assert "HELD  promotion of lending/mortgage@2.1.0 to production" in text.splitlines()[1]
    assert "✗ equal-opportunity: failed, near miss" in text
    assert "\x1b" not in text


def test_no_color_leaves_no_colour_codes_on_a_terminal() -> None:
    """NO_COLOR keeps bold and drops colours (no-color.org)."""
    text = printed("held", is_terminal=True)
    assert "\x1b[31m" not in text
    assert "\x1b[1;31m" not in text


def test_a_narrow_terminal_keeps_every_number_whole() -> None:
    """At 80 columns an interval stands under its value, unbroken."""
    text = spaced(printed("held", width=80))
    for words in ("0.842", "(0.790 to 0.881)", "(−0.00810 to +0.0375)", "1.83 pp short", "≥ 75 %"):
        assert words in text


def test_what_only_observes_says_so() -> None:
    """An audited policy is printed with its outcome."""
    assert "1 observed only: feature-drift (audit): failed" in printed("held")


def test_of_many_changes_those_that_passed_are_counted_only() -> None:
    """The summary has all, the details what needs work."""
    text = printed("mixed")
    assert "9 changes: 1 without a verdict, 2 held, 6 passed." in text
    assert "store-001" not in text


@pytest.mark.parametrize(
    ("count", "told"),
    [
        (1, "1 does not apply: policy-0"),
        (2, "2 do not apply: policy-0, policy-1"),
        (40, "40 do not apply: `promoter check --json` names them"),
    ],
)
def test_policies_that_do_not_apply_are_named_while_they_are_few(count: int, told: str) -> None:
    """Of a rollback they are nearly all: their names would push the verdict off the screen."""
    reason = "it is a rollback"
    results = [make.result(f"policy-{n}", Outcome.NOT_APPLICABLE, reason=reason) for n in range(count)]
    output = StringIO()
    decision = make.decision(make.change(Verdict.PASSED, [make.discrimination(), *results]))
    render_terminal(build_view(decision.as_json()), Console(file=output, width=80))
    assert told in output.getvalue()


def test_control_characters_and_markup_of_a_file_are_shown_not_obeyed() -> None:
    """A name cannot move the cursor, change the colour or open a link."""
    hostile = make.result(
        "[red]x[/red]\x1b]8;;http://evil\x1b\\", Outcome.ERRORED, reason="\x1b[2Jgone [link=x]y[/link]"
    )
    output = StringIO()
    console = Console(file=output, width=100, force_terminal=False)
    render_terminal(
        build_view(make.decision(make.change(Verdict.ERRORED, [hostile], measurements={})).as_json()), console
    )
    assert "\x1b" not in output.getvalue()
    assert "[red]x[/red]⟨U+001B⟩]8;;http://evil" in output.getvalue()
    assert "⟨U+001B⟩[2Jgone [link=x]y[/link]" in output.getvalue()


def test_progress_is_silent_outside_of_a_terminal() -> None:
    """A log gets nothing."""
    output = StringIO()
    with progress(Console(file=output, force_terminal=False)) as advance:
        assert advance is None
    assert output.getvalue() == ""


def test_progress_is_shown_on_a_terminal() -> None:
    """A terminal sees what is being measured, with nothing in the name obeyed."""
    output = StringIO()
    with progress(Console(file=output, force_terminal=True, width=120)) as advance:
        assert advance is not None
        advance("[red]held-out.parquet", 1, 2)
    assert "[red]held-out.parquet" in output.getvalue()
    assert "1/2" in output.getvalue()
