"""The published form of what was measured for drawing, `promoter.drawings/1`, as types."""

from collections.abc import Mapping
from typing import Any, Literal, TypeVar

from pydantic import Field, ValidationError

from promoter.digest import canonical_json
from promoter.errors import Location, Problem, ProposalError
from promoter.report.record import MeasuredRecord, MeasurementRecord, Recorded

_HINT = "draw it with the engine that wrote it, or run `promoter check --html` again"

ShapeWord = Literal["curve", "bins", "confusion", "groups", "drift", "distribution"]


class DrawingRecord(Recorded):
    """One thing to draw."""

    shape: ShapeWord
    version: str
    is_champion: bool
    evidence: str
    request: dict[str, Any]
    measured: MeasuredRecord


class DrawnChangeRecord(Recorded):
    """What there is to draw of one change."""

    model: str | None
    version: str | None
    stage: str | None
    drawings: tuple[DrawingRecord, ...]


class DrawingsRecord(Recorded):
    """What there is to draw of a pull request, by change."""

    schema_: Literal["promoter.drawings/1"] = Field(alias="schema")
    left_out: str | None
    changes: tuple[DrawnChangeRecord, ...]


class CurveFacts(Recorded):
    """What a ScoreCurve says beside its bins."""

    roc: tuple[tuple[float, float], ...]
    operating: tuple[float, float] | None
    positives: int


class ColumnFacts(Recorded):
    """How one column is spread on both sides."""

    edges: tuple[float, ...] | None
    categories: tuple[str, ...] | None
    reference: tuple[int, ...]
    current: tuple[int, ...]
    missing: tuple[int, int]
    others: int


class DistributionFacts(Recorded):
    """How the columns are spread, by name."""

    columns: dict[str, ColumnFacts]
    undecided: dict[str, str]


class DriftFacts(Recorded):
    """What a Drift says beside its numbers."""

    psi_null_95: dict[str, float]


def parse_drawings(drawings: Mapping[str, Any], *, path: str = "drawings") -> DrawingsRecord:
    """Return plain JSON as types. Raises ProposalError where it is not of this form; `path` names it there."""
    try:
        return DrawingsRecord.model_validate_json(canonical_json(drawings))
    except ValidationError as error:
        message = f"it is no promoter.drawings/1: {error.error_count()} misfits"
        raise ProposalError(Problem(Location(path), message, _HINT)) from error


def by_slice(measured: MeasuredRecord, measure: str, column: str) -> dict[str, MeasurementRecord]:
    """Return the numbers of one measure by their value of a slice's only column, in the order of measuring."""
    return {
        found.slice[column]: found
        for found in measured.values
        if found.measure == measure and list(found.slice) == [column]
    }


FactsType = TypeVar("FactsType", bound=Recorded)


def facts_of(drawing: DrawingRecord, form: type[FactsType]) -> FactsType:
    """Return the facts of a drawing as types. Raises ProposalError where they are not of the form."""
    try:
        return form.model_validate_json(canonical_json(drawing.measured.facts))
    except ValidationError as error:
        message = f"the facts of the {drawing.shape} are unusable: {error.error_count()} misfits"
        raise ProposalError(Problem(Location("drawings"), message, _HINT)) from error
