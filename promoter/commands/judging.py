"""From a case to its decision: gather, measure, decide."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from promoter import __version__
from promoter.commands.case import Case, engine_digest
from promoter.commands.gather import sources_of
from promoter.decision.contents import name_failures, wanted_contents
from promoter.decision.decide import Session, decide
from promoter.decision.drawing import drawing_requests, drawings_json
from promoter.decision.hearing import Panel
from promoter.decision.types import Decision
from promoter.measure.port import Progress
from promoter.measure.request import Measurements, Request


@dataclass(frozen=True, slots=True, kw_only=True)
class Workshop:
    """Where fetched bytes and answers are kept, and who is told how far the work is.

    `is_brought`: another job of this run fetched the bytes, so that the stores are not asked again. Else each is asked
    for an artifact that must be there today, once a run.
    """

    cache: Path
    progress: Progress | None = None
    is_brought: bool = False
    asked: set[str] = field(default_factory=set, compare=False)


def judge_case(case: Case, *, at: datetime, workshop: Workshop, panel: Panel | None = None) -> Decision:
    """Return the decision on a case: the same case at the same moment gives the same bytes.

    `panel` is who made and who reviewed it; without it nobody has agreed.
    """
    return _decide(case, measure_case(case, workshop=workshop), at=at, panel=panel)


def judge_and_draw(
    case: Case, *, at: datetime, workshop: Workshop, panel: Panel | None = None
) -> tuple[Decision, dict[str, Any]]:
    """Return the decision of `judge_case`, byte by byte, and what was measured beside it for the report's plots."""
    measurements = measure_case(case, workshop=workshop, beside=drawing_requests(case.items))
    return _decide(case, measurements, at=at, panel=panel), drawings_json(case.items, measurements)


def _decide(case: Case, measurements: Measurements, *, at: datetime, panel: Panel | None) -> Decision:
    session = Session(
        rules=case.rules,
        at=at,
        bound_to=case.bound_to,
        engine_version=__version__,
        engine_digest=engine_digest(),
        panel=panel,
    )
    return decide(case.items, measurements, case.problems, session)


def measure_case(case: Case, *, workshop: Workshop, beside: Sequence[Request] = ()) -> Measurements:
    """Return the answers to all requests of a case; what cannot be had fails only the requests that name it.

    `beside` are requests of no gate over the same contents.
    """
    requests = [*(request for item in case.items for request in item.requests), *beside]
    if not requests:
        return {}
    from promoter.engines.duckdb.engine import DuckDBEngine
    from promoter.evidence.cache import AnswerCache
    from promoter.measure.plan import measure, witnessed_contents

    trees = (case.merged_tree, case.base_tree)
    contents = wanted_contents(case.items)
    anew = set() if workshop.is_brought else witnessed_contents(requests) - workshop.asked
    sources = sources_of(contents, trees, case.rules.settings, cache=workshop.cache / "content", anew=anew)
    answers = AnswerCache(workshop.cache / "answers")
    measured = measure(requests, sources, DuckDBEngine(), cache=answers, progress=workshop.progress)
    workshop.asked.update(witnessed_contents(one for one in requests if measured[one].failure is None))
    return name_failures(measured, contents)
