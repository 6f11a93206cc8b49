"""`promoter history`: what happened to the registry, a model or a stage; and what was served on a day, set by whom."""

import json
import re
import shutil
import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path

import click

from promoter.commands.past import Past, open_past
from promoter.commands.times import parse_end, parse_moment
from promoter.errors import Location, Problem, ProposalError
from promoter.history.event import Event, event_json
from promoter.registry.address import ID_PATTERN, MODEL_PATTERN, StageAddress
from promoter.report.columns import column_lines
from promoter.report.plain import plain

_SUBJECT = re.compile(rf"(?P<model>{MODEL_PATTERN})(?:#(?P<stage>{ID_PATTERN}))?")


@click.command(help="List what happened to the registry, a MODEL or a MODEL#STAGE; --as-of: what was served then.")
@click.argument("subject", required=False, metavar="[MODEL[#STAGE]]")
@click.option("--as-of", "as_of", default=None, help="Show what each stage served then; a day is its end, in UTC.")
@click.option("--since", default=None, help="Only events from this moment on.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--repo", type=click.Path(path_type=Path), default=Path(), help="A folder of the registry.")
def command(*, subject: str | None, as_of: str | None, since: str | None, as_json: bool, repo: Path) -> None:
    """Print events from the oldest to the newest, or the stages in the order of their addresses."""
    if as_of is not None and since is not None:
        raise click.UsageError("--as-of shows one moment, --since what happened after one: choose one")
    is_about = _selection(subject)
    past = open_past(repo)
    if as_of is not None:
        if not _print_standings(past, parse_end(as_of, option="--as-of"), is_about, as_json=as_json):
            _refuse_unknown(past, subject, is_about)
        return
    start = None if since is None else parse_moment(since, option="--since")
    _refuse_unknown(past, subject, is_about)
    events = [event for event in past.timeline.events if is_about(event.model, event.stage)]
    _print_events(past, [event for event in events if start is None or event.at >= start], as_json=as_json)


def _selection(subject: str | None) -> Callable[[str | None, str | None], bool]:
    """Return whether a model and stage are asked for. Raises ProposalError where the subject is no address."""
    if subject is None:
        return lambda _model, _stage: True
    match = _SUBJECT.fullmatch(subject)
    if match is None:
        hint = "write lending/mortgage, or lending/mortgage#production"
        raise ProposalError(Problem(Location(subject), "this is no model and no stage", hint))
    wanted_model, wanted_stage = match["model"], match["stage"]
    return lambda model, stage: model == wanted_model and wanted_stage in (None, stage)


def _refuse_unknown(past: Past, subject: str | None, is_about: Callable[[str | None, str | None], bool]) -> None:
    """Raise ProposalError for a model or stage of which history holds nothing at all: an empty answer would be none."""
    if subject is not None and not any(is_about(event.model, event.stage) for event in past.timeline.events):
        hint = "run `promoter status` to see models and stages"
        raise ProposalError(Problem(Location(subject), "nothing ever happened to it on the default branch", hint))


def _print_standings(
    past: Past, moment: datetime, is_about: Callable[[str | None, str | None], bool], *, as_json: bool
) -> bool:
    """Print what each stage served; return whether any did."""
    position = past.position_at(moment)
    line = past.timeline.line
    rows = []
    for address, standing in past.timeline.standings(position).items():
        if is_about(address.model, address.stage):
            commit = line.commit_id(standing.position)
            credit = past.credit(commit)
            rows.append(
                {
                    "model": address.model,
                    "stage": address.stage,
                    "version": standing.version,
                    "since": shown_moment(line.at(standing.position)),
                    "commit": commit,
                    "author": credit.author,
                    "committer": credit.committer,
                    "subject": credit.subject,
                    "pull_request": credit.pull_request,
                }
            )
    if as_json:
        click.echo(f'{{"commit": "{line.commit_id(position)}", "stages": {_rows_json(rows)}}}')
        return bool(rows)
    table = []
    for row in rows:
        address, version = StageAddress(str(row["model"]), str(row["stage"])), row["version"] or "(unreadable)"
        request = f"#{row['pull_request']} " if row["pull_request"] else ""
        words = (f"{address} {version}", f"since {row['since']}", f"{request}{str(row['commit'])[:10]}", row["author"])
        table.append([plain(str(word)) for word in words])
    _print_table(table)
    count = "1 stage" if len(rows) == 1 else f"{len(rows):,} stages"
    click.echo(f"{count} at commit {line.commit_id(position)[:10]}", err=True)
    return bool(rows)


def _print_events(past: Past, events: Sequence[Event], *, as_json: bool) -> None:
    if as_json:
        click.echo(_rows_json([event_json(event, past.credit(event.commit)) for event in events]))
        return
    table = []
    for event in events:
        credit = past.credit(event.commit)
        came_from = f" (was {event.replaced})" if event.replaced else ""
        request = f"#{credit.pull_request} " if credit.pull_request else ""
        version = f" {event.version}" if event.stage and event.version else ""
        words = (
            shown_moment(event.at),
            f"{event.kind.value:<12}",
            f"{event.address}{version}{came_from}",
            f"{request}{event.commit[:10]}",
            credit.author,
        )
        table.append([word if word.startswith(event.kind.value) else plain(word) for word in words])
    _print_table(table)


def _print_table(table: Sequence[Sequence[str]]) -> None:
    room = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
    for line in column_lines(table, room=room):
        click.echo(line)


def _rows_json(rows: Sequence[Mapping[str, object]]) -> str:
    """Return a JSON array, a row a line, in ASCII: an indent takes five times as long, and a path may be any bytes."""
    return "[\n" + ",\n".join(json.dumps(row) for row in rows) + "\n]"


def shown_moment(moment: datetime) -> str:
    """Return a moment as ISO 8601 in UTC, in seconds."""
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")
