"""PairedScores: scores of an evaluation suite against the champion's on the same examples."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from promoter.errors import Undecidable
from promoter.measure.aggregate import Aggregate, Group, Number, PairedCounts, Source
from promoter.measure.families.family import Results, TableFamily, attempt, cells_of, measurement, number, rows_of
from promoter.measure.families.slicing import ALL_ROWS, Rows, each_slice, slice_columns
from promoter.measure.measurement import Measurement, Slice
from promoter.measure.request import Measured
from promoter.measure.requests_data import PairedScores
from promoter.measure.statistics.arrays import Bits, Floats, binary_labels, finite_floats
from promoter.measure.statistics.estimate import Estimate
from promoter.measure.statistics.mcnemar import mcnemar
from promoter.measure.statistics.paired import paired_mean_difference
from promoter.measure.statistics.sufficient import Discordance


@dataclass(frozen=True, slots=True)
class _Scores:
    """Both sides' scores (n,), rows aligned."""

    candidate: npt.NDArray[np.float64]
    champion: npt.NDArray[np.float64]


def aggregates(request: PairedScores) -> tuple[Aggregate, ...]:
    """Return the joint distribution over paired examples of slices and both scores."""
    return (_question(request),)


def derive(request: PairedScores, results: Results) -> Measured:
    """Return the differences on all examples and on each slice."""
    columns = rows_of(cells_of(results, _question(request)))
    names = slice_columns(request.slices)
    scores = _Scores(*columns[len(names) :])
    values = list(_of_rows(request, scores, rows=ALL_ROWS, slice_=()))
    for slice_, rows in each_slice(request.slices, dict(zip(names, columns, strict=False))):
        values.extend(_of_rows(request, scores, rows=rows, slice_=slice_))
    return Measured(values=tuple(values), facts={"passes": request.passes})


def _question(request: PairedScores) -> PairedCounts:
    left, right = request.candidate, request.champion
    if left.id is None or right.id is None or left.score is None or right.score is None:
        raise Undecidable("a paired comparison needs an id and a score column on both sides; name them")
    return PairedCounts(
        left=Source(left.content, left.format),
        right=Source(right.content, right.format),
        left_id=left.id,
        right_id=right.id,
        left_keys=(*(Group(column) for column in slice_columns(request.slices)), Number(left.score)),
        right_keys=(Number(right.score),),
    )


def _of_rows(request: PairedScores, scores: _Scores, *, rows: Rows, slice_: Slice) -> Iterator[Measurement]:
    candidate, champion = scores.candidate[rows], scores.champion[rows]
    n = int(candidate.size)
    test = attempt(lambda: paired_mean_difference(champion, candidate))
    yield measurement("mean_score_difference", lambda found: found.difference, test, n=n, slice_=slice_)
    yield measurement("mean_score_difference_p", lambda found: Estimate(found.p, None, n), test, n=n, slice_=slice_)
    counts = attempt(lambda: _discordance(request, candidate, champion))
    yield measurement(
        "pass_rate_difference", lambda found: mcnemar(found).difference, counts, n=n, slice_=slice_, unit="fraction"
    )
    yield measurement(
        "pass_rate_difference_p", lambda found: Estimate(mcnemar(found).p, None, n), counts, n=n, slice_=slice_
    )
    if not isinstance(counts, Undecidable):
        yield number("pass_rate_difference_won", counts.candidate_only, n=n, slice_=slice_, unit="rows")
        yield number("pass_rate_difference_lost", counts.champion_only, n=n, slice_=slice_, unit="rows")


def _discordance(request: PairedScores, candidate: Floats, champion: Floats) -> Discordance:
    ours, theirs = _passed(candidate, request.passes), _passed(champion, request.passes)
    return Discordance(
        n=int(ours.size),
        champion_only=int(np.count_nonzero(theirs & ~ours)),
        candidate_only=int(np.count_nonzero(ours & ~theirs)),
    )


def _passed(scores: Floats, passes: float | None) -> Bits:
    """Return whether each example passes. Raises Undecidable on missing scores; without a mark on any but 0 and 1."""
    if passes is None:
        return binary_labels(scores, name="score")
    return np.asarray(finite_floats(scores, name="score") >= passes, dtype=np.bool_)


FAMILY = TableFamily(
    contents=lambda request: (request.candidate.content, request.champion.content),
    aggregates=aggregates,
    derive=derive,
)
