"""What the commands of the gate's jobs share: the references that were fetched, and the options of a job."""

from pathlib import Path

import click

from promoter.errors import Location, Problem, ServiceError
from promoter.git.repository import Repository
from promoter.github.facts import Facts

CI_HEAD, CI_BASE = "refs/promoter/head", "refs/promoter/base"
"""Where the workflow's fetch puts both commits; see .github/actions/fetch."""

event_option = click.option(
    "--event",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    envvar="GITHUB_EVENT_PATH",
    required=True,
    help="GitHub's payload of the event; in Actions GITHUB_EVENT_PATH names it.",
)
repository_option = click.option(
    "--repository", default=None, help="owner/name on GitHub; in Actions GITHUB_REPOSITORY names it."
)


def base_of(repository: Repository, facts: Facts) -> str:
    """Return the commit that supplies rules and engine. Raises ServiceError where a merge group has another base."""
    base = repository.resolve(CI_BASE)
    if facts.group_base is not None and facts.group_base != base:
        message = f"the merge group builds on {facts.group_base}, the engine was taken from {base}"
        raise ServiceError(Problem(Location(CI_BASE), message, "check out the group's base in the workflow"))
    return base
