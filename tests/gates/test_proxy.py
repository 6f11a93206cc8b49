from typing import Any

import numpy as np
import pytest

from promoter.errors import ProposalError
from promoter.gates.proxy import GATE
from promoter.measure.request import Measured
from promoter.measure.requests_data import Association
from promoter.measure.statistics.association import numeric_strength
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

BOUND = {"measure": "proxy_strength", "at_most": 0.5}
INCOME = (("feature", "income"), ("target", "race"))


def strength(value: float | None, **more: Any) -> Measured:
    """Return an answer about income and race."""
    facts = {key: more.pop(key) for key in ("constant", "views") if key in more}
    return measured(number("strength", value, slice_=INCOME, **more), **facts)


def test_weak_feature_passes_and_equality_too() -> None:
    """The bound itself is allowed; the finding names feature and attribute."""
    [finding] = judge_with(GATE, strength(0.5), bounds=[BOUND])
    assert (True, (("feature", "income"), ("attribute", "race"))) == (finding.satisfied, finding.slice)


def test_strong_feature_fails_with_how_it_was_seen() -> None:
    """A feature beyond the bound is not satisfied, at its line of the signature."""
    [finding] = judge_with(GATE, strength(0.8, views={"income": "missing"}), bounds=[BOUND])
    assert (False, "proxy_strength") == (finding.satisfied, finding.measure)
    assert finding.message.endswith("by missing")


@pytest.mark.parametrize(("value", "satisfied"), [(0.49, True), (0.51, False)])
def test_near_miss_holds_on_both_sides(value: float, satisfied: bool) -> None:
    """A strength in the band is near, whether it passes or fails."""
    [finding] = judge_with(GATE, strength(value), make_context(near_miss=NearMiss(absolute=0.02)), bounds=[BOUND])
    assert (satisfied, True) == (finding.satisfied, finding.is_near)


@pytest.mark.parametrize("answer", [strength(0.1, n=99), strength(None, undecidable="constant attribute"), measured()])
def test_few_rows_and_missing_numbers_are_undecided(answer: Measured) -> None:
    """What could not be measured never passes."""
    [finding] = judge_with(GATE, answer, bounds=[BOUND])
    assert finding.satisfied is None


def test_interval_decides_and_failures_are_corrected() -> None:
    """An interval that straddles the bound is undecided, one wholly outside fails."""
    bound = {**BOUND, "decide_on": "interval"}
    ends = [
        judge_with(GATE, strength(0.6, interval=interval), bounds=[bound])[0].satisfied
        for interval in ((0.4, 0.7), (0.55, 0.65))
    ]
    assert [None, False] == ends


def test_constant_feature_passes() -> None:
    """A feature of one value stands for nothing."""
    [finding] = judge_with(GATE, strength(None, undecidable="constant", constant=["income"]), bounds=[BOUND])
    assert finding.satisfied is True


@pytest.mark.parametrize(("justification", "satisfied"), [(None, False), ("Required by law.", True)])
def test_attribute_as_a_feature_needs_its_justification(justification: str | None, satisfied: bool) -> None:
    """An attribute that is itself a feature passes only with the reason that model.yaml gives."""
    attribute = {"name": "income", "basis": "A test.", **({"justification": justification} if justification else {})}
    context = make_context(make_release(model={"sensitive_attributes": [attribute]}))
    answer = measured(number("strength", 1.0, slice_=(("feature", "income"), ("target", "income"))))
    [finding] = judge_with(GATE, answer, context, bounds=[BOUND])
    assert finding.satisfied is satisfied


def test_exempt_feature_is_listed_with_its_reason() -> None:
    """An exemption is in every report, and is not measured."""
    exempt = [{"feature": "income", "reason": "Reviewed by compliance."}]
    [finding] = judge_with(GATE, [], bounds=[BOUND], exempt=exempt)
    assert finding.satisfied is True
    assert "Reviewed by compliance." in finding.message


def test_features_and_attribute_are_of_the_same_data_set() -> None:
    """The request pairs the features of the evaluated rows with their predictions."""
    [request] = GATE.measures(bind_parameters(GATE, bounds=[BOUND]), make_context().candidate)
    assert isinstance(request, Association)
    assert (CURRENT["digest"], PREDICTIONS["digest"], "race") == (
        request.table.content,
        request.target_table.content,
        request.target,
    )


def test_predictions_whose_features_are_elsewhere_are_undecided() -> None:
    """Naming another data set does not escape the comparison."""
    context = make_context(make_release(evidence=[PREDICTIONS, {**CURRENT, "dataset": "raw"}]))
    [finding] = judge_with(GATE, [], context, bounds=[BOUND])
    assert finding.satisfied is None
    assert "covers the data set of predictions" in finding.message


def test_model_without_attributes_fails_or_is_left_out() -> None:
    """Declaring no attribute is no way around the policy, unless the policy says so."""
    context = make_context(make_release(model={"sensitive_attributes": []}))
    [finding] = judge_with(GATE, [], context, bounds=[BOUND])
    assert finding.satisfied is False
    parameters = bind_parameters(GATE, bounds=[BOUND], without_attributes="not_applicable")
    assert "declares no sensitive attribute" in (GATE.why_not(parameters, context.candidate) or "")


def test_missing_predictions_fail() -> None:
    """A manifest without predictions is not satisfied, and says what to add."""
    [finding] = judge_with(GATE, [], make_context(make_release(evidence=[REFERENCE])), bounds=[BOUND])
    assert finding.satisfied is False
    assert "kind: predictions" in (finding.hint or "")


def test_unknown_parameters_are_refused() -> None:
    """A misspelt key names the nearest one."""
    with pytest.raises(ProposalError, match="bounds"):
        bind_parameters(GATE, bound=[BOUND])


def test_feature_shuffled_within_halves_still_stands_for_the_attribute() -> None:
    """Trap: a feature whose order says nothing, but whose extremes belong to one group, is seen by its bins."""
    generator = np.random.default_rng(6)
    group = np.arange(2000) % 2
    feature = np.where(group == 1, generator.choice([-3.0, 3.0], 2000), 0.0) + generator.normal(0, 0.3, 2000)
    assert numeric_strength(group, feature).estimate.value > 0.85
