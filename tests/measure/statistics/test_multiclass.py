"""Multi-class quality against scikit-learn and published examples."""

import warnings
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics

from promoter.errors import Undecidable
from promoter.measure.statistics import multiclass, multiclass_scores
from promoter.measure.statistics.estimate import Estimate
from promoter.measure.statistics.multiclass import ClassConfusion, confusion_matrix

Measure = Callable[[ClassConfusion], Estimate]
label_pairs = st.lists(st.tuples(*(st.sampled_from(["a", "b", "1", "1.0"]),) * 2), min_size=1, max_size=60)
ORACLES: tuple[tuple[Measure, Callable[[list[str], list[str]], float]], ...] = (
    (multiclass.accuracy, metrics.accuracy_score),
    (multiclass.macro_precision, lambda t, p: metrics.precision_score(t, p, average="macro")),
    (multiclass.weighted_precision, lambda t, p: metrics.precision_score(t, p, average="weighted")),
    (multiclass.macro_recall, lambda t, p: metrics.recall_score(t, p, average="macro")),
    (multiclass.weighted_recall, lambda t, p: metrics.recall_score(t, p, average="weighted")),
    (multiclass.macro_f1, lambda t, p: metrics.f1_score(t, p, average="macro")),
    (multiclass.weighted_f1, lambda t, p: metrics.f1_score(t, p, average="weighted")),
    (multiclass.balanced_accuracy, metrics.balanced_accuracy_score),
    (multiclass.matthews_correlation, metrics.matthews_corrcoef),
    (multiclass.cohen_kappa, metrics.cohen_kappa_score),
)


@given(label_pairs)
def test_every_measure_agrees_with_scikit_learn_or_is_undecidable(rows: list[tuple[str, str]]) -> None:
    """Where a value exists it is scikit-learn's to 1e-12 and lies inside of its interval."""
    truth, predicted = [row[0] for row in rows], [row[1] for row in rows]
    confusion = confusion_matrix(truth, predicted)
    for measure, oracle in ORACLES:
        try:
            estimate = measure(confusion)
        except Undecidable:
            continue
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            expected = oracle(truth, predicted)
        assert expected == pytest.approx(estimate.value, rel=1e-12, abs=1e-12)
        assert estimate.interval is not None
        assert estimate.interval.lower - 1e-12 <= estimate.value <= estimate.interval.upper + 1e-12


def test_a_class_never_predicted_has_no_precision() -> None:
    """It is named; scikit-learn would count it as 0."""
    confusion = confusion_matrix(["a", "b", "c"], ["a", "b", "b"])
    for measure in (multiclass.macro_precision, multiclass.weighted_precision):
        with pytest.raises(Undecidable, match="'c' is never predicted"):
            measure(confusion)


def test_a_class_without_true_rows_has_no_recall() -> None:
    """A prediction of a class that the labels never hold."""
    with pytest.raises(Undecidable, match="'c' has no true rows"):
        multiclass.balanced_accuracy(confusion_matrix(["a", "b", "b"], ["a", "b", "c"]))


@pytest.mark.parametrize("measure", [multiclass.matthews_correlation, multiclass.cohen_kappa])
def test_one_class_everywhere_has_no_correlation(measure: Measure) -> None:
    """Agreement that could not have been otherwise is no evidence."""
    with pytest.raises(Undecidable, match="class"):
        measure(confusion_matrix(["a", "a"], ["a", "a"]))


def test_columns_of_different_lengths_are_refused() -> None:
    """Both counts are in the reason."""
    with pytest.raises(Undecidable, match="label has 1, prediction has 2"):
        confusion_matrix(["a"], ["a", "b"])


def test_no_rows_are_undecidable() -> None:
    """An empty file judges nothing."""
    with pytest.raises(Undecidable, match="no rows"):
        confusion_matrix([], [])


def test_classes_that_nobody_has_change_nothing() -> None:
    """A label of the manifest without a row on either side is left out of the averages."""
    padded = ClassConfusion(("a", "b", "c"), np.array([[3, 1, 0], [1, 4, 0], [0, 0, 0]]))
    plain = ClassConfusion(("a", "b"), np.array([[3, 1], [1, 4]]))
    for measure, _ in ORACLES:
        assert measure(plain) == measure(padded)


def test_kappas_standard_error_is_that_of_fleiss() -> None:
    """Agresti 2002, table 10.8 (four classes, 118 slides): kappa 0.493 with standard error 0.057."""
    counts = np.array([[22, 2, 2, 0], [5, 7, 14, 0], [0, 2, 36, 0], [0, 1, 17, 10]])
    estimate = multiclass.cohen_kappa(ClassConfusion(("1", "2", "3", "4"), counts))
    assert round(estimate.value, 3) == 0.493
    assert estimate.interval is not None
    assert pytest.approx((estimate.interval.upper - estimate.interval.lower) / 2 / 1.96, abs=0.0015) == 0.057


def test_a_perfect_matrix_is_no_certainty() -> None:
    """Twenty of twenty right leave the macro recall below 1 inside of the interval."""
    estimate = multiclass.macro_recall(confusion_matrix(["a", "b"] * 10, ["a", "b"] * 10))
    assert estimate.value == 1.0
    assert estimate.interval is not None
    assert 0.5 < estimate.interval.lower < 0.95


