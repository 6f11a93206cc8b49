"""`promoter status`: what every stage serves, since when; what waits for it, why not yet, who next, earliest when."""

import json
from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click

from promoter.commands.history import shown_moment
from promoter.commands.past import open_past
from promoter.commands.pending import Pending, find_pending
from promoter.commands.times import parse_moment
from promoter.history.outlook import Outlook, Waiting, build_outlook
from promoter.policy.rulebook import read_rules
from promoter.registry.address import StageAddress
from promoter.report.plain import plain


@click.command(help="Show every model and stage: version, age, what waits, why not yet, who next, earliest when.")
@click.option("--at", default=None, help="Moment to look from, as 2026-01-31T09:00:00Z; default: now.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--repo", type=click.Path(path_type=Path), default=Path(), help="A folder of the registry.")
def command(*, at: str | None, as_json: bool, repo: Path) -> None:
    """Read the tip of the default branch, its history, and what branches and fetched pull requests propose."""
    moment = datetime.now(UTC) if at is None else parse_moment(at)
    past = open_past(repo)
    outlooks = build_outlook(past.tree, read_rules(past.tree), past.timeline.events, at=moment)
    pending: dict[StageAddress, list[Pending]] = defaultdict(list)
    for item in find_pending(past, {outlook.address: outlook.version for outlook in outlooks}):
        pending[item.address].append(item)
    if as_json:
        rows = [_json(outlook, pending[outlook.address], moment) for outlook in outlooks]
        click.echo(json.dumps(rows, indent=1, ensure_ascii=False))
        return
    for outlook in outlooks:
        age = "" if outlook.since is None else f"  for {_days(moment - outlook.since)}"
        click.echo(plain(f"{outlook.address}  {outlook.version or 'nothing'}{age}"))
        if outlook.waiting is not None:
            click.echo(f"  waits: {plain(_sentence(outlook.waiting, moment))}")
        for item in pending[outlook.address]:
            proposed = item.version or "nothing"
            click.echo(f"  pending: {plain(f'{proposed}; proposed by {item.reference}, commit {item.commit[:10]}')}")


def _sentence(waiting: Waiting, moment: datetime) -> str:
    soak = f"soaks until {shown_moment(waiting.earliest)}" if waiting.earliest > moment else "may be promoted now"
    roles = ", ".join(f"{count} x {role}" for role, count in waiting.approvals) or "nobody's approval is asked"
    return f"{waiting.version}; {soak}; next: {roles}"


def _days(age: timedelta) -> str:
    return f"{age.days} days" if age.days != 1 else "1 day"


def _json(outlook: Outlook, pending: Sequence[Pending], moment: datetime) -> dict[str, object]:
    waiting = outlook.waiting
    return {
        "model": outlook.address.model,
        "stage": outlook.address.stage,
        "version": outlook.version,
        "since": outlook.since and shown_moment(outlook.since),
        "age_days": outlook.since and (moment - outlook.since).total_seconds() / 86_400,
        "waiting": waiting
        and {
            "version": waiting.version,
            "earliest": shown_moment(waiting.earliest),
            "is_soaking": waiting.earliest > moment,
            "approvals": [{"role": role, "count": count} for role, count in waiting.approvals],
        },
        "pending": [{"version": item.version, "reference": item.reference, "commit": item.commit} for item in pending],
    }
