"""What a pull request that Promoter opens says of itself: the move, its verdict on this machine, how to go on."""

from collections.abc import Sequence

from promoter.report.escape import Safe, markdown_prose
from promoter.report.parts import View

_GATE = "The gate judges it again and keeps its answer in a comment below; that one counts."
_NEXT = (
    "The comment names who must approve; then merge it. The same command, run again, brings this pull request up to"
    " date."
)


def render_body(facts: Sequence[tuple[str, str]], view: View | None) -> str:
    """Return Markdown: the facts as a table, the verdict where one was asked for, the next step. All text is escaped.

    It holds no moment and no digest, so that saying the same twice changes nothing.
    """
    lines = ["| what | |", "|:--|:--|"]
    lines += [f"| {markdown_prose(name)} | {markdown_prose(text)} |" for name, text in facts]
    return "\n".join([*lines, "", f"{_verdict(view)} {_GATE}", "", _NEXT, ""])


def _verdict(view: View | None) -> Safe:
    if view is None:
        return Safe("It was not judged before it was pushed.")
    told = " ".join([*(change.summary for change in view.changes), view.summary]).strip()
    return Safe(f"Before it was pushed: **{view.verdict_word}**. {markdown_prose(told)}")