def scored(seed: int, rows: int = 300, classes: int = 4, digits: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """Return codes and tied class scores that carry some signal."""
    rng = np.random.default_rng(seed)
    codes = np.concatenate([np.arange(classes), rng.integers(0, classes, rows - classes)])
    raw = rng.random((rows, classes)) + 0.5 * np.eye(classes)[codes]
    rounded = np.round(raw, digits) + 0.01
    return codes, rounded / rounded.sum(axis=1, keepdims=True)


@pytest.mark.parametrize("seed", range(5))
def test_scores_agree_with_scikit_learn(seed: int) -> None:
    """One-vs-rest AUC, macro and weighted, and log loss, with ties."""
    codes, scores = scored(seed)
    for average, measure in (("macro", multiclass_scores.macro_auc), ("weighted", multiclass_scores.weighted_auc)):
        expected = metrics.roc_auc_score(codes, scores, multi_class="ovr", average=average)
        assert expected == pytest.approx(measure(codes, scores).value, rel=1e-12)
    assert metrics.log_loss(codes, scores) == pytest.approx(multiclass_scores.log_loss(codes, scores).value, rel=1e-12)


def test_a_certain_miss_is_clipped_as_scikit_learn_clips() -> None:
    """Probability 0 for the true class costs -ln eps, and is no infinity."""
    codes, scores = np.array([0, 1]), np.array([[0.0, 1.0], [0.0, 1.0]])
    expected = metrics.log_loss(codes, scores, labels=[0, 1])
    assert expected == pytest.approx(multiclass_scores.log_loss(codes, scores).value, rel=1e-12)


@pytest.mark.parametrize(
    ("codes", "scores", "reason"),
    [
        ([0, 1], [[0.5, 0.5], [float("nan"), 0.5]], "NaN or infinite in 1 of 2"),
        ([0, 2], [[0.5, 0.5], [0.5, 0.5]], "1 of 2 rows have a label"),
        ([], np.empty((0, 2)), "0 rows"),
        ([0], [[1.0]], "two classes"),
        ([0, 1], [[0.5, 0.5]], "do not go with"),
    ],
)
def test_unusable_scores_are_undecidable(codes: list[int], scores: list[list[float]], reason: str) -> None:
    """The reason counts the rows."""
    for measure in (multiclass_scores.macro_auc, multiclass_scores.log_loss):
        with pytest.raises(Undecidable, match=reason):
            measure(codes, scores)


def test_probabilities_that_do_not_sum_to_one_have_no_log_loss() -> None:
    """Raw scores are not normalised silently."""
    with pytest.raises(Undecidable, match="1 do not sum to 1"):
        multiclass_scores.log_loss([0, 1], [[0.5, 0.5], [0.9, 0.4]])


def test_a_class_without_rows_has_no_auc() -> None:
    """Its number is named."""
    with pytest.raises(Undecidable, match="class number 2 has 0 of 2"):
        multiclass_scores.macro_auc([0, 1], [[0.5, 0.3, 0.2], [0.2, 0.5, 0.3]])


@pytest.mark.slow
def test_intervals_cover() -> None:
    """In 2,000 samples the 95 % intervals hold the truth between 93.5 and 96.5 % of the time."""
    rng = np.random.default_rng(1)
    share = np.array([[0.25, 0.05, 0.03], [0.04, 0.30, 0.06], [0.02, 0.05, 0.20]])
    measures = [measure for measure, _ in ORACLES]
    truth = ClassConfusion(("a", "b", "c"), np.round(share * 10**9).astype(np.int64))
    true = [measure(truth).value for measure in measures]
    inside = np.zeros(len(measures))
    for _ in range(2000):
        sample = ClassConfusion(("a", "b", "c"), rng.multinomial(500, share.ravel()).reshape(3, 3))
        for position, measure in enumerate(measures):
            interval = measure(sample).interval
            assert interval is not None
            inside[position] += interval.lower <= true[position] <= interval.upper
    assert ((inside / 2000 >= 0.935) & (inside / 2000 <= 0.965)).all(), inside / 2000


@pytest.mark.slow
def test_auc_intervals_cover() -> None:
    """In 1,000 samples both averages hold the truth of a large sample between 93 and 97 % of the time."""
    rng = np.random.default_rng(8)

    def sample(rows: int) -> tuple[np.ndarray, np.ndarray]:
        codes = rng.choice(3, rows, p=[0.5, 0.3, 0.2])
        return codes, rng.normal(0, 1, (rows, 3)) + np.eye(3)[codes]

    large = sample(1_000_000)
    measures = (multiclass_scores.macro_auc, multiclass_scores.weighted_auc)
    true = [measure(*large).value for measure in measures]
    inside = np.zeros(2)
    for _ in range(1000):
        drawn = sample(600)
        for position, measure in enumerate(measures):
            interval = measure(*drawn).interval
            assert interval is not None
            inside[position] += interval.lower <= true[position] <= interval.upper
    assert ((inside / 1000 >= 0.93) & (inside / 1000 <= 0.97)).all(), inside / 1000
