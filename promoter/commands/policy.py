"""`promoter policy`: lint the rules, test them, and say which of them judge a version."""

import click

from promoter.commands.policy_explain import explain
from promoter.commands.policy_lint import lint
from promoter.commands.policy_run import run_tests


@click.group(help="Lint the rules, test them, and say which of them judge a version and why.")
def command() -> None:
    """Hold `lint`, `test` and `explain` together."""


command.add_command(lint)
command.add_command(run_tests)
command.add_command(explain)
