"""`promoter evidence`: bring what `evaluate` may not fetch itself, with read-only credentials; nothing is parsed."""

from datetime import UTC, datetime
from pathlib import Path

import click

from promoter.commands.case import Case, open_case
from promoter.commands.deadline import deadline
from promoter.commands.gather import sources_of
from promoter.commands.job import CI_HEAD, base_of, event_option, repository_option
from promoter.decision.contents import wanted_contents
from promoter.errors import PolicyError, PromoterError, ProposalError
from promoter.git.repository import Repository, open_repository
from promoter.github.admission import refuses_fork
from promoter.github.client import Client, connect_from_environment
from promoter.github.event import read_event
from promoter.github.facts import FACTS, REVIEWED, REVIEWS, Facts, head_moved, read_facts
from promoter.github.people import read_people
from promoter.policy.rulebook import RuleBook


@click.command(help="Write facts.json and reviews.json, from GitHub, and the manifests' files from allowed stores.")
@event_option
@repository_option
@click.option("--repo", type=click.Path(path_type=Path), required=True, help="Bare repository with base and head.")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Folder to write to.")
@click.option("--timeout", default=1800.0, show_default=True, type=click.FloatRange(min=0.01), help="Seconds.")
def command(*, event: Path, repository: str | None, repo: Path, out: Path, timeout: float) -> None:
    """Exit 0: all that could be had is there; 3: GitHub or the repository failed."""
    with deadline(timeout, what="bringing the evidence"):
        now = datetime.now(UTC).replace(microsecond=0)
        client = connect_from_environment(repository)
        facts = read_facts(client, read_event(event), now=now)
        out.mkdir(parents=True, exist_ok=True)
        (out / FACTS).write_text(facts.model_dump_json(indent=2), encoding="utf-8")
        try:
            case = _open(open_repository(repo), facts)
        except (ProposalError, PolicyError) as error:
            _tell(error)  # `evaluate` meets it too, and answers with it
            return
        bring_reviews(client, facts, case.rules, out)
        if refuses_fork(facts, case.rules.settings):
            click.echo("no file is brought for a fork: policies/registry.yaml does not say `forks: judge`", err=True)
            return
        bring_files(case, out)


def bring_reviews(client: Client, facts: Facts, rules: RuleBook, out: Path) -> None:
    """Write who made and who reviewed the pull request, with the teams of roles.yaml that the token may read.

    And the commits that were reviewed: after a forced push no branch leads to them, so they are fetched by their ids.
    """
    if facts.reviewed is not None:
        teams = {team for role in rules.roles.roles.values() for team in role.teams}
        people = read_people(client, facts.reviewed, teams=teams)
        (out / REVIEWS).write_text(people.model_dump_json(by_alias=True, indent=2), encoding="utf-8")
        reviewed = {review.commit for review in people.reviews if review.commit is not None}
        (out / REVIEWED).write_text("".join(f"{commit}\n" for commit in sorted(reviewed)), encoding="ascii")


def bring_files(case: Case, out: Path) -> None:
    """Fetch each file in a store that the change's requests name into `out`, verified by digest.

    What cannot be had is told and left out: the policy that needs it says so at the manifest's line.
    """
    remote = [content for content in wanted_contents(case.items) if content.uri is not None]
    trees = (case.merged_tree, case.base_tree)
    for bring in sources_of(remote, trees, case.rules.settings, cache=out / "content").values():
        try:
            if not isinstance(bring, Path):
                bring()
        except ProposalError as error:
            _tell(error)


def _open(repository: Repository, facts: Facts) -> Case:
    if repository.resolve(CI_HEAD) != facts.head:
        raise head_moved(facts.number or 0, expected=facts.head, found=repository.resolve(CI_HEAD))
    return open_case(repository, base=base_of(repository, facts), head=facts.head, is_worktree=False, at=facts.at)


def _tell(error: PromoterError) -> None:
    for problem in error.problems:
        click.echo(f"not brought: {problem!s:.500}".encode("ascii", "backslashreplace").decode(), err=True)
