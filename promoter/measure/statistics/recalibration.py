"""Calibration intercept and slope: the logistic regression of the label on the logit of the score.

1. Of many distinct scores, runs of neighbours are joined at their mean logit, and the line is fitted to those.
2. From there a step or two of Newton's method on all scores, a block at a time, give the line of all scores.
"""

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from promoter.errors import Undecidable
from promoter.measure.measurement import Interval
from promoter.measure.statistics.arrays import BLOCK_ROWS, Floats
from promoter.measure.statistics.estimate import Estimate
from promoter.measure.statistics.intervals import DEFAULT_LEVEL, two_sided_z
from promoter.measure.statistics.sufficient import ScoreBlock, ScoreCounts

_MOST_STEPS = 100
_MOST_HALVINGS = 40
_LAST_STEP = 1e-9
"""A step this small, relatively, is the last: Newton's error after it is about its square."""

_SURE_STEP = 1e-2
"""Below this a step of Newton's method, in standard deviations of the logit, is not checked to raise the likelihood."""

_RUNS = 8_192


@dataclass(frozen=True, slots=True)
class Recalibration:
    """Perfect is intercept 0 and slope 1; a slope below 1 says that scores are too extreme."""

    intercept: Estimate
    slope: Estimate


@dataclass(frozen=True, slots=True, eq=False)
class _Points:
    """Logits, centred and scaled, with the positives and rows of each, (k,)."""

    design: Floats
    positives: Floats
    totals: Floats


@dataclass(frozen=True, slots=True, eq=False)
class _Line:
    """Offset and slope on the centred and scaled logit, and their covariance (2, 2)."""

    offset: float
    slope: float
    covariance: Floats


_Problem = Callable[[], Iterable[_Points]]
"""All points, a block at a time, as often as asked."""


def recalibration(counts: ScoreCounts, *, level: float = DEFAULT_LEVEL) -> Recalibration:
    """Return the maximum-likelihood a, b of logit P(y = 1) = a + b logit(score), with Wald intervals.

    Newton's method on the distinct scores, centred and scaled. Raises Undecidable for one class only, scores of
    exactly 0 or 1 or outside (no logit), one distinct score, and separated classes (no maximum).
    Source: Cox 1958; Van Calster et al. 2019 for the reading.
    """
    _require_maximum(counts)
    runs = _joined(counts)
    centre = float((runs.totals * runs.design).sum()) / counts.n
    scale = math.sqrt(float((runs.totals * (runs.design - centre) ** 2).sum()) / counts.n)
    if not scale > 0.0:
        raise Undecidable("the logits of the scores do not differ: a slope does not exist")
    scaled = _Points((runs.design - centre) / scale, runs.positives, runs.totals)
    if runs.design.size == counts.values.size:
        line = _fit(lambda: (scaled,), start=(0.0, 0.0))
    else:
        start = _start(scaled)  # 1
        line = _fit(lambda: _points(counts, centre=centre, scale=scale), start=start)  # 2
    slope = line.slope / scale
    slope_error = math.sqrt(line.covariance[1, 1]) / scale
    lever = np.array([1.0, -centre / scale])
    intercept_error = math.sqrt(float(lever @ line.covariance @ lever))
    return Recalibration(
        _wald(line.offset - slope * centre, intercept_error, level=level, n=counts.n),
        _wald(slope, slope_error, level=level, n=counts.n),
    )


def _require_maximum(counts: ScoreCounts) -> None:
    counts.require_both_classes()
    counts.require_probabilities()
    ends = {0: 0.0, counts.values.size - 1: 1.0}
    certain = sum(int(counts.totals[place]) for place, end in ends.items() if counts.values[place] == end)
    if certain:
        raise Undecidable(f"{certain} of {counts.n} scores are exactly 0 or 1 and have no logit")
    if counts.values.size < 2:
        raise Undecidable(f"all {counts.n} scores are {counts.values[0]:.3g}: a slope does not exist")
    (lowest, highest), (lowest_other, highest_other) = (
        (int(np.argmax(has_rows)), has_rows.size - 1 - int(np.argmax(has_rows[::-1])))
        for has_rows in (counts.positives > 0, counts.negatives > 0)
    )
    if lowest >= highest_other or lowest_other >= highest:
        raise Undecidable("the classes do not overlap in score: the likelihood has no maximum")


