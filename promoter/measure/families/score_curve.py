"""ScoreCurve: the ROC curve of a binary score, and its reliability by bins of equal mass."""

from collections.abc import Iterator

import numpy as np

from promoter.errors import Undecidable
from promoter.measure.aggregate import Aggregate
from promoter.measure.families import binary
from promoter.measure.families.binary import score_counts, scored_rows
from promoter.measure.families.family import Results, TableFamily, number
from promoter.measure.families.labels import checked
from promoter.measure.families.slicing import ALL_ROWS
from promoter.measure.measurement import Measurement
from promoter.measure.request import Measured, Quality
from promoter.measure.requests_drawing import ScoreCurve
from promoter.measure.statistics.intervals import wilson
from promoter.measure.statistics.reliability import reliability_bins
from promoter.measure.statistics.roc import roc_points
from promoter.measure.statistics.sufficient import ScoreCounts


def aggregates(request: ScoreCurve) -> tuple[Aggregate, ...]:
    """Return the questions of the quality of the same rows, so that both are answered by one scan."""
    return binary.aggregates(_as_quality(request))


def derive(request: ScoreCurve, results: Results) -> Measured:
    """Return curve and bins; scores that are no probabilities have a curve and no bins."""
    scored = scored_rows(_as_quality(request), results)
    label = checked(scored.label, column=request.table.label or "", seen=scored.seen)
    counts = score_counts(scored, label, ALL_ROWS)
    facts = {
        "roc": np.round(roc_points(counts), 6).tolist(),
        "operating": _operating(counts, request.threshold),
        "positives": counts.n_positive,
    }
    try:
        return Measured(values=tuple(_bins(counts, request.bins)), facts=facts)
    except Undecidable as reason:
        undecided = Measurement(measure="positive_rate", n=counts.n, unit="fraction", undecidable=reason.reason)
        return Measured(values=(undecided,), facts=facts)


def _as_quality(request: ScoreCurve) -> Quality:
    return Quality(table=request.table, task="binary", threshold=0.5)


def _operating(counts: ScoreCounts, threshold: float | None) -> list[float] | None:
    if threshold is None:
        return None
    found = counts.confusion(threshold=threshold)
    return [found.fp / counts.n_negative, found.tp / counts.n_positive]


def _bins(counts: ScoreCounts, bins: int) -> Iterator[Measurement]:
    table = reliability_bins(counts, bins=bins)
    columns = zip(table.rows.tolist(), table.positives.tolist(), table.mean_scores.tolist(), strict=True)
    for place, (rows, positives, mean) in enumerate(columns, start=1):
        where = (("bin", str(place)),)
        yield number("mean_score", mean, n=rows, slice_=where, unit="fraction")
        yield Measurement(
            measure="positive_rate",
            n=rows,
            value=positives / rows,
            unit="fraction",
            slice=where,
            interval=wilson(positives, rows),
        )


FAMILY = TableFamily(contents=lambda request: (request.table.content,), aggregates=aggregates, derive=derive)
