import pytest

from promoter.errors import ProposalError
from promoter.gates.slices import GATE
from promoter.measure.measurement import Measurement, Slice
from promoter.measure.statistics.mcnemar import mcnemar
from promoter.measure.statistics.sufficient import Discordance
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

BOUND = {"by": ["race"], "bounds": [{"measure": "recall", "at_least": 0.8}], "min_n": 50}
PAIRED = {"by": ["race"], "against_champion": [{"measure": "recall", "margin": 0.05}], "min_n": 50}
WHITE, BLACK, GREEN = (("race", "white"),), (("race", "black"),), (("race", "green"),)
CHAMPION = make_context(make_release(), champion=make_release(version="1.0.0"))


def paired(slice_: Slice, *, n: int, won: int, lost: int) -> tuple[Measurement, ...]:
    """Return what the measurement plane answers of recall on one slice."""
    test = mcnemar(Discordance(n=n, champion_only=lost, candidate_only=won))
    difference = Measurement(
        measure="recall_difference",
        value=test.difference.value,
        n=n,
        slice=slice_,
        unit="fraction",
        interval=test.difference.interval,
    )
    parts = (("p", test.p), ("won", won), ("lost", lost))
    return (difference, *(number(f"recall_difference_{name}", value, n=n, slice_=slice_) for name, value in parts))


def test_each_slice_is_held_against_its_bound() -> None:
    """The slice that fails is named with its gap, the other passes; equality passes."""
    answer = measured(number("recall", 0.8, slice_=WHITE), number("recall", 0.7, slice_=BLACK))
    kept, failed = judge_with(GATE, answer, rules=[BOUND])
    assert (WHITE, True, BLACK, False) == (kept.slice, kept.satisfied, failed.slice, failed.satisfied)
    assert pytest.approx(-0.1) == failed.margin


@pytest.mark.parametrize(("value", "satisfied"), [(0.795, False), (0.805, True)])
def test_near_miss_holds_on_both_sides(value: float, satisfied: bool) -> None:
    """A value in the band is near, whether it passes or fails."""
    context = make_context(near_miss=NearMiss(absolute=0.01))
    [finding] = judge_with(GATE, measured(number("recall", value, slice_=WHITE)), context, rules=[BOUND])
    assert (satisfied, True) == (finding.satisfied, finding.is_near)


def test_one_stray_slice_among_many_is_undecided_after_the_correction() -> None:
    """A slice just outside on its own interval fails alone, and is undecided as one of ten under holm."""
    rule = {**BOUND, "bounds": [{"measure": "recall", "at_least": 0.8, "decide_on": "interval"}]}
    stray = number("recall", 0.75, slice_=BLACK, interval=(0.705, 0.795))
    others = [number("recall", 0.9, slice_=(("race", f"r{i}"),), interval=(0.86, 0.94)) for i in range(9)]
    alone, among = (
        judge_with(GATE, measured(stray), rules=[rule]),
        judge_with(GATE, measured(stray, *others), rules=[rule]),
    )
    assert [False] == [finding.satisfied for finding in alone]
    assert [None] + [True] * 9 == [finding.satisfied for finding in among]
    assert "after holm over 10" in among[0].message


def test_loss_of_a_small_slice_fails_although_all_rows_gain() -> None:
    """12 rows lost and 1 won of 64 positives is a loss beyond 5 %, named with McNemar's exact p."""
    answer = measured(*paired(WHITE, n=809, won=28, lost=20), *paired(BLACK, n=64, won=1, lost=12))
    gained, lost = judge_with(GATE, answer, CHAMPION, rules=[PAIRED])
    assert (True, False) == (gained.satisfied, lost.satisfied)
    assert "12 rows lost and 1 won of 64 (exact McNemar p 0.0034)" in lost.message
    assert "holm over 2" in lost.message


def test_loss_within_noise_is_undecided_and_says_how_many_rows_would_decide() -> None:
    """Three lost rows of 64 prove neither a loss nor its absence."""
    [finding] = judge_with(GATE, measured(*paired(BLACK, n=64, won=0, lost=3)), CHAMPION, rules=[PAIRED])
    assert finding.satisfied is None
    assert "more rows would decide it" in (finding.hint or "")


