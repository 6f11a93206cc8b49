"""What `evaluate` leaves for `report`: a decision or a refusal, read back as the hostile data that it may be."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, TypeAdapter, ValidationError

from promoter.commands.stored_owners import OWNERS, owners_from
from promoter.digest import canonical_json
from promoter.errors import Location, Problem, ServiceError
from promoter.report.lineage import LineageGraph, LineageNode
from promoter.report.parts import ProblemView, View
from promoter.report.record import Recorded, parse_record
from promoter.report.summary import summarise_all, verdict_word
from promoter.report.view import build_view

DECISION, LINEAGE, REFUSAL = "decision.json", "lineage.json", "refusal.json"
DRAWINGS, PAGE = "drawings.json", "report.html"
"""For people, and read by no job: what was measured for the plots, and the full report."""

MOST_BYTES = 64 * 1024 * 1024
"""Of any one file: 200 models with all their measurements take some 10 MB."""


class _Node(Recorded):
    dataset: str
    role: str
    parents: tuple[str, ...] = Field(max_length=1000)


class _Refused(Recorded):
    path: str
    line: int | None
    column: int | None
    message: str
    hint: str


_GRAPHS = TypeAdapter(dict[str, Annotated[tuple[_Node, ...], Field(max_length=1000)]])
_REFUSALS = TypeAdapter(tuple[_Refused, ...])


@dataclass(frozen=True, slots=True)
class Answer:
    """What is to be told. `head` is the commit that was judged, None where there is no decision on any."""

    view: View
    head: str | None


def write_lineage(graphs: Mapping[str, LineageGraph], folder: Path) -> None:
    """Write the data sets of every version that was judged, by its address."""
    told = {
        address: [{"dataset": node.dataset, "role": node.role, "parents": node.parents} for node in graph.nodes]
        for address, graph in graphs.items()
    }
    (folder / LINEAGE).write_bytes(canonical_json(told))


def write_refusal(problems: tuple[Problem, ...], folder: Path) -> None:
    """Write why there is no decision."""
    folder.mkdir(parents=True, exist_ok=True)
    told = [
        {
            "path": problem.location.path,
            "line": problem.location.line,
            "column": problem.location.column,
            "message": problem.message,
            "hint": problem.hint,
        }
        for problem in problems
    ]
    (folder / REFUSAL).write_bytes(canonical_json(told))


def read_answer(folder: Path) -> Answer:
    """Return what `evaluate` left; where that is nothing, or not of its form, the answer that says so.

    Raises ProposalError where decision.json is no decision.
    """
    decision = _read(folder / DECISION)
    if isinstance(decision, dict):
        record = parse_record(decision, path=DECISION)
        view = build_view(decision, lineage=_read_graphs(folder))
        return Answer(replace(view, owners=owners_from(_read(folder / OWNERS))), record.bound_to.head)
    refusal = _read(folder / REFUSAL)
    try:
        refused = _REFUSALS.validate_json(canonical_json(refusal)) if refusal else ()
    except ValidationError as error:
        raise ServiceError(_unusable(REFUSAL, str(error.error_count()) + " misfits")) from error
    return Answer(refusal_view(refused), None)


def refusal_view(refused: tuple[_Refused, ...]) -> View:
    """Return the report that there is no verdict, and why."""
    problems = tuple(
        ProblemView(path=entry.path, line=entry.line, column=entry.column, message=entry.message, hint=entry.hint)
        for entry in refused
    ) or (
        ProblemView(
            path="the gate's run",
            line=None,
            column=None,
            message="the job `evaluate` ended without a decision",
            hint="see the run's log; then comment `/promoter recheck`",
        ),
    )
    return View(
        verdict="errored",
        verdict_word=verdict_word("errored", ()),
        summary=summarise_all((), problems),
        changes=(),
        problems=problems,
        decided_at="",
        digests=(),
    )


def _read_graphs(folder: Path) -> Mapping[str, LineageGraph]:
    stored = _read(folder / LINEAGE)
    try:
        graphs = _GRAPHS.validate_json(canonical_json(stored or {}))
    except ValidationError as error:
        raise ServiceError(_unusable(LINEAGE, f"{error.error_count()} misfits")) from error
    return {
        address: LineageGraph(address, tuple(LineageNode(node.dataset, node.role, node.parents) for node in nodes))
        for address, nodes in graphs.items()
    }


def _read(path: Path) -> Any:
    """Return a file's JSON, or None where there is no such file."""
    if path.is_symlink() or not path.is_file():
        return None
    if path.stat().st_size > MOST_BYTES:
        raise ServiceError(_unusable(path.name, f"it is larger than {MOST_BYTES:,} bytes"))
    try:
        return json.loads(path.read_bytes())
    except (ValueError, RecursionError) as error:
        raise ServiceError(_unusable(path.name, "it is no JSON")) from error


def _unusable(name: str, why: str) -> Problem:
    return Problem(Location(name), f"the stored answer is unusable: {why}", "run the gate again")
