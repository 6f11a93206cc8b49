"""`promoter rollback`: bring the last good version back, as a revert where that is what it is."""

from pathlib import Path

import click

from promoter.commands.moving import carry_out, parse_stage, plan_move
from promoter.commands.past import open_past
from promoter.errors import Location, Problem, ProposalError
from promoter.history.event import MOVES, Event


@click.command(help="Bring a stage back to the version it served before, or to --to: the revert, judged as a rollback.")
@click.argument("stage", metavar="MODEL#STAGE")
@click.option("--to", "version", default=None, help="Version to return to; default: the one served before.")
@click.option("--reason", required=True, help="What hurts.")
@click.option("--incident", default=None, help="Id of the incident's file.")
@click.option("--dry-run", "is_dry_run", is_flag=True, help="Print the difference and write nothing.")
@click.option("--repo", type=click.Path(path_type=Path), default=Path(), help="A folder of the registry.")
def command(
    *, stage: str, version: str | None, reason: str, incident: str | None, is_dry_run: bool, repo: Path
) -> None:
    """Exit as `promoter check` does."""
    address = parse_stage(stage)
    past = open_past(repo)
    moves = [
        event
        for event in past.timeline.events
        if event.kind in MOVES and (event.model, event.stage) == (address.model, address.stage)
    ]
    target = version or last_good(moves, str(address))
    served = {event.version for event in moves}
    if target not in served:
        known = ", ".join(sorted(name for name in served if name)) or "none"
        message = f"{target} never served {address}, so a return to it would be a promotion"
        raise ProposalError(Problem(Location(str(address)), message, f"use promote, or one that served: {known}"))
    trailers = f"Reason: {reason}\n" + (f"Incident: {incident}\n" if incident else "")
    text = f"Roll {address} back to {target}\n\n{trailers}"
    move = plan_move(past, address, target, keys={"reason": reason}, message=text)
    is_last = moves[-1].replaced == target
    carry_out(move, past, repo=repo, revert=moves[-1].commit if is_last else None, is_dry_run=is_dry_run)


def last_good(moves: list[Event], address: str) -> str:
    """Return the version that the stage served before its last move. Raises ProposalError where there is none."""
    if not moves or moves[-1].replaced is None:
        message = f"{address} has served nothing before, so there is no version to return to"
        raise ProposalError(Problem(Location(address), message, "retire the stage by removing its pointer"))
    return moves[-1].replaced
