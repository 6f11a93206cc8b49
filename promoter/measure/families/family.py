"""What a family declares, and how it turns statistics into measurements."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import numpy as np

from promoter.errors import Undecidable
from promoter.measure.aggregate import (
    Aggregate,
    Cells,
    Coded,
    Counts,
    PairedCounts,
    Profile,
    Result,
    TableFacts,
    Unavailable,
)
from promoter.measure.measurement import Measurement, Slice
from promoter.measure.request import Measured
from promoter.measure.statistics.estimate import Estimate

Results = Mapping[Aggregate, Result]
Basis = TypeVar("Basis")
"""What a statistic is computed from: sufficient statistics, or aligned columns."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TableFamily:
    """A family over tables: the contents that it needs, its questions, and the numbers from their answers.

    `split` cuts a request into smaller ones of the same family, so that few columns are in memory at a time;
    `join` puts their answers together.
    """

    contents: Callable[[Any], tuple[str, ...]]
    aggregates: Callable[[Any], tuple[Aggregate, ...]]
    derive: Callable[[Any, Results], Measured]
    split: Callable[[Any], tuple[Any, ...]] | None = None
    join: Callable[[Any, Sequence[Measured]], Measured] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ContentFamily:
    """A family over the bytes of one content; `read` gets a seekable stream. Raises Undecidable on other bytes.

    `beside` names contents that the first is read with, such as a trusted root: `read` gets a stream of each after it.
    """

    content: Callable[[Any], str]
    read: Callable[..., Measured]
    beside: Callable[[Any], tuple[str, ...]] | None = None

    def contents(self, request: Any) -> tuple[str, ...]:
        """Return the keys of all contents that a request reads, its own first."""
        return (self.content(request), *(self.beside(request) if self.beside else ()))


Family = TableFamily | ContentFamily


def cells_of(results: Results, question: Aggregate) -> Cells:
    """Return a joint distribution. Raises Undecidable where the engine had none."""
    answer = results[question]
    if isinstance(answer, Unavailable):
        raise Undecidable(f"{_place(question)}: {answer.reason}")
    if not isinstance(answer, Cells):
        raise TypeError(f"{question} was answered with {type(answer).__name__}")
    return answer


def facts_of(results: Results, question: Aggregate) -> TableFacts:
    """Return a table's profile. Raises Undecidable where the engine had none."""
    answer = results[question]
    if isinstance(answer, Unavailable):
        raise Undecidable(f"{_place(question)}: {answer.reason}")
    if not isinstance(answer, TableFacts):
        raise TypeError(f"{question} was answered with {type(answer).__name__}")
    return answer


def _place(question: Aggregate) -> str:
    """Return the content that a question is about."""
    if isinstance(question, PairedCounts):
        return f"{question.left.content} against {question.right.content}"
    return question.source.content if isinstance(question, Counts | Profile) else type(question).__name__


def rows_of(cells: Cells) -> tuple[Any, ...]:
    """Return the columns row by row, each cell as often as it has rows."""
    if cells.rows is None:
        return cells.columns
    return tuple(
        Coded(column.values, np.repeat(column.codes, cells.rows))
        if isinstance(column, Coded)
        else np.repeat(column, cells.rows)
        for column in cells.columns
    )


def attempt(compute: Callable[[], Basis]) -> Basis | Undecidable:
    """Return what many measures rest on, or why there is none."""
    try:
        return compute()
    except Undecidable as reason:
        return reason


def settled(basis: Basis | Undecidable) -> Basis:
    """Return a basis that there is. Raises Undecidable where there is none."""
    if isinstance(basis, Undecidable):
        raise basis
    return basis


def measurement(
    measure: str,
    statistic: Callable[[Basis], Estimate],
    basis: Basis | Undecidable,
    *,
    n: int,
    slice_: Slice = (),
    unit: str = "",
) -> Measurement:
    """Return a statistic of a basis; where either is undecidable, the reason, and the `n` rows looked at."""
    try:
        estimate = statistic(settled(basis))
    except Undecidable as reason:
        return Measurement(measure=measure, n=n, slice=slice_, unit=unit, undecidable=reason.reason)
    interval = estimate.interval
    if interval is not None:
        interval = replace(interval, lower=float(interval.lower), upper=float(interval.upper))
    return Measurement(
        measure=measure, n=int(estimate.n), value=float(estimate.value), unit=unit, slice=slice_, interval=interval
    )


def number(measure: str, value: float, *, n: int, slice_: Slice = (), unit: str = "") -> Measurement:
    """Return a plain number, such as a count, as a measurement without an interval."""
    return Measurement(measure=measure, n=n, value=float(value), unit=unit, slice=slice_)
