"""Rates of a confusion matrix against scikit-learn."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics

from promoter.errors import Undecidable
from promoter.measure.statistics import confusion
from promoter.measure.statistics.sufficient import Confusion

CELLS = st.tuples(*[st.integers(0, 30)] * 4)
MEASURES = (
    (confusion.accuracy, metrics.accuracy_score),
    (confusion.balanced_accuracy, metrics.balanced_accuracy_score),
    (confusion.precision, metrics.precision_score),
    (confusion.recall, metrics.recall_score),
    (confusion.specificity, lambda t, p: metrics.recall_score(t, p, pos_label=0)),
    (confusion.fpr, lambda t, p: 1.0 - metrics.recall_score(t, p, pos_label=0)),
    (confusion.fnr, lambda t, p: 1.0 - metrics.recall_score(t, p)),
    (confusion.f1, metrics.f1_score),
    (confusion.mcc, metrics.matthews_corrcoef),
    (confusion.selection_rate, lambda _, p: np.mean(p)),
)


@given(CELLS)
def test_rates_agree_with_scikit_learn_inside_of_their_interval(cells: tuple[int, int, int, int]) -> None:
    """To 1e-9, for any cells for which the rate exists."""
    tp, fp, fn, tn = cells
    truth, predicted = np.repeat([1, 0, 1, 0], cells), np.repeat([1, 1, 0, 0], cells)
    for ours, oracle in MEASURES:
        try:
            found = ours(Confusion(tp=tp, fp=fp, fn=fn, tn=tn))
        except Undecidable:
            continue
        assert oracle(truth, predicted) == pytest.approx(found.value, rel=1e-9, abs=1e-12)
        assert found.interval is not None
        assert found.interval.lower <= found.value + 1e-12
        assert found.value <= found.interval.upper + 1e-12


@pytest.mark.parametrize(
    ("cells", "measures"),
    [
        ((0, 0, 0, 0), [confusion.accuracy, confusion.selection_rate, confusion.f1, confusion.mcc]),
        ((0, 0, 3, 4), [confusion.precision, confusion.mcc]),
        ((0, 2, 0, 4), [confusion.recall, confusion.fnr, confusion.balanced_accuracy]),
        ((2, 0, 3, 0), [confusion.specificity, confusion.fpr, confusion.balanced_accuracy, confusion.mcc]),
        ((0, 0, 0, 9), [confusion.f1]),
    ],
)
def test_a_rate_of_nothing_is_undecidable(cells: tuple[int, ...], measures: list[object]) -> None:
    """Where scikit-learn answers 0 and warns, there is no number."""
    counts = Confusion(**dict(zip(("tp", "fp", "fn", "tn"), cells, strict=True)))
    for measure in measures:
        with pytest.raises(Undecidable):
            measure(counts)  # type: ignore[operator]


def test_the_error_of_mcc_is_the_multinomial_delta_method() -> None:
    """Against numeric derivatives of the correlation in each cell."""
    cells = np.array([40.0, 13.0, 7.0, 90.0])

    def correlation(tp: float, fp: float, fn: float, tn: float) -> float:
        return (tp * tn - fp * fn) / math.sqrt((tp + fp) * (tp + fn) * (tn + fp) * (tn + fn))

    step = 1e-4 * np.eye(4)
    slopes = np.array([(correlation(*(cells + d)) - correlation(*(cells - d))) / 2e-4 for d in step])
    error = math.sqrt((cells * slopes**2).sum())
    value = correlation(*cells)
    expected = math.tanh(math.atanh(value) + 1.959963984540054 * error / (1 - value**2))
    interval = confusion.mcc(Confusion(tp=40, fp=13, fn=7, tn=90)).interval
    assert interval is not None
    assert expected == pytest.approx(interval.upper, rel=1e-7)


def test_f1_by_its_proportion() -> None:
    """With tp 6, fp 2, fn 4: F1 = 12/18; its interval is that of 6 of 12, mapped."""
    found = confusion.f1(Confusion(tp=6, fp=2, fn=4, tn=100))
    assert found.value == pytest.approx(2 / 3)
    assert found.interval is not None
    assert found.interval.lower == pytest.approx(2 * 0.253782 / 1.253782, abs=1e-5)