@pytest.mark.parametrize(("small", "satisfied"), [("report", True), ("inconclusive", None)])
def test_small_slice_means_what_the_policy_says(small: str, satisfied: bool | None) -> None:
    """A slice below min_n is listed as not assessed."""
    answer = measured(*paired(WHITE, n=800, won=9, lost=9), *paired(BLACK, n=49, won=0, lost=40))
    findings = judge_with(GATE, answer, CHAMPION, rules=[{**PAIRED, "small_slices": small}])
    assert [True, satisfied] == [finding.satisfied for finding in findings]
    assert "not assessed: 49 rows" in findings[1].message


@pytest.mark.parametrize("rest", [(), paired(GREEN, n=10, won=0, lost=0)])
def test_required_slice_that_is_absent_or_small_is_undecided(rest: tuple[Measurement, ...]) -> None:
    """Leaving the rows of a slice out of the evidence does not leave it out of the judgement."""
    answer = measured(*paired(WHITE, n=800, won=9, lost=9), *rest)
    findings = judge_with(GATE, answer, CHAMPION, rules=[{**PAIRED, "required": [["green"]]}])
    [undecided] = [finding for finding in findings if finding.satisfied is None]
    assert (GREEN, True) == (undecided.slice, "required slice race=green" in undecided.message)


def test_rule_without_any_slice_large_enough_is_undecided() -> None:
    """A rule that compared nothing never passes."""
    findings = judge_with(GATE, measured(number("recall", 0.9, n=10, slice_=WHITE)), rules=[BOUND])
    assert [None, True] == [finding.satisfied for finding in findings]


def test_measure_without_a_value_is_undecided() -> None:
    """A slice with one class only carries its reason."""
    answer = measured(number("recall", None, slice_=WHITE, undecidable="no positives"))
    [finding] = judge_with(GATE, answer, rules=[BOUND])
    assert finding.satisfied is None
    assert "no positives" in finding.message


def test_first_version_cannot_regress() -> None:
    """Comparisons alone do not apply to a stage that serves nothing, unless the policy asks for a decision."""
    candidate = make_context().candidate
    assert "serves nothing yet" in (GATE.why_not(bind_parameters(GATE, rules=[PAIRED]), candidate) or "")
    [finding] = judge_with(GATE, [], rules=[PAIRED], without_champion="inconclusive")
    assert (None, "champion") == (finding.satisfied, finding.measure)


def test_champion_without_these_predictions_is_undecided() -> None:
    """A champion that has no predictions cannot be compared with."""
    context = make_context(champion=make_release(version="1.0.0", evidence=[REFERENCE]))
    [finding] = judge_with(GATE, [], context, rules=[PAIRED])
    assert finding.satisfied is None
    assert "1.0.0 has no predictions" in finding.message


def test_models_without_decisions_cannot_be_compared_by_rates() -> None:
    """A regression under a rule about recall is undecided, with the gate that would do."""
    context = make_context(make_release(model={"task": "regression"}), champion=make_release(version="1.0.0"))
    [finding] = judge_with(GATE, [], context, rules=[PAIRED])
    assert finding.satisfied is None
    assert "champion_regression" in (finding.hint or "")


def test_missing_predictions_fail() -> None:
    """A manifest without predictions is not satisfied, and says what to add."""
    [finding] = judge_with(GATE, [], make_context(make_release(evidence=[REFERENCE])), rules=[BOUND])
    assert finding.satisfied is False
    assert "kind: predictions" in (finding.hint or "")


def test_ranking_models_are_not_applicable() -> None:
    """The gate says which tasks it judges."""
    candidate = make_context(make_release(model={"task": "ranking"})).candidate
    assert "this one is ranking" in (GATE.why_not(bind_parameters(GATE, rules=[BOUND]), candidate) or "")


@pytest.mark.parametrize(
    ("rule", "problem"),
    [
        ({"by": ["race"]}, "needs bounds, against_champion, or both"),
        ({**BOUND, "required": [["a", "b"]]}, "each entry of required has 1 values"),
        ({**BOUND, "bound": []}, "bounds"),
    ],
)
def test_rules_that_hold_nothing_are_refused(rule: dict[str, object], problem: str) -> None:
    """A rule compares something, and its slices have the rule's columns."""
    with pytest.raises(ProposalError, match=problem):
        bind_parameters(GATE, rules=[rule])
