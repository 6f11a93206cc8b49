"""`promoter policy lint`: rules that load and still cannot work."""

import json
import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from promoter.commands.case import check_rules
from promoter.commands.policy_rules import open_rules
from promoter.commands.times import parse_moment
from promoter.errors import PolicyError, Problem, ProposalError


@click.command("lint", help="Find names that nobody has, units that cannot be, bounds that exclude each other.")
@click.option("--repo", type=click.Path(path_type=Path), default=Path(), help="A folder of the registry.")
@click.option("--rev", default=None, help="Commit to read; default: the files as they stand, uncommitted ones too.")
@click.option("--at", default=None, help="Moment against which dates are held, as 2026-01-31; default: now.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def lint(*, repo: Path, rev: str | None, at: str | None, as_json: bool) -> None:
    """Print every problem, one a line; exit 2 where there is one."""
    moment = datetime.now(UTC) if at is None else parse_moment(at)
    policies, problems = _lint(repo, rev, moment)
    if as_json:
        click.echo(json.dumps({"policies": policies, "problems": list(map(as_row, problems))}, indent=2))
    else:
        for problem in problems:
            click.echo(str(problem))
        count = f"{len(problems):,} problem{'' if len(problems) == 1 else 's'}"
        click.echo(f"{policies:,} policies, {count}", err=True)
    sys.exit(2 if problems else 0)


def _lint(repo: Path, rev: str | None, at: datetime) -> tuple[int, tuple[Problem, ...]]:
    """Return how many policies were read, and what is wrong; rules that cannot be read are told alone."""
    try:
        opened = open_rules(repo, rev)
    except (PolicyError, ProposalError) as error:
        return 0, error.problems
    return len(opened.rules.policies), check_rules(opened.tree, at)


def as_row(problem: Problem) -> dict[str, object]:
    """Return a problem as plain JSON."""
    place = problem.location
    return {
        "path": place.path,
        "line": place.line,
        "column": place.column,
        "message": problem.message,
        "hint": problem.hint,
    }
