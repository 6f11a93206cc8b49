"""Per-example scores of evaluation suites: judge scores, passes, refusals; over all rows, per suite, per tag."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from promoter.errors import Undecidable
from promoter.measure.measurement import Interval
from promoter.measure.statistics.arrays import binary_labels, finite_floats
from promoter.measure.statistics.estimate import Estimate
from promoter.measure.statistics.intervals import DEFAULT_LEVEL, wilson
from promoter.measure.statistics.means import mean_estimate
from promoter.measure.statistics.paired import PairedMean, bootstrap_mean_difference, paired_mean_difference


@dataclass(frozen=True, slots=True)
class PairedScores:
    """Candidate minus champion on the same examples, by the t test and by the seeded bootstrap."""

    test: PairedMean
    bootstrap: Interval


@dataclass(frozen=True, slots=True)
class TagEstimate:
    """An estimate over the examples that carry a tag, or the reason why there is none."""

    tag: str
    n: int
    estimate: Estimate | None
    undecidable: str | None


def mean_score(scores: npt.ArrayLike, *, level: float = DEFAULT_LEVEL) -> Estimate:
    """Return the mean score with Student's interval. Raises Undecidable on no rows, text, NaN and infinities."""
    return mean_estimate(scores, name="score", level=level)


def pass_rate(passed: npt.ArrayLike, *, level: float = DEFAULT_LEVEL) -> Estimate:
    """Return the share of examples that pass (values 0, 1, False, True), with Wilson's interval.

    Raises Undecidable on no rows and on any other value, so that a missing verdict is never a failure or a pass.
    """
    rows = binary_labels(passed, name="passed")
    successes = int(rows.sum())
    return Estimate(successes / rows.size, wilson(successes, rows.size, level=level), rows.size)


def paired_scores(
    champion: npt.ArrayLike, candidate: npt.ArrayLike, *, seed: int, level: float = DEFAULT_LEVEL
) -> PairedScores:
    """Test candidate minus champion on (n,) aligned scores. Errors as `paired_mean_difference`."""
    return PairedScores(
        paired_mean_difference(champion, candidate, level=level),
        bootstrap_mean_difference(champion, candidate, seed=seed, level=level),
    )


def by_tag(
    values: npt.ArrayLike,
    tags: Sequence[Sequence[str]],
    *,
    statistic: Callable[[npt.ArrayLike], Estimate] = mean_score,
) -> tuple[TagEstimate, ...]:
    """Return the statistic over each tag's examples, in text order; an example counts once for each of its tags.

    A suite is a tag that every example has one of. What is undecidable for one tag leaves the others standing.
    Raises Undecidable where values and tags differ in length.
    """
    rows = np.asarray(values)
    if rows.size != len(tags):
        raise Undecidable(f"the rows are not aligned: values has {rows.size}, tags has {len(tags)}")
    places: dict[str, list[int]] = defaultdict(list)
    for position, names in enumerate(tags):
        for name in set(names):
            places[name].append(position)
    return tuple(_tag_estimate(name, rows[places[name]], statistic) for name in sorted(places))


def score_range(scores: npt.ArrayLike, *, lowest: float, highest: float) -> None:
    """Raise Undecidable, with the count, where scores leave the scale that the suite declares."""
    rows = finite_floats(scores, name="score")
    outside = int(((rows < lowest) | (rows > highest)).sum())
    if outside:
        raise Undecidable(f"score leaves its scale {lowest:g} to {highest:g} in {outside} of {rows.size} rows")


def _tag_estimate(
    tag: str, rows: npt.NDArray[np.generic], statistic: Callable[[npt.ArrayLike], Estimate]
) -> TagEstimate:
    try:
        return TagEstimate(tag, rows.size, statistic(rows), None)
    except Undecidable as undecidable:
        return TagEstimate(tag, rows.size, None, undecidable.reason)
