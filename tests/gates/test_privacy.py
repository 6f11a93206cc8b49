from datetime import UTC, datetime
from typing import Any

import pytest

from promoter.errors import ProposalError
from promoter.gates.contract.finding import Finding
from promoter.gates.privacy import GATE
from promoter.measure.request import Measured
from promoter.policy.policy import NearMiss
from tests.support.candidates import (
    AT,
    EVALUATION,
    MANIFEST,
    RAW,
    REFERENCE,
    TRAINING,
    bind_parameters,
    judge_with,
    make_context,
    make_release,
    measured,
    number,
)

TERMS = {
    "purpose": "Lending decisions",
    "lawful_basis": "Consent, form 12",
    "retention_days": 400,
    "collected_to": "2026-01-01",
}
STORED = [{**entry, "uri": f"s3://bucket/{entry['id']}"} for entry in MANIFEST["evidence"]]
VARIES = measured(number("distinct", 12, slice_=(("column", "income"),)))


def findings_on(
    answer: Measured = VARIES,
    *,
    evidence: Any = STORED,
    at: datetime = AT,
    near_miss: NearMiss | None = None,
    parameters: dict[str, Any] | None = None,
    **raw: Any,
) -> list[Finding]:
    """Return the gate's findings on three data sets with good terms; `raw` changes the first."""
    datasets = [{**RAW, **TERMS, **raw}, {**TRAINING, **TERMS}, {**EVALUATION, **TERMS}]
    release = make_release(datasets=datasets, evidence=evidence)
    return judge_with(GATE, answer, make_context(release, at=at, near_miss=near_miss), **(parameters or {}))


def test_a_data_set_without_a_purpose_fails() -> None:
    """What was collected for anything is held to nothing."""
    assert [("purpose", "data set raw is about people, collected for: no stated purpose")] == failed(
        findings_on(purpose=None)
    )


@pytest.mark.parametrize(("purposes", "satisfied"), [((), True), (("lending",), True), (("marketing",), False)])
def test_a_purpose_holds_one_of_the_policys_words(purposes: tuple[str, ...], satisfied: bool) -> None:
    """Without case; any text where the policy names none."""
    found = findings_on(parameters={"purposes": list(purposes)})
    assert [satisfied] * 3 == [finding.satisfied for finding in found if finding.measure == "purpose"]


def test_a_policy_may_leave_purposes_to_others() -> None:
    """It says so."""
    assert [] == failed(findings_on(purpose=None, parameters={"purpose": "ignore"}))


def failed(findings: list[Finding]) -> list[tuple[str, str]]:
    """Return measure and message of what is not satisfied."""
    return [(finding.measure, finding.message) for finding in findings if finding.satisfied is not True]


def test_stated_terms_within_limits_pass() -> None:
    """Basis, period, place and features are as they must be."""
    found = findings_on(parameters={"lawful_bases": ["consent"], "max_retention_days": 400})
    assert not failed(found)
    assert {"purpose", "lawful_basis", "retention_days", "expired", "rows_in_git", "constant_feature"} == {
        finding.measure for finding in found
    }


@pytest.mark.parametrize("basis", [None, " ", "Because we can"])
def test_basis_that_is_missing_or_unknown_fails(basis: str | None) -> None:
    """The hint names the words with which it may begin."""
    found = findings_on(lawful_basis=basis, parameters={"lawful_bases": ["consent", "contract"]})
    [finding] = [finding for finding in found if finding.satisfied is False]
    assert "state lawful_basis, beginning with consent or contract" == finding.hint


def test_period_that_is_not_stated_fails() -> None:
    """Without an end nothing is ever erased."""
    assert [("retention_days", "data set raw does not say how long it may be kept")] == failed(
        findings_on(retention_days=None)
    )


@pytest.mark.parametrize(("days", "satisfied", "margin"), [(400, True, 0.0), (401, False, -1.0)])
def test_period_passes_at_its_limit_and_fails_above(days: int, satisfied: bool, margin: float) -> None:
    """Equality passes; one day more is a near miss."""
    near = NearMiss(relative=0.05)
    found = findings_on(retention_days=days, near_miss=near, parameters={"max_retention_days": 400})
    finding = next(finding for finding in found if finding.measure == "retention_days")
    assert (satisfied, margin, True) == (finding.satisfied, finding.margin, finding.is_near)


@pytest.mark.parametrize(("day", "expired"), [(5, False), (6, True)])
def test_data_are_expired_on_the_day_after_their_last(day: int, expired: bool) -> None:
    """2026-01-01 and 400 days end on 2027-02-05."""
    found = failed(findings_on(at=datetime(2027, 2, day, 23, 59, tzinfo=UTC)))
    message = "the 400 days for which data set raw may be kept ended 1 days ago"
    assert (("expired", message) in found) is expired
    assert not failed(findings_on(at=datetime(2029, 1, 1, tzinfo=UTC), parameters={"expired": "ignore"}))


