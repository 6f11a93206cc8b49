"""Group disparities against fairlearn, and the groups that have no rate."""

import numpy as np
import pytest
from fairlearn import metrics as fairlearn
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics

from promoter.errors import Undecidable
from promoter.measure.statistics import fairness
from promoter.measure.statistics.intervals import katz_ratio, newcombe_difference
from promoter.measure.statistics.sufficient import GroupCounts

Cells = tuple[int, int, int, int]


def group(name: str, cells: Cells) -> GroupCounts:
    """Return a group of cells (tp, fp, fn, tn)."""
    tp, fp, fn, tn = cells
    return GroupCounts(group=(name,), tp=tp, fp=fp, fn=fn, tn=tn)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(*[st.integers(1, 12)] * 4), min_size=2, max_size=5))
def test_disparities_are_fairlearns_where_all_groups_are_assessed(cells: list[Cells]) -> None:
    """To 1e-12: ratio, differences, equalized odds, precision by MetricFrame."""
    groups = [group(f"g{i}", cell) for i, cell in enumerate(cells)]
    truth = np.concatenate([np.repeat([1, 0, 1, 0], cell) for cell in cells])
    predicted = np.concatenate([np.repeat([1, 1, 0, 0], cell) for cell in cells])
    names = np.repeat([f"g{i}" for i in range(len(cells))], [sum(cell) for cell in cells])
    frame = fairlearn.MetricFrame(
        metrics={"fpr": fairlearn.false_positive_rate, "precision": metrics.precision_score},
        y_true=truth,
        y_pred=predicted,
        sensitive_features=names,
    ).difference()
    oracle = {"y_true": truth, "y_pred": predicted, "sensitive_features": names}
    expected = (
        (fairlearn.demographic_parity_ratio(**oracle), fairness.selection_rate_ratio),
        (fairlearn.demographic_parity_difference(**oracle), fairness.selection_rate_difference),
        (fairlearn.equal_opportunity_difference(**oracle), fairness.tpr_difference),
        (fairlearn.equalized_odds_difference(**oracle), fairness.equalized_odds_difference),
        (frame["fpr"], fairness.fpr_difference),
        (frame["precision"], fairness.predictive_parity_difference),
    )
    for value, measure in expected:
        assert value == pytest.approx(measure(groups).estimate.value, rel=1e-12, abs=1e-12)


def test_a_group_without_positives_has_no_true_positive_rate() -> None:
    """Where fairlearn scores it 0 and finds a difference of 2/3 out of nothing; here it is not assessed."""
    groups = [group("a", (2, 1, 1, 6)), group("b", (1, 1, 1, 7)), group("c", (0, 2, 0, 8))]
    found = fairness.tpr_difference(groups)
    assert found.estimate.value == pytest.approx(2 / 3 - 1 / 2)
    assert [(("c",), 10, "no positives in 10 rows")] == [
        (entry.group, entry.n, entry.reason) for entry in found.not_assessed
    ]


def test_one_row_does_not_decide() -> None:
    """A group below the minimum is listed, not compared."""
    groups = [group("a", (30, 10, 10, 50)), group("b", (25, 10, 15, 50)), group("tiny", (0, 0, 0, 1))]
    found = fairness.selection_rate_ratio(groups, min_n=30)
    assert found.estimate.value == pytest.approx(0.35 / 0.40)
    assert [entry.reason for entry in found.not_assessed] == ["1 rows, fewer than 30"]


def test_fewer_than_two_assessed_groups_are_undecidable() -> None:
    """One group, or one that is large enough."""
    groups = [group("a", (30, 10, 10, 50)), group("b", (1, 1, 1, 1))]
    for measure in (fairness.selection_rate_ratio, fairness.tpr_difference, fairness.equalized_odds_difference):
        with pytest.raises(Undecidable, match="1 of 2 groups"):
            measure(groups, min_n=30)
    with pytest.raises(Undecidable):
        fairness.selection_rate_difference([])


def test_nobody_selected_has_no_ratio() -> None:
    """0 over 0 is not fair, it is nothing."""
    with pytest.raises(Undecidable, match="ever selected"):
        fairness.selection_rate_ratio([group("a", (0, 0, 5, 5)), group("b", (0, 0, 5, 5))])


def test_the_interval_is_that_of_the_extreme_pair() -> None:
    """Katz for the ratio, Newcombe for the difference, higher minus lower; three groups are three pairs."""
    groups = [group("a", (30, 10, 10, 50)), group("b", (20, 5, 15, 60)), group("c", (25, 10, 15, 50))]
    ratio, difference = fairness.selection_rate_ratio(groups), fairness.selection_rate_difference(groups)
    assert ratio.estimate.interval == katz_ratio(25, 100, 40, 100)
    assert difference.estimate.interval == newcombe_difference(40, 100, 25, 100)
    assert (ratio.lowest.group, ratio.highest.group, ratio.pairs) == (("b",), ("a",), 3)


def test_ties_are_broken_by_name_not_by_order() -> None:
    """Equal rates: the first name is the lowest, the last the highest, however the groups arrive."""
    groups = [group("b", (2, 0, 0, 2)), group("c", (4, 0, 0, 4)), group("a", (1, 0, 0, 1))]
    found = fairness.selection_rate_difference(groups)
    assert found == fairness.selection_rate_difference(groups[::-1])
    assert (("a",), ("c",)) == (found.lowest.group, found.highest.group)


def test_equalized_odds_takes_the_worse_and_all_that_was_left_out() -> None:
    """The FPR differs more; the group without positives is listed."""
    groups = [group("a", (5, 8, 5, 2)), group("b", (5, 1, 5, 9)), group("c", (0, 3, 0, 7))]
    found = fairness.equalized_odds_difference(groups)
    assert found.estimate.value == pytest.approx(0.7)
    assert found.pairs == 4
    assert [entry.group for entry in found.not_assessed] == [("c",)]


def test_a_group_given_twice_is_a_mistake() -> None:
    """Counts of one group arrive once."""
    with pytest.raises(ValueError, match="twice"):
        fairness.selection_rate_ratio([group("a", (1, 1, 1, 1))] * 2)


def test_ten_thousand_groups_are_sorted_and_no_pairs_are_listed() -> None:
    """Fifty million pairs would not end; the number of pairs is known without them."""
    groups = [group(f"g{i}", (1 + i % 7, 1, 1, 5)) for i in range(10_000)]
    assert 10_000 * 9_999 // 2 == fairness.selection_rate_ratio(groups).pairs
