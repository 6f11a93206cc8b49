"""`promoter record bring`: what GitHub and the stores know of merges without a record; reads, and writes no record."""

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

import click

from promoter.commands.attending import write_brought
from promoter.commands.case import Case
from promoter.commands.deadline import deadline
from promoter.commands.evidence import bring_files
from promoter.commands.job import repository_option
from promoter.commands.past import Past, open_past
from promoter.commands.record import unrecorded
from promoter.commands.rejudge import open_merged
from promoter.commands.rules_of_base import rules_of
from promoter.errors import PolicyError
from promoter.github.client import Client, connect_from_environment
from promoter.github.merges import read_rebased, read_settled
from promoter.history.event import RECORDED, Event
from promoter.history.landing import landing_of
from promoter.history.people import Merged

WANTED = "wanted.txt"


@click.command("bring", help="In CI: bring who merged and reviewed what has no record, and files from allowed stores.")
@repository_option
@click.option("--repo", type=click.Path(path_type=Path), required=True, help="Bare repository with the default branch.")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Folder to write to.")
@click.option("--timeout", default=1800.0, show_default=True, type=click.FloatRange(min=0.01), help="Seconds.")
def command(*, repository: str | None, repo: Path, out: Path, timeout: float) -> None:
    """Exit 0: all that could be had is there; 3: GitHub or the repository failed."""
    with deadline(timeout, what="bringing the evidence"):
        past = open_past(repo)
        events = unrecorded(past, [event for event in past.timeline.events if event.kind in RECORDED])
        commits = tuple(dict.fromkeys(event.commit for event in events))
        out.mkdir(parents=True, exist_ok=True)
        client = connect_from_environment(repository) if commits else None
        merges = {commit: _merged(client, past, commit) for commit in commits} if client else {}
        write_brought(out, tip=past.tip, commits=merges)
        (out / WANTED).write_text("".join(f"{line}\n" for line in _wanted(merges.values())), encoding="ascii")
        for commit in commits:
            case = open_merged(past, landing_of(past.timeline, commit, merges[commit]))
            if isinstance(case, Case):
                bring_files(case, out)
        tell_count(events)


def _merged(client: Client, past: Past, commit: str) -> Merged:
    branch = past.repository.default_branch().removeprefix("refs/heads/")
    claimed = past.credit(commit).pull_request
    made = past.repository.commit(commit)
    merged = read_settled(
        client,
        commit,
        committed_at=made.committed_at,
        branch=branch,
        claimed=claimed,
        teams=sorted(_teams(past, commit)),
    )
    if merged.pull_request is None or len(made.parent_ids) != 1:
        return merged
    line, place = tuple(past.timeline.positions), past.timeline.positions[commit]
    rebased = read_rebased(client, line, place, number=merged.pull_request, branch=branch)
    return merged if rebased[0] == rebased[1] else merged.model_copy(update={"rebased": rebased})


def _teams(past: Past, commit: str) -> set[str]:
    """Return the teams of the roles of that time: of the commit before the merge."""
    position = past.timeline.positions[commit]
    try:
        roles = rules_of(past.tree_at(max(position - 1, 0))).roles
    except PolicyError:
        return set()  # what no rules can judge asks for nobody, and its record says why
    return {team for role in roles.roles.values() for team in role.teams}


def _wanted(merges: Iterable[Merged]) -> list[str]:
    """Return what is to be fetched beside the branch: the proposals by reference, the reviewed commits by id."""
    found: set[str] = set()
    for merged in merges:
        if merged.reviews is not None:
            found.add(f"refs/pull/{merged.pull_request}/head")
            found |= {review.commit for review in merged.reviews.reviews if review.commit is not None}
    return sorted(found)


def tell_count(events: Sequence[Event]) -> None:
    """Say how many changes lack a record, to the job's next one too."""
    click.echo(f"{len(events):,} changes without a record", err=True)
    path = os.environ.get("GITHUB_OUTPUT")
    if path:
        with Path(path).open("a", encoding="utf-8") as file:
            file.write(f"missing={len(events)}\n")
