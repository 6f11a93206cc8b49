"""`promoter promote`: move a stage pointer on the one branch of that model and stage, and open its pull request."""

from pathlib import Path

import click

from promoter.commands.addressing import one_line, parse_stage, parse_version, require_stage
from promoter.commands.delivering import Delivery, delivery_options, open_desk
from promoter.commands.moving import branch_of, carry_out, plan_move
from promoter.commands.past import Past, open_past
from promoter.errors import Location, Problem, ProposalError
from promoter.history.occupancy import first_entries
from promoter.registry.address import StageAddress
from promoter.registry.returning import is_return


@click.command(help="Move a STAGE to a version: commit it on a branch, judge it, open or update its pull request.")
@click.argument("version", metavar="MODEL@VERSION")
@click.option("--stage", required=True, help="Stage that is to serve it.")
@click.option("--change", default=None, callback=one_line, help="Ticket of the change record.")
@click.option("--reason", default=None, callback=one_line, help="Why, where the change itself does not say.")
@delivery_options
@click.option("--repo", type=click.Path(path_type=Path), default=Path(), help="A folder of the registry.")
def command(
    *, version: str, stage: str, change: str | None, reason: str | None, delivery: Delivery, repo: Path
) -> None:
    """Exit as `promoter check` does."""
    address = parse_version(version)
    target = parse_stage(f"{address.model}#{stage}")
    past = open_past(repo)
    require_stage(past, target)
    _refuse_return(past, target, address.version)
    desk = open_desk(past, branch_of(target), delivery)
    message = f"Promote {target} to {address.version}\n" + (f"\nReason: {reason}\n" if reason else "")
    move = plan_move(past, target, address.version, keys={"change": change, "reason": reason}, message=message)
    carry_out(move, past, desk=desk, delivery=delivery, revert=None)


def _refuse_return(past: Past, target: StageAddress, version: str) -> None:
    """Raise ProposalError for a version that came in before the one that serves: its merge would read as a rollback."""
    moves = past.timeline.moves(target, until=len(past.timeline.line) - 1)
    now = moves[-1].version if moves else None
    if is_return(version, replaced=now, entered=first_entries(moves)):
        message = f"{version} served {target} before {now} came in: going there is a way back, not a promotion"
        hint = f"use `promoter rollback {target} --to {version} --reason ...`, which says so"
        raise ProposalError(Problem(Location(str(target)), message, hint))
