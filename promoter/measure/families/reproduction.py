"""Reproduction: whether the committed predictions are what the artifact itself says of the same rows."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from promoter.errors import Undecidable
from promoter.measure.aggregate import Aggregate, Rescored, Source
from promoter.measure.families.family import Results, TableFamily, cells_of, number
from promoter.measure.measurement import Measurement
from promoter.measure.request import Measured
from promoter.measure.requests_data import Reproduction

_FIRST_ROWS = 5


def aggregates(request: Reproduction) -> tuple[Aggregate, ...]:
    """Return the one question, which an engine answers by running the artifact elsewhere."""
    return (_question(request),)


def derive(request: Reproduction, results: Results) -> Measured:
    """Return how far committed and rescored numbers lie apart. Raises Undecidable where a side is not a number."""
    columns = cells_of(results, _question(request)).columns
    width = len(columns) // 2
    committed, rescored = (np.column_stack(side) for side in (columns[:width], columns[width:]))
    n = int(committed.shape[0])
    _require_numbers(committed, rescored)
    difference = np.abs(committed - rescored).max(axis=1)
    differing = difference > request.tolerance
    values = [
        number("max_absolute_difference", float(difference.max()), n=n),
        number("differing_rows", float(np.count_nonzero(differing)) / n, n=n, unit="fraction"),
        *_decisions(request, committed, rescored),
    ]
    first = np.flatnonzero(differing)[:_FIRST_ROWS].tolist()
    return Measured(values=tuple(values), facts={"tolerance": request.tolerance, "first_rows": first})


def _question(request: Reproduction) -> Rescored:
    features, predictions = request.features, request.predictions
    if features.id is None or predictions.id is None:
        raise Undecidable("features and predictions are paired by id; name the id column of both")
    return Rescored(
        artifact=request.artifact,
        features=Source(features.content, features.format),
        predictions=Source(predictions.content, predictions.format),
        features_id=features.id,
        predictions_id=predictions.id,
        inputs=request.inputs,
        committed=_committed(request),
    )


def _committed(request: Reproduction) -> tuple[str, ...]:
    """Return the columns that the artifact's outputs should equal: score, class scores, or predicted quantity."""
    table = request.predictions
    if request.task == "multiclass":
        columns = tuple(column for _, column in table.class_scores)
        wanted = "class_scores"
    elif request.task == "regression":
        columns = tuple(column for column in (table.prediction or table.score,) if column)
        wanted = "prediction"
    else:
        columns = (table.score,) if table.score else ()
        wanted = "score"
    if not columns:
        raise Undecidable(f"the predictions name no {wanted}; name its column, so that it can be scored again")
    return columns


def _require_numbers(committed: npt.NDArray[Any], rescored: npt.NDArray[Any]) -> None:
    if not committed.size:
        raise Undecidable("there are no rows to score again")
    for name, side in (("committed predictions", committed), ("artifact's own scores", rescored)):
        bad = int(np.count_nonzero(~np.isfinite(side).all(axis=1)))
        if bad:
            raise Undecidable(f"the {name} are missing or not finite in {bad} of {side.shape[0]} rows")


def _decisions(request: Reproduction, committed: npt.NDArray[Any], rescored: npt.NDArray[Any]) -> Iterator[Measurement]:
    if request.threshold is not None and committed.shape[1] == 1:
        changed = (committed >= request.threshold) != (rescored >= request.threshold)
        share = float(np.count_nonzero(changed)) / changed.size
        yield number("decision_changes", share, n=int(changed.size), unit="fraction")


FAMILY = TableFamily(
    contents=lambda request: (request.artifact, request.features.content, request.predictions.content),
    aggregates=aggregates,
    derive=derive,
)
