import pytest

from promoter.errors import ProposalError
from promoter.gates.contract.finding import Finding
from promoter.gates.feature_drift import GATE
from promoter.measure.measurement import Measurement
from promoter.measure.request import Drift
from promoter.policy.policy import NearMiss
from tests.support.candidates import (
    PREDICTIONS,
    REFERENCE,
    bind_parameters,
    judge_with,
    make_context,
    make_release,
    measured,
    number,
)

PSI = {"measure": "psi", "at_most": 0.25}
KS = {"measure": "ks", "at_most": 0.2}
MMD = {"measure": "embedding_drift", "at_most": 0.05}
INCOME, TOWN, VECTOR = (("feature", "income"),), (("feature", "town"),), (("feature", "embedding"),)
TWO = {
    "features": [{"name": "income", "dtype": "float"}, {"name": "town", "dtype": "string"}],
    "prediction": {"name": "y_score", "dtype": "float"},
}


def test_small_drift_passes() -> None:
    """A PSI below its bound is satisfied."""
    [finding] = judge_with(GATE, measured(number("psi", 0.1, slice_=INCOME)), bounds=[PSI])
    assert (True, INCOME) == (finding.satisfied, finding.slice)


def test_equality_with_the_bound_passes() -> None:
    """The bound itself is allowed."""
    [finding] = judge_with(GATE, measured(number("psi", 0.25, slice_=INCOME)), bounds=[PSI])
    assert finding.satisfied is True


def test_large_drift_fails() -> None:
    """A PSI beyond its bound and its null is not satisfied."""
    answer = measured(number("psi", 0.4, slice_=INCOME), psi_null_95={"income": 0.05})
    [finding] = judge_with(GATE, answer, bounds=[PSI])
    assert finding.satisfied is False


@pytest.mark.parametrize(("value", "satisfied"), [(0.24, True), (0.26, False)])
def test_near_miss_holds_on_both_sides(value: float, satisfied: bool) -> None:
    """A PSI within 10 % of its bound is near."""
    context = make_context(near_miss=NearMiss(relative=0.1))
    [finding] = judge_with(GATE, measured(number("psi", value, slice_=INCOME)), context, bounds=[PSI])
    assert (satisfied, True) == (finding.satisfied, finding.is_near)


@pytest.mark.parametrize(("within", "satisfied"), [("inconclusive", None), ("report", True)])
def test_drift_that_chance_explains_means_what_the_policy_says(within: str, satisfied: bool | None) -> None:
    """A PSI beyond its bound and within its null says nothing about drift."""
    answer = measured(number("psi", 0.3, n=150, slice_=INCOME), psi_null_95={"income": 0.33})
    [finding] = judge_with(GATE, answer, bounds=[PSI], within_null=within)
    assert finding.satisfied is satisfied
    assert "exceeds 0.33" in finding.message


def test_p_value_that_does_not_survive_correction_is_undecided() -> None:
    """0.03 among two comparisons is 0.06 after Holm, above 0.05."""
    answer = measured(
        number("ks", 0.3, slice_=INCOME),
        number("ks_p", 0.03, slice_=INCOME),
        number("ks", 0.3, slice_=TOWN),
        number("ks_p", 0.9, slice_=TOWN),
    )
    significance = {"alpha": 0.05, "correction": "holm"}
    context = make_context(make_release(signature=TWO))
    findings = judge_with(GATE, answer, context, bounds=[KS], significance=significance)
    assert [None, None] == [finding.satisfied for finding in findings]
    assert "p-value is 0.06 after holm over 2" in findings[0].message


def test_few_rows_are_undecided() -> None:
    """Below min_n nothing is decided."""
    [finding] = judge_with(GATE, measured(number("psi", 0.0, n=99, slice_=INCOME)), bounds=[PSI])
    assert finding.satisfied is None


def test_feature_that_no_bound_covers_is_undecided() -> None:
    """A text feature has no KS; a policy of KS alone did not look at it."""
    context = make_context(make_release(signature=TWO))
    findings = judge_with(GATE, measured(number("ks", 0.1, slice_=INCOME)), context, bounds=[KS])
    assert [True, None] == [finding.satisfied for finding in findings]
    assert "categorical feature town" in findings[1].message


@pytest.mark.parametrize(("share", "satisfied"), [(0.5, True), (0.49, False)])
def test_share_of_drifted_features_decides_where_it_is_given(share: float, satisfied: bool) -> None:
    """One of two features drifted: equality with the share passes, single features are reported."""
    answer = measured(number("psi", 0.9, slice_=INCOME), number("psi", 0.1, slice_=TOWN))
    context = make_context(make_release(signature=TWO))
    findings = judge_with(GATE, answer, context, bounds=[PSI], max_drifted_share=share)
    assert [True, True, satisfied] == [finding.satisfied for finding in findings]
    assert "counted as drifted" in findings[0].message
    assert "1 of 2 features drifted (income)" in findings[2].message


