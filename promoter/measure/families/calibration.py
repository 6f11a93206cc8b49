"""Calibration: whether binary scores are the probabilities that they claim to be, and what the top of them holds."""

from collections.abc import Iterator
from functools import partial

from promoter.measure.aggregate import Aggregate
from promoter.measure.families import binary
from promoter.measure.families.binary import ScoredRows, score_counts, scored_rows
from promoter.measure.families.family import Results, TableFamily, attempt, measurement, settled
from promoter.measure.families.labels import checked
from promoter.measure.families.slicing import ALL_ROWS, Rows, each_slice, slice_columns
from promoter.measure.measurement import Measurement, Slice
from promoter.measure.request import Calibration, Measured, Quality
from promoter.measure.statistics import brier_parts, calibration, gain, recalibration
from promoter.measure.statistics.estimate import Estimate
from promoter.measure.statistics.reliability import reliability_bins

_TOP = 0.1


def aggregates(request: Calibration) -> tuple[Aggregate, ...]:
    """Return the questions of the quality of the same rows, so that both are answered by one scan."""
    return binary.aggregates(_as_quality(request))


def derive(request: Calibration, results: Results) -> Measured:
    """Return every measure on all rows and on each slice."""
    scored = scored_rows(_as_quality(request), results)
    values = list(_of_rows(request, scored, rows=ALL_ROWS, slice_=()))
    coded = dict(zip(slice_columns(request.slices), scored.slices, strict=True))
    for slice_, rows in each_slice(request.slices, coded):
        values.extend(_of_rows(request, scored, rows=rows, slice_=slice_))
    return Measured(values=tuple(values), facts={"bins": request.bins})


def _as_quality(request: Calibration) -> Quality:
    return Quality(table=request.table, task="binary", threshold=0.5, slices=request.slices)


def _of_rows(request: Calibration, scored: ScoredRows, *, rows: Rows, slice_: Slice) -> Iterator[Measurement]:
    n = int(scored.label[rows].size)
    label = attempt(lambda: checked(scored.label[rows], column=request.table.label or "", seen=scored.seen))
    counts = attempt(lambda: score_counts(scored, settled(label), rows))
    make = partial(measurement, n=n, slice_=slice_)
    table = attempt(lambda: reliability_bins(settled(counts), bins=request.bins))
    errors = attempt(lambda: calibration.ece_on(settled(table)))
    yield make("ece", lambda error: error.plain, errors)
    yield make("ece_debiased", lambda error: error.debiased, errors)
    yield make("mce", calibration.mce_on, table)
    line = attempt(lambda: recalibration.recalibration(settled(counts)))
    yield make("calibration_intercept", lambda fit: fit.intercept, line)
    yield make("calibration_slope", lambda fit: fit.slope, line)
    test = attempt(lambda: calibration.spiegelhalter(settled(counts)))
    yield make("spiegelhalter_z", lambda found: Estimate(found.z, None, found.n), test)
    yield make("spiegelhalter_p", lambda found: Estimate(found.p, None, found.n), test)
    parts = attempt(lambda: brier_parts.brier_estimates_on(settled(table)))
    yield make("brier_reliability", lambda found: found.reliability, parts)
    yield make("brier_resolution", lambda found: found.resolution, parts)
    yield make("brier_uncertainty", lambda found: found.uncertainty, parts)
    caught = attempt(lambda: gain.gain_at(settled(counts), fraction=_TOP))
    yield make("gain_at_10", lambda found: found, caught, unit="fraction")
    yield make("lift_at_10", partial(gain.lift_of, fraction=_TOP), caught)


FAMILY = TableFamily(contents=lambda request: (request.table.content,), aggregates=aggregates, derive=derive)
