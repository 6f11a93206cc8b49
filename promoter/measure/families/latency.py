"""Latency: percentiles of a version's requests, their ratio to the champion's of the same run, and memory."""

from collections.abc import Iterator
from functools import partial

import numpy as np
import numpy.typing as npt

from promoter.errors import Undecidable
from promoter.measure.aggregate import Aggregate, Coded, Counts, Group, Key, Number, Source
from promoter.measure.families.family import Results, TableFamily, attempt, cells_of, measurement, rows_of, settled
from promoter.measure.measurement import Measurement
from promoter.measure.request import Measured
from promoter.measure.requests_data import Latency
from promoter.measure.statistics.estimate import Estimate
from promoter.measure.statistics.latency import latency_percentile, latency_ratio

PERCENTILES = (("p50", 0.5), ("p95", 0.95), ("p99", 0.99))

Rows = npt.NDArray[np.float64]


def aggregates(request: Latency) -> tuple[Aggregate, ...]:
    """Return the distribution of latencies, and of memory where it is asked for, by artifact."""
    columns = (request.column, request.memory_column)
    return tuple(_question(request, column) for column in columns if column is not None)


def derive(request: Latency, results: Results) -> Measured:
    """Return percentiles and ratios; what a file does not hold is undecidable with what to measure."""
    column = request.column
    own = attempt(lambda: _rows_of(request, results, column, request.artifact))
    values = [
        measurement(f"latency_{name}", partial(_percentile, share=share), own, n=_size(own), unit="ms")
        for name, share in PERCENTILES
    ]
    if request.champion is not None:
        theirs = attempt(lambda: _rows_of(request, results, column, request.champion or ""))
        both = attempt(lambda: (settled(theirs), settled(own)))
        n = _size(own) + _size(theirs)
        values += [
            measurement(f"latency_{name}_ratio", partial(_ratio, share=share), both, n=n) for name, share in PERCENTILES
        ]
    if request.memory_column is not None:
        values += _memory(request, results)
    return Measured(values=tuple(values))


def _question(request: Latency, column: str) -> Counts:
    keys: tuple[Key, ...] = (Number(column),)
    if request.artifact_column is not None:
        keys = (Group(request.artifact_column), *keys)
    return Counts(Source(request.table.content, request.table.format), keys)


def _rows_of(request: Latency, results: Results, column: str, artifact: str) -> Rows:
    """Return a column's numbers of one artifact's rows. Raises Undecidable where it has none."""
    *by, values = rows_of(cells_of(results, _question(request, column)))
    rows: Rows = np.asarray(values, dtype=np.float64)
    if not by:
        if artifact != request.artifact:
            raise Undecidable("the file does not say whose a request is, so nothing can be compared; name the column")
        return rows
    [names] = by
    rows = rows[_is_of(names, artifact)]
    if not rows.size:
        raise Undecidable(f"the file holds no request to {artifact}; measure it with the other in one run")
    return rows


def _is_of(names: Coded, artifact: str) -> npt.NDArray[np.bool_]:
    wanted = np.asarray([text == artifact for text in names.values], dtype=np.bool_)
    return np.asarray(wanted[names.codes], dtype=np.bool_)


def _size(rows: Rows | Undecidable) -> int:
    return 0 if isinstance(rows, Undecidable) else int(rows.size)


def _percentile(rows: Rows, *, share: float) -> Estimate:
    return latency_percentile(rows, share=share)


def _ratio(sides: tuple[Rows, Rows], *, share: float) -> Estimate:
    return latency_ratio(sides[0], sides[1], share=share)


def _memory(request: Latency, results: Results) -> Iterator[Measurement]:
    column = request.memory_column or ""
    own = attempt(lambda: _most(_rows_of(request, results, column, request.artifact)))
    yield measurement("memory_bytes", lambda most: Estimate(most, None, 1), own, n=1, unit="byte")
    if request.champion is not None:
        theirs = attempt(lambda: _most(_rows_of(request, results, column, request.champion or "")))
        ratio = attempt(lambda: settled(own) / settled(theirs))
        yield measurement("memory_ratio", lambda value: Estimate(value, None, 2), ratio, n=2)


def _most(rows: Rows) -> float:
    bad = int(np.count_nonzero(~(np.isfinite(rows) & (rows > 0))))
    if bad:
        raise Undecidable(f"memory is missing or not positive in {bad} of {rows.size} rows")
    return float(rows.max())


FAMILY = TableFamily(contents=lambda request: (request.table.content,), aggregates=aggregates, derive=derive)
