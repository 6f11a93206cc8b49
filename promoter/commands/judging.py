"""From a case to its decision: gather, measure, decide."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from promoter import __version__
from promoter.commands.case import Case, engine_digest
from promoter.commands.gather import sources_of
from promoter.decision.contents import wanted_contents
from promoter.decision.decide import Session, decide
from promoter.decision.hearing import Panel
from promoter.decision.types import Decision
from promoter.measure.port import Progress
from promoter.measure.request import Measurements


@dataclass(frozen=True, slots=True, kw_only=True)
class Workshop:
    """Where fetched bytes and answers are kept, and who is told how far the work is."""

    cache: Path
    progress: Progress | None = None


def judge_case(case: Case, *, at: datetime, workshop: Workshop, panel: Panel | None = None) -> Decision:
    """Return the decision on a case: the same case at the same moment gives the same bytes.

    `panel` is who made and who reviewed it; without it nobody has agreed.
    """
    measurements = measure_case(case, workshop=workshop)
    session = Session(
        rules=case.rules,
        at=at,
        bound_to=case.bound_to,
        engine_version=__version__,
        engine_digest=engine_digest(),
        panel=panel,
    )
    return decide(case.items, measurements, case.problems, session)


def measure_case(case: Case, *, workshop: Workshop) -> Measurements:
    """Return the answers to all requests of a case; what cannot be had fails only the requests that name it."""
    requests = [request for item in case.items for request in item.requests]
    if not requests:
        return {}
    from promoter.engines.duckdb.engine import DuckDBEngine
    from promoter.evidence.cache import AnswerCache
    from promoter.measure.plan import measure

    trees = (case.merged_tree, case.base_tree)
    sources = sources_of(wanted_contents(case.items), trees, case.rules.settings, cache=workshop.cache / "content")
    answers = AnswerCache(workshop.cache / "answers")
    return measure(requests, sources, DuckDBEngine(), cache=answers, progress=workshop.progress)
