"""`promoter record place`: commit records that another job made, where they follow what the branch holds now."""

from collections.abc import Iterator
from pathlib import Path

import click

from promoter.commands.record import message_of
from promoter.errors import Location, Problem, ServiceError
from promoter.git.recording import commit_new_files
from promoter.git.repository import open_repository
from promoter.git.snapshot import Snapshot
from promoter.history.placing import place_records
from promoter.history.record import MAX_BYTES

_MOST_FILES = 100_000


@click.command("place", help="In CI: commit records to a branch of a bare repository; prints the commit to push.")
@click.option("--repo", type=click.Path(path_type=Path), required=True, help="Bare repository with the branch's tip.")
@click.option("--branch", required=True, help="The default branch.")
@click.option("--records", type=click.Path(path_type=Path), required=True, help="What `promoter record --out` wrote.")
def command(*, repo: Path, branch: str, records: Path) -> None:
    """Exit 0: the commit is printed, or nothing where the branch holds all; 3: they do not follow what it holds."""
    repository = open_repository(repo)
    reference = f"refs/heads/{branch}"
    tip = repository.resolve(reference)
    tree = Snapshot(repository, repository.commit(tip).tree_id)
    added = place_records(tree, dict(_files(records)))
    if added:
        click.echo(commit_new_files(repository.folder, reference, tip, added, message_of(len(added))))


def _files(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Yield path and bytes of each file below a folder that another job wrote. Raises ServiceError for a link."""
    for count, path in enumerate(sorted(folder.rglob("*"))):
        name = path.relative_to(folder).as_posix()
        is_file = path.is_file()
        if path.is_symlink() or not (is_file or path.is_dir()) or count > _MOST_FILES:
            raise ServiceError(_unusable(name, "there is something here that is no record"))
        if is_file and path.stat().st_size > MAX_BYTES:
            raise ServiceError(_unusable(name, f"it is larger than {MAX_BYTES:,} bytes"))
        if is_file:
            yield name, path.read_bytes()


def _unusable(name: str, why: str) -> Problem:
    return Problem(Location(name), why, "run the workflow again, and look who writes its artifacts")
