"""`promoter rollback`: bring the last good version back, as a revert where that is what it is."""

from pathlib import Path

import click

from promoter.commands.delivering import Delivery, delivery_options, open_desk
from promoter.commands.moving import branch_of, carry_out, parse_stage, plan_move
from promoter.commands.past import Past, open_past
from promoter.errors import Location, Problem, ProposalError
from promoter.history.event import Event
from promoter.history.good import fallbacks, recorded_verdict
from promoter.history.record import KEPT_VERDICTS
from promoter.registry.address import StageAddress
from promoter.registry.stock import Shelf


@click.command(help="Bring a stage back to the version it served before, or to --to, and open the pull request.")
@click.argument("stage", metavar="MODEL#STAGE")
@click.option("--to", "version", default=None, help="Version to return to; default: the last that was not taken back.")
@click.option("--reason", required=True, help="What hurts.")
@click.option("--incident", default=None, help="Id of the incident's file.")
@delivery_options
@click.option("--repo", type=click.Path(path_type=Path), default=Path(), help="A folder of the registry.")
def command(
    *, stage: str, version: str | None, reason: str, incident: str | None, delivery: Delivery, repo: Path
) -> None:
    """Exit as `promoter check` does."""
    address = parse_stage(stage)
    past = open_past(repo)
    desk = open_desk(past, branch_of(address), delivery)
    moves = past.timeline.moves(address, until=len(past.timeline.line) - 1)
    target = version or last_good(past, moves, address)
    served = {event.version for event in moves}
    if target not in served:
        known = ", ".join(sorted(name for name in served if name)) or "none"
        message = f"{target} never served {address}, so a return to it would be a promotion"
        raise ProposalError(Problem(Location(str(address)), message, f"use promote, or one that served: {known}"))
    verdict = recorded_verdict(past.tree, address, target)
    if verdict not in KEPT_VERDICTS:
        known = f"its decision record says {verdict}" if verdict else "no decision record says that it was good"
        click.echo(f"warning: {target} in {address} is UNVERIFIED: {known}", err=True)
    trailers = f"Reason: {reason}\n" + (f"Incident: {incident}\n" if incident else "")
    text = f"Roll {address} back to {target}\n\n{trailers}"
    move = plan_move(past, address, target, keys={"reason": reason}, message=text, incident=incident)
    is_last = moves[-1].replaced == target
    carry_out(move, past, desk=desk, delivery=delivery, revert=moves[-1].commit if is_last else None)


def last_good(past: Past, moves: tuple[Event, ...], address: StageAddress) -> str:
    """Return the nearest version to fall back on that is not withdrawn. Raises ProposalError where there is none."""
    withdrawn = {entry.version for entry in Shelf(past.tree, address.model).withdrawn()}
    standing = fallbacks(moves)
    good = next((version for version in standing if version not in withdrawn), None)
    if good is None:
        gone = f": {', '.join(standing)} served, and may not again (withdrawn.yaml)" if standing else ""
        message = f"it has served nothing before that it can return to{gone}"
        raise ProposalError(Problem(Location(str(address)), message, "retire the stage by removing its pointer"))
    return good
