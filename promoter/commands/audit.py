"""`promoter audit`: hold the merge history against its records; pack the evidence of decisions; open such a pack."""

import json
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from promoter import __version__
from promoter.commands.breaking import find_breaks
from promoter.commands.bundle import make_bundle, zip_files
from promoter.commands.case import engine_digest
from promoter.commands.dating import find_misdated
from promoter.commands.gaps import match_records
from promoter.commands.past import Past, open_past
from promoter.commands.signing import check_signatures
from promoter.commands.times import parse_moment
from promoter.commands.unbundle import MAX_BUNDLE_BYTES, open_bundle
from promoter.commands.verifying import Finding, check_line, verify
from promoter.errors import Location, Problem, ProposalError, ServiceError
from promoter.history.event import RECORDED, Event
from promoter.registry.layout import MODELS, POLICIES
from promoter.report.plain import PROSE_LENGTH, plain


@click.group(help="Hold the merge history against the decision records.")
def command() -> None:
    """Hold the parts of an audit together."""


@command.command("verify", help="Find every change that has no sound decision record, and every record that changed.")
@click.option("--since", default=None, help="Only changes after this commit of the default branch.")
@click.option("--remeasure", is_flag=True, help="Measure the evidence again, instead of trusting the stored numbers.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--repo", type=click.Path(path_type=Path), default=Path(), help="A folder of the registry.")
def verify_command(*, since: str | None, remeasure: bool, as_json: bool, repo: Path) -> None:
    """Exit 0: all is as recorded; 1: there are findings."""
    past = open_past(repo)
    if not any(event.path.startswith((f"{MODELS}/", f"{POLICIES}/")) for event in past.timeline.events):
        message = f"nothing ever lay in {MODELS}/ or {POLICIES}/: this is no registry"
        raise ProposalError(Problem(Location(str(repo)), message, "name a registry with --repo"))
    start = -1 if since is None else past.position_of(since, option="--since")
    report = verify(past, start=start, remeasure=remeasure)
    rewritten = check_line(past)
    misdated = find_misdated(past, start, now=datetime.now(UTC))
    findings = (*rewritten, *misdated, *report.findings, *find_breaks(past, start), *check_signatures(past, start))
    if not rewritten and since is None:
        past.timeline.remember_verified(past.tip)
    if as_json:
        counts = {"changes": report.changes, "records": report.records, "head": past.tip}
        click.echo(json.dumps({**counts, "findings": [item.as_json() for item in findings]}, indent=1))
    else:
        for item in findings:
            click.echo(_shown(item))
        click.echo(f"{report.changes:,} changes, {report.records:,} records, {len(findings):,} findings", err=True)
    sys.exit(1 if findings else 0)


@command.command("pack", help="Write the evidence of decisions into one file that a stranger can verify offline.")
@click.argument("decision", required=False)
@click.option("--since", default=None, help="Decisions from this moment on, as 2026-01-31T09:00:00Z or 2026-01-31.")
@click.option("--until", default=None, help="Decisions up to, not including, this moment.")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="File to write, such as evidence.zip.")
@click.option("--repo", type=click.Path(path_type=Path), default=Path(), help="A folder of the registry.")
def pack_command(*, decision: str | None, since: str | None, until: str | None, out: Path, repo: Path) -> None:
    """DECISION is the path of a record below reports/decisions/; without it, a period. Exit 1: it holds findings."""
    past = open_past(repo)
    if (decision is None) == (since is None and until is None):
        raise ProposalError(Problem(Location("audit pack"), "name a decision or a period", "see --help"))
    start = None if since is None else parse_moment(since, option="--since")
    end = None if until is None else parse_moment(until, option="--until")
    records, gaps = ((decision,), ()) if decision is not None else match_records(past, _events_of(past, start, end))
    if not records and not gaps:
        raise ProposalError(Problem(Location("--since"), "no decision was recorded then", "see `promoter history`"))
    engine = {"version": __version__, "digest": engine_digest()}
    files = make_bundle(past.repository, tip=past.tip, records=records, engine=engine, unrecorded=gaps)
    try:
        out.write_bytes(zip_files(files))
    except OSError as exc:
        raise ServiceError(
            Problem(Location(str(out)), f"cannot be written: {exc.strerror}", "name another file")
        ) from exc
    findings = json.loads(files["bundle.json"])["findings"]
    told = f"{_counted(len(records), 'decision')}, {len(files):,} files, {_counted(len(findings), 'finding')}"
    click.echo(f"{out}: {told}; tip {past.tip}")
    sys.exit(1 if findings else 0)


@command.command("open", help="Verify a bundle from nothing but itself: every object, every record, every file.")
@click.argument("bundle", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def open_command(*, bundle: Path, as_json: bool) -> None:
    """Exit 0: it is sound, and the registry kept to the gate; 1: something was altered or went around the gate."""
    try:
        with bundle.open("rb") as file:
            content = file.read(MAX_BUNDLE_BYTES + 1)
    except OSError as exc:
        raise ProposalError(Problem(Location(str(bundle)), f"cannot be read: {exc.strerror}", "name a bundle")) from exc
    if len(content) > MAX_BUNDLE_BYTES:
        message = f"at most {MAX_BUNDLE_BYTES:,} bytes are read, and there are more"
        raise ProposalError(Problem(Location(str(bundle)), message, "ask for a shorter period"))
    contents, faults = open_bundle(content, path=str(bundle))
    findings = contents["findings"]
    if as_json:
        found = {"tip": contents["tip"], "records": contents["records"], "faults": faults, "findings": findings}
        found["signatures"] = None if faults else contents["signatures"]
        click.echo(json.dumps(found, indent=1, ensure_ascii=False))
    else:
        for fault in faults:
            click.echo(f"ALTERED {plain(fault, limit=PROSE_LENGTH)}")
        for finding in () if faults else findings:
            click.echo(plain(f"UNVERIFIED {finding['subject']}: {finding['message']}", limit=PROSE_LENGTH))
        if not faults:
            count = _counted(len(contents["records"]), "decision")
            click.echo(_signatures(contents["signatures"]))
            click.echo(f"{count} proven by commit {contents['tip']}; ask the registry's owner for that commit")
    sys.exit(1 if faults or findings else 0)


def _signatures(told: Mapping[str, Any]) -> str:
    """Return what the signatures of a sound bundle are worth, in a line each."""
    if not told["asked"]:
        return "no commit had to be signed by the rules of its time"
    lines = [f"{told['asked']:,} commits had to be signed by the rules of their time"]
    lines += [f"  {entry['commits']:,} good, by {plain(entry['by'])}" for entry in told["good"]]
    lines += [
        f"  commit {entry['commit'][:10]} by {plain(entry['author'])}: {plain(entry['message'], limit=PROSE_LENGTH)}"
        for entry in told["faults"]
    ]
    return "\n".join(lines)


def _counted(count: int, noun: str) -> str:
    return f"1 {noun}" if count == 1 else f"{count:,} {noun}s"


def _events_of(past: Past, since: datetime | None, until: datetime | None) -> list[Event]:
    """Return the changes of a period that have a record, or should have one."""
    events = [event for event in past.timeline.events if event.kind in RECORDED]
    return [event for event in events if (not since or event.at >= since) and (not until or event.at < until)]


def _shown(item: Finding) -> str:
    commit = f"  commit {item.commit[:10]} by {plain(item.author or 'nobody')}" if item.commit else ""
    words = "UNVERIFIED " if item.is_unverified else ""
    return f"{words}{plain(item.subject)}: {plain(item.message, limit=PROSE_LENGTH)}{commit}"
