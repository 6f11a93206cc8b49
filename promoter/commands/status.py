"""`promoter status`: what every stage serves, since when; what waits for it, why not yet, who next, earliest when."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click

from promoter.commands.history import shown_moment
from promoter.commands.past import open_past
from promoter.commands.times import parse_moment
from promoter.history.outlook import Outlook, Waiting, build_outlook
from promoter.policy.rulebook import read_rules
from promoter.report.plain import plain


@click.command(help="Show every model and stage: version, age, what waits, why not yet, who next, earliest when.")
@click.option("--at", default=None, help="Moment to look from, as 2026-01-31T09:00:00Z; default: now.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--repo", type=click.Path(path_type=Path), default=Path(), help="A folder of the registry.")
def command(*, at: str | None, as_json: bool, repo: Path) -> None:
    """Read the tip of the default branch and its history; what is not merged yet is on GitHub, and not here."""
    moment = datetime.now(UTC) if at is None else parse_moment(at)
    past = open_past(repo)
    outlooks = build_outlook(past.tree, read_rules(past.tree), past.timeline.events, at=moment)
    if as_json:
        click.echo(json.dumps([_json(outlook, moment) for outlook in outlooks], indent=1, ensure_ascii=False))
        return
    for outlook in outlooks:
        age = "" if outlook.since is None else f"  for {_days(moment - outlook.since)}"
        click.echo(plain(f"{outlook.address}  {outlook.version or 'nothing'}{age}"))
        if outlook.waiting is not None:
            click.echo(f"  waits: {plain(_sentence(outlook.waiting, moment))}")


def _sentence(waiting: Waiting, moment: datetime) -> str:
    soak = f"soaks until {shown_moment(waiting.earliest)}" if waiting.earliest > moment else "may be promoted now"
    roles = ", ".join(f"{count} x {role}" for role, count in waiting.approvals) or "nobody's approval is asked"
    return f"{waiting.version}; {soak}; next: {roles}"


def _days(age: timedelta) -> str:
    return f"{age.days} days" if age.days != 1 else "1 day"


def _json(outlook: Outlook, moment: datetime) -> dict[str, object]:
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
    }
