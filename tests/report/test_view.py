"""What a report says of a decision, whatever its surface."""
# ruff: noqa: RUF001 - numbers are shown with a true minus sign

from dataclasses import replace

import pytest

from promoter.decision.types import Outcome, Verdict
from promoter.measure.request import Measured, Table
from promoter.measure.requests_data import PairedRates
from promoter.report.parts import PolicyView, Standing
from promoter.report.view import build_view
from tests.report import decisions as make
from tests.report.stories import STORIES
from tests.report.test_figures import spaced


def policies(*results: object) -> dict[str, PolicyView]:
    """Return the views of some results by policy."""
    change = make.change(Verdict.FAILED, results)  # type: ignore[arg-type]
    (view,) = build_view(make.decision(change).as_json()).changes
    return {policy.id: policy for policy in view.policies}


@pytest.mark.parametrize(
    ("word", "story"),
    [
        ("Passed", "passed"),
        ("Held", "held"),
        ("Passed under a waiver, with warnings", "waived"),
        ("No verdict", "errored"),
        ("No verdict", "problems"),
    ],
)
def test_the_verdict_is_one_phrase(word: str, story: str) -> None:
    """A reader knows the end before the reasons."""
    assert word == build_view(STORIES[story]().as_json()).verdict_word


def test_the_summary_counts_what_holds_the_change_back() -> None:
    """Failed, near misses among them, undecided; then what else a reviewer must know."""
    (change,) = build_view(STORIES["held"]().as_json()).changes
    expected = (
        "2 of 4 blocking policies hold it back: 1 failed (1 near miss), 1 undecided."
        " 1 narrow pass, 1 approval is missing."
    )
    assert expected == change.summary


def test_the_most_severe_policy_comes_first() -> None:
    """Critical before high, whatever the order in the record."""
    found = policies(make.no_regression(), make.equal_opportunity())
    assert ["equal-opportunity", "no-regression"] == list(found)


def test_a_waived_policy_is_never_shown_as_passed() -> None:
    """It stands apart, and its label says what it is and by which waiver."""
    found = policies(make.equal_opportunity(Outcome.WAIVED, waiver="small-group"))["equal-opportunity"]
    assert Standing.WAIVED is found.standing
    assert "failed, waived by small-group" == found.label


@pytest.mark.parametrize("enforcement", ["audit", "off"])
@pytest.mark.parametrize("outcome", [Outcome.FAILED, Outcome.PASSED, Outcome.ERRORED])
def test_what_only_observes_is_never_counted_as_passed(enforcement: str, outcome: Outcome) -> None:
    """They stand apart with their outcome, whatever it is."""
    found = policies(make.result("watched", outcome, enforcement=enforcement))["watched"]
    assert Standing.OBSERVED is found.standing


def test_steps_name_who_does_what_in_order() -> None:
    """The author mends, the asked role decides, the approver reviews."""
    (change,) = build_view(STORIES["held"]().as_json()).changes
    expected = [
        ("author", "equal-opportunity"),
        ("author", "no-regression"),
        ("model-validation", "no-regression"),
        ("risk-office", ""),
    ]
    assert expected == [(step.who, step.policy) for step in change.steps]


def test_a_policy_that_errored_names_its_owner_and_its_reason() -> None:
    """Nobody is left guessing who can mend it."""
    (change,) = build_view(STORIES["errored"]().as_json()).changes
    assert "author, with model-validation" == change.steps[0].who
    assert "column `approve` has values other than two" in change.steps[0].what


def test_the_champion_stands_beside_the_candidate_with_intervals() -> None:
    """Each side's own number, and the paired difference; the sides are told apart by their content."""
    (change,) = build_view(STORIES["held"]().as_json()).changes
    assert change.comparison is not None
    row = change.comparison.rows[0]
    assert "roc_auc" == row.measure
    assert "0.842 (0.790 to 0.881)" == spaced(row.candidate)
    assert "0.827 (0.773 to 0.870)" == spaced(row.champion)
    assert "+0.0147 (−0.00810 to +0.0375)" == spaced(row.difference)
    assert "398" == row.n


def test_a_slice_that_failed_stands_in_the_comparison() -> None:
    """Slices without trouble stay folded, one with trouble is beside the total."""
    (change,) = build_view(STORIES["held"]().as_json()).changes
    assert change.comparison is not None
    assert ("recall", "race = black") in [(row.measure, row.where) for row in change.comparison.rows]


def test_a_rate_that_was_paired_on_a_slice_shows_its_difference() -> None:
    """Rates of decisions are paired by a request of their own; the difference stands beside the candidate's rate."""
    table = Table(content=make.CANDIDATE, format="parquet", id="id", label="approve", score="score")
    request = PairedRates(candidate=table, champion=replace(table, content=make.CHAMPION), slices=(("race",),))
    lost = replace(make.RECALL_BLACK, measure="recall_difference", value=-0.17, interval=None)
    answer = {"request": request.as_json(), "measured": Measured(values=(lost,)).as_json()}
    results = STORIES["held"]().changes[0].results
    for measurements, difference in ((make.answers(), ""), ({**make.answers(), request.digest: answer}, "−17 pp")):
        change = make.change(Verdict.FAILED, results, measurements=measurements)
        (view,) = build_view(make.decision(change).as_json()).changes
        assert view.comparison is not None
        shown = {(row.measure, row.where): row.difference for row in view.comparison.rows}
        assert difference == spaced(shown["recall", "race = black"])


def test_a_stage_that_serves_nothing_has_no_champion_column() -> None:
    """A first version is compared with nothing."""
    answers = make.answers(with_champion=False)
    change = make.change(Verdict.PASSED, [make.discrimination()], champion=None, measurements=answers)
    (view,) = build_view(make.decision(change).as_json()).changes
    assert view.comparison is not None
    assert not view.comparison.has_champion_values
    assert not view.comparison.has_differences


def test_changes_stand_worst_first() -> None:
    """What needs work comes before what is done."""
    verdicts = [change.verdict for change in build_view(STORIES["mixed"]().as_json()).changes]
    assert ["errored", "failed", "failed", *["passed"] * 6] == verdicts


def test_a_pull_request_without_changes_says_so() -> None:
    """Nothing to judge is said, not left blank."""
    view = build_view(make.decision().as_json())
    assert "Nothing in this pull request touches the registry." == view.summary


def test_a_difference_that_only_the_gate_derived_stands_in_the_comparison() -> None:
    """Recall is compared on the labelled positives: the number is in the finding, not among the measurements."""
    bound = make.held(
        make.measured("recall_difference", -0.172, -0.288, -0.0739, unit="fraction", slice_=(("race", "black"),)),
        at_least=-0.05,
    )
    failed = make.result("no-slice-regression", Outcome.FAILED, bound, gate="champion_regression")
    (change,) = build_view(make.decision(make.change(Verdict.FAILED, [failed])).as_json()).changes
    assert change.comparison is not None
    (row,) = [row for row in change.comparison.rows if row.where == "race = black"]
    assert "73.2 % (58.1 to 84.2)" == spaced(row.candidate)
    assert "−17.2 pp (−28.8 to −7.39)" == spaced(row.difference)
