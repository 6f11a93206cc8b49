"""Rates of a confusion matrix, by the field's usual names, each with its interval."""

import math
from fractions import Fraction

import numpy as np

from promoter.errors import Undecidable
from promoter.measure.measurement import Interval
from promoter.measure.statistics.estimate import Estimate
from promoter.measure.statistics.intervals import DEFAULT_LEVEL, mean_of_proportions, two_sided_z, wilson
from promoter.measure.statistics.sufficient import Confusion


def accuracy(counts: Confusion, *, level: float = DEFAULT_LEVEL) -> Estimate:
    """Return (tp + tn) / n with Wilson's interval. Raises Undecidable without rows."""
    return _rate(counts.tp + counts.tn, counts.n, of="rows", level=level)


def precision(counts: Confusion, *, level: float = DEFAULT_LEVEL) -> Estimate:
    """Return tp / (tp + fp) with Wilson's interval. Raises Undecidable if nothing is predicted positive."""
    return _rate(counts.tp, counts.tp + counts.fp, of="predicted positives", level=level)


def recall(counts: Confusion, *, level: float = DEFAULT_LEVEL) -> Estimate:
    """Return tp / (tp + fn), the true positive rate, with Wilson's interval. Raises Undecidable if no positives."""
    return _rate(counts.tp, counts.tp + counts.fn, of="positives", level=level)


def specificity(counts: Confusion, *, level: float = DEFAULT_LEVEL) -> Estimate:
    """Return tn / (tn + fp), the true negative rate, with Wilson's interval. Raises Undecidable if no negatives."""
    return _rate(counts.tn, counts.tn + counts.fp, of="negatives", level=level)


def fpr(counts: Confusion, *, level: float = DEFAULT_LEVEL) -> Estimate:
    """Return fp / (fp + tn) with Wilson's interval. Raises Undecidable if there are no negatives."""
    return _rate(counts.fp, counts.tn + counts.fp, of="negatives", level=level)


def fnr(counts: Confusion, *, level: float = DEFAULT_LEVEL) -> Estimate:
    """Return fn / (fn + tp) with Wilson's interval. Raises Undecidable if there are no positives."""
    return _rate(counts.fn, counts.tp + counts.fn, of="positives", level=level)


def selection_rate(counts: Confusion, *, level: float = DEFAULT_LEVEL) -> Estimate:
    """Return (tp + fp) / n with Wilson's interval. Raises Undecidable without rows."""
    return _rate(counts.tp + counts.fp, counts.n, of="rows", level=level)


def balanced_accuracy(counts: Confusion, *, level: float = DEFAULT_LEVEL) -> Estimate:
    """Return (recall + specificity) / 2; the interval joins their Wilson intervals (Zou and Donner 2008).

    Raises Undecidable for one class only.
    """
    positives, negatives = counts.tp + counts.fn, counts.tn + counts.fp
    if positives == 0 or negatives == 0:
        raise Undecidable(f"one class only in {counts.n} rows: balanced accuracy does not exist")
    interval = mean_of_proportions(counts.tp, positives, counts.tn, negatives, level=level)
    value = Fraction(counts.tp, positives) + Fraction(counts.tn, negatives)
    return Estimate(float(value / 2), interval, counts.n)


def f1(counts: Confusion, *, level: float = DEFAULT_LEVEL) -> Estimate:
    """Return 2 tp / (2 tp + fp + fn), with Wilson's interval of F* = tp / (tp + fp + fn) mapped by 2 F* / (1 + F*).

    F* is a proportion and F1 rises with it, so the coverage is Wilson's. Raises Undecidable where there is neither
    a positive nor a predicted one. Source: Hand, Christen and Kirielle 2021 (F*).
    """
    touched = counts.tp + counts.fp + counts.fn
    if touched == 0:
        raise Undecidable(f"no positives, true or predicted, in {counts.n} rows: F1 does not exist")
    star = wilson(counts.tp, touched, level=level)
    lower, upper = (2.0 * end / (1.0 + end) for end in (star.lower, star.upper))
    return Estimate(2 * counts.tp / (counts.tp + touched), Interval(lower, upper, level, "wilson-f-star"), counts.n)


def mcc(counts: Confusion, *, level: float = DEFAULT_LEVEL) -> Estimate:
    """Return Matthews' correlation (tp tn - fp fn) / sqrt of the product of the four margins.

    The interval is the delta method on Fisher's z; where a cell is empty, on cells with 1/2 added, widened to hold
    the value. Raises Undecidable where a margin is empty (scikit-learn says 0 there).
    Sources: Matthews 1975; Itaya et al. 2024 (asymptotics of the MCC).
    """
    cells = (counts.tp, counts.fp, counts.fn, counts.tn)
    value = _correlation(*cells)
    smoothed = min(cells) == 0
    basis = tuple(cell + 0.5 for cell in cells) if smoothed else tuple(map(float, cells))
    centre = _correlation(*basis)
    half_width = two_sided_z(level) * _correlation_error(*basis) / (1.0 - centre**2)
    lower = math.tanh(math.atanh(centre) - half_width)
    upper = math.tanh(math.atanh(centre) + half_width)
    method = "fisher-z-delta-half" if smoothed else "fisher-z-delta"
    return Estimate(value, Interval(min(lower, value), max(upper, value), level, method), counts.n)


def _correlation(tp: float, fp: float, fn: float, tn: float) -> float:
    margins = ((tp + fp), (tp + fn), (tn + fp), (tn + fn))
    if min(margins) == 0:
        raise Undecidable(
            f"a class or a prediction never occurs (tp {tp}, fp {fp}, fn {fn}, tn {tn}): MCC does not exist"
        )
    raw = (tp * tn - fp * fn) / math.prod(math.sqrt(margin) for margin in margins)
    return min(1.0, max(-1.0, raw))


def _correlation_error(tp: float, fp: float, fn: float, tn: float) -> float:
    """Return the multinomial delta-method standard error; the gradient is orthogonal to the cells."""
    value = _correlation(tp, fp, fn, tn)
    scale = math.prod(math.sqrt(margin) for margin in ((tp + fp), (tp + fn), (tn + fp), (tn + fn)))
    called, called_not, true, false = 1 / (tp + fp), 1 / (tn + fn), 1 / (tp + fn), 1 / (tn + fp)
    gradient = np.array(
        [
            tn / scale - value / 2 * (called + true),
            -fn / scale - value / 2 * (called + false),
            -fp / scale - value / 2 * (called_not + true),
            tp / scale - value / 2 * (called_not + false),
        ]
    )
    return math.sqrt(float((np.array([tp, fp, fn, tn]) * gradient**2).sum()))


def _rate(successes: int, n: int, *, of: str, level: float) -> Estimate:
    if n == 0:
        raise Undecidable(f"no {of}: the rate does not exist")
    return Estimate(successes / n, wilson(successes, n, level=level), n)
