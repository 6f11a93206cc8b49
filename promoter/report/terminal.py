"""The report on a terminal: readable at 80 columns, without colour, and when piped."""

from collections.abc import Sequence

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from promoter.report.parts import ChangeView, Comparison, FindingView, PolicyView, View
from promoter.report.plain import PROSE_LENGTH, plain

_STYLES = {"passed": "green", "warned": "yellow", "failed": "red", "errored": "magenta"}
_MARKS = {"passed": "✓", "failed": "✗", "inconclusive": "?", "waived": "!", "errored": "!", "not_applicable": "-"}
_ENDS = {True: "✓", False: "✗", None: "?"}
_SECTIONS = (
    ("HOLDS", "What holds it back"),
    ("WARNS", "Warnings"),
    ("WAIVED", "Waived, not passed"),
    ("NARROW", "Narrow passes"),
)
_MOST_ROWS = 15
_MOST_CHANGES = 20
_WIDE = 110
"""Columns from which an interval stands beside its value; below, it stands under it."""

_MOST_THAT_DO_NOT_APPLY = 12
"""Of a rollback nearly every policy is one: their names would push the verdict off the screen."""


def render_terminal(view: View, console: Console) -> None:
    """Print the report: verdict, next steps, comparison, what is open or near, and one line for the rest.

    Of many changes those that did not pass are told, at most 20; the summary counts all.
    """
    told = [change for change in view.changes if len(view.changes) == 1 or change.verdict != "passed"]
    if len(view.changes) != 1 or view.problems:
        console.print(_panel(view.verdict, view.verdict_word, "", view.summary))
    for problem in view.problems:
        console.print(_line(f"{problem.place}: {problem.message}", "red"))
        console.print(Padding(_line(f"next: {problem.hint}"), (0, 0, 0, 2)))
    for number, change in enumerate(told[:_MOST_CHANGES]):
        if number or len(view.changes) != 1 or view.problems:
            console.print()
        _print_change(change, console)
    if len(told) > _MOST_CHANGES:
        console.print(_line(f"… and {len(told) - _MOST_CHANGES} more changes that did not pass; see --json", "dim"))


def _print_change(change: ChangeView, console: Console) -> None:
    console.print(_panel(change.verdict, change.verdict_word, change.title, change.summary))
    if change.steps:
        _heading("What to do next", console)
        for number, step in enumerate(change.steps, start=1):
            console.print(_step(number, step.who, step.policy, step.what))
    if change.comparison:
        is_paired = change.comparison.has_champion_values or change.comparison.has_differences
        _heading("Candidate beside champion" if is_paired else "Candidate", console)
        console.print(_comparison(change.comparison, is_stacked=console.width < _WIDE))
    for name, heading in _SECTIONS:
        policies = change.standing(name)
        if policies:
            _heading(heading, console)
            for policy in policies:
                _print_policy(policy, console)
    _print_rest(change, console)


def _print_policy(policy: PolicyView, console: Console) -> None:
    head = _line(f"{_MARKS[policy.outcome]} {policy.id}: {policy.label}", "bold")
    head.append(f"  {policy.severity}, {policy.enforcement}, {policy.owner}", "dim")
    console.print(head)
    if policy.reason:
        console.print(Padding(_line(policy.reason), (0, 0, 0, 2)))
    numbers = [finding for finding in policy.told_findings if finding.is_number]
    if numbers:
        console.print(Padding(_findings(numbers, is_stacked=console.width < _WIDE), (0, 0, 0, 2)))
    for finding in [finding for finding in numbers if finding.is_open][:5]:
        console.print(Padding(_line(finding.message), (0, 0, 0, 2)))
    for finding in [finding for finding in policy.told_findings if not finding.is_number][:_MOST_ROWS]:
        place = f"{finding.path}:{finding.line}" if finding.line else finding.path
        console.print(Padding(_line(f"{_ENDS[finding.satisfied]} {finding.message} ({place})"), (0, 0, 0, 2)))
    for hint in policy.hints[:3]:
        console.print(Padding(_line(f"hint: {hint}"), (0, 0, 0, 2)))


