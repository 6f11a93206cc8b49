"""`promoter check`: judge what changed between two commits; the same code locally and in CI."""

import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from promoter.commands.caching import cache_folder
from promoter.commands.case import open_case
from promoter.commands.deadline import deadline
from promoter.commands.judging import Workshop, judge_and_draw, judge_case
from promoter.commands.output import announced, print_decision, view_of, write_outputs, write_page
from promoter.commands.reviewing import read_panel
from promoter.commands.times import parse_moment
from promoter.decision.types import Decision, Verdict
from promoter.git.repository import open_repository

_CODES = {Verdict.PASSED: 0, Verdict.WARNED: 0, Verdict.FAILED: 1, Verdict.ERRORED: 3}


@click.command(help="Judge what changed between two commits, or --worktree: what is not committed yet.")
@click.option("--repo", type=click.Path(path_type=Path), default=Path(), help="A folder of the registry.")
@click.option("--base", default=None, help="Commit to compare with; default: where the head left the default branch.")
@click.option("--head", default="HEAD", show_default=True, help="Commit to judge.")
@click.option("--worktree", "is_worktree", is_flag=True, help="Judge the files as they stand, uncommitted ones too.")
@click.option("--reviews", type=click.Path(path_type=Path), help="What GitHub says of its reviews; docs/approvals.md.")
@click.option("--at", default=None, help="Moment of the decision, as 2026-01-31T09:00:00Z; default: now.")
@click.option("--json", "form", flag_value="json", help="Print the decision as JSON.")
@click.option("--markdown", "form", flag_value="markdown", help="Print the comment as it stands in a pull request.")
@click.option("--timeout", default=1800.0, show_default=True, type=click.FloatRange(min=0.01), help="Seconds.")
@click.option(
    "--html",
    "page",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write the full report with plots to this file.",
)
@click.option("--out", type=click.Path(path_type=Path), default=None, help="Write decision.json and report.md here.")
def command(
    *,
    repo: Path,
    base: str | None,
    head: str,
    is_worktree: bool,
    reviews: Path | None,
    at: str | None,
    form: str | None,
    timeout: float,
    page: Path | None,
    out: Path | None,
) -> None:
    """Exit 0: passed; 1: held by policy; 2: unusable input; 3: no verdict."""
    moment = datetime.now(UTC).replace(microsecond=0) if at is None else parse_moment(at)
    with deadline(timeout, what="the check"), announced(form) as progress:
        case = open_case(open_repository(repo), base=base, head=head, is_worktree=is_worktree, at=moment)
        panel = read_panel(case, reviews) if reviews is not None else None
        workshop = Workshop(cache=cache_folder(), progress=progress)
        if page is None:
            decision = judge_case(case, at=moment, workshop=workshop, panel=panel)
        else:
            decision, drawings = judge_and_draw(case, at=moment, workshop=workshop, panel=panel)
            write_page(view_of(decision, case), drawings, page)
    if out is not None:
        write_outputs(decision, view_of(decision, case), out)
    print_decision(decision, case, form)
    sys.exit(exit_code(decision))


def exit_code(decision: Decision) -> int:
    """Return 2 where the input is unusable, else what the verdict says."""
    return 2 if decision.problems else _CODES[decision.verdict]
