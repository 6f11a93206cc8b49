"""The command line: a table of commands, each loaded when it is called, and one place where errors end."""

import importlib
import os
import sys
import traceback

import click

from promoter import __version__
from promoter.errors import PromoterError

COMMANDS: dict[str, str] = {
    "check": "judge what changed between two commits",
    "lint": "hold the whole registry against its formats and layout",
    "measure": "print the measurements of an evidence file, without any policy",
    "owners": "say who owns a path, and by which line of CODEOWNERS",
    "gates": "list the gates, or show one's reference page",
    "history": "list what happened to the registry, a model or a stage; --as-of: what was served then",
    "status": "show every stage: version, age, what waits for it and why not yet",
    "resolve": "print what a stage serves now: version, uri, digest",
    "propose": "draft a version's manifest from its files, on a branch, judged before it is pushed",
    "pull": "fetch the artifact that a stage serves now, verified and resumable",
    "promote": "move a stage to a version, on a branch, judged before it is pushed",
    "rollback": "bring a stage back to the version it served before, as a revert where that is what it is",
    "record": "write the decision record of every merged change that has none; in CI: bring, place, follow",
    "audit": "hold the merge history against the decision records",
    "policy": "lint the rules, test them, and say which of them judge a version",
    "doctor": "say whether the GitHub repository enforces what the gate decides",
    "evidence": "in CI: bring reviews and files from the allowed stores",
    "evaluate": "in CI: judge a pull request from git objects, without token and network",
    "report": "in CI: keep the one comment and the check run up to date",
    "token": "in CI: take a token of your GitHub App, which may post the check and nothing else",
    "recheck": "in CI: ask for a new verdict of the pull requests that a change concerns",
    "init": "lay out a new registry: rules, starter policies, owners, workflows",
    "demo": "tell a whole story on real data in a scratch registry",
}
"""Each command and what it does; the module promoter.commands.<name> holds it as `command`."""

SUMMARY = "A git repository as the model registry: gates on pull requests, records in the merge history."
NO_VERDICT = 3
_ERROR_LENGTH = 4000
"""Characters of one error; the longest list of names in one is shorter."""


class CommandTable(click.Group):
    """Loads a command's module only when the command is called, so that help costs no heavy import."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return one command, loaded now."""
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"promoter.commands.{cmd_name}")
        command: click.Command = module.command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the table without loading a single command."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=CommandTable, help=SUMMARY, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="promoter")
def promoter() -> None:
    """Hold the commands together."""


def _tell(message: str) -> None:
    """Print an error on one line: a refused word in it may move the cursor, or command a workflow's runner."""
    from promoter.report.plain import plain

    click.echo(f"error: {plain(message, limit=_ERROR_LENGTH)}", err=True)


def main() -> None:
    """Run a command and turn every failure into one line each on stderr and the exit code of who must act."""
    try:
        promoter(prog_name="promoter", standalone_mode=False)
    except click.exceptions.Exit as stop:
        sys.exit(stop.exit_code)
    except click.Abort:
        click.echo("interrupted: the same command, run again, goes on from here", err=True)
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except PromoterError as error:
        for problem in error.problems:
            _tell(str(problem))
        sys.exit(error.exit_code)
    except Exception as error:  # noqa: BLE001 - the last line of defence: no verdict, never a pass
        if os.environ.get("PROMOTER_TRACE"):
            traceback.print_exc()
        message = f"promoter failed: {type(error).__name__}: {error}; there is no verdict"
        _tell(f"{message}; run again with PROMOTER_TRACE=1 and report the trace")
        sys.exit(NO_VERDICT)
