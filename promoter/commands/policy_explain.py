"""`promoter policy explain`: which policies would judge a version, and why, before anything is measured."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from promoter.commands.policy_rules import OpenRules, open_rules
from promoter.commands.times import parse_moment
from promoter.decision.docket import Item, build_docket
from promoter.decision.judge import Judgement
from promoter.decision.trees import Trees
from promoter.errors import Location, Problem, ProposalError
from promoter.gates.table import find_gate
from promoter.policy.explanation import default_limits, pipeline_limits, stated_limits, why_it_applies
from promoter.registry.address import VersionAddress
from promoter.registry.changes import Change, ChangeKind
from promoter.registry.stock import Shelf


@click.command("explain", help="Say which policies judge MODEL@VERSION at a stage and why, and which do not.")
@click.argument("address", metavar="MODEL@VERSION")
@click.option("--stage", required=True, help="Stage that it would enter, such as production.")
@click.option("--repo", type=click.Path(path_type=Path), default=Path(), help="A folder of the registry.")
@click.option("--rev", default=None, help="Commit to read; default: the files as they stand, uncommitted ones too.")
@click.option("--at", default=None, help="Moment of the decision, as 2026-01-31T09:00:00Z; default: now.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def explain(*, address: str, stage: str, repo: Path, rev: str | None, at: str | None, as_json: bool) -> None:
    """Print what applies with each limit's line, then what does not and why."""
    try:
        version = VersionAddress.parse(address)
    except ValueError as error:
        problem = Problem(Location("MODEL@VERSION"), str(error), "`promoter policy explain --help` shows an example")
        raise ProposalError(problem) from error
    moment = datetime.now(UTC).replace(microsecond=0) if at is None else parse_moment(at)
    opened = open_rules(repo, rev)
    item = _item(opened, version, stage, moment)
    pipeline = _pipeline_rows(opened, version, stage)
    applying = [as_row(judgement) for judgement in item.judgements if judgement.not_applicable is None]
    others = [as_row(judgement) for judgement in item.judgements if judgement.not_applicable is not None]
    if as_json:
        document = {
            "address": address,
            "stage": stage,
            "applies": applying,
            "does_not_apply": others,
            "pipeline": pipeline,
        }
        click.echo(json.dumps(document, indent=2))
        return
    click.echo(f"{len(applying)} policies judge {address} on its way to {stage}:")
    for row in applying:
        _show(row)
    click.echo("\nbeside the policies, the pipeline says:\n")
    for limit in pipeline:
        click.echo(f"{limit['path']}:{limit['line']}: {limit['text']}")
    click.echo(f"\n{len(others)} do not:\n")
    for row in others:
        click.echo(f"{row['policy']}  {row['path']}:{row['line']}: {row['reason']}")


def _show(row: Mapping[str, Any]) -> None:
    """Print one policy that applies."""
    click.echo(f"\n{row['policy']}  {row['enforcement']}, {row['severity']}  {row['path']}")
    click.echo(f"  because {', '.join(row['because'])}")
    for limit in row["limits"]:
        click.echo(f"  {row['path']}:{limit['line']}: {limit['text']}")
    if row["defaults"]:
        click.echo(f"  {row['path']}:{row['gate_line']}: by default {', '.join(row['defaults'])}")
    click.echo(f"  measures {', '.join(row['measures']) or 'nothing: it reads the manifest'}")


def _pipeline_rows(opened: OpenRules, version: VersionAddress, stage: str) -> list[dict[str, Any]]:
    """Return what the pipeline asks of the model's tier before the stage, each with its line."""
    tier = Shelf(opened.tree, version.model).read_model().value.risk_tier
    limits = pipeline_limits(opened.read_document("policies/pipeline.yaml"), tier=tier.value, stage=stage)
    return [{"path": place.path, "line": place.line, "text": text} for place, text in limits]


def _item(opened: OpenRules, version: VersionAddress, stage: str, at: datetime) -> Item:
    """Return the promotion of a version as the docket would hold it. Raises ProposalError where it cannot be read."""
    shelf = Shelf(opened.tree, version.model)
    if not shelf.has_version(version.version):
        known = ", ".join(shelf.versions()[-5:]) or "none: is the model's id right?"
        hint = f"registered versions of {version.model}: {known}"
        raise ProposalError(Problem(Location(shelf.folder), f"version {version.version!r} is not registered", hint))
    pointer = shelf.read_stage(stage)
    served = pointer.value.version if pointer and pointer.value.version != version.version else None
    change = Change(
        kind=ChangeKind.PROMOTION,
        model=version.model,
        version=version.version,
        stage=stage,
        replaced=served,
        paths=(f"{shelf.folder}/stages/{stage}.yaml",),
    )
    trees = Trees(base=opened.tree, merged=opened.tree, last_served=lambda _model, _stage: served)
    items, problems = build_docket([change], trees, opened.rules, find_gate=find_gate, at=at)
    if problems:
        raise ProposalError(*problems)
    return items[0]


def as_row(judgement: Judgement) -> dict[str, Any]:
    """Return one policy with why it applies or not, and its limits with their lines."""
    file, policy = judgement.file, judgement.file.policy
    applies = judgement.not_applicable is None
    subject = judgement.context.subject
    return {
        "policy": policy.id,
        "path": file.path,
        "line": file.document.location(("applies_to",)).line,
        "gate": policy.gate,
        "owner": policy.owner,
        "severity": policy.severity.value,
        "enforcement": policy.enforcement.value,
        "because": list(why_it_applies(policy.applies_to, subject)) if applies else [],
        "reason": judgement.not_applicable,
        "limits": [{"line": place.line, "text": text} for place, text in stated_limits(file)],
        "defaults": list(default_limits(judgement.parameters)),
        "gate_line": file.document.key_location(("gate",)).line,
        "measures": sorted({type(request).__name__ for request in judgement.requests}),
    }
