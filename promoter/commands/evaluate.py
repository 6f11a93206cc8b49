"""`promoter evaluate`: judge a fetched change with stored facts, without token, network or checkout."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from promoter.commands.answer import DRAWINGS, PAGE, read_answer, write_lineage, write_refusal
from promoter.commands.case import Case, open_case
from promoter.commands.deadline import deadline
from promoter.commands.job import CI_HEAD, base_of
from promoter.commands.judging import Workshop, judge_and_draw
from promoter.commands.output import view_of, write_outputs, write_page
from promoter.commands.reviewing import read_panel
from promoter.commands.stored_owners import write_owners
from promoter.decision.drawing import no_drawings
from promoter.decision.types import Decision
from promoter.digest import canonical_json
from promoter.errors import PolicyError, Problem, PromoterError, ProposalError
from promoter.git.repository import open_repository
from promoter.github.admission import admission_problems
from promoter.github.facts import FACTS, REVIEWS, Facts, head_moved, load_facts
from promoter.github.workflows import find_impostors
from promoter.report.lineage import LineageGraph, lineage_of


@click.command(help="Judge what a pull request would merge; --out gets decision.json, or refusal.json with the reason.")
@click.option("--repo", type=click.Path(path_type=Path), required=True, help="Bare repository with base and head.")
@click.option("--evidence", type=click.Path(path_type=Path), required=True, help="What `promoter evidence` wrote.")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Folder to write to.")
@click.option("--timeout", default=1800.0, show_default=True, type=click.FloatRange(min=0.01), help="Seconds.")
def command(*, repo: Path, evidence: Path, out: Path, timeout: float) -> None:
    """Exit 0: there is an answer, whatever it says; 3: a service failed or the time was up, and the answer says so."""
    with deadline(timeout, what="the evaluation") as limit:
        try:
            case, decision, drawings = evaluate(repo, evidence)
            view = view_of(decision, case)
            write_outputs(decision, view, out)
            write_lineage(lineage_by_address(case), out)
            write_owners(view.owners, out)
            click.echo(f"{decision.verdict}: {decision.digest}")
        except (ProposalError, PolicyError) as error:
            write_refusal(error.problems, out)
            click.echo(f"no decision: {len(error.problems)} problems stand in refusal.json")
            view, drawings = read_answer(out).view, no_drawings()
        except PromoterError as error:
            write_refusal(error.problems, out)
            raise
        limit.what, limit.left = "evaluation and drawing", f"the answer stands, and {PAGE} is missing"
        (out / DRAWINGS).write_bytes(canonical_json(drawings))
        write_page(view, drawings, out / PAGE)


def evaluate(repo: Path, evidence: Path) -> tuple[Case, Decision, dict[str, Any]]:
    """Return the case of the fetched head, its decision, and what to draw beside it.

    Without reviews.json nobody has agreed.
    Raises ServiceError where the fetched head is not the one that the facts are about.
    """
    facts, repository = load_facts(evidence / FACTS), open_repository(repo)
    fetched = repository.resolve(CI_HEAD)
    if fetched != facts.head:
        raise head_moved(facts.number or 0, expected=facts.head, found=fetched)
    case = open_case(repository, base=base_of(repository, facts), head=facts.head, is_worktree=False, at=facts.at)
    case = replace(case, problems=(*case.problems, *_refusals(case, facts)))
    reviews = evidence / REVIEWS
    panel = read_panel(case, reviews) if reviews.exists() else None
    return case, *judge_and_draw(case, at=facts.at, workshop=Workshop(cache=evidence, is_brought=True), panel=panel)


def lineage_by_address(case: Case) -> dict[str, LineageGraph]:
    """Return the data sets of every version that a case judges."""
    graphs = (lineage_of(item.candidate.release.manifest) for item in case.items if item.candidate is not None)
    return {graph.version: graph for graph in graphs}


def _refusals(case: Case, facts: Facts) -> tuple[Problem, ...]:
    """Return what only a change on GitHub can do wrong: its target or origin, a job of the gate's name."""
    return (*admission_problems(facts, case.rules.settings), *find_impostors(case.base_tree, case.merged_tree))
