from typing import Any

import pytest

from promoter.errors import ProposalError
from promoter.gates.reproducibility import GATE
from promoter.measure.requests_data import Reproduction
from promoter.policy.policy import NearMiss
from tests.support.candidates import (
    CURRENT,
    MANIFEST,
    PREDICTIONS,
    REFERENCE,
    bind_parameters,
    judge_with,
    make_context,
    make_release,
    measured,
    number,
)

ROWS = {"measure": "differing_rows", "at_most": 0.01}
OTHER = {**MANIFEST["artifact"], "format": "safetensors"}


def test_same_numbers_pass_and_equality_with_the_bound_too() -> None:
    """The bound itself is allowed."""
    [finding] = judge_with(GATE, measured(number("differing_rows", 0.01)), bounds=[ROWS])
    assert (True, 0.0) == (finding.satisfied, finding.margin)


def test_other_numbers_fail_with_the_first_rows() -> None:
    """Invented predictions are not satisfied; their rows are named."""
    [finding] = judge_with(GATE, measured(number("differing_rows", 0.5), first_rows=[3, 17]), bounds=[ROWS])
    assert finding.satisfied is False
    assert finding.message.endswith("first in rows 3, 17")


@pytest.mark.parametrize(("value", "satisfied"), [(0.009, True), (0.011, False)])
def test_near_miss_holds_on_both_sides(value: float, satisfied: bool) -> None:
    """A share in the band is near, whether it passes or fails."""
    context = make_context(near_miss=NearMiss(absolute=0.002))
    [finding] = judge_with(GATE, measured(number("differing_rows", value)), context, bounds=[ROWS])
    assert (satisfied, True) == (finding.satisfied, finding.is_near)


def test_decisions_of_a_version_without_a_threshold_are_undecided() -> None:
    """What was not measured never passes."""
    bound = {"measure": "decision_changes", "at_most": 0}
    [finding] = judge_with(GATE, measured(number("differing_rows", 0)), bounds=[bound])
    assert finding.satisfied is None


def test_request_names_artifact_features_and_order_of_classes() -> None:
    """Class scores are asked for in the order of the signature, which is that of the artifact's outputs."""
    columns = {"id": "id", "label": "y", "class_scores": {"dog": "s_dog", "cat": "s_cat"}}
    signature = {
        "features": [{"name": "weight", "dtype": "float"}, {"name": "coat", "dtype": "string"}],
        "prediction": {"name": "y", "dtype": "string", "classes": ["cat", "dog"]},
    }
    release = make_release(
        model={"task": "multiclass"}, signature=signature, evidence=[{**PREDICTIONS, "columns": columns}, CURRENT]
    )
    [request] = GATE.measures(bind_parameters(GATE, bounds=[ROWS]), make_context(release).candidate)
    assert isinstance(request, Reproduction)
    assert (MANIFEST["artifact"]["digest"], CURRENT["digest"]) == (request.artifact, request.features.content)
    assert (("weight", "numeric"), ("coat", "categorical")) == request.inputs
    assert (("cat", "s_cat"), ("dog", "s_dog")) == request.predictions.class_scores


def test_predictions_whose_features_are_elsewhere_are_undecided() -> None:
    """Naming another data set does not escape the scoring."""
    context = make_context(make_release(evidence=[PREDICTIONS, {**CURRENT, "dataset": "raw"}]))
    [finding] = judge_with(GATE, [], context, bounds=[ROWS])
    assert finding.satisfied is None
    assert "covers the data set of predictions" in finding.message


def test_artifact_that_cannot_be_run_means_what_the_policy_says() -> None:
    """A format without a runtime here is undecided, or left out."""
    context = make_context(make_release(artifact=OTHER))
    [finding] = judge_with(GATE, [], context, bounds=[ROWS])
    assert finding.satisfied is None
    parameters = bind_parameters(GATE, bounds=[ROWS], other_formats="not_applicable")
    assert "only ONNX is run" in (GATE.why_not(parameters, context.candidate) or "")


def test_missing_predictions_fail() -> None:
    """A manifest without predictions is not satisfied, and says what to add."""
    [finding] = judge_with(GATE, [], make_context(make_release(evidence=[REFERENCE])), bounds=[ROWS])
    assert finding.satisfied is False


def test_rankings_are_not_applicable() -> None:
    """The gate says which tasks it judges."""
    candidate = make_context(make_release(model={"task": "ranking"})).candidate
    assert "this one is ranking" in (GATE.why_not(bind_parameters(GATE, bounds=[ROWS]), candidate) or "")


@pytest.mark.parametrize("wrong", [{"bound": [ROWS]}, {"bounds": [ROWS], "tolerance": -1}])
def test_unknown_and_impossible_parameters_are_refused(wrong: dict[str, Any]) -> None:
    """A misspelt key and a negative tolerance are errors where they stand."""
    with pytest.raises(ProposalError):
        bind_parameters(GATE, **wrong)
