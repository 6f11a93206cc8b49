"""`promoter audit verify`: hold the merge history against the decision records, and name what went around the gate."""

import json
import sys
from pathlib import Path

import click

from promoter.commands.past import open_past
from promoter.commands.verifying import Finding, check_line, verify
from promoter.report.plain import PROSE_LENGTH, plain


@click.group(help="Hold the merge history against the decision records.")
def command() -> None:
    """Hold the parts of an audit together."""


@command.command("verify", help="Find every change that has no sound decision record, and every record that changed.")
@click.option("--since", default=None, help="Only changes after this commit of the default branch.")
@click.option("--remeasure", is_flag=True, help="Measure the evidence again, instead of trusting the stored numbers.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--repo", type=click.Path(path_type=Path), default=Path(), help="A folder of the registry.")
def verify_command(*, since: str | None, remeasure: bool, as_json: bool, repo: Path) -> None:
    """Exit 0: all is as recorded; 1: there are findings."""
    past = open_past(repo)
    start = -1 if since is None else past.position_of(since, option="--since")
    report = verify(past, start=start, remeasure=remeasure)
    findings = (*check_line(past), *report.findings)
    if not findings and since is None:
        past.timeline.remember_verified(past.tip)
    if as_json:
        counts = {"changes": report.changes, "records": report.records, "head": past.tip}
        click.echo(json.dumps({**counts, "findings": [item.as_json() for item in findings]}, indent=1))
    else:
        for item in findings:
            click.echo(_shown(item))
        click.echo(f"{report.changes:,} changes, {report.records:,} records, {len(findings):,} findings", err=True)
    sys.exit(1 if findings else 0)


def _shown(item: Finding) -> str:
    commit = f"  commit {item.commit[:10]} by {plain(item.author or 'nobody')}" if item.commit else ""
    words = "UNVERIFIED " if item.is_unverified else ""
    return f"{words}{plain(item.subject)}: {plain(item.message, limit=PROSE_LENGTH)}{commit}"