def test_undecided_feature_that_could_tip_the_share_leaves_it_undecided() -> None:
    """A feature without a number may have drifted."""
    answer = measured(number("psi", None, slice_=INCOME, undecidable="constant"), number("psi", 0.1, slice_=TOWN))
    context = make_context(make_release(signature=TWO))
    findings = judge_with(GATE, answer, context, bounds=[PSI], max_drifted_share=0.4)
    assert findings[-1].satisfied is None


def test_exempt_features_are_listed_with_their_reason() -> None:
    """An exempt feature is not asked for, and the report says why."""
    exempt = [{"feature": "town", "reason": "It is new."}]
    context = make_context(make_release(signature=TWO))
    findings = judge_with(GATE, measured(number("psi", 0.1, slice_=INCOME)), context, bounds=[PSI], exempt=exempt)
    assert "feature town was left out, exempt: It is new." == findings[0].message
    assert findings[0].satisfied is True


def embedded(*numbers: Measurement, **parameters: object) -> Finding:
    """Return the last finding on a model whose one feature is a vector."""
    signature = {**TWO, "features": [{"name": "embedding", "dtype": "vector"}]}
    return judge_with(GATE, measured(*numbers), make_context(make_release(signature=signature)), **parameters)[-1]


@pytest.mark.parametrize(("value", "satisfied"), [(0.05, True), (0.051, False)])
def test_vectors_are_held_against_their_own_distance(value: float, satisfied: bool) -> None:
    """A bound on embedding_drift decides; equality passes."""
    finding = embedded(number("embedding_drift", value, slice_=VECTOR), bounds=[MMD])
    assert (satisfied, "embedding_drift") == (finding.satisfied, finding.measure)


def test_vectors_that_chance_explains_are_undecided_where_significance_is_asked() -> None:
    """The p-value beside the distance is the one that is corrected."""
    numbers = number("embedding_drift", 0.2, slice_=VECTOR), number("embedding_drift_p", 0.2, slice_=VECTOR)
    finding = embedded(*numbers, bounds=[MMD], significance={})
    assert finding.satisfied is None
    assert "p-value is 0.2" in finding.message


@pytest.mark.parametrize("bound", [PSI, {"measure": "missing_rate_difference", "at_most": 0.1}])
def test_vectors_are_undecided_where_no_distance_of_theirs_is_bounded(bound: dict[str, object]) -> None:
    """A policy of PSI, or of missing values alone, has not looked at what the vectors say."""
    finding = embedded(number("missing_rate_difference", 0.0, slice_=VECTOR), bounds=[bound])
    assert finding.satisfied is None
    assert "vector feature embedding has no distance that the policy bounds" in finding.message


def test_times_are_undecided_unless_exempt() -> None:
    """A type that has no distance here is not passed over in silence."""
    signature = {**TWO, "features": [*TWO["features"], {"name": "seen-at", "dtype": "timestamp"}]}
    answer = measured(number("psi", 0.1, slice_=INCOME), number("psi", 0.1, slice_=TOWN))
    findings = judge_with(GATE, answer, make_context(make_release(signature=signature)), bounds=[PSI])
    assert findings[0].satisfied is None


@pytest.mark.parametrize(("evidence", "missing"), [([PREDICTIONS], 2), ([PREDICTIONS, REFERENCE], 1)])
def test_missing_tables_fail(evidence: list[dict[str, object]], missing: int) -> None:
    """Both sides of the comparison are needed."""
    findings = judge_with(GATE, [], make_context(make_release(evidence=evidence)), bounds=[PSI])
    assert [False] * missing == [finding.satisfied for finding in findings]


def test_whole_numbers_with_categories_are_compared_as_categories() -> None:
    """A code is no quantity."""
    features = [{"name": "grade", "dtype": "int", "categories": ["1", "2"]}, {"name": "age", "dtype": "int"}]
    signature = {**TWO, "features": features}
    [request] = GATE.measures(
        bind_parameters(GATE, bounds=[PSI]), make_context(make_release(signature=signature)).candidate
    )
    assert isinstance(request, Drift)
    assert (("grade", "categorical"), ("age", "numeric")) == request.columns


def test_unknown_parameters_are_refused() -> None:
    """A misspelt key and an unknown measure are refused."""
    with pytest.raises(ProposalError):
        bind_parameters(GATE, bounds=[PSI], max_drift_share=0.1)
    with pytest.raises(ProposalError):
        bind_parameters(GATE, bounds=[{"measure": "pis", "at_most": 0.1}])


def test_policy_that_exempts_every_feature_is_undecided() -> None:
    """Nothing compared is nothing passed."""
    findings = judge_with(GATE, [], bounds=[PSI], exempt=[{"feature": "income", "reason": "It moves."}])
    assert [True, None] == [finding.satisfied for finding in findings]
