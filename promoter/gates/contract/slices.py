"""Which measurements belong to a rule over slices, and what a rule that finds none means."""

from collections.abc import Sequence
from typing import Literal

from promoter.errors import Location
from promoter.gates.contract.finding import Finding
from promoter.measure.measurement import Measurement
from promoter.measure.request import Measured

SmallSlices = Literal["report", "inconclusive"]


def require_comparison(
    *,
    bounds: Sequence[object],
    against_champion: Sequence[object],
    by: Sequence[str],
    required: Sequence[Sequence[str]],
) -> None:
    """Raise ValueError where a rule compares nothing, or a required slice lacks a value for one of its columns."""
    if not bounds and not against_champion:
        raise ValueError("needs bounds, against_champion, or both")
    if any(len(values) != len(by) for values in required):
        raise ValueError(f"each entry of required has {len(by)} values, one for each column of by")


def in_slices(measured: Measured, measure: str, *, by: Sequence[str]) -> list[Measurement]:
    """Return the measurements of one measure whose slices are made by exactly these columns; none: all rows."""
    columns = set(by)
    values = (value for value in measured.values if value.measure == measure)
    return [value for value in values if {column for column, _ in value.slice} == columns]


def unassessed(
    measure: str,
    found: Sequence[Measurement],
    *,
    by: Sequence[str],
    min_n: int,
    measured: Measured,
    location: Location,
) -> list[Finding]:
    """Return the undecided finding that a rule found nothing that it could assess, or nothing.

    A rule over slices needs one of min_n rows; a rule over all rows needs the measure, and says itself if n is small.
    """
    if any(value.n >= min_n or not by for value in found):
        return []
    known = ", ".join(sorted({value.measure for value in measured.values})) or "none was made"
    if by:
        message = f"{measure} by {', '.join(by)} was assessed in no slice: none has {min_n} rows and a value"
        hint = f"add rows, or let the policy's owner lower min_n or name a measure that exists: {known}"
    else:
        message = f"{measure} was not measured for this evidence"
        hint = f"the policy's owner names a measure that exists here: {known}"
    return [Finding(satisfied=None, measure=measure, message=message, location=location, hint=hint)]


def absent_slices(
    measure: str,
    found: Sequence[Measurement],
    *,
    by: Sequence[str],
    required: Sequence[Sequence[str]],
    min_n: int,
    location: Location,
) -> list[Finding]:
    """Return an undecided finding for each required slice, values in the order of `by`, below min_n rows."""
    sizes = {value.slice: value.n for value in found}
    slices = [tuple(zip(by, values, strict=True)) for values in required]
    findings = []
    for wanted in slices:
        n = sizes.get(wanted, 0)
        if n < min_n:
            name = ", ".join(f"{column}={value}" for column, value in wanted)
            findings.append(
                Finding(
                    satisfied=None,
                    measure=measure,
                    slice=wanted,
                    n=n,
                    message=f"{measure} of the required slice {name} was not assessed: {n} rows, {min_n} are needed",
                    location=location,
                    hint=f"add {min_n - n} or more labelled rows of {name} to the evidence",
                )
            )
    return findings
