"""`promoter evidence`: bring what `evaluate` may not fetch itself, with read-only credentials; nothing is parsed."""

from datetime import UTC, datetime
from pathlib import Path

import click

from promoter.commands.case import open_case
from promoter.commands.deadline import deadline
from promoter.commands.gather import sources_of
from promoter.commands.pull import CI_HEAD, base_of, event_option, repository_option
from promoter.decision.contents import wanted_contents
from promoter.errors import PromoterError, ProposalError
from promoter.git.repository import Repository, open_repository
from promoter.github.client import connect_from_environment
from promoter.github.event import read_event
from promoter.github.facts import FILE_NAME, Facts, head_moved, read_facts


@click.command(help="Write facts.json, from GitHub, and the files that the manifests name, from the allowed stores.")
@event_option
@repository_option
@click.option("--repo", type=click.Path(path_type=Path), required=True, help="Bare repository with base and head.")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Folder to write to.")
@click.option("--timeout", default=1800.0, show_default=True, type=click.FloatRange(min=0.01), help="Seconds.")
def command(*, event: Path, repository: str | None, repo: Path, out: Path, timeout: float) -> None:
    """Exit 0: all that could be had is there; 3: GitHub or the repository failed."""
    with deadline(timeout, what="bringing the evidence"):
        now = datetime.now(UTC).replace(microsecond=0)
        facts = read_facts(connect_from_environment(repository), read_event(event), now=now)
        out.mkdir(parents=True, exist_ok=True)
        (out / FILE_NAME).write_text(facts.model_dump_json(indent=2), encoding="utf-8")
        try:
            bring_files(open_repository(repo), facts, out)
        except ProposalError as error:
            _tell(error)


def bring_files(repository: Repository, facts: Facts, out: Path) -> None:
    """Fetch each file in a store that the change's requests name into `out`, verified by digest.

    What cannot be had is told and left out: the policy that needs it says so at the manifest's line.
    """
    if repository.resolve(CI_HEAD) != facts.head:
        raise head_moved(facts.number or 0, expected=facts.head, found=repository.resolve(CI_HEAD))
    case = open_case(repository, base=base_of(repository, facts), head=facts.head, is_worktree=False, at=facts.at)
    remote = [content for content in wanted_contents(case.items) if content.uri is not None]
    trees = (case.merged_tree, case.base_tree)
    for bring in sources_of(remote, trees, case.rules.settings, cache=out / "content").values():
        try:
            if not isinstance(bring, Path):
                bring()
        except ProposalError as error:
            _tell(error)


def _tell(error: PromoterError) -> None:
    for problem in error.problems:
        click.echo(f"not brought: {problem!s:.500}".encode("ascii", "backslashreplace").decode(), err=True)
