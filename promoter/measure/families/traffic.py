"""ServedTraffic: how many requests a stage has served, how many it left unanswered, and what is known of harm."""

import numpy as np

from promoter.errors import Undecidable
from promoter.measure.aggregate import MISSING_LABEL, Aggregate, Counts, Label, Profile, Source
from promoter.measure.families.family import Results, TableFamily, cells_of, facts_of, number
from promoter.measure.measurement import Measurement
from promoter.measure.request import Measured
from promoter.measure.requests_traffic import ServedTraffic


def aggregates(request: ServedTraffic) -> tuple[Aggregate, ...]:
    """Return the table's profile, and the distribution of harm where it is recorded."""
    harm = () if request.harm is None else (_harm(request, request.harm),)
    return (_profile(request), *harm)


def derive(request: ServedTraffic, results: Results) -> Measured:
    """Return the counts, and the moments that the rows span. Raises Undecidable where there is no column of answers."""
    facts = facts_of(results, _profile(request))
    if request.answer not in facts.columns:
        raise Undecidable(f"the rows have no column {request.answer!r}; name the column of answers in the observation")
    n = facts.rows
    repeated = Measurement(measure="duplicate_ids", n=n, unit="rows", undecidable="no column of ids is named")
    if facts.duplicate_ids is not None:
        repeated = number("duplicate_ids", facts.duplicate_ids, n=n, unit="rows")
    values = (
        number("requests", n, n=n, unit="rows"),
        repeated,
        number("errors", facts.columns[request.answer].missing, n=n, unit="rows"),
        *_harmed(request, results, n=n),
    )
    return Measured(values=values, facts={"earliest": facts.earliest, "latest": facts.latest})


def _harmed(request: ServedTraffic, results: Results, *, n: int) -> tuple[Measurement, Measurement]:
    """Return how many rows were judged, and on how many of these the answer did harm."""
    if request.harm is None:
        reason = "no column of harm is named"
        judged, harmed = (
            Measurement(measure=name, n=n, unit="rows", undecidable=reason) for name in ("judged", "harmed")
        )
        return judged, harmed
    cells = cells_of(results, _harm(request, request.harm))
    [labels] = cells.columns
    rows = np.ones(len(labels), dtype=np.int64) if cells.rows is None else cells.rows
    other = int(rows[(labels != MISSING_LABEL) & (labels != 0) & (labels != 1)].sum())
    if other:
        raise Undecidable(f"column {request.harm!r} is neither 0, 1 nor empty in {other} of {n} rows")
    known = int(rows[labels != MISSING_LABEL].sum())
    return (
        number("judged", known, n=n, unit="rows"),
        number("harmed", int(rows[labels == 1].sum()), n=known, unit="rows"),
    )


def _profile(request: ServedTraffic) -> Profile:
    return Profile(_source(request), request.table.id, request.table.timestamp)


def _harm(request: ServedTraffic, column: str) -> Counts:
    return Counts(_source(request), (Label(column),))


def _source(request: ServedTraffic) -> Source:
    return Source(request.table.content, request.table.format)


FAMILY = TableFamily(contents=lambda request: (request.table.content,), aggregates=aggregates, derive=derive)
