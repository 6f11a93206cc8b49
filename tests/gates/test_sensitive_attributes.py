from typing import Any

import pytest

from promoter.errors import ProposalError
from promoter.gates.contract.candidate import Release
from promoter.gates.contract.finding import Finding
from promoter.gates.sensitive_attributes import GATE
from promoter.measure.request import Measured
from tests.support.candidates import (
    EVALUATION,
    RAW,
    REFERENCE,
    TRAINING,
    bind_parameters,
    judge_with,
    make_context,
    make_release,
    measured,
)

COLUMNS = measured(columns={"id": "string", "y_true": "int", "race": "string"})


def with_features(*features: dict[str, Any], **model: Any) -> Release:
    """Return a release with these inputs, whose model declares race, and some of its values replaced."""
    signature = {"features": [{"dtype": "float", **feature} for feature in features]}
    return make_release(model=model, signature={**signature, "prediction": {"name": "y_score", "dtype": "float"}})


def findings_on(release: Release | None = None, answer: Measured = COLUMNS, **parameters: Any) -> list[Finding]:
    """Return the gate's findings."""
    return judge_with(GATE, answer, make_context(release), **parameters)


def test_declared_unused_and_measured_attribute_passes() -> None:
    """Race is declared, no input, and a column of the predictions."""
    found = findings_on(declared=["race"])
    assert [("declared", True), ("declared", True), ("not_a_feature", True), ("held_for_measuring", True)] == [
        (finding.measure, finding.satisfied) for finding in found
    ]


def test_attribute_that_the_policy_asks_for_must_be_declared() -> None:
    """The finding stands in model.yaml and says what to add."""
    finding = findings_on(declared=["sex"])[0]
    assert (False, "attribute sex is not declared", "models/lending/mortgage/model.yaml") == (
        finding.satisfied,
        finding.message,
        finding.location.path,
    )


def test_model_on_personal_data_declares_something() -> None:
    """Rows about people without any protected attribute are an oversight."""
    release = make_release(model={"sensitive_attributes": []})
    [finding] = findings_on(release)
    assert (False, "the model rests on personal data and declares no sensitive attribute") == (
        finding.satisfied,
        finding.message,
    )


@pytest.mark.parametrize("name", ["race", "Race", "race_black", "is-race.known"])
def test_feature_named_after_the_attribute_fails_at_its_line(name: str) -> None:
    """Whole words count, without case."""
    finding = findings_on(with_features({"name": "income"}, {"name": name}))[1]
    assert finding.satisfied is False
    assert finding.message == f"attribute race is an input of the model as {name}, which is not justified"
    assert finding.location == with_features({"name": "income"}, {"name": name}).locate("signature", "features", 1)


def test_feature_that_comes_from_the_attributes_column_fails() -> None:
    """A new name does not change what it is."""
    assert findings_on(with_features({"name": "code", "origin": "loanapp.race"}))[1].satisfied is False


@pytest.mark.parametrize("name", ["trace", "racecourse", "embrace"])
def test_parts_of_words_do_not_count(name: str) -> None:
    """`trace` is not race."""
    assert findings_on(with_features({"name": name}))[1].satisfied is True


def test_justified_feature_passes_unless_the_policy_takes_none() -> None:
    """The justification stands in model.yaml; `refuse` takes none."""
    attribute = {"name": "race", "basis": "ECOA", "justification": "Required by the regulator's own formula."}
    release = with_features({"name": "race"}, sensitive_attributes=[attribute])
    taken, refused = findings_on(release)[1], findings_on(release, features="refuse")[1]
    assert (True, False) == (taken.satisfied, refused.satisfied)
    assert refused.hint == "drop the feature"


def test_attribute_that_the_evidence_lacks_fails() -> None:
    """Without the column nobody can measure fairness."""
    finding = findings_on(answer=measured(columns={"id": "string"}))[-1]
    assert (False, "evidence predictions has no column race") == (finding.satisfied, finding.message)


def test_columns_that_were_not_listed_are_undecided() -> None:
    """An engine that lists no columns has not looked."""
    assert findings_on(answer=measured())[-1].satisfied is None


def test_missing_predictions_fail() -> None:
    """No predictions file is missing evidence, not a pass."""
    found = judge_with(GATE, [], make_context(make_release(evidence=[REFERENCE])))
    assert ("evidence", False) == (found[-1].measure, found[-1].satisfied)


def test_model_about_nobody_is_not_judged() -> None:
    """Data that are about nobody, and no attribute declared or asked for."""
    datasets = [{**entry, "personal_data": False} for entry in (RAW, TRAINING, EVALUATION)]
    release = make_release(model={"sensitive_attributes": []}, datasets=datasets)
    reason = GATE.why_not(bind_parameters(GATE), make_context(release).candidate)
    assert reason == "no attribute is declared or asked for, and no data are about people"
    assert GATE.why_not(bind_parameters(GATE, declared=["sex"]), make_context(release).candidate) is None


def test_unknown_parameters_are_refused() -> None:
    """A misspelt word is refused when the policy is read."""
    with pytest.raises(ProposalError):
        bind_parameters(GATE, features="allow")
