import pytest

from promoter.errors import ProposalError
from promoter.gates.fairness import GATE
from promoter.measure.request import Measured
from promoter.policy.policy import NearMiss
from tests.support.candidates import (
    REFERENCE,
    bind_parameters,
    judge_with,
    make_context,
    make_release,
    measured,
    number,
)

RATIO = {"measure": "selection_rate_ratio", "at_least": 0.8}
TPR = {"measure": "tpr_difference", "at_most": 0.1}
ENTROPY = {"measure": "generalized_entropy", "at_most": 0.05}


def rates(**groups: tuple[int, int, int, int]) -> Measured:
    """Return tp, fp, fn, tn of each race."""
    return measured(
        *(
            number(name, float(count), n=sum(cells), slice_=(("race", race),))
            for race, cells in groups.items()
            for name, count in zip(("tp", "fp", "fn", "tn"), cells, strict=True)
        )
    )


def test_equal_rates_pass() -> None:
    """Two groups with the same selection rate have ratio 1."""
    [finding] = judge_with(GATE, rates(a=(50, 10, 10, 30), b=(50, 10, 10, 30)), bounds=[RATIO])
    assert (True, 1.0) == (finding.satisfied, finding.value)
    assert (("attribute", "race"),) == finding.slice


def test_ratio_below_four_fifths_fails_and_names_both_groups() -> None:
    """60 of 100 against 40 of 100 is a ratio of 0.667."""
    [finding] = judge_with(GATE, rates(a=(50, 10, 10, 30), b=(35, 5, 10, 50)), bounds=[RATIO])
    assert finding.satisfied is False
    assert pytest.approx(2 / 3) == finding.value
    assert "b 0.4 of 100, a 0.6 of 100 (worst of 1 pairs, correction none)" in finding.message


def test_equality_with_the_bound_passes() -> None:
    """40 of 100 against 50 of 100 is exactly 0.8."""
    [finding] = judge_with(GATE, rates(a=(50, 0, 10, 40), b=(40, 0, 10, 50)), bounds=[RATIO])
    assert finding.satisfied is True


@pytest.mark.parametrize(("selected", "satisfied"), [(79, False), (81, True)])
def test_near_miss_holds_on_both_sides(selected: int, satisfied: bool) -> None:
    """A ratio of 0.79 or 0.81 is within 0.02 of four fifths."""
    context = make_context(near_miss=NearMiss(absolute=0.02))
    answer = rates(a=(100, 0, 50, 50), b=(selected, 0, 50, 150 - selected))
    [finding] = judge_with(GATE, answer, context, bounds=[RATIO])
    assert (satisfied, True) == (finding.satisfied, finding.is_near)


def test_interval_that_straddles_the_bound_is_undecided() -> None:
    """With 100 rows a group a ratio of 0.85 may be below 0.8."""
    bound = {**RATIO, "decide_on": "interval"}
    [finding] = judge_with(GATE, rates(a=(60, 0, 0, 40), b=(51, 0, 0, 49)), bounds=[bound])
    assert finding.satisfied is None
    assert finding.interval is not None


def test_bonferroni_widens_the_interval_for_the_choice_of_the_pair() -> None:
    """The worst of three pairs gets level 1 - 0.05/3."""
    answer = rates(a=(60, 0, 0, 40), b=(55, 0, 0, 45), c=(50, 0, 0, 50))
    [finding] = judge_with(GATE, answer, bounds=[RATIO], correction="bonferroni")
    assert finding.interval is not None
    assert pytest.approx(1 - 0.05 / 3) == finding.interval.level


def test_group_without_positives_is_not_assessed_for_true_positives() -> None:
    """Its rate does not exist; with one group left nothing is decided."""
    [finding, *_] = judge_with(GATE, rates(a=(50, 0, 10, 40), b=(0, 40, 0, 60)), bounds=[TPR])
    assert finding.satisfied is None
    assert "1 of 2 groups can be assessed" in finding.message


@pytest.mark.parametrize(("small", "satisfied"), [("report", True), ("inconclusive", None)])
def test_small_group_means_what_the_policy_says(small: str, satisfied: bool | None) -> None:
    """A group below min_group_n is listed with its rows."""
    answer = rates(a=(50, 0, 10, 40), b=(50, 0, 10, 40), c=(0, 0, 1, 10))
    findings = judge_with(GATE, answer, bounds=[RATIO], small_groups=small)
    assert [True, satisfied] == [finding.satisfied for finding in findings]
    assert (("race", "c"),) == findings[1].slice
    assert findings[1].message == "group c was not assessed: 11 rows, fewer than 50"


