"""`promoter token`: take a token of the registry's GitHub App, for the step that posts or pushes."""

import os
from pathlib import Path

import click

from promoter.commands.job import repository_option
from promoter.github.app import Purpose, installation_token
from promoter.github.client import api_url_from_environment, connect_as_app

KEY = "PROMOTER_APP_KEY"
_MAY = {Purpose.CHECKS: "post checks", Purpose.RECORDS: "write contents"}


@click.command(
    help="Take a token of the GitHub App whose private key PROMOTER_APP_KEY holds; it can do one thing alone."
)
@repository_option
@click.option("--app-id", envvar="PROMOTER_APP_ID", required=True, help="The app's id, or its client id.")
@click.option(
    "--for",
    "purpose",
    type=click.Choice([purpose.value for purpose in Purpose]),
    default=Purpose.CHECKS.value,
    show_default=True,
    help="What the token may do: post checks, or push records.",
)
@click.option("--out", envvar="GITHUB_OUTPUT", type=click.Path(path_type=Path), required=True, help="File to write to.")
def command(*, repository: str | None, app_id: str, purpose: str, out: Path) -> None:
    """Exit 0: `token=` stands in the step's output; 3: GitHub gave none, and nothing is to be done without it."""
    name = repository or os.environ.get("GITHUB_REPOSITORY", "")
    key = os.environ.get(KEY, "")  # never an option: every process of the machine can read a command line
    client = connect_as_app(name, app_id=app_id, key=key, api_url=api_url_from_environment())
    token = installation_token(client, Purpose(purpose))
    click.echo(f"::add-mask::{token}")
    with out.open("a", encoding="ascii") as file:
        file.write(f"token={token}\n")
    click.echo(f"a token that may {_MAY[Purpose(purpose)]}, for an hour")
