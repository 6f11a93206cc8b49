"""`promoter status`: what every stage serves, since when; what waits for it, why not yet, who next, earliest when."""

import json
import sys
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from promoter.commands.chronicle import Chronicle
from promoter.commands.history import shown_moment
from promoter.commands.past import Past, open_past
from promoter.commands.pending import Pending, find_pending
from promoter.commands.prospect import Lookout, Prospect
from promoter.commands.rules_of_base import standing_rules
from promoter.commands.times import parse_moment
from promoter.errors import Location, Problem, ProposalError
from promoter.history.event import EventKind
from promoter.history.outlook import Outlook, build_outlook
from promoter.policy.rulebook import RuleBook
from promoter.registry.address import StageAddress
from promoter.registry.layout import MODELS, POLICIES
from promoter.report.plain import PROSE_LENGTH, plain

if TYPE_CHECKING:
    from promoter.commands.assessing import Assessor

Row = tuple[Outlook, Prospect | None, Sequence[tuple[Pending, Prospect | None]]]
"""A stage, what stands before the version that waits for it, and what is proposed with what stands before that."""


@click.command(help="Show every model and stage: version, age, what waits, why not yet, who next, earliest when.")
@click.option("--at", default=None, help="Moment to look from, as 2026-01-31T09:00:00Z; default: now.")
@click.option("--check", "is_judged", is_flag=True, help="Judge what is pending too, and ask GitHub who has agreed.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--repo", type=click.Path(path_type=Path), default=Path(), help="A folder of the registry.")
def command(*, at: str | None, is_judged: bool, as_json: bool, repo: Path) -> None:
    """Read the tip of the default branch, its history, and what branches and fetched pull requests propose.

    Without --check nothing is measured and nobody is asked: what holds a pending version, and who has agreed, is open.
    Exit 2 where a pointer, a model's files or the rules cannot be read; what they do not touch is told all the same.
    """
    moment = datetime.now(UTC) if at is None else parse_moment(at)
    past = open_past(repo)
    rules, lost = _rules(past)
    rows, problems = _rows(past, rules, moment)
    problems = (*lost, *problems)
    assessor = _assessor(past, moment) if is_judged else None
    if as_json:
        click.echo(json.dumps([_json(*row, moment, assessor) for row in rows], indent=1, ensure_ascii=False))
    else:
        _print_rows(past, rows, moment, assessor)
    for problem in problems:
        click.echo(f"error: {problem}", err=True)
    if problems:
        sys.exit(ProposalError.exit_code)


def _print_rows(past: Past, rows: Sequence[Row], moment: datetime, assessor: "Assessor | None") -> None:
    unreadable = _unreadable(past)
    for outlook, waits, pending in rows:
        age = "" if outlook.since is None else f"  for {_days(moment - outlook.since)}"
        served = outlook.version or unreadable.get(outlook.address, "nothing")
        fault = " (altered)" if outlook.altered else " (cannot be followed)" if outlook.broken else ""
        click.echo(plain(f"{outlook.address}  {served}{fault if outlook.version else ''}{age}"))
        if outlook.waiting is not None:
            click.echo(f"  waits: {outlook.waiting.version}{_sentence(waits, moment)}")
        for item, stands in pending:
            version = "(unreadable)" if item.is_unreadable else item.version or "nothing"
            told = plain(f"{version}; proposed by {item.reference}, commit {item.commit[:10]}")
            if item.overtaken is not None:
                click.echo(f"  overtaken: {told}; {plain(item.overtaken)}")
                continue
            click.echo(f"  pending: {told}{_sentence(stands, moment)}")
            if assessor is not None:
                click.echo(f"    check: {plain(assessor.assess(item).sentence, limit=PROSE_LENGTH)}")
    if assessor is None and any(item.overtaken is None for _, _, pending in rows for item, _ in pending):
        click.echo("--check judges what is pending, and asks GitHub who has agreed", err=True)


def _unreadable(past: Past) -> dict[StageAddress, str]:
    """Return the stages whose pointer is there and names no version, with the commit that made it so."""
    line = past.timeline.line
    found = past.timeline.standings(len(line) - 1).items()
    return {
        address: f"(unreadable since commit {line.commit_id(standing.position)[:10]})"
        for address, standing in found
        if standing.version is None
    }


def _rules(past: Past) -> tuple[RuleBook, tuple[Problem, ...]]:
    """Return the rules of the tip, or those that stand in for broken ones with what is wrong with these."""
    # It loads every gate that a policy names: what cannot be applied would tell a wrong story of what comes next.
    rules, lost = standing_rules(past.tree, Chronicle(past.repository, past.tip))
    if lost is None:
        return rules, ()
    message, hint = "the rules cannot be applied", f"what is told here follows those of commit {lost.commit[:10]}"
    return rules, (*lost.problems, Problem(Location(POLICIES), message, f"{hint}, the last that could be"))


def _assessor(past: Past, moment: datetime) -> "Assessor":
    from promoter.commands.assessing import Assessor  # loads GitHub's client, which status alone needs not

    return Assessor.of(past, at=moment)