def test_data_made_from_personal_data_cannot_claim_nobody() -> None:
    """Dropping names is no anonymity."""
    datasets = [{**RAW, **TERMS}, {**TRAINING, **TERMS, "personal_data": False}, {**EVALUATION, **TERMS}]
    context = make_context(make_release(datasets=datasets, evidence=STORED))
    assert ["derived"] == [measure for measure, _ in failed(judge_with(GATE, VARIES, context))]
    assert not failed(judge_with(GATE, VARIES, context, derived="allow"))


def test_rows_about_people_in_git_fail() -> None:
    """Each file of the version's folder is named, unless the policy allows it."""
    evidence = MANIFEST["evidence"]
    assert 3 * ["rows_in_git"] == [measure for measure, _ in failed(findings_on(evidence=evidence))]
    assert not failed(findings_on(evidence=evidence, parameters={"rows_in_git": "allow"}))


@pytest.mark.parametrize("distinct", [0, 1])
def test_feature_that_never_varies_fails(distinct: int) -> None:
    """One value in all rows, or none at all, cannot change a prediction."""
    answer = measured(number("distinct", distinct, slice_=(("column", "income"),)))
    message = f"feature income of reference has {distinct} distinct values"
    assert [("constant_feature", message)] == failed(findings_on(answer))


@pytest.mark.parametrize(
    "answer", [measured(), measured(number("distinct", None, slice_=(("column", "income"),), undecidable="no rows"))]
)
def test_feature_that_was_not_counted_is_undecided(answer: Measured) -> None:
    """No count is no pass."""
    assert findings_on(answer)[-1].satisfied is None


def test_missing_reference_table_fails() -> None:
    """Where no features are to be seen, nobody can say that they are used."""
    found = judge_with(GATE, [], make_context(make_release(evidence=[STORED[0]])))
    assert ("evidence", False) == (found[-1].measure, found[-1].satisfied)


def test_features_are_not_measured_where_the_policy_allows_constants() -> None:
    """What is not asked is not measured."""
    candidate = make_context(make_release(evidence=[REFERENCE])).candidate
    assert 1 == len(GATE.measures(bind_parameters(GATE), candidate))
    assert () == GATE.measures(bind_parameters(GATE, constant_features="allow"), candidate)


def test_model_without_personal_data_is_not_judged() -> None:
    """Data about nobody need no basis."""
    datasets = [{**entry, "personal_data": False} for entry in (RAW, TRAINING, EVALUATION)]
    candidate = make_context(make_release(datasets=datasets)).candidate
    assert GATE.why_not(bind_parameters(GATE), candidate) == "no data set is about people"


def test_unknown_parameters_are_refused() -> None:
    """A limit of no days would be none."""
    with pytest.raises(ProposalError):
        bind_parameters(GATE, max_retention_days=0)


LABELLED = [{**entry, "columns": {"id": "id", "label": "y_true"}} for entry in STORED]
STRENGTH = (("feature", "income"), ("target", "y_true"))


def told(value: float | None, interval: tuple[float, float] | None, **facts: Any) -> Measured:
    """Return how strongly income tells the label, beside the count of its values."""
    undecidable = "too few rows" if value is None else None
    found = number("strength", value, n=994, slice_=STRENGTH, interval=interval, undecidable=undecidable)
    return measured(number("distinct", 12, slice_=(("column", "income"),)), found, **facts)


@pytest.mark.parametrize(
    ("value", "interval", "satisfied", "is_near"),
    [
        (0.3, (0.2, 0.4), True, False),
        (0.01, (0.0, 0.05), True, True),
        (0.01, (0.0, 0.045), False, True),
        (0.01, (0.0, 0.02), False, False),
        (0.04, None, None, False),
        (None, None, None, False),
    ],
)
def test_a_feature_fails_only_where_it_is_shown_to_tell_too_little(
    value: float | None, interval: tuple[float, float] | None, satisfied: bool | None, is_near: bool
) -> None:
    """The interval's upper end decides against 0.05: few rows show nothing, and equality passes."""
    found = findings_on(
        told(value, interval),
        evidence=LABELLED,
        near_miss=NearMiss(absolute=0.01),
        parameters={"min_label_strength": 0.05},
    )
    [finding] = [finding for finding in found if finding.measure == "label_strength"]
    assert (satisfied, is_near) == (finding.satisfied, finding.is_near)


def test_a_constant_feature_tells_nothing() -> None:
    """Whatever else allows it."""
    parameters = {"min_label_strength": 0.05, "constant_features": "allow"}
    found = findings_on(told(None, None, constant=["income"]), evidence=LABELLED, parameters=parameters)
    assert [("label_strength", "feature income is constant in the training rows")] == failed(found)


def test_rows_without_a_label_leave_it_undecided() -> None:
    """Nobody knows what a feature tells of nothing."""
    found = findings_on(evidence=STORED, parameters={"min_label_strength": 0.05})
    assert [None] == [finding.satisfied for finding in found if finding.measure == "label_strength"]


def test_an_exempt_feature_is_told_with_its_reason() -> None:
    """It counts together with another, says the policy's owner."""
    exempt = [{"feature": "income", "reason": "counts with debts alone"}]
    found = findings_on(evidence=LABELLED, parameters={"min_label_strength": 0.05, "exempt": exempt})
    assert "exempt: counts with debts alone" in next(one.message for one in found if one.measure == "compared")
