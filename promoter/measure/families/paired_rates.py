"""PairedRates: recall, specificity, accuracy and selection rate of two models' decisions on the same rows."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from promoter.errors import Undecidable
from promoter.measure.aggregate import Aggregate, AtLeast, Group, Key, Label, PairedCounts, Source
from promoter.measure.families.family import Results, TableFamily, attempt, cells_of, measurement, number, rows_of
from promoter.measure.families.labels import checked
from promoter.measure.families.slicing import ALL_ROWS, Rows, each_slice, slice_columns
from promoter.measure.measurement import Measurement, Slice
from promoter.measure.request import Measured, Table
from promoter.measure.requests_data import PairedRates
from promoter.measure.statistics.arrays import Bits
from promoter.measure.statistics.estimate import Estimate
from promoter.measure.statistics.mcnemar import McNemar, mcnemar
from promoter.measure.statistics.sufficient import Discordance


@dataclass(frozen=True, slots=True)
class _Decided:
    """Label and both models' decisions (n,), rows aligned."""

    label: Bits
    candidate: Bits
    champion: Bits


def aggregates(request: PairedRates) -> tuple[Aggregate, ...]:
    """Return the joint distribution over paired rows of slices, both labels and both decisions."""
    return (_question(request),)


def derive(request: PairedRates, results: Results) -> Measured:
    """Return the differences on all rows and on each slice. Raises Undecidable where labels differ or are unusable."""
    columns = rows_of(cells_of(results, _question(request)))
    names = slice_columns(request.slices)
    label, candidate, other_label, champion = columns[len(names) :]
    differing = int(np.count_nonzero(label != other_label))
    if differing:
        raise Undecidable(
            f"the label differs between candidate and champion in {differing} of {label.size} rows with the same id;"
            " score both on one labelled set"
        )
    decided = _Decided(
        checked(label, column=request.candidate.label or "", seen=None),
        checked(candidate, column=_decision(request.candidate, request.threshold).column, seen=None),
        checked(champion, column=_decision(request.champion, request.champion_threshold).column, seen=None),
    )
    values = list(_of_rows(decided, rows=ALL_ROWS, slice_=()))
    for slice_, rows in each_slice(request.slices, dict(zip(names, columns, strict=False))):
        values.extend(_of_rows(decided, rows=rows, slice_=slice_))
    return Measured(values=tuple(values))


def _question(request: PairedRates) -> PairedCounts:
    left, right = request.candidate, request.champion
    if left.id is None or right.id is None or left.label is None or right.label is None:
        raise Undecidable("a paired comparison needs an id and a label column on both sides; name them")
    groups = tuple(Group(column) for column in slice_columns(request.slices))
    return PairedCounts(
        left=Source(left.content, left.format),
        right=Source(right.content, right.format),
        left_id=left.id,
        right_id=right.id,
        left_keys=(*groups, Label(left.label), _decision(left, request.threshold)),
        right_keys=(Label(right.label), _decision(right, request.champion_threshold)),
    )


def _decision(table: Table, threshold: float | None) -> Key:
    """Return what a model decides: by its version's threshold, else by its file's predictions."""
    if threshold is not None and table.score is not None:
        return AtLeast(table.score, threshold)
    if table.prediction is None:
        raise Undecidable("neither a threshold for the score nor a prediction column says what is decided; name one")
    return Label(table.prediction)


def _of_rows(decided: _Decided, *, rows: Rows, slice_: Slice) -> Iterator[Measurement]:
    label, candidate, champion = decided.label[rows], decided.candidate[rows], decided.champion[rows]
    everyone = np.ones(label.size, dtype=np.bool_)
    for measure, among, ours, theirs in (
        ("recall_difference", label, candidate, champion),
        ("specificity_difference", ~label, ~candidate, ~champion),
        ("accuracy_difference", everyone, candidate == label, champion == label),
        ("selection_rate_difference", everyone, candidate, champion),
    ):
        counts = Discordance(
            n=int(np.count_nonzero(among)),
            champion_only=int(np.count_nonzero(among & theirs & ~ours)),
            candidate_only=int(np.count_nonzero(among & ours & ~theirs)),
        )
        yield from _tested(measure, counts, slice_)


def _tested(measure: str, counts: Discordance, slice_: Slice) -> Iterator[Measurement]:
    test = attempt(lambda: mcnemar(counts))
    yield measurement(measure, _difference, test, n=counts.n, slice_=slice_, unit="fraction")
    yield measurement(f"{measure}_p", lambda found: Estimate(found.p, None, counts.n), test, n=counts.n, slice_=slice_)
    yield number(f"{measure}_won", counts.candidate_only, n=counts.n, slice_=slice_, unit="rows")
    yield number(f"{measure}_lost", counts.champion_only, n=counts.n, slice_=slice_, unit="rows")


def _difference(test: McNemar) -> Estimate:
    return test.difference


FAMILY = TableFamily(
    contents=lambda request: (request.candidate.content, request.champion.content),
    aggregates=aggregates,
    derive=derive,
)