def _print_rest(change: ChangeView, console: Console) -> None:
    """Say the rest in a line each: what only observes, what passed, what does not apply."""
    observed = [f"{policy.id} ({policy.enforcement}): {policy.label}" for policy in change.standing("OBSERVED")]
    passed = [policy.id for policy in change.standing("PASSED")]
    rest = [policy.id for policy in change.standing("NOT_APPLICABLE")]
    verb = "does" if len(rest) == 1 else "do"
    for word, names in (("observed only", observed), ("passed", passed), (f"{verb} not apply", rest)):
        if names:
            line = Text(f"{len(names)} {word}: ", "bold")
            is_long = names is rest and len(rest) > _MOST_THAT_DO_NOT_APPLY
            line.append("`promoter check --json` names them" if is_long else ", ".join(map(plain, names)))
            console.print(line)


def _comparison(comparison: Comparison, *, is_stacked: bool) -> Table:
    table = _table("measure") if is_stacked else _table("measure", "rows")
    table.add_column(plain(comparison.candidate), justify="right")
    if comparison.has_champion_values:
        table.add_column(plain(comparison.champion), justify="right")
    if comparison.has_differences:
        table.add_column("difference", justify="right")
    table.add_column("n", justify="right", no_wrap=True)
    for row in comparison.rows[:_MOST_ROWS]:
        cells = [row.candidate]
        cells += [row.champion] if comparison.has_champion_values else []
        cells += [row.difference] if comparison.has_differences else []
        numbers = (_cell(cell or "-", is_stacked=is_stacked) for cell in (*cells, row.n))
        table.add_row(*_names(row.measure, row.where, is_stacked=is_stacked), *numbers)
    if comparison.interval_note:
        table.caption = Text(plain(f"in parentheses: {comparison.interval_note}"), "dim")
        table.caption_justify = "left"
    return table


def _findings(findings: Sequence[FindingView], *, is_stacked: bool) -> Table:
    table = _table("", "measure") if is_stacked else _table("", "measure", "rows")
    for heading in ("value", "n", "bound", "gap"):
        table.add_column(heading, justify="right")
    for finding in findings[:_MOST_ROWS]:
        value = f"{finding.value} ({finding.interval})" if finding.interval else finding.value
        near = f"{finding.gap}, near" if finding.is_near and finding.is_open else finding.gap
        numbers = (_cell(cell, is_stacked=is_stacked) for cell in (value, finding.n, finding.bound, near))
        names = _names(finding.measure, finding.where, is_stacked=is_stacked)
        table.add_row(_ENDS[finding.satisfied], *names, *numbers)
    if len(findings) > _MOST_ROWS:
        table.caption = Text(f"… and {len(findings) - _MOST_ROWS} more", "dim")
    return table


def _names(measure: str, where: str, *, is_stacked: bool) -> tuple[Text, ...]:
    """Return the cells that say what was measured on which rows: two, or one with the rows under the measure."""
    if not is_stacked:
        return Text(plain(measure)), Text(plain(where or "all"))
    return (Text("\n".join(plain(part) for part in (measure, where) if part)),)


def _table(*headings: str) -> Table:
    table = Table(box=SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    for heading in headings:
        table.add_column(heading, overflow="fold")
    return table


def _panel(verdict: str, word: str, title: str, summary: str) -> Panel:
    style = _STYLES[verdict]
    head = Text(word.upper(), f"bold {style}")
    if title:
        head.append(f"  {plain(title)}", "bold")
    return Panel(head.append(f"\n{plain(summary, limit=PROSE_LENGTH)}", "default"), border_style=style)


def _step(number: int, who: str, policy: str, what: str) -> Text:
    line = Text(f"{number}. ")
    line.append(plain(who), "bold")
    if policy:
        line.append(f" ({plain(policy)})", "dim")
    return line.append(f": {plain(what, limit=PROSE_LENGTH)}")


def _heading(words: str, console: Console) -> None:
    console.print()
    console.print(Text(words, "bold underline"))


def _cell(text: str, *, is_stacked: bool) -> Text:
    shown = plain(text)
    return Text(shown.replace(" (", "\n(") if is_stacked else shown)


def _line(text: str, style: str = "") -> Text:
    return Text(plain(text, limit=PROSE_LENGTH), style)
