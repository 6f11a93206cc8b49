from typing import Any

import pytest

from promoter.errors import ProposalError
from promoter.gates.leakage import GATE
from promoter.measure.request import Measured
from promoter.measure.requests_data import Association, Overlap
from promoter.policy.policy import NearMiss
from tests.support.candidates import (
    CURRENT,
    PREDICTIONS,
    REFERENCE,
    bind_parameters,
    judge_with,
    make_context,
    make_release,
    measured,
    number,
)

IDS = {"measure": "id_overlap", "at_most": 0}
ROWS = {"measure": "row_overlap_excess", "at_most": 0.02}
LABEL = {"measure": "label_strength", "at_most": 0.9}
TRAINING = {**REFERENCE, "columns": {"id": "id", "label": "y_true"}}
LABELLED = make_context(make_release(evidence=[PREDICTIONS, TRAINING, CURRENT]))
STRENGTH = (("feature", "income"), ("target", "y_true"))


def test_disjoint_ids_pass_and_equality_with_the_bound_too() -> None:
    """No shared id meets a bound of none."""
    [finding] = judge_with(GATE, measured(number("id_overlap", 0.0)), bounds=[IDS])
    assert (True, 0.0) == (finding.satisfied, finding.margin)


def test_shared_ids_fail_with_examples() -> None:
    """One trained-on id is too many, and is named."""
    answer = measured(number("id_overlap", 0.001), shared_ids=["a-17"])
    [finding] = judge_with(GATE, answer, bounds=[IDS])
    assert finding.satisfied is False
    assert finding.message.endswith("such as id a-17")


def test_missing_ids_are_undecided() -> None:
    """A row without an id could be any row."""
    answer = measured(number("id_overlap", None, undecidable="3 rows have no id"))
    [finding] = judge_with(GATE, answer, bounds=[IDS])
    assert finding.satisfied is None


def test_files_without_an_id_column_are_undecided() -> None:
    """What was not measured never passes."""
    [finding] = judge_with(GATE, measured(), bounds=[IDS])
    assert finding.satisfied is None
    assert "names no id column" in finding.message


@pytest.mark.parametrize(("value", "satisfied"), [(0.019, True), (0.021, False)])
def test_near_miss_holds_on_both_sides(value: float, satisfied: bool) -> None:
    """A share in the band is near, whether it passes or fails; what chance gives is said."""
    context = make_context(near_miss=NearMiss(absolute=0.002))
    answer = measured(number("row_overlap_excess", value), number("row_coincidence", 0.25))
    [finding] = judge_with(GATE, answer, context, bounds=[ROWS])
    assert (satisfied, True) == (finding.satisfied, finding.is_near)
    assert "0.25 of the training rows equal another one" in finding.message


def test_rows_are_compared_in_the_features_of_the_evaluated_data_set() -> None:
    """The request names the signature's features, and the current table that covers the predictions."""
    [request] = GATE.measures(bind_parameters(GATE, bounds=[ROWS]), make_context().candidate)
    assert isinstance(request, Overlap)
    assert (("income",), CURRENT["digest"]) == (request.columns, request.current.content)


def test_predictions_whose_features_are_elsewhere_are_undecided() -> None:
    """Naming another data set does not escape the comparison of rows."""
    context = make_context(make_release(evidence=[PREDICTIONS, REFERENCE, {**CURRENT, "dataset": "raw"}]))
    [finding] = judge_with(GATE, [], context, bounds=[ROWS])
    assert finding.satisfied is None
    assert "covers the data set of predictions" in finding.message


def test_feature_that_knows_the_label_fails_at_its_line() -> None:
    """A strength beyond its bound says by which view it was found."""
    answer = measured(number("strength", 0.97, slice_=STRENGTH), views={"income": "missing"})
    [finding] = judge_with(GATE, answer, LABELLED, bounds=[LABEL])
    assert (False, "label_strength") == (finding.satisfied, finding.measure)
    assert finding.message.endswith("by missing")
    assert "income" in finding.message


def test_feature_on_few_rows_is_undecided() -> None:
    """Below min_n chance alone is strong."""
    [finding] = judge_with(GATE, measured(number("strength", 0.1, n=99, slice_=STRENGTH)), LABELLED, bounds=[LABEL])
    assert finding.satisfied is None


def test_constant_feature_passes() -> None:
    """A feature of one value tells nothing, although its strength is undefined."""
    answer = measured(number("strength", None, slice_=STRENGTH, undecidable="constant"), constant=["income"])
    [finding] = judge_with(GATE, answer, LABELLED, bounds=[LABEL])
    assert finding.satisfied is True


def test_exempt_feature_is_listed_with_its_reason() -> None:
    """An exemption is in every report."""
    findings = judge_with(
        GATE, measured(), LABELLED, bounds=[LABEL], exempt=[{"feature": "income", "reason": "It is the rule itself."}]
    )
    assert [True, None] == [finding.satisfied for finding in findings]
    assert "It is the rule itself." in findings[0].message


def test_training_rows_without_a_label_are_undecided() -> None:
    """Strength for the label needs the label."""
    [finding] = judge_with(GATE, [], bounds=[LABEL])
    assert finding.satisfied is None
    assert "label" in (finding.hint or "")


def test_regressions_have_a_numeric_target() -> None:
    """The task says how the label is compared."""
    release = make_release(model={"task": "regression"}, evidence=[PREDICTIONS, TRAINING, CURRENT])
    [request] = GATE.measures(bind_parameters(GATE, bounds=[LABEL]), make_context(release).candidate)
    assert isinstance(request, Association)
    assert "numeric" == request.target_kind


@pytest.mark.parametrize(("left", "kind"), [(REFERENCE, "predictions"), (PREDICTIONS, "features-reference")])
def test_missing_evidence_fails(left: dict[str, Any], kind: str) -> None:
    """Without training rows or predictions there is nothing to hold apart."""
    findings = judge_with(GATE, Measured(), make_context(make_release(evidence=[left])), bounds=[IDS])
    assert [False] == [finding.satisfied for finding in findings]
    assert f"kind: {kind}" in (findings[0].hint or "")


def test_suites_are_not_applicable() -> None:
    """Scores of generated answers have no features."""
    candidate = make_context(make_release(model={"task": "scores"})).candidate
    assert "this one is scores" in (GATE.why_not(bind_parameters(GATE, bounds=[IDS]), candidate) or "")


def test_unknown_parameters_are_refused() -> None:
    """A misspelt key names the nearest one."""
    with pytest.raises(ProposalError, match="bounds"):
        bind_parameters(GATE, bound=[IDS])
