"""Quality: how good predictions are, whatever the task; each task has its own module."""

from collections.abc import Callable

from promoter.errors import Undecidable
from promoter.measure.aggregate import Aggregate
from promoter.measure.families import binary, multiclass, ranking, regression, scores
from promoter.measure.families.family import Results, TableFamily
from promoter.measure.request import Measured, Quality

TASKS: dict[str, tuple[Callable[[Quality], tuple[Aggregate, ...]], Callable[[Quality, Results], Measured]]] = {
    "binary": (binary.aggregates, binary.derive),
    "multiclass": (multiclass.aggregates, multiclass.derive),
    "regression": (regression.aggregates, regression.derive),
    "ranking": (ranking.aggregates, ranking.derive),
    "scores": (scores.aggregates, scores.derive),
}


def aggregates(request: Quality) -> tuple[Aggregate, ...]:
    """Return the questions of the request's task."""
    return _task(request)[0](request)


def derive(request: Quality, results: Results) -> Measured:
    """Return the measurements of the request's task."""
    return _task(request)[1](request, results)


def _task(request: Quality) -> tuple[Callable[..., tuple[Aggregate, ...]], Callable[..., Measured]]:
    if request.task not in TASKS:
        raise Undecidable(f"task {request.task!r} has no quality measures; use one of {', '.join(TASKS)}")
    return TASKS[request.task]


FAMILY = TableFamily(contents=lambda request: (request.table.content,), aggregates=aggregates, derive=derive)
