import math

import pytest

from promoter.errors import ProposalError
from promoter.gates.champion_regression import GATE
from promoter.measure.request import Measured
from promoter.policy.policy import NearMiss
from tests.support.candidates import (
    PREDICTIONS,
    REFERENCE,
    bind_parameters,
    digest_of,
    judge_with,
    make_context,
    make_release,
    measured,
    number,
)

AUC = {"measure": "roc_auc", "margin": 0.02}
LOSS = {"measure": "log_loss", "margin": 0.01}
CHAMPION = make_release(version="1.0.0", evidence=[{**PREDICTIONS, "digest": digest_of("9")}])
CONTEXT = make_context(champion=CHAMPION)


def auc(value: float, half_width: float, *, n: int = 1000, slice_: tuple[tuple[str, str], ...] = ()) -> Measured:
    """Return an AUC difference with a symmetric interval."""
    interval = (value - half_width, value + half_width)
    return measured(number("roc_auc_difference", value, interval=interval, n=n, slice_=slice_))


def test_small_loss_with_a_narrow_interval_is_not_inferior() -> None:
    """The whole interval lies above -margin."""
    [finding] = judge_with(GATE, auc(-0.005, 0.01), CONTEXT, comparisons=[AUC])
    assert finding.satisfied is True
    assert (">=", -0.02) == (finding.comparator, finding.bound)
    assert pytest.approx(0.015) == finding.margin


def test_interval_that_ends_at_the_margin_passes() -> None:
    """Equality of the interval's end with the margin is not inferior, at the alpha of that interval."""
    [finding] = judge_with(GATE, auc(0.0, 0.0199999), CONTEXT, comparisons=[AUC])
    assert finding.satisfied is True


def test_identical_predictions_pass_without_any_spread() -> None:
    """No difference and no spread is not inferior, even with margin 0."""
    [finding] = judge_with(GATE, auc(0.0, 0.0), CONTEXT, comparisons=[{**AUC, "margin": 0}])
    assert finding.satisfied is True


def test_large_loss_is_inferior() -> None:
    """The whole interval lies below -margin."""
    [finding] = judge_with(GATE, auc(-0.10, 0.05), CONTEXT, comparisons=[AUC])
    assert finding.satisfied is False
    assert "inferior" in finding.message


def test_wide_interval_is_undecided_and_says_how_many_rows_decide() -> None:
    """Inconclusive names additional rows: n ((z_level + z_power) / z_level * width / distance)^2 - n."""
    [finding] = judge_with(GATE, auc(0.0, 0.04), CONTEXT, comparisons=[AUC])
    assert finding.satisfied is None
    expected = 1000 * (((1.959964 + 0.841621) / 1.959964 * 0.04 / 0.02) ** 2 - 1)
    assert finding.hint == f"about {math.ceil(expected):,} more rows would decide it, if the difference stays as it is"


def test_lower_is_better_for_losses() -> None:
    """A log loss that rises beyond the margin is inferior."""
    answer = measured(number("log_loss_difference", 0.05, interval=(0.03, 0.07)))
    [finding] = judge_with(GATE, answer, CONTEXT, comparisons=[LOSS])
    assert finding.satisfied is False
    assert ("<=", 0.01) == (finding.comparator, finding.bound)


def test_near_miss_holds_on_both_sides() -> None:
    """A difference within the band of -margin is near."""
    context = make_context(champion=CHAMPION, near_miss=NearMiss(absolute=0.003))
    [inside] = judge_with(GATE, auc(-0.018, 0.001), context, comparisons=[AUC])
    [outside] = judge_with(GATE, auc(-0.022, 0.001), context, comparisons=[AUC])
    assert [(True, True), (False, True)] == [(entry.satisfied, entry.is_near) for entry in (inside, outside)]


@pytest.mark.parametrize(("correction", "satisfied"), [("none", False), ("holm", None), ("bonferroni", None)])
def test_correction_guards_against_one_chance_loss_among_many(correction: str, satisfied: bool | None) -> None:
    """One slice at p = 0.02 is inferior alone, and undecided among ten that are not."""
    slices = [
        number("accuracy_difference", -0.1 if k == 0 else 0.02, interval=(-0.16, -0.04) if k == 0 else (0.0, 0.04),
               slice_=(("town", str(k)),))
        for k in range(10)
    ]  # fmt: skip
    rule = {"by": ["town"], "comparisons": [{"measure": "accuracy", "margin": 0.037}]}
    answer = measured(number("roc_auc_difference", 0.0, interval=(-0.01, 0.01)), *slices)
    findings = judge_with(GATE, answer, CONTEXT, comparisons=[AUC], slices=[rule], correction=correction)
    assert findings[1].satisfied is satisfied
    assert f"({correction} over 11)" in findings[1].message


