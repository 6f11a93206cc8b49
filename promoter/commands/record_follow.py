"""`promoter record follow`: after the records are pushed, the next stage's pull requests and the deployments."""

import os
from pathlib import Path

import click

from promoter.commands.closing import find_overtaken, take_back
from promoter.commands.following import Proposal, Recorded, change_of, proposal_after, recorded_moves
from promoter.commands.holding import held_by_person, tell_held_back
from promoter.commands.job import repository_option
from promoter.commands.overtaken import RECORDER
from promoter.commands.past import Past, open_past
from promoter.commands.upstream import Upstream
from promoter.errors import ProposalError
from promoter.git.remote import Remote
from promoter.git.writing import Stamp, Writer
from promoter.github.client import Client, connect_from_environment
from promoter.github.deployments import announce, is_announced, newest_commit
from promoter.github.naming import GITHUB
from promoter.github.pulls import MayNotOpenError
from promoter.report.pull_body import PROPOSED, render_body


@click.command("follow", help="In CI: open what the pipeline proposes next, and tell GitHub what each stage serves.")
@repository_option
@click.option("--repo", type=click.Path(path_type=Path), required=True, help="Bare repository with the default branch.")
@click.option("--dry-run", "is_dry_run", is_flag=True, help="Say what would be written, and write nothing.")
def command(*, repository: str | None, repo: Path, is_dry_run: bool) -> None:
    """For each recorded change of a stage: 1. the pull request; 2. the deployment, which marks both as done.

    Last, what these overtook: a proposal of its own that the stage before serves no more, or that came in by another
    way, is closed with the reason, and its branch deleted, also where an earlier run ended in between.

    Exit 0: all is done; 3: GitHub failed, and the next run goes on from there.
    """
    client = connect_from_environment(repository)
    past = open_past(repo)
    for recorded in recorded_moves(past, newest_commit(client)):
        change = change_of(past, recorded)
        if not is_announced(client, change):
            proposal = _proposal(past, recorded)
            if proposal is not None:
                _propose_or_yield(client, past, proposal, is_dry_run=is_dry_run)
        click.echo(f"{change.environment}: {change.description}")
        if not is_dry_run:
            announce(client, change)
    for overtaken in find_overtaken(client, past, base=_base(past)):
        click.echo(overtaken.told)
        if not is_dry_run:
            take_back(client, past, overtaken)


def _proposal(past: Past, recorded: Recorded) -> Proposal | None:
    """Return what is proposed next; a move that cannot be made is told, and keeps nothing back."""
    try:
        return proposal_after(past, recorded)
    except ProposalError as error:
        click.echo(f"nothing is proposed: {error}", err=True)
        return None


def _propose_or_yield(client: Client, past: Past, proposal: Proposal, *, is_dry_run: bool) -> None:
    """Propose a move where no person has an open pull request on the stage's branch.

    What is pushed takes the place of what was there before that was looked at, and of nothing later.
    """
    move = proposal.move
    expected = Remote(past.repository.folder).tips(move.branch)[move.branch]
    number = held_by_person(client, past, move.branch, base=_base(past))
    if number is None:
        click.echo(f"{move.address}: {move.version} is proposed on {move.branch}")
        if not is_dry_run:
            propose(client, past, proposal, expected=expected)
        return
    click.echo(f"{move.address}: {move.version} is not proposed: #{number} on {move.branch} is a person's")
    if not is_dry_run:
        tell_held_back(client, number, proposal, author=RECORDER.name)


def _base(past: Past) -> str:
    return past.repository.default_branch().removeprefix("refs/heads/")


def propose(client: Client, past: Past, proposal: Proposal, *, expected: str | None) -> None:
    """Push the one branch of a stage, open or update its pull request, and ask for the gate's verdict.

    Where the repository lets Actions open none, the branch waits for a person, and the log says where to click.
    """
    move, folder = proposal.move, past.repository.folder
    base = _base(past)
    page = f"{os.environ.get('GITHUB_SERVER_URL') or GITHUB}/{client.repository}"
    upstream = Upstream(remote=Remote(folder), client=client, base=base, page=page)
    line = past.timeline.line
    stamp = Stamp(author=RECORDER, at=line.at(len(line) - 1), message=move.message)
    head = Writer.open(folder).commit_files(move.branch, move.files, stamp, onto=past.tip)
    title, body = move.message.partition("\n")[0], render_body(proposal.facts, None, way_on=PROPOSED)
    try:
        pull = upstream.publish(move.branch, head, expected=expected, title=title, body=body)
    except MayNotOpenError:
        click.echo(f"GitHub Actions may not open it here; open it by hand: {upstream.form_of(move.branch)}", err=True)
        return
    upstream.start_gate(pull.number)
