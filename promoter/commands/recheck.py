"""`promoter recheck`: ask the gate to judge again the open pull requests that an event concerns."""

from pathlib import Path

import click

from promoter.commands.job import event_option, repository_option
from promoter.github.client import connect_from_environment
from promoter.github.recheck import pulls_to_recheck, read_payload, request_gate


@click.command(help="Start the gate for each open pull request that a push, a review or a comment concerns.")
@event_option
@repository_option
@click.option("--event-name", envvar="GITHUB_EVENT_NAME", required=True, help="push, workflow_run or issue_comment.")
@click.option("--branch", envvar="GITHUB_REF_NAME", required=True, help="The default branch.")
@click.option("--dry-run", "is_dry_run", is_flag=True, help="Say which, and start nothing.")
def command(*, event: Path, repository: str | None, event_name: str, branch: str, is_dry_run: bool) -> None:
    """Exit 0: each was asked for; 3: GitHub failed."""
    client = connect_from_environment(repository)
    for number in pulls_to_recheck(client, event_name, read_payload(event)):
        click.echo(f"judging pull request {number} again")
        if not is_dry_run:
            request_gate(client, number, branch=branch)
