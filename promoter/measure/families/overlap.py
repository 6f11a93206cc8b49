"""Overlap: ids and whole rows that stand in two tables, beside what chance alone gives such columns."""

from collections.abc import Iterator

from promoter.measure.aggregate import Aggregate, Shared, SharedIds, SharedRows, Source
from promoter.measure.families.answers import shared_of
from promoter.measure.families.family import Results, TableFamily, number
from promoter.measure.measurement import Measurement
from promoter.measure.request import Measured
from promoter.measure.requests_data import Overlap


def aggregates(request: Overlap) -> tuple[Aggregate, ...]:
    """Return the question about ids where both tables name theirs, and about rows where columns are named."""
    return tuple(question for question in (_ids(request), _rows(request)) if question is not None)


def derive(request: Overlap, results: Results) -> Measured:
    """Return counts and shares; without ids on both sides and without columns there are none."""
    place = f"{request.reference.content} against {request.current.content}"
    values: list[Measurement] = []
    examples: tuple[str, ...] = ()
    if (ids := _ids(request)) is not None:
        shared = shared_of(results, ids, place=place)
        values += _of_ids(shared)
        examples = shared.examples
    if (rows := _rows(request)) is not None:
        values += _of_rows(shared_of(results, rows, place=place), width=len(request.columns))
    return Measured(values=tuple(values), facts={"shared_ids": list(examples)})


def _ids(request: Overlap) -> SharedIds | None:
    left, right = request.reference, request.current
    if left.id is None or right.id is None:
        return None
    return SharedIds(
        left=Source(left.content, left.format),
        right=Source(right.content, right.format),
        left_id=left.id,
        right_id=right.id,
    )


def _rows(request: Overlap) -> SharedRows | None:
    left, right = request.reference, request.current
    if not request.columns:
        return None
    return SharedRows(
        left=Source(left.content, left.format), right=Source(right.content, right.format), columns=request.columns
    )


def _of_ids(shared: Shared) -> Iterator[Measurement]:
    """Yield the overlap; an id that is missing can hide a shared row, so the overlap is then undecidable."""
    missing, n = shared.left_missing + shared.right_missing, shared.right_distinct
    if missing:
        reason = f"{shared.left_missing} rows of the reference and {shared.right_missing} of the current have no id"
    elif not shared.left_rows or not n:
        reason = "one of the tables has no rows"
    else:
        yield number("id_overlap", shared.shared / n, n=n, unit="fraction")
        yield number("shared_ids", shared.shared, n=n, unit="ids")
        reason = ""
    if reason:
        yield Measurement(measure="id_overlap", n=n, unit="fraction", undecidable=reason)
        yield Measurement(measure="shared_ids", n=n, unit="ids", undecidable=reason)
    yield number("missing_ids", missing, n=shared.left_rows + shared.right_rows, unit="rows")
    repeated = shared.right_rows - shared.right_missing - shared.right_distinct
    yield number("repeated_ids", repeated, n=shared.right_rows, unit="rows")


def _of_rows(shared: Shared, *, width: int) -> Iterator[Measurement]:
    if not shared.left_rows or not shared.right_rows:
        for measure in ("row_overlap", "row_coincidence", "row_overlap_excess", "repeated_rows"):
            reason = f"one of the tables has no rows to compare in {width} columns"
            yield Measurement(measure=measure, n=shared.right_rows, unit="fraction", undecidable=reason)
        return
    overlap = shared.shared_rows / shared.right_rows
    coincidence = (shared.left_rows - shared.singles) / shared.left_rows
    yield number("row_overlap", overlap, n=shared.right_rows, unit="fraction")
    yield number("row_coincidence", coincidence, n=shared.left_rows, unit="fraction")
    yield number("row_overlap_excess", overlap - coincidence, n=shared.right_rows, unit="fraction")
    repeated = (shared.right_rows - shared.right_distinct) / shared.right_rows
    yield number("repeated_rows", repeated, n=shared.right_rows, unit="fraction")


FAMILY = TableFamily(
    contents=lambda request: (request.reference.content, request.current.content),
    aggregates=aggregates,
    derive=derive,
)
