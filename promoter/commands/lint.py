"""`promoter lint`: the whole registry, held against formats, layout, references, policies and CODEOWNERS."""

import json
import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from promoter.commands.case import check_rules
from promoter.commands.linting import lint_models, lint_owners
from promoter.commands.policy_lint import as_row
from promoter.errors import Problem
from promoter.git.canonical import check_trees
from promoter.git.repository import open_repository
from promoter.git.snapshot import Snapshot


@click.command(help="Hold the whole registry against its formats, layout, references, policies and CODEOWNERS.")
@click.option("--repo", type=click.Path(path_type=Path), default=Path(), help="A folder of the registry.")
@click.option("--rev", default=None, help="Commit to read; default: the files as they stand, uncommitted ones too.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(*, repo: Path, rev: str | None, as_json: bool) -> None:
    """Print every problem, one a line; exit 2 where there is one."""
    repository = open_repository(repo)
    tree_id = repository.worktree_tree() if rev is None else repository.commit(repository.resolve(rev)).tree_id
    tree = Snapshot(repository, tree_id)
    problems = list(check_trees(None, tree, limit=10_000_000))
    models = 0
    if not problems:
        models, found = lint_models(tree)
        problems += found
        problems += check_rules(tree, datetime.now(UTC))
        problems += lint_owners(tree)
    _print(sorted(set(problems), key=lambda problem: problem.location.sort_key), models, as_json=as_json)
    sys.exit(2 if problems else 0)


def _print(problems: list[Problem], models: int, *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps({"models": models, "problems": list(map(as_row, problems))}, indent=2))
        return
    for problem in problems:
        click.echo(str(problem))
    click.echo(f"{models:,} models, {len(problems):,} problem{'' if len(problems) == 1 else 's'}", err=True)
