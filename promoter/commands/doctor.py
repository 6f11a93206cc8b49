"""`promoter doctor`: does the GitHub repository really enforce what the gate decides."""

import json
import sys
from collections.abc import Sequence

import click

from promoter.commands.owners import printable
from promoter.github.checks import CHECK_NAME
from promoter.github.doctor.finding import Finding, Standing

_MARKS = {Standing.HOLDS: "ok  ", Standing.WEAK: "weak", Standing.HOLE: "HOLE", Standing.UNREAD: "?   "}


@click.command("doctor")
@click.option("--repo-name", metavar="OWNER/NAME", help="Repository on GitHub; default: $GITHUB_REPOSITORY.")
@click.option("--check-name", default=CHECK_NAME, show_default=True, help="Check that the gate reports.")
@click.option("--app-id", type=click.IntRange(min=1), help="With --print-ruleset: the only app that may report it.")
@click.option(
    "--recorder-app", type=click.IntRange(min=1), help="The app that pushes the records; default: a deploy key."
)
@click.option("--print-ruleset", "is_ruleset", is_flag=True, help="Print the ruleset to import, and nothing else.")
@click.option("--print-history", "is_history", is_flag=True, help="Print the ruleset that nobody bypasses, no more.")
@click.option("--print-actions", "is_actions", is_flag=True, help="Print the Actions settings to send, and no more.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def command(
    *,
    repo_name: str | None,
    check_name: str,
    app_id: int | None,
    recorder_app: int | None,
    is_ruleset: bool,
    is_history: bool,
    is_actions: bool,
    as_json: bool,
) -> None:
    """Hold the repository's settings against what the gate needs: found, why it matters, what mends it.

    Reads with $GITHUB_TOKEN, best an administrator's, and writes nothing. Exit 0: no hole; 1: a hole; 3: no hole was
    found, and some settings could not be read.
    """
    if is_ruleset:
        from promoter.github.doctor.ruleset import recommended_ruleset

        ruleset = recommended_ruleset(check_name=check_name, app_id=app_id, recorder_app=recorder_app)
        click.echo(json.dumps(ruleset, indent=2))
        return
    if is_history:
        from promoter.github.doctor.ruleset import history_ruleset

        click.echo(json.dumps(history_ruleset(), indent=2))
        return
    if is_actions:
        from promoter.github.doctor.actions_policy import recommended_actions

        click.echo(json.dumps(recommended_actions(), indent=2))
        return
    from promoter.github.client import connect_from_environment
    from promoter.github.doctor.examine import examine, exit_code
    from promoter.github.roster import read_roster
    from promoter.github.settings import read_settings

    client = connect_from_environment(repo_name)
    settings = read_settings(client)
    roster = read_roster(client, branch=settings.default_branch)
    findings = examine(settings, roster, check_name=check_name, recorder_app=recorder_app)
    if as_json:
        document = {"repository": settings.repository, "branch": settings.default_branch}
        click.echo(json.dumps({**document, "findings": [finding.as_json() for finding in findings]}, indent=2))
    else:
        print_findings(findings, title=f"{settings.repository}, branch {settings.default_branch}")
    sys.exit(exit_code(findings))


def print_findings(findings: Sequence[Finding], *, title: str) -> None:
    """Print each finding as a line, with why and remedy below what does not hold, and a count last."""
    click.echo(printable(title))
    for finding in findings:
        click.echo(printable(f"{_MARKS[finding.standing]}  {finding.id}: {finding.found}"))
        if finding.standing is not Standing.HOLDS:
            click.echo(printable(f"        why:  {finding.why}"))
            click.echo(printable(f"        mend: {finding.mend}"))
    counts = {standing: sum(finding.standing is standing for finding in findings) for standing in Standing}
    click.echo(
        f"{counts[Standing.HOLDS]} hold, {counts[Standing.WEAK]} weak, {counts[Standing.HOLE]} holes,"
        f" {counts[Standing.UNREAD]} unread"
    )