def _joined(counts: ScoreCounts) -> _Points:
    """Return runs of neighbouring scores at their mean logit: at most twice _RUNS, each score its own where so few."""
    run = 1 << max(0, (counts.values.size - 1) // (2 * _RUNS)).bit_length()
    columns: tuple[list[Floats], ...] = ([], [], [])
    for block in counts.blocks():
        starts = np.arange(0, block.values.size, min(run, BLOCK_ROWS))
        totals = np.add.reduceat(block.totals.astype(np.float64), starts)
        columns[0].append(
            np.add.reduceat(block.totals * _logits(block), starts) / totals if run > 1 else _logits(block)
        )
        columns[1].append(np.add.reduceat(block.positives.astype(np.float64), starts))
        columns[2].append(totals)
    return _Points(*map(np.concatenate, columns))


def _points(counts: ScoreCounts, *, centre: float, scale: float) -> Iterator[_Points]:
    for block in counts.blocks():
        positives, totals = block.positives.astype(np.float64), block.totals.astype(np.float64)
        yield _Points((_logits(block) - centre) / scale, positives, totals)


def _logits(block: ScoreBlock) -> Floats:
    return np.asarray(np.log(block.values) - np.log1p(-block.values), dtype=np.float64)


def _start(runs: _Points) -> tuple[float, float]:
    """Return the line of joined scores; nothing where joining separates the classes."""
    try:
        line = _fit(lambda: (runs,), start=(0.0, 0.0))
    except Undecidable:
        return 0.0, 0.0
    return line.offset, line.slope


def _fit(problem: _Problem, *, start: tuple[float, float]) -> _Line:
    """Return the line of greatest likelihood; Newton steps, large ones halved while the likelihood falls."""
    offset, slope = start
    for _ in range(_MOST_STEPS):
        gradient, information = _derivatives(problem, offset, slope)
        if not np.linalg.det(information) > 0.0:
            break
        step = np.linalg.solve(information, gradient).astype(np.float64)
        if np.abs(step).max() > _SURE_STEP:
            step = _halved(problem, offset, slope, step)
        offset, slope = offset + float(step[0]), slope + float(step[1])
        if np.abs(step).max() <= _LAST_STEP * max(1.0, abs(offset), abs(slope)):
            return _Line(offset, slope, np.asarray(np.linalg.inv(information), dtype=np.float64))
    raise Undecidable(f"recalibration did not settle in {_MOST_STEPS} Newton steps: the classes hardly overlap")


def _halved(problem: _Problem, offset: float, slope: float, step: Floats) -> Floats:
    likelihood = _log_likelihood(problem, offset, slope)
    for _ in range(_MOST_HALVINGS):
        if _log_likelihood(problem, offset + step[0], slope + step[1]) >= likelihood - abs(likelihood) * 1e-14:
            break
        step = step / 2.0
    return step


def _log_likelihood(problem: _Problem, offset: float, slope: float) -> float:
    sums = []
    for points in problem():
        predictor = offset + slope * points.design
        sums.append(float((points.positives * predictor - points.totals * np.logaddexp(0.0, predictor)).sum()))
    return math.fsum(sums)


def _derivatives(problem: _Problem, offset: float, slope: float) -> tuple[Floats, Floats]:
    """Return gradient (2,) and information (2, 2) of the likelihood."""
    sums: list[tuple[float, ...]] = []
    for points in problem():
        with np.errstate(over="ignore"):
            rates = 1.0 / (1.0 + np.exp(-(offset + slope * points.design)))
        expected = points.totals * rates
        residuals, weights = points.positives - expected, expected * (1.0 - rates)
        weighted = weights * points.design
        terms = (residuals, residuals * points.design, weights, weighted, weighted * points.design)
        sums.append(tuple(float(term.sum()) for term in terms))
    first, second, plain, mixed, square = map(math.fsum, zip(*sums, strict=True))
    return np.array([first, second]), np.array([[plain, mixed], [mixed, square]])


def _wald(value: float, error: float, *, level: float, n: int) -> Estimate:
    half_width = two_sided_z(level) * error
    return Estimate(value, Interval(value - half_width, value + half_width, level, "wald"), n)
