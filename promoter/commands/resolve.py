"""`promoter resolve`: the version that a stage serves now, its uri and digest; from git alone, without a network."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import click

from promoter.commands.past import Past, open_past
from promoter.digest import sha256_bytes
from promoter.errors import Location, Problem, ProposalError
from promoter.history.event import EventKind
from promoter.history.landing import registered_until
from promoter.history.record import DECISIONS, MAX_BYTES, VERSIONS, read_record, record_names
from promoter.registry.address import StageAddress
from promoter.registry.layout import MODELS
from promoter.registry.manifest import Manifest
from promoter.registry.reading import Read
from promoter.registry.stock import Shelf
from promoter.report.plain import PROSE_LENGTH, plain


@click.command(help="Print what MODEL#STAGE serves now: version, uri and digest.")
@click.argument("address", metavar="MODEL#STAGE")
@click.option("--allow-unverified", is_flag=True, help="Answer even where no decision record stands for the state.")
@click.option("--allow-withdrawn", is_flag=True, help="Answer even where the version is withdrawn.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--repo", type=click.Path(path_type=Path), default=Path(), help="A folder of the registry.")
def command(*, address: str, allow_unverified: bool, allow_withdrawn: bool, as_json: bool, repo: Path) -> None:
    """Exit 0: here it is; 1: unverified or withdrawn; 2: the stage serves nothing, or cannot be read."""
    past = open_past(repo)
    stage = parse_address(address)
    version, manifest = served(past, stage, allow_unverified=allow_unverified, allow_withdrawn=allow_withdrawn)
    artifact = manifest.value.artifact
    found = {
        "model": stage.model,
        "stage": stage.stage,
        "version": version,
        "uri": artifact.uri if "://" in artifact.uri else place_of_artifact(stage, version, artifact.uri),
        "digest": artifact.digest,
        "size_bytes": artifact.size_bytes,
        "commit": past.tip,
        "verified": not allow_unverified or explain_unverified(past, stage, version) is None,
        "withdrawn": allow_withdrawn and find_withdrawal(past, stage, version) is not None,
    }
    if as_json:
        click.echo(json.dumps(found, indent=1, ensure_ascii=False))
    else:
        click.echo(f"{version}  {found['uri']}  {artifact.digest}")


def served(
    past: Past, stage: StageAddress, *, allow_unverified: bool, allow_withdrawn: bool
) -> tuple[str, Read[Manifest]]:
    """Return the version that a stage serves, with its manifest.

    Exits with 1 where the version is withdrawn or unverified; raises ProposalError where the stage serves nothing.
    """
    shelf = Shelf(past.tree, stage.model)
    try:
        pointer = shelf.read_stage(stage.stage)
    except ProposalError as error:
        raise ProposalError(*error.problems, _broken(past, stage)) from error
    if pointer is None:
        others = ", ".join(f"{stage.model}#{name}" for name in _pointers(shelf)) or "no stage of this model"
        raise ProposalError(Problem(Location(str(stage)), "this stage serves nothing", f"served: {others}"))
    version = pointer.value.version
    why_withdrawn = None if allow_withdrawn else find_withdrawal(past, stage, version)
    if why_withdrawn is not None:
        hint = "`promoter rollback` brings back what was served before; --allow-withdrawn answers all the same"
        _refuse(f"{stage}: version {version} is withdrawn: {why_withdrawn}", hint)
    why_unverified = None if allow_unverified else explain_unverified(past, stage, version)
    if why_unverified is not None:
        hint = "see `promoter audit verify`; --allow-unverified answers all the same"
        _refuse(f"{stage}: version {version} is UNVERIFIED: {why_unverified}", hint)
    return version, shelf.read_manifest(version)


def find_withdrawal(past: Past, stage: StageAddress, version: str) -> str | None:
    """Return the reason for which a version is withdrawn, or None where it is not."""
    withdrawals = Shelf(past.tree, stage.model).withdrawn()
    return next((entry.reason for entry in withdrawals if entry.version == version), None)


def _pointers(shelf: Shelf) -> Iterator[str]:
    """Yield the stages that have a pointer; one that cannot be followed says so."""
    serving = shelf.serving()
    for entry in shelf.tree.children(f"{shelf.folder}/stages"):
        name = entry.path.rpartition("/")[2].removesuffix(".yaml")
        yield name if name in serving else f"{name} (cannot be followed)"


def _broken(past: Past, stage: StageAddress) -> Problem:
    """Return which commit left a pointer that cannot be followed, and the way out."""
    line = past.timeline.line
    commit = line.commit_id(past.timeline.standings(len(line) - 1)[stage].position)
    message = f"UNVERIFIED: commit {commit[:10]} set this pointer, and it cannot be followed"
    return Problem(Location(str(stage)), message, "`promoter rollback` brings back what was served before")


def place_of_artifact(stage: StageAddress, version: str, uri: str) -> str:
    """Return the path in the registry of an artifact that lies in its version's folder."""
    return f"{MODELS}/{stage.model}/versions/{version}/{uri}"


