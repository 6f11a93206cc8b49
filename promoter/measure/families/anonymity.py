"""Anonymity: the rows that share each combination of quasi-identifiers."""

import numpy as np

from promoter.measure.aggregate import Aggregate, Counts, Group, Source
from promoter.measure.families.family import Results, TableFamily, cells_of, number
from promoter.measure.request import Measured
from promoter.measure.requests_data import Anonymity
from promoter.measure.statistics.anonymity import k_anonymity


def aggregates(request: Anonymity) -> tuple[Aggregate, ...]:
    """Return the joint distribution of the quasi-identifiers."""
    return (_question(request),)


def derive(request: Anonymity, results: Results) -> Measured:
    """Return how the table stands against k. Raises Undecidable for a table without rows."""
    cells = cells_of(results, _question(request))
    size = cells.columns[0].codes.size
    found = k_anonymity(np.ones(size, np.int64) if cells.rows is None else cells.rows, k=request.k)
    values = (
        number("smallest_group", found.smallest, n=found.n, unit="rows"),
        number("rows_below", found.rows_below, n=found.n, unit="rows"),
        number("groups_below", found.groups_below, n=found.groups, unit="groups"),
    )
    return Measured(values=values, facts={"k": request.k})


def _question(request: Anonymity) -> Counts:
    return Counts(
        Source(request.table.content, request.table.format),
        tuple(Group(column) for column in request.quasi_identifiers),
    )


FAMILY = TableFamily(contents=lambda request: (request.table.content,), aggregates=aggregates, derive=derive)
