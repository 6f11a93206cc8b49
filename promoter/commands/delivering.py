"""From a commit on a branch of ours to its pull request: what `promote`, `rollback` and `propose` share.

1. Ask GitHub where the branch and the default branch are. 2. Commit. 3. Judge. 4. Push. 5. Open or update the one pull
request. Whatever stops it between two of these, the same command again goes on from there.
"""

import functools
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import click

from promoter.commands.caching import cache_folder
from promoter.commands.past import Past
from promoter.commands.upstream import Upstream, find_upstream
from promoter.report.parts import View
from promoter.report.plain import plain
from promoter.report.pull_body import COMMANDED, render_body

_LOCAL = "--local was given"


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """How far a change is to be taken. `is_local`: nothing is written but the branch in this clone."""

    is_dry_run: bool
    is_local: bool
    is_judged: bool
    starts_gate: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """What is proposed, on which branch; `facts` are pairs (name, text) for the pull request."""

    branch: str
    title: str
    facts: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Desk:
    """Where a branch goes: `upstream` says why where that is nowhere; `expected` is the branch's commit there."""

    upstream: Upstream | str
    expected: str | None = None


def delivery_options(function: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options of a delivery; it gets them as one argument, `delivery`."""

    @click.option("--dry-run", "is_dry_run", is_flag=True, help="Print the difference and write nothing.")
    @click.option("--local", "is_local", is_flag=True, help="Commit on the branch of this clone, and stop there.")
    @click.option("--skip-check", is_flag=True, help="Leave the verdict to the gate on GitHub.")
    @click.option("--start-gate", "starts_gate", is_flag=True, help="Start it: GITHUB_TOKEN's pull requests do not.")
    @functools.wraps(function)
    def command(*, is_dry_run: bool, is_local: bool, skip_check: bool, starts_gate: bool, **rest: Any) -> None:
        delivery = Delivery(is_dry_run=is_dry_run, is_local=is_local, is_judged=not skip_check, starts_gate=starts_gate)
        function(delivery=delivery, **rest)

    return command


def open_desk(past: Past, branch: str, delivery: Delivery) -> Desk:
    """Return where a branch goes. Raises ProposalError where this clone is behind GitHub, before anything is made."""
    upstream = _LOCAL if delivery.is_local else find_upstream(past)
    if isinstance(upstream, str) or delivery.is_dry_run:
        return Desk(upstream)
    return Desk(upstream, upstream.leased(branch, tip=past.tip))


def tell_dry_run(branch: str, desk: Desk) -> None:
    """Say what would be written outside of this clone."""
    if isinstance(desk.upstream, str):
        click.echo(f"dry run: would commit on {branch}, and push nothing: {desk.upstream}", err=True)
    else:
        click.echo(f"dry run: would push {branch} and open its pull request: {desk.upstream.form_of(branch)}", err=True)


def deliver(what: Delivered, head: str, past: Past, *, desk: Desk, delivery: Delivery, at: datetime) -> None:
    """Judge the commit at the tip of a branch of ours, take it as far as wanted, and exit as `promoter check` does."""
    code, view = _judged(head, past, at=at) if delivery.is_judged else _left_to_the_gate()
    upstream, branch = desk.upstream, what.branch
    click.echo(f"committed {head[:10]} on {branch}", err=True)
    if isinstance(upstream, str):
        click.echo(f"no pull request was opened: {upstream}; open it yourself: {_by_hand(branch)}", err=True)
    elif code == 2:
        click.echo("nothing was pushed: mend what is named above, and run this again", err=True)
    else:
        body = render_body(what.facts, view, way_on=COMMANDED)
        pull = upstream.publish(branch, head, expected=desk.expected, title=what.title, body=body)
        if delivery.starts_gate:
            upstream.start_gate(pull.number)
        if pull.title_before is not None:
            told = f"pull request {pull.number} said {plain(pull.title_before)!r}: this takes its place"
            click.echo(f"warning: {told}", err=True)
        click.echo(f"pull request {pull.number} is {'open' if pull.is_new else 'up to date'}: {pull.url}", err=True)
    sys.exit(code)


def _left_to_the_gate() -> tuple[int, None]:
    """Say loudly that nothing was looked at."""
    told = "neither that the artifact is there and intact, nor that it was good, nor that callers can call it"
    click.echo(f"warning: NOT JUDGED here: {told}; the gate on GitHub has the word", err=True)
    return 0, None


def _by_hand(branch: str) -> str:
    return f"git push --force-with-lease origin {branch}, then GitHub's page offers it"


def _judged(head: str, past: Past, *, at: datetime) -> tuple[int, View]:
    """Print the decision on a commit against the default branch, and return its exit code and report."""
    # Gates and statistics are half of the start of a process, and who rolls back at night may leave them to the gate.
    from promoter.commands.case import open_case
    from promoter.commands.check import exit_code
    from promoter.commands.judging import Workshop, judge_case
    from promoter.commands.output import announced, print_decision, view_of

    case = open_case(past.repository, base=past.tip, head=head, is_worktree=False, at=at)
    with announced(None) as progress:
        decision = judge_case(case, at=at, workshop=Workshop(cache=cache_folder(), progress=progress))
    print_decision(decision, case, None)
    return exit_code(decision), view_of(decision, case)