def explain_unverified(past: Past, address: StageAddress, version: str) -> str | None:
    """Return why no decision record stands for what a stage serves, or None where the last one does."""
    tree = past.tree
    overridden = _why_altered(past, address, version) or _why_reinstated(past, address.model, version)
    if overridden is not None:
        return overridden
    folder = f"{DECISIONS}/{address.model}/{address.stage}"
    names = record_names(tree, folder)
    if not names:
        return f"there is no decision record in {folder}/"
    record = read_record(tree, f"{folder}/{names[-1]}")
    line = past.timeline.line
    setter = line.commit_id(past.timeline.standings(len(line) - 1)[address].position)
    about = (record.value.get("model"), record.value.get("stage"), record.value.get("version"))
    if about != (address.model, address.stage, version) or record.value.get("commit") != setter:
        return f"commit {setter[:10]} set it, and the last record, {names[-1]}, is about another change"
    before = tree.read(f"{folder}/{names[-2]}", limit_bytes=MAX_BYTES) if len(names) > 1 else None
    if record.value.get("previous") != (None if before is None else sha256_bytes(before)):
        return f"{names[-1]} does not name the digest of the record before it: one of the two was changed"
    try:
        faults = record.faults
    except ValueError as error:
        return f"{names[-1]} holds {error}"
    return f"{names[-1]}: {'; '.join(faults)}" if faults else None


def _why_altered(past: Past, address: StageAddress, version: str) -> str | None:
    """Return that a version's folder is not what it was when the stage was set to it, or None where it is.

    Where a rebase landed the pointer before the version's last file, it is what the last of those commits left.
    """
    folder = f"{MODELS}/{address.model}/versions/{version}"
    last = len(past.timeline.line) - 1
    setter = past.timeline.standings(last)[address].position
    complete = registered_until(past.timeline, past.tree, address.model, version)
    if past.tree_at(max(setter, complete or 0)).tree_id_of(folder) == past.tree.tree_id_of(folder):
        return None
    position = next(past.timeline.changes_back((folder,), until=last))
    return f"commit {past.timeline.line.commit_id(position)[:10]} altered it after it was put in service"


def _why_reinstated(past: Past, model: str, version: str) -> str | None:
    """Return that a record says that a version was withdrawn, though withdrawn.yaml no longer does, or None."""
    folder = f"{DECISIONS}/{model}/{VERSIONS}"
    for name in record_names(past.tree, folder):
        if name.partition("-")[2] == f"{version}.json":
            record = read_record(past.tree, f"{folder}/{name}", is_whole=False)
            if record.value.get("kind") == EventKind.WITHDRAWAL:
                return f"{name} says that it was withdrawn, and withdrawn.yaml no longer does"
    return None


def parse_address(address: str) -> StageAddress:
    """Return a stage's address. Raises ProposalError with where to find all of them."""
    try:
        return StageAddress.parse(address)
    except ValueError as error:
        raise ProposalError(Problem(Location(address), str(error), "see `promoter status` for all of them")) from error


def _refuse(what: str, hint: str) -> None:
    click.echo(f"error: {plain(what, limit=PROSE_LENGTH)}; {hint}", err=True)
    sys.exit(1)
