"""An artifact's own scores beside the committed ones: rows are paired by a table engine, scored by the artifact."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from promoter.engines.onnx.process import score
from promoter.errors import ServiceError, Undecidable
from promoter.measure.aggregate import Cells, Coded, Group, Number, PairedCounts, Rescored, Result, Unavailable


def rescore(question: Rescored, *, pair: Callable[[PairedCounts], Result], model: Path | None) -> Result:
    """Answer what the artifact says of the rows; Unavailable where it, its process or the pairing fails."""
    if model is None:
        return Unavailable(f"artifact {question.artifact} is not at hand; fetch it first")
    paired = pair(_pairing(question))
    if not isinstance(paired, Cells):
        return paired
    count = len(question.inputs)
    columns = {name: _values(column) for (name, _), column in zip(question.inputs, paired.columns[:count], strict=True)}
    try:
        scored = score(model, columns, width=len(question.committed))
    except Undecidable as reason:
        return Unavailable(f"artifact {question.artifact}: {reason.reason}")
    except ServiceError as error:
        return Unavailable(str(error))
    return Cells((*paired.columns[count:], *(scored[:, place] for place in range(scored.shape[1]))), None)


def _pairing(question: Rescored) -> PairedCounts:
    return PairedCounts(
        left=question.features,
        right=question.predictions,
        left_id=question.features_id,
        right_id=question.predictions_id,
        left_keys=tuple(Number(name) if kind == "numeric" else Group(name) for name, kind in question.inputs),
        right_keys=tuple(Number(column) for column in question.committed),
        sides=("features", "predictions"),
    )


def _values(column: Any) -> npt.NDArray[Any]:
    """Return numbers as they are, and coded texts as texts."""
    if isinstance(column, Coded):
        texts: npt.NDArray[Any] = np.asarray(column.values, dtype=np.str_)[column.codes]
        return texts
    return np.asarray(column, dtype=np.float64)
