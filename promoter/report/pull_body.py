"""What a pull request that Promoter opens says of itself: the move, its verdict on this machine, how to go on."""

from collections.abc import Sequence

from promoter.report.escape import Safe, markdown_prose
from promoter.report.parts import View

_GATE = "The gate judges it again and keeps its answer in a comment below; that one counts."
COMMANDED = Safe(
    "The comment names who must approve; then merge it. The same command, run again, brings this pull request up to"
    " date."
)
"""How to go on with what a person proposed by a command."""

PROPOSED = Safe(
    "The pipeline asks for it after the stage before. The comment names who must approve; merge it when it is free, or"
    " close it. A later version of the stage before takes its place here."
)
"""How to go on with what the recorder proposed."""


def render_body(facts: Sequence[tuple[str, str]], view: View | None, *, way_on: Safe) -> str:
    """Return Markdown: the facts as a table, the verdict where one was asked for, how to go on. All text is escaped.

    It holds no moment and no digest, so that saying the same twice changes nothing.
    """
    lines = ["| what | |", "|:--|:--|"]
    lines += [f"| {markdown_prose(name)} | {markdown_prose(text)} |" for name, text in facts]
    return "\n".join([*lines, "", f"{_verdict(view)} {_GATE}", "", way_on, ""])


def _verdict(view: View | None) -> Safe:
    if view is None:
        return Safe("It was not judged before it was pushed.")
    told = " ".join([*(change.summary for change in view.changes), view.summary]).strip()
    return Safe(f"Before it was pushed: **{view.verdict_word}**. {markdown_prose(told)}")