def test_intersections_ask_for_pairs_of_attributes() -> None:
    """Each attribute alone, then each pair."""
    model = {"sensitive_attributes": [{"name": name, "basis": "ECOA"} for name in ("race", "sex")]}
    bound = bind_parameters(GATE, bounds=[RATIO], intersections=True)
    [request] = GATE.measures(bound, make_context(make_release(model=model)).candidate)
    assert getattr(request, "attributes", None) == (("race",), ("sex",), ("race", "sex"))


def test_model_that_declares_no_attribute_fails() -> None:
    """Leaving the attributes out is no way around the policy."""
    context = make_context(make_release(model={"sensitive_attributes": []}))
    [finding] = judge_with(GATE, [], context, bounds=[RATIO])
    assert finding.satisfied is False
    assert "model.yaml" in (finding.hint or "")


def test_model_without_attributes_may_be_not_applicable() -> None:
    """The policy may say that no declared attribute means nothing to compare."""
    candidate = make_context(make_release(model={"sensitive_attributes": []})).candidate
    bound = bind_parameters(GATE, bounds=[RATIO], without_attributes="not_applicable")
    assert GATE.why_not(bound, candidate) == "the model declares no sensitive attribute"


def test_missing_predictions_fail() -> None:
    """Group rates need predictions."""
    [finding] = judge_with(GATE, [], make_context(make_release(evidence=[REFERENCE])), bounds=[RATIO])
    assert finding.satisfied is False


def test_regression_models_are_not_applicable() -> None:
    """Rates need a decision."""
    candidate = make_context(make_release(model={"task": "regression"})).candidate
    assert "this one is regression" in (GATE.why_not(bind_parameters(GATE, bounds=[RATIO]), candidate) or "")


def test_unknown_measures_and_keys_are_refused() -> None:
    """A measure that no statistic makes is refused when the policy is read."""
    with pytest.raises(ProposalError):
        bind_parameters(GATE, bounds=[{"measure": "selection_ratio", "at_least": 0.8}])
    with pytest.raises(ProposalError):
        bind_parameters(GATE, bounds=[RATIO], min_n=3)


def test_group_whose_labels_cannot_be_used_leaves_the_attribute_undecided() -> None:
    """A group is never left out in silence because its rows are broken."""
    broken = [
        number(name, None, n=100, slice_=(("race", "c"),), undecidable="label is neither 0 nor 1 in 3 of 100 rows")
        for name in ("tp", "fp", "fn", "tn")
    ]
    answer = rates(a=(50, 10, 10, 30), b=(50, 10, 10, 30))
    findings = judge_with(GATE, measured(*answer.values, *broken), bounds=[RATIO, TPR])
    assert [("selection_rate_ratio", None), ("tpr_difference", None)] == [(f.measure, f.satisfied) for f in findings]
    assert "group c: label is neither 0 nor 1 in 3 of 100 rows" in findings[0].message


def test_group_with_a_cell_that_was_not_counted_leaves_the_attribute_undecided() -> None:
    """Three of four cells are no confusion."""
    answer = rates(a=(50, 10, 10, 30), b=(50, 10, 10, 30))
    [finding] = judge_with(GATE, measured(*answer.values[:-1]), bounds=[RATIO])
    assert finding.satisfied is None
    assert "group b: tn was not counted" in finding.message


def test_inequality_is_of_all_rows_whatever_their_groups() -> None:
    """Benefits 2, 1 and 0 of 20, 160 and 20 rows: mean 1, so half of the mean square deviation, 0.2 / 2."""
    answer = rates(a=(50, 15, 5, 30), b=(40, 5, 15, 40))
    [finding] = judge_with(GATE, answer, bounds=[ENTROPY])
    assert (False, ()) == (finding.satisfied, finding.slice)
    assert pytest.approx(0.1) == finding.value
    assert finding.n == 200


def test_inequality_stands_beside_disparities_and_once_for_all_groupings() -> None:
    """One finding for the groups, one for all rows; equality with the bound passes."""
    bounds = [RATIO, {"measure": "theil", "at_most": 0.0}]
    findings = judge_with(GATE, rates(a=(50, 0, 0, 50), b=(50, 0, 0, 50)), bounds=bounds)
    assert [("selection_rate_ratio", True), ("theil", True)] == [(f.measure, f.satisfied) for f in findings]


def test_inequality_of_rows_that_were_not_counted_is_undecided() -> None:
    """A group whose labels are unusable leaves all rows without a number."""
    unusable = number("tp", None, n=40, slice_=(("race", "c"),), undecidable="label is neither 0 nor 1 in 3 of 40 rows")
    answer = rates(a=(50, 10, 10, 30))
    [finding] = judge_with(GATE, measured(*answer.values, unusable), bounds=[ENTROPY])
    assert finding.satisfied is None
    assert "neither 0 nor 1" in finding.message