def _rows(past: Past, rules: RuleBook, moment: datetime) -> tuple[list[Row], tuple[Problem, ...]]:
    """Return a row for every stage, and what cannot be read: what stands before a move of that is not told."""
    problems: list[Problem] = []

    def prospect(address: StageAddress, version: str | None, change: str | None) -> Prospect | None:
        try:
            return lookout.prospect(address, version, change=change)
        except ProposalError as error:
            problems.extend(error.problems)
            return None

    lookout = Lookout.of(past, rules, at=moment)
    outlooks = _with_altered(past, build_outlook(past.tree, rules, past.timeline.events, at=moment))
    problems += [problem for outlook in outlooks for problem in outlook.faults]
    pending: dict[StageAddress, list[tuple[Pending, Prospect | None]]] = defaultdict(list)
    serving = {outlook.address: outlook.version for outlook in outlooks if not outlook.broken}
    for item in find_pending(past, serving, rules.pipeline):
        is_told = item.overtaken is None and not item.is_unreadable
        stands = prospect(item.address, item.version, item.change) if is_told else None
        pending[item.address].append((item, stands))
    rows: list[Row] = [
        (
            outlook,
            prospect(outlook.address, outlook.waiting.version, None) if outlook.waiting else None,
            pending[outlook.address],
        )
        for outlook in outlooks
    ]
    return rows, tuple(dict.fromkeys(problems))


def _with_altered(past: Past, outlooks: Sequence[Outlook]) -> list[Outlook]:
    """Return the stages, each with what a push made of the version that it serves."""
    changed = {(event.model, event.version) for event in past.timeline.events if event.kind is EventKind.ALTERATION}
    chronicle, found = Chronicle(past.repository, past.tip), []
    for outlook in outlooks:
        model, version = outlook.address.model, outlook.version
        commit = chronicle.altered(model, version) if version is not None and (model, version) in changed else None
        if commit is not None and not outlook.broken:
            message = f"it was altered past the gate, last by commit {commit[:10]}: {outlook.address} serves it"
            hint = "restore it as it was registered (docs/registry.md), or roll the stage back"
            problem = Problem(Location(f"{MODELS}/{model}/versions/{version}"), message, hint)
            outlook = replace(outlook, altered=(problem,))
        found.append(outlook)
    return found


def _sentence(prospect: Prospect | None, moment: datetime) -> str:
    if prospect is None:
        return ""
    earliest = prospect.earliest
    when = "not yet" if earliest.at is None else f"earliest {shown_moment(earliest.at)}"
    if earliest.at is not None and earliest.at <= moment:
        when = "free now"
    why = f" ({', '.join(earliest.reasons)})" if earliest.reasons else ""
    roles = (
        f"{asked.count} x {asked.role}" + (f" ({', '.join(asked.people)})" if asked.people else "")
        for asked in prospect.asked
    )
    next_ = ", ".join(roles) or "nobody's approval is asked"
    return plain(f"; {prospect.kind.value}, {when}{why}; next: {next_}", limit=PROSE_LENGTH)


def _days(age: timedelta) -> str:
    return f"{age.days} days" if age.days != 1 else "1 day"


def _json(
    outlook: Outlook,
    waits: Prospect | None,
    pending: Sequence[tuple[Pending, Prospect | None]],
    moment: datetime,
    assessor: "Assessor | None",
) -> dict[str, object]:
    return {
        "model": outlook.address.model,
        "stage": outlook.address.stage,
        "version": outlook.version,
        "since": outlook.since and shown_moment(outlook.since),
        "age_days": outlook.since and (moment - outlook.since).total_seconds() / 86_400,
        "waiting": outlook.waiting
        and {
            "version": outlook.waiting.version,
            "is_soaking": outlook.waiting.earliest > moment,
            **_prospect_json(waits),
        },
        "broken": [str(problem) for problem in outlook.faults],
        "pending": [
            {
                "version": item.version,
                "unreadable": item.is_unreadable,
                "reference": item.reference,
                "commit": item.commit,
                **_prospect_json(stands),
                **({"check": assessor.assess(item).as_json()} if assessor is not None else {}),
            }
            for item, stands in pending
            if item.overtaken is None
        ],
        "overtaken": [
            {"version": item.version, "reference": item.reference, "commit": item.commit, "reason": item.overtaken}
            for item, _ in pending
            if item.overtaken is not None
        ],
    }


def _prospect_json(prospect: Prospect | None) -> dict[str, object]:
    """Return what stands before a move; `earliest` is null where no instant is known."""
    if prospect is None:
        return {}
    return {
        "kind": prospect.kind.value,
        "earliest": prospect.earliest.at and shown_moment(prospect.earliest.at),
        "why_not_yet": list(prospect.earliest.reasons),
        "approvals": [
            {"role": asked.role, "count": asked.count, "people": list(asked.people)} for asked in prospect.asked
        ],
    }
