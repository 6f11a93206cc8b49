"""TableProfile: what a table holds, column by column, and the times that it spans."""

from collections.abc import Iterator

from promoter.measure.aggregate import Aggregate, Profile, Source, TableFacts
from promoter.measure.families.family import Results, TableFamily, facts_of, number
from promoter.measure.measurement import Measurement
from promoter.measure.request import Measured, TableProfile


def aggregates(request: TableProfile) -> tuple[Aggregate, ...]:
    """Return the one question of a profile."""
    return (_question(request),)


def derive(request: TableProfile, results: Results) -> Measured:
    """Return rows and ids of the table, the measures of each column, and its types and categories as facts."""
    facts = facts_of(results, _question(request))
    return Measured(
        values=tuple(_values(facts)),
        facts={
            "columns": {name: column.dtype for name, column in facts.columns.items()},
            "categories": {
                name: None if column.categories is None else list(column.categories)
                for name, column in facts.columns.items()
            },
            "earliest": facts.earliest,
            "latest": facts.latest,
        },
    )


def _question(request: TableProfile) -> Profile:
    table = request.table
    return Profile(Source(table.content, table.format), table.id, table.timestamp)


def _values(facts: TableFacts) -> Iterator[Measurement]:
    n = facts.rows
    yield number("rows", n, n=n, unit="rows")
    if facts.duplicate_ids is not None and facts.missing_ids is not None:
        yield number("duplicate_ids", facts.duplicate_ids, n=n, unit="rows")
        yield number("missing_ids", facts.missing_ids, n=n, unit="rows")
    for name, column in facts.columns.items():
        where = (("column", name),)
        yield number("missing", column.missing, n=n, slice_=where, unit="rows")
        if column.distinct is None:
            reason = "too many distinct values to count exactly"
            yield Measurement(measure="distinct", n=n, slice=where, unit="values", undecidable=reason)
        else:
            yield number("distinct", column.distinct, n=n, slice_=where, unit="values")
        if column.dtype in ("int", "float"):
            yield number("infinite", column.infinite, n=n, slice_=where, unit="rows")
        if column.minimum is not None and column.maximum is not None:
            yield number("minimum", column.minimum, n=n, slice_=where)
            yield number("maximum", column.maximum, n=n, slice_=where)


FAMILY = TableFamily(contents=lambda request: (request.table.content,), aggregates=aggregates, derive=derive)
