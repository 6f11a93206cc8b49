"""`promoter record`: write the decision record of every merged change that has none, in the order of the merges."""

import json
from collections import defaultdict
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import click

from promoter.commands.attending import read_brought
from promoter.commands.caching import cache_folder
from promoter.commands.default_command import DefaultCommand
from promoter.commands.judging import Workshop
from promoter.commands.past import Past, past_before
from promoter.commands.record_make import make_all
from promoter.errors import Location, Problem, ProposalError, ServiceError
from promoter.git.recording import commit_new_files
from promoter.git.repository import open_repository
from promoter.history.event import RECORDED, Event
from promoter.history.record import TRAILER, folder_of, read_record, record_names, version_of

_PART = "promoter-record.part"


@click.command("missing")
@click.option("--repo", type=click.Path(path_type=Path), default=Path(), help="A folder of the registry.")
@click.option("--since", default=None, help="Only changes after this commit of the default branch.")
@click.option("--commit", "with_commit", is_flag=True, help="Commit the records to the default branch, in one commit.")
@click.option("--brought", type=click.Path(path_type=Path), help="What `record bring` wrote; without it nobody agreed.")
@click.option("--out", type=click.Path(path_type=Path), help="Folder to write to in place of the working tree.")
def missing(*, repo: Path, since: str | None, with_commit: bool, brought: Path | None, out: Path | None) -> None:
    """Write the decision record of every merged change that has none.

    1. Find what has no record. 2. Judge it again. 3. Write the files. 4. Commit them: all or none. A run that ends
    anywhere leaves whole files at most, which no commit holds; the next run writes them again.
    """
    if with_commit and out is not None:
        raise click.UsageError("--out writes to a folder, --commit to the branch: choose one")
    found = read_brought(brought) if brought else None
    past, branch = _open_local(repo, tip=found.tip if found else None)
    start = -1 if since is None else past.position_of(since, option="--since")
    events = [event for event in past.timeline.events if event.kind in RECORDED]
    missing = [event for event in unrecorded(past, events) if past.timeline.positions[event.commit] > start]
    workshop = Workshop(cache=brought or cache_folder(), is_brought=brought is not None)
    files = dict(make_all(past, missing, workshop, found.commits if found else None))
    for path, content in files.items():
        write_file((out or past.repository.folder) / path, content, part=(out or past.reader.git_folder) / _PART)
        click.echo(path)
    if with_commit and files:
        commit = commit_new_files(past.repository.folder, branch, past.tip, files, message_of(len(files)))
        click.echo(f"commit {commit}", err=True)
    click.echo(f"{len(files):,} records written, {len(events) - len(missing):,} were there", err=True)
    if found is None:
        warn_of_unknown(sum(map(is_waiting, files.values())))


def is_waiting(record: bytes) -> bool:
    """Say whether a record lacks somebody's approval."""
    return any(change["approvals"]["missing"] for change in json.loads(record)["decision"]["changes"])


def warn_of_unknown(count: int) -> None:
    """Say that what was recorded without GitHub never tells who agreed: records are never written over."""
    if count:
        changes = "1 change" if count == 1 else f"{count:,} changes"
        hint = "before it is pushed, drop it, and run `promoter record bring` and `promoter record --brought`"
        click.echo(
            f"warning: whether the roles of {changes} agreed stays unknown: GitHub was not asked; {hint}", err=True
        )


def message_of(count: int) -> str:
    """Return the message of the commit that adds so many records."""
    changes = "change" if count == 1 else "changes"
    return f"Record the decisions on {count} {changes}\n\n{TRAILER}\n"


command = DefaultCommand(
    "record",
    default=missing,
    others={
        "bring": "promoter.commands.record_bring",
        "place": "promoter.commands.record_place",
        "follow": "promoter.commands.record_follow",
    },
)


def _open_local(folder: Path, *, tip: str | None) -> tuple[Past, str]:
    """Return the history of the branch that records are committed to, and its full name; `tip` names an earlier tip.

    It is the local default branch, which holds records that are not pushed yet; without one, what origin's was.
    """
    repository = open_repository(folder)
    default = repository.default_branch()
    branch = default.replace("refs/remotes/origin/", "refs/heads/")
    if tip is not None:
        return past_before(repository, repository.resolve(tip)), branch
    with suppress(ProposalError):
        return past_before(repository, repository.resolve(branch)), branch
    return past_before(repository, repository.resolve(default)), branch


def unrecorded(past: Past, events: Sequence[Event]) -> list[Event]:
    """Return the events that the tip holds no record of, oldest first. Files outside of a commit do not count."""
    by_folder: dict[str, list[Event]] = defaultdict(list)
    for event in events:
        by_folder[folder_of(event)].append(event)
    missing: set[int] = set()
    for folder, expected in by_folder.items():
        names = record_names(past.tree, folder)
        in_order = [f"{number:04d}-{version_of(event)}.json" for number, event in enumerate(expected, 1)]
        if list(names) != in_order:
            records = [read_record(past.tree, f"{folder}/{name}") for name in names]
            missing |= {id(event) for event in expected if not any(record.is_about(event) for record in records)}
    return [event for event in events if id(event) in missing]


def write_file(target: Path, content: bytes, *, part: Path) -> None:
    """Write a file whole or not at all; the part lies where no commit and no later job finds it."""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        part.write_bytes(content)
        part.replace(target)
    except OSError as exc:
        hint = "make the folder writable, then run `promoter record` again"
        raise ServiceError(Problem(Location(str(target)), f"the record cannot be written: {exc}", hint)) from exc
