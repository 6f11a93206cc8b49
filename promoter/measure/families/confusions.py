"""Confusions: how many rows of each class are called what, slice by slice; asked by readers, and held by no gate."""

from promoter.measure.aggregate import Aggregate
from promoter.measure.families import multiclass
from promoter.measure.families.family import Results, TableFamily
from promoter.measure.families.slicing import each_slice, slice_columns
from promoter.measure.measurement import Measurement
from promoter.measure.request import Measured, Quality
from promoter.measure.requests_data import Confusions

MOST_CELLS = 20_000
"""Cells of all slices together above which none is spelt out: nobody reads them, and a report would hold megabytes."""


def aggregates(request: Confusions) -> tuple[Aggregate, ...]:
    """Return the questions of the quality of the same rows, so that both are answered by one scan."""
    return multiclass.aggregates(_as_quality(request))


def derive(request: Confusions, results: Results) -> Measured:
    """Return the cells of each slice; one reason where they are too many."""
    quality = _as_quality(request)
    predicted = multiclass.predicted_rows(quality, results)
    coded = dict(zip(slice_columns(request.slices), predicted.slices, strict=True))
    values: list[Measurement] = []
    for slice_, rows in each_slice(request.slices, coded):
        values.extend(multiclass.confusion_cells(predicted, quality, rows=rows, slice_=slice_))
        if len(values) > MOST_CELLS:
            reason = f"the slices have more than {MOST_CELLS} cells of actual and predicted classes; name fewer columns"
            return Measured(values=(Measurement(measure="confusion", n=0, unit="rows", undecidable=reason),))
    return Measured(values=tuple(values))


def _as_quality(request: Confusions) -> Quality:
    return Quality(table=request.table, task="multiclass", slices=request.slices)


FAMILY = TableFamily(contents=lambda request: (request.table.content,), aggregates=aggregates, derive=derive)
