"""`promoter pull`: fetch the artifact that a stage serves now, held against the digest that git pins."""

import sys
from collections.abc import Iterable
from pathlib import Path

import click

from promoter.commands.past import open_past
from promoter.commands.resolve import parse_address, place_of_artifact, served
from promoter.errors import Location, Problem, ProposalError
from promoter.evidence.download import bring
from promoter.evidence.store import read_chunks
from promoter.policy.rulebook import read_rules
from promoter.policy.uri import check_uri


@click.command(help="Fetch the artifact that MODEL#STAGE serves now; run it again to go on after a break.")
@click.argument("address", metavar="MODEL#STAGE")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), required=True, help="File to write.")
@click.option("--allow-unverified", is_flag=True, help="Fetch even where no decision record stands for the state.")
@click.option("--allow-withdrawn", is_flag=True, help="Fetch even where the version is withdrawn.")
@click.option("--repo", type=click.Path(path_type=Path), default=Path(), help="A folder of the registry.")
def command(*, address: str, out: Path, allow_unverified: bool, allow_withdrawn: bool, repo: Path) -> None:
    """Exit 0: it is there, whole and verified; 1: unverified or withdrawn; 2: other bytes; 3: the store failed."""
    past, stage = open_past(repo), parse_address(address)
    version, manifest = served(past, stage, allow_unverified=allow_unverified, allow_withdrawn=allow_withdrawn)
    artifact, location = manifest.value.artifact, manifest.document.location(("artifact", "uri"))
    stores = read_rules(past.tree).settings.stores
    is_remote = "://" in artifact.uri
    fault = check_uri(artifact.uri, stores) if is_remote else None
    if fault is not None:
        raise ProposalError(Problem(location, fault.message, fault.hint))

    def read_from(start: int) -> Iterable[bytes]:
        if is_remote:
            return read_chunks(artifact.uri, stores, location, start=start)
        path = place_of_artifact(stage, version, artifact.uri)
        return (past.tree.read(path, limit_bytes=artifact.size_bytes)[start:],)

    if not out.parent.is_dir():
        raise ProposalError(Problem(Location(str(out)), "its folder does not exist", "make the folder first"))
    is_watched = sys.stderr.isatty()
    with click.progressbar(length=artifact.size_bytes, file=sys.stderr, hidden=not is_watched) as bar:
        bring(
            read_from,
            out,
            digest=artifact.digest,
            size_bytes=artifact.size_bytes,
            location=location,
            tell=bar.update,
        )
    click.echo(f"{out}  {version}  {artifact.digest}")