def test_small_slice_is_reported() -> None:
    """A slice below min_n is listed, and the one that is large enough is tested."""
    answer = measured(
        number("roc_auc_difference", 0.0, interval=(-0.01, 0.01)),
        number("roc_auc_difference", -0.5, interval=(-0.6, -0.4), n=49, slice_=(("race", "black"),)),
        number("roc_auc_difference", 0.0, interval=(-0.01, 0.01), slice_=(("race", "white"),)),
    )
    rule = {"by": ["race"], "comparisons": [AUC]}
    findings = judge_with(GATE, answer, CONTEXT, comparisons=[AUC], slices=[rule])
    assert [True, True, True] == [finding.satisfied for finding in findings]
    assert "not assessed: 49 rows" in findings[1].message


def test_stage_that_serves_nothing_is_not_applicable() -> None:
    """A first version cannot regress."""
    reason = GATE.why_not(bind_parameters(GATE, comparisons=[AUC]), make_context().candidate)
    assert "production serves nothing yet" in (reason or "")


def test_stage_that_serves_nothing_may_ask_for_a_decision() -> None:
    """without_champion inconclusive leaves it undecided."""
    bound = bind_parameters(GATE, comparisons=[AUC], without_champion="inconclusive")
    context = make_context()
    assert GATE.why_not(bound, context.candidate) is None
    [finding] = GATE.judge(bound, {}, context)
    assert finding.satisfied is None


def test_champion_without_predictions_is_undecided() -> None:
    """There is nothing to pair with."""
    context = make_context(champion=make_release(version="1.0.0", evidence=[REFERENCE]))
    [finding] = judge_with(GATE, [], context, comparisons=[AUC])
    assert finding.satisfied is None
    assert "1.0.0" in finding.message


def test_missing_predictions_fail() -> None:
    """The candidate's own predictions are needed."""
    context = make_context(make_release(evidence=[REFERENCE]), champion=CHAMPION)
    [finding] = judge_with(GATE, [], context, comparisons=[AUC])
    assert finding.satisfied is False


def test_number_without_an_interval_is_undecided() -> None:
    """A difference that cannot be tested decides nothing."""
    [finding] = judge_with(GATE, measured(number("roc_auc_difference", 0.5)), CONTEXT, comparisons=[AUC])
    assert finding.satisfied is None
    assert "it has no interval" in finding.message


def test_number_that_was_not_made_is_undecided() -> None:
    """A measure that the evidence does not support never passes."""
    [finding] = judge_with(GATE, measured(), CONTEXT, comparisons=[AUC])
    assert finding.satisfied is None


def test_unknown_parameters_are_refused() -> None:
    """A misspelt key and a negative margin are refused."""
    with pytest.raises(ProposalError):
        bind_parameters(GATE, comparisons=[{**AUC, "margn": 0.1}])
    with pytest.raises(ProposalError):
        bind_parameters(GATE, comparisons=[{**AUC, "margin": -0.1}])


RECALL = {"measure": "recall", "margin": 0.05}


def test_rates_of_a_class_are_asked_for_as_rates() -> None:
    """Their request says which rows are of a class, whatever a label is written as; without one it is not made."""
    rule = {"by": ["town"], "comparisons": [RECALL]}
    bound = bind_parameters(GATE, comparisons=[AUC], slices=[rule])
    quality, rates = GATE.measures(bound, CONTEXT.candidate)
    assert ("PairedQuality", ()) == (type(quality).__name__, getattr(quality, "slices", None))
    assert ("PairedRates", (("town",),)) == (type(rates).__name__, getattr(rates, "slices", None))
    [alone] = GATE.measures(bind_parameters(GATE, comparisons=[AUC]), CONTEXT.candidate)
    assert "PairedQuality" == type(alone).__name__


def test_recall_is_compared_in_each_slice() -> None:
    """The finding rests on the slice's positive rows."""
    rule = {"by": ["town"], "comparisons": [RECALL]}
    quality = measured(number("roc_auc_difference", 0.0, interval=(-0.01, 0.01)))
    rates = measured(number("recall_difference", -0.3, interval=(-0.4, -0.2), n=60, slice_=(("town", "x"),)))
    [_, finding] = judge_with(GATE, [quality, rates], CONTEXT, comparisons=[AUC], slices=[rule])
    assert ("recall_difference", (("town", "x"),), 60) == (finding.measure, finding.slice, finding.n)
    assert finding.satisfied is False


def test_recall_of_other_tasks_is_undecided() -> None:
    """A model of many classes has no rows of the class."""
    context = make_context(make_release(model={"task": "multiclass"}), champion=CHAMPION)
    [finding] = judge_with(GATE, measured(), context, comparisons=[RECALL])
    assert finding.satisfied is None
