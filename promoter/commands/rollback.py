"""`promoter rollback`: bring the last good version back, as a revert where that is what it is."""

from pathlib import Path

import click

from promoter.commands.addressing import incident_id, one_line, parse_stage, require_stage
from promoter.commands.delivering import Delivery, delivery_options, open_desk
from promoter.commands.moving import branch_of, carry_out, plan_move
from promoter.commands.past import Past, open_past
from promoter.errors import Location, Problem, ProposalError
from promoter.history.event import Event
from promoter.history.good import fallbacks, newest_record
from promoter.history.occupancy import first_entries
from promoter.history.record import Record
from promoter.registry.address import StageAddress
from promoter.registry.layout import MODELS
from promoter.registry.returning import is_return
from promoter.registry.stock import Shelf


@click.command(help="Bring a stage back to the version it served before, or to --to, and open the pull request.")
@click.argument("stage", metavar="MODEL#STAGE")
@click.option("--to", "version", default=None, help="Version to return to; default: the last that was not taken back.")
@click.option("--reason", required=True, callback=one_line, help="What hurts.")
@click.option("--incident", default=None, callback=incident_id, help="Id of the incident's file.")
@delivery_options
@click.option("--repo", type=click.Path(path_type=Path), default=Path(), help="A folder of the registry.")
def command(
    *, stage: str, version: str | None, reason: str, incident: str | None, delivery: Delivery, repo: Path
) -> None:
    """Exit as `promoter check` does."""
    address = parse_stage(stage)
    past = open_past(repo)
    require_stage(past, address)
    desk = open_desk(past, branch_of(address), delivery)
    moves = past.timeline.moves(address, until=len(past.timeline.line) - 1)
    target = version or last_good(past, moves, address)
    require_return(moves, address, target)
    doubt = _doubt(newest_record(past.tree, address, target))
    if doubt is not None:
        click.echo(f"warning: {target} in {address} is UNVERIFIED: {doubt}", err=True)
    if incident is not None:
        _tell_of_incident(past, address, incident)
    trailers = f"Reason: {reason}\n" + (f"Incident: {incident}\n" if incident else "")
    text = f"Roll {address} back to {target}\n\n{trailers}"
    move = plan_move(past, address, target, keys={"reason": reason}, message=text, incident=incident)
    is_last = moves[-1].replaced == target
    carry_out(move, past, desk=desk, delivery=delivery, revert=moves[-1].commit if is_last else None)


def require_return(moves: tuple[Event, ...], address: StageAddress, target: str) -> None:
    """Raise ProposalError for a version that never served the stage, or came in after the one that serves now."""
    entered, now = first_entries(moves), moves[-1].version if moves else None
    if target not in entered:
        known = ", ".join(sorted(entered)) or "none"
        message = f"{target} never served {address}, so a return to it would be a promotion"
        raise ProposalError(Problem(Location(str(address)), message, f"use promote, or one that served: {known}"))
    if now is not None and target != now and not is_return(target, replaced=now, entered=entered):
        message = f"{target} came in after {now}, which {address} serves: going there is a promotion, not a way back"
        hint = f"use `promoter promote {address.model}@{target} --stage {address.stage}`, with a --reason that is new"
        raise ProposalError(Problem(Location(str(address)), message, hint))


def _tell_of_incident(past: Past, address: StageAddress, incident: str) -> None:
    path = f"{MODELS}/{address.model}/incidents/{incident}.yaml"
    if past.tree.entry(path) is None:
        click.echo(f"note: {path} is not there yet: write it when there is time", err=True)


def _doubt(record: Record | None) -> str | None:
    """Return why nobody knows that a version was good where it served, by the newest record of it there."""
    if record is None:
        return "no decision record says that it was good"
    try:
        return "; ".join(record.faults) or None
    except ValueError as error:
        return f"{record.path} holds {error}"


def last_good(past: Past, moves: tuple[Event, ...], address: StageAddress) -> str:
    """Return the nearest version to fall back on that is not withdrawn. Raises ProposalError where there is none."""
    withdrawn = {entry.version for entry in Shelf(past.tree, address.model).withdrawn()}
    standing = fallbacks(moves)
    good = next((version for version in standing if version not in withdrawn), None)
    skipped = standing[: standing.index(good)] if good is not None else ()
    for version in skipped:
        click.echo(f"note: {version}, which served before, is withdrawn: the way back goes on to {good}", err=True)
    if good is None:
        gone = f": {', '.join(standing)} served, and may not again (withdrawn.yaml)" if standing else ""
        message = f"it has served nothing before that it can return to{gone}"
        raise ProposalError(Problem(Location(str(address)), message, "retire the stage by removing its pointer"))
    return good
